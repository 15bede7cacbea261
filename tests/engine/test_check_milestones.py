"""What the check says of milestones: rules that could not be planned, keys that name nothing."""

from __future__ import annotations

import pytest

from engine.check import check
from tests.engine.test_milestone import DAILY, NEXT_WORKING_DAY, ONCE, model
from tests.engine.world import MANIFEST, chain, process

CASES: dict[str, tuple[bytes, str, str]] = {
    "a key that is no text": (model(DAILY, "timeCycle", 'zx:per="[1, 2]"'), "tick", "keys of zx:per that are texts"),
    "a key without an id": (model(DAILY, "timeCycle", 'zx:per="{name: 1}"'), "tick", "contexts with an id"),
    "an unknown way to catch up": (model(DAILY, "timeCycle", 'zx:catchUp="none"'), "tick", "to be each or latest"),
    "a rule that never moves on": (model(ONCE, "timeCycle"), "tick", "or it never moves on"),
    "a rule that asks what time it is": (model('now + duration("P1D")'), "tick", "expected no now in timer"),
    "today": (model("today()"), "tick", "expected no now in timer"),
    "a variable before the process runs": (model("write.day"), "tick", "known before the process runs"),
    "keys of an unknown name": (model(DAILY, "timeCycle", 'zx:per="wirte"'), "tick", "wirte"),
    "a calendar of neither": (
        model(ONCE).replace(b'id="e"', b'id="e" zx:calendar="5x8"'),
        "e",
        "expected no zx:calendar on endEvent",
    ),
    "a milestone without a timer": (
        model(ONCE, extensions='zx:per="case"').replace(b"timer", b"conditional"),
        "tick",
        "expected",
    ),
    "keys of a task": (model(ONCE, more='zx:per="case"'), "write", "expected no zx:per on userTask"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_check_says_what_is_wrong_with_a_milestone(name: str) -> None:
    source, element, said = CASES[name]
    found = check({"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": source})
    told = [finding for finding in found if finding.element == element and said in finding.text.en]
    assert told, found
    assert all(finding.text.zh != finding.text.en for finding in told)


def test_keys_on_a_start_without_a_timer_are_refused() -> None:
    body = '<bpmn:startEvent id="s" zx:per="case" zx:calendar="5x8"/><bpmn:endEvent id="e"/>' + chain("s", "e")
    found = check({"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": process(body)})
    said = [finding.text.en for finding in found if finding.element == "s"]
    assert "expected zx:per on a timer start event of a process, but s is none" in said
    assert "expected zx:calendar on a timer or a task of a person, but s is neither" in said


@pytest.mark.parametrize(
    "source",
    [
        model(DAILY, "timeCycle", 'zx:per="case" zx:catchUp="latest" zx:calendar="5x8"'),
        model(ONCE),
        model(NEXT_WORKING_DAY, "timeCycle", 'zx:per="member"'),
        model('if key = "月" then @"2027-01-01" else null', extensions="zx:per='[\"月\"]'"),
    ],
)
def test_a_milestone_that_is_right_is_not_complained_of(source: bytes) -> None:
    found = check({"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": source})
    assert [finding for finding in found if finding.element == "tick" and finding.rule != "text"] == []
