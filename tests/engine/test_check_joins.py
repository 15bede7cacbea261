"""Advice on parallel joins: whatever may leave one waiting in vain is told of the drawing, and nothing else is."""

import pytest

from engine import check
from engine.errors import Refused
from tests.engine.flow.drawing import E, S, boundary, document, flow, gateway, node, path, user
from tests.engine.flow.test_deadlocks import BY_BOUNDARY, BY_CHOICE, drawn, run_of, two_branches
from tests.engine.world import MANIFEST

END, TERMINATE = node("endEvent", "e2"), node("endEvent", "e2", "<bpmn:terminateEventDefinition/>")
AWAY = path("f", "b", "j") + path("t", "h", "e2")


def advised(body: str) -> list[tuple[str, str]]:
    """The joins that advice is given on, each with the sentence."""
    files = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": document(body)}
    return [(found.element, found.text.en) for found in check.advice(files)]


@pytest.mark.parametrize(("body", "at"), [(BY_BOUNDARY, "b"), (BY_CHOICE, "x")], ids=["boundary", "choice"])
def test_a_branch_that_may_end_another_way_is_told(body: str, at: str) -> None:
    ((join, said),) = advised(body)
    assert (join, f"another way at {at} " in said) == ("j", True)


@pytest.mark.parametrize(
    "body",
    {
        "all come": two_branches(user("b"), path("f", "b", "j")),
        "an event beside the work": two_branches(user("b") + boundary("t", "b", interrupting=False) + user("h") + END, AWAY),
        "the whole block ends": two_branches(user("b") + boundary("t", "b") + user("h") + TERMINATE, AWAY),
        "it comes back": two_branches(
            user("b") + boundary("t", "b") + user("h") + gateway("exclusive", "m"),
            path("f", "m", "b", "j") + path("t", "h", "m"),
        ),
        "a choice before the block": S + gateway("exclusive", "x", default="x_f") + END + two_branches(
            user("b"), path("f", "b", "j")
        ).replace(S, "").replace(path("s", "f"), path("s", "x", "f") + flow("x", "e2", "k > 0")),
    }.values(),
    ids=["all come", "beside", "terminate", "back", "before"],
)  # fmt: skip
def test_what_always_comes_together_is_not(body: str) -> None:
    assert advised(body) == []


def test_whatever_waits_in_vain_was_told_of_the_drawing() -> None:
    told = 0
    for seed in range(150):
        try:
            in_vain, _ = run_of(seed)
        except Refused:
            continue
        if in_vain:
            told += 1
            assert advised(drawn(seed)), seed
    assert told > 10
    assert E in drawn(0)
