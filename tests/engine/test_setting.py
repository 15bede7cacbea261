"""Setting values: of their type, within what the manifest allows, in force for what is reckoned afterwards."""

from __future__ import annotations

import pytest

from engine import organisation
from engine import procedure as procedures
from engine.check import Finding, check
from engine.commands import ChangeSetting, Envelope
from engine.errors import Refused
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.value import Value, number
from tests.engine.world import MANIFEST, NOON

BOUNDED = """
[settings.days]
type = "int"
default = 5
min = 1
max = 30
zh = "天数"
en = "Days"
[settings.share]
type = "pct"
default = "0.1"
min = "0.05"
zh = "比例"
en = "Share"
"""


def load(more: str) -> Procedure:
    return procedures.load({"procedure.toml": (MANIFEST + more).encode()})


def change(key: str, value: Value) -> Value:
    command = ChangeSetting(
        envelope=Envelope(id="c", stream=ORGANISATION, at=NOON), procedure="trial", key=key, value=value
    )
    state = Organisation(stream=ORGANISATION)
    for event in organisation.execute(load(BOUNDED), state, command):
        state = organisation.apply(state, event)
    return state.settings["trial"].get(key)


@pytest.mark.parametrize(
    ("key", "value"), [("days", "1"), ("days", "30"), ("share", "0.05"), ("share", "9"), ("review_days", "99")]
)
def test_a_value_within_its_bounds_is_taken(key: str, value: str) -> None:
    assert change(key, number(value)) == number(value)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("days", number(0), "expected a value of type int, at least 1, at most 30 for setting days"),
        ("days", number(31), "expected a value of type int, at least 1, at most 30 for setting days"),
        ("days", number("1.5"), "of type int"),
        ("days", "5", "of type int"),
        ("share", number("0.04"), "expected a value of type pct, at least 0.05 for setting share"),
        ("other", number(1), "has no setting other"),
    ],
)
def test_a_value_outside_its_bounds_or_type_is_refused(key: str, value: Value, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        change(key, value)
    assert refused.value.text.zh


def manifest(more: str) -> list[Finding]:
    found = check({"procedure.toml": (MANIFEST + more).encode()})
    return [finding for finding in found if "settings" in finding.element or finding.rule == "unreadable"]


def test_a_default_outside_its_own_bounds_is_found() -> None:
    assert manifest(BOUNDED) == []
    (finding,) = manifest(BOUNDED.replace("default = 5", "default = 50"))
    assert finding.element == "settings.days"
    assert finding.text.en == "expected a default of type int, at least 1, at most 30 for setting days"


def test_bounds_that_are_no_numbers_are_found() -> None:
    (finding,) = manifest(BOUNDED.replace("max = 30", 'max = "many"'))
    assert "expected min and max of setting days to be numbers" in finding.text.en
