"""The semantics number names everything that decides what a command makes."""

import re

import pytest

from engine import calendar_seed
from engine.semantics import SEMANTICS, shipped_calendar


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
