"""The semantics number names everything that decides what a command makes."""

import re

import pytest

from engine import calendar_seed, feel
from engine.feel.printer import write_value
from engine.semantics import EXECUTION, SEMANTICS, shipped_calendar


def test_it_names_each_release_and_the_calendar_that_ships() -> None:
    parts = ("python", "spiffworkflow", "tzdata", "google-re2")
    pattern = r"\d+\.\d+" + "".join(rf"/{part}-\d[\w.]*" for part in parts) + "/calendar-([0-9a-f]{8})"
    found = re.fullmatch(pattern, SEMANTICS)
    assert found is not None
    assert found[1] == shipped_calendar()


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("COMPLETE_UNTIL", 2027),
        ("HOLIDAYS", {**calendar_seed.HOLIDAYS, "元旦": ("2024-01-01",)}),
        ("MAKE_UP_DAYS", (*calendar_seed.MAKE_UP_DAYS, "2027-02-20")),
    ],
)
def test_another_calendar_is_another_semantics(monkeypatch: pytest.MonkeyPatch, table: str, changed: object) -> None:
    before = shipped_calendar()
    monkeypatch.setattr(calendar_seed, table, changed)
    assert shipped_calendar() != before


MADE = {
    5: [
        # what FEEL yields under this number: who must change a row raises the number
        ('substring("abc", 2, 9)', '"bc"'),
        ('@"10:00:00.5" = @"10:00:00"', "true"),
        ('sum([@"P1D", @"PT12H"])', '@"P1DT12H"'),
        ("sum([0.1, 0.2, -0.3])", "0"),
        ('"a" < 1', "null"),
        ("null and false", "false"),
        ("[1, 2, 3][item > 1]", "[2, 3]"),
        ("1 in (null, 1)", "true"),
        ("5 in [1..null]", "null"),
        ("decimal(2.5, 0)", "2"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ('date("2026-01-31") + duration("P1M")', '@"2026-02-28"'),
        ('week of year(date("2027-01-01"))', "53"),
        ('matches("a\\n", "^a$")', "false"),
        ("list replace([1, 2], 3, 0)", "null"),
    ],
}


def test_evaluation_is_that_of_the_number() -> None:
    assert set(MADE) == {EXECUTION}
    assert SEMANTICS.startswith(f"{EXECUTION}.")
    found = [(source, write_value(feel.evaluate(source))) for source, _ in MADE[EXECUTION]]
    assert found == MADE[EXECUTION]
