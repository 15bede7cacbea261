"""Joins that wait in vain: told once nothing can come any more, never before, and decided by a person."""

from __future__ import annotations

import random

import pytest

from engine.errors import Refused
from engine.flow import Model
from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, document, flow, gateway, model, node, path, user
from tests.engine.flow.recorder import Recorder

ERROR = '<bpmn:error id="x" name="x" errorCode="x"/>'
FORK, JOIN = gateway("parallel", "f"), gateway("parallel", "j")


def failing(run: Recorder) -> list[str]:
    return [run.places[key].id for key in run.failed]


def sub_process(key: str, inner: str) -> str:
    return node("subProcess", key, inner)


def error_end(key: str) -> str:
    return node("endEvent", key, '<bpmn:errorEventDefinition errorRef="x"/>')


def error_boundary(key: str, host: str) -> str:
    return node("boundaryEvent", key, '<bpmn:errorEventDefinition errorRef="x"/>', attachedToRef=host)


def two_branches(inner: str, more: str = "") -> str:
    """A parallel block: `a` on one branch, on the other what `inner` and `more` draw between f and j."""
    return S + FORK + JOIN + E + user("a") + path("s", "f", "a", "j", "e") + inner + more


BY_BOUNDARY = two_branches(
    user("b") + boundary("t", "b") + user("h") + node("endEvent", "e2"), path("f", "b", "j") + path("t", "h", "e2")
)
BY_ERROR = two_branches(
    sub_process("b", '<bpmn:startEvent id="bs"/>' + user("bu") + error_end("be") + path("bs", "bu", "be"))
    + error_boundary("t", "b")
    + user("h")
    + node("endEvent", "e2"),
    path("f", "b", "j") + path("t", "h", "e2"),
)
BY_CHOICE = two_branches(
    user("b") + gateway("exclusive", "x", default="x_j") + user("h") + node("endEvent", "e2"),
    path("f", "b", "x", "j") + flow("x", "h", "k > 0") + path("h", "e2"),
)


@pytest.mark.parametrize(
    ("body", "leave"), [(BY_BOUNDARY, "t"), (BY_ERROR, "bu"), (BY_CHOICE, "b")], ids=["boundary", "error", "choice"]
)
def test_a_branch_that_leaves_otherwise_is_told_at_the_join_when_something_waits_there(body: str, leave: str) -> None:
    run = Recorder(model(body, more=ERROR), k=number(1))
    run.finish(leave)
    assert (failing(run), run.open) == ([], ["a", "h"])  # nothing waits at the join yet
    run.finish("a")
    assert (failing(run), run.open) == (["j"], ["h"])
    (text,) = run.failed.values()
    assert "j 还应等到" in text.zh
    assert "nothing can come from there any more" in text.en
    run.finish("h")  # told once
    assert failing(run) == ["j"]
    run.retry("j")  # nothing has changed
    assert (failing(run), run.done) == (["j"], False)
    run.retry("j", done=True)
    assert (run.failed, run.done, run.log.count("leave e")) == ({}, True, 1)


def test_a_person_may_say_by_which_flow_it_goes_on() -> None:
    body = BY_BOUNDARY + user("z") + path("j", "z")
    run = Recorder(model(body))
    run.finish("t")
    run.finish("a")
    run.retry("j", ("j_z",))
    assert run.open == ["h", "z"]


def test_a_branch_that_is_to_come_back_is_waited_for() -> None:
    body = two_branches(
        user("b") + boundary("t", "b") + user("h") + gateway("exclusive", "m"),
        path("f", "m", "b", "j") + path("t", "h", "m"),
    )
    run = Recorder(model(body))
    run.finish("a")
    run.finish("t")
    assert (failing(run), run.open) == ([], ["h"])
    run.finish("h")
    run.finish("b")
    assert (run.failed, run.done) == ({}, True)


def test_an_error_that_may_still_lead_to_the_join_is_waited_for() -> None:
    """The event comes into being only when it catches: nothing of it waits before."""
    inner = '<bpmn:startEvent id="bs"/>' + user("bu") + error_end("be") + path("bs", "bu", "be")
    body = two_branches(
        sub_process("b", inner) + error_boundary("t", "b") + node("endEvent", "e2"),
        flow("f", "b") + flow("b", "e2") + flow("t", "j"),
    )
    run = Recorder(model(body, more=ERROR))
    run.finish("a")
    assert failing(run) == []
    run.finish("bu")
    assert (run.failed, run.done) == ({}, True)


def test_an_event_that_waits_beside_an_activity_may_still_come() -> None:
    """A token that waits for another to begin an activity together has not armed its boundary events yet."""
    body = two_branches(
        user("b")
        + gateway("parallel", "f2")
        + user("c", startQuantity="2")
        + boundary("t", "c")
        + node("endEvent", "e2"),
        path("f", "f2", "b", "c", "e2") + flow("f2", "c", key="direct") + flow("t", "j"),
    )
    run = Recorder(model(body))
    run.finish("a")
    assert failing(run) == []
    run.finish("b")
    assert (failing(run), run.open) == ([], ["t", "c"])
    run.finish("t")
    assert (run.failed, run.done) == ({}, True)


def test_one_join_that_waits_for_another_is_not_told_only_the_other_is() -> None:
    body = S + FORK + JOIN + E + user("a") + user("b") + user("c") + boundary("t", "c") + gateway("parallel", "j2")
    body += gateway("parallel", "f2") + node("endEvent", "e2")
    body += path("s", "f", "a", "j", "e") + path("f", "f2", "b", "j2", "j") + path("f2", "c", "j2") + path("t", "e2")
    run = Recorder(model(body))
    for key in ("a", "b", "t"):
        run.finish(key)
    assert failing(run) == ["j2"]
    run.retry("j2", done=True)
    assert (run.failed, run.done) == ({}, True)


CIRCLE = S + FORK + JOIN + gateway("parallel", "j2") + E + user("a") + node("endEvent", "e2")
CIRCLE += gateway("parallel", "f1") + gateway("parallel", "f2") + path("s", "f", "a", "j", "f1", "e")
CIRCLE += path("f", "j2", "f2", "e2") + flow("f1", "j2") + flow("f2", "j")
"""Each of two joins needs a token that only comes from behind the other."""


def test_of_joins_that_wait_for_each_other_one_is_told_and_frees_the_other() -> None:
    run = Recorder(model(CIRCLE))
    assert failing(run) == []  # a task may still bring something
    run.finish("a")
    assert failing(run) == ["j2"]
    (text,) = run.failed.values()
    assert "互相等待" in text.zh
    assert "waits itself for what follows j2" in text.en
    run.retry("j2")
    assert failing(run) == ["j2"]
    run.retry("j2", done=True)
    assert (failing(run), run.log.count("leave j")) == (["j2"], 1)  # what f1 sends back comes to an empty join
    run.retry("j2", done=True)
    assert failing(run) == ["j"]


def test_a_join_behind_a_circle_is_not_told_only_the_circle_is() -> None:
    body = CIRCLE.replace(flow("s", "f"), path("s", "f0", "f") + path("f0", "j3", "e3"))
    body = body.replace(flow("f1", "e"), path("f1", "j3")).replace(E, gateway("parallel", "f0"))
    run = Recorder(model(body + gateway("parallel", "j3") + node("endEvent", "e3")))
    run.finish("a")
    assert failing(run) == ["j2"]


def test_joins_that_wait_for_each_other_are_not_told_while_one_of_them_may_get_its_token() -> None:
    body = CIRCLE.replace(flow("f", "j2"), path("f", "x") + flow("x", "j2", "k > 0") + flow("x", "b", key="x_b"))
    body = body.replace(flow("f2", "j"), path("f2", "m")) + gateway("exclusive", "x", default="x_b")
    body += user("b") + gateway("exclusive", "m") + path("b", "m", "j")
    run = Recorder(model(body), k=number(0))
    run.finish("a")
    assert (failing(run), run.open) == ([], ["b"])
    run.finish("b")
    assert failing(run) == ["j2"]  # now alone: it waits for what never comes by x
    assert "expected x to come to j2" in next(iter(run.failed.values())).en


def test_each_scope_is_told_of_its_own_join() -> None:
    inner = (
        '<bpmn:startEvent id="bs"/>' + gateway("parallel", "f") + JOIN + user("a") + user("b") + boundary("t", "b")
        + '<bpmn:endEvent id="be"/>' + '<bpmn:endEvent id="be2"/>' + path("bs", "f", "a", "j", "be") + path("f", "b", "j")
        + path("t", "be2")
        + '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    )  # fmt: skip
    run = Recorder(model(S + sub_process("p1", inner) + E + path("s", "p1", "e")))
    run.finish("t")
    run.finish("a")
    assert failing(run) == ["j"]
    run.finish("a")
    run.finish("b")
    assert failing(run) == ["j"]
    run.retry("j", done=True)
    assert (run.failed, run.done) == ({}, True)


def test_a_complex_gateway_whose_condition_is_asked_no_more_is_told() -> None:
    join = node("complexGateway", "j", "<bpmn:activationCondition>activationCount &gt;= 3</bpmn:activationCondition>")
    body = S + FORK + join + E + user("a") + user("b") + path("s", "f", "a", "j", "e") + path("f", "b", "j")
    run = Recorder(model(body))
    run.finish("a")
    assert failing(run) == []
    run.finish("b")
    assert failing(run) == ["j"]
    run.retry("j", done=True)
    assert (run.failed, run.done) == ({}, True)


def test_what_people_may_still_start_is_waited_for() -> None:
    """In an ad-hoc sub-process a person may start the missing branch at any time."""
    inner = user("a") + user("b") + JOIN + user("c") + path("a", "j", "c") + path("b", "j")
    inner += "<bpmn:completionCondition>k &gt; 0</bpmn:completionCondition>"
    body = S + node("adHocSubProcess", "h", inner) + E + path("s", "h", "e")
    run = Recorder(model(body), k=number(0))
    run.begin("a")
    run.finish("a")
    assert failing(run) == []
    run.begin("b")
    run.finish("b")
    assert run.open == ["c"]


def test_where_people_may_start_nothing_more_a_join_that_waits_in_vain_is_told() -> None:
    """Its completion condition has held, and what is left is waited for."""
    inner = user("a") + user("b") + user("d") + JOIN + user("c") + path("a", "j", "c") + path("b", "j")
    inner += "<bpmn:completionCondition>k &gt; 0</bpmn:completionCondition>"
    body = S + node("adHocSubProcess", "h", inner, cancelRemainingInstances="false") + E + path("s", "h", "e")
    run = Recorder(model(body), k=number(0))
    run.begin("d")
    run.begin("a")
    run.finish("a")
    assert failing(run) == []
    run.values["k"] = number(1)
    run.finish("d")
    assert (failing(run), run.open) == (["j"], [])
    run.retry("j", done=True)
    run.finish("c")
    assert (run.failed, run.done) == ({}, True)


def test_an_incident_at_a_join_goes_with_what_holds_it() -> None:
    inner = '<bpmn:startEvent id="bs"/>' + FORK + JOIN + user("a") + user("b") + boundary("t", "b")
    inner += '<bpmn:endEvent id="be"/><bpmn:endEvent id="be2"/>'
    inner += path("bs", "f", "a", "j", "be") + path("f", "b", "j") + path("t", "be2")
    body = S + sub_process("h", inner) + boundary("out", "h") + E + node("endEvent", "e2")
    run = Recorder(model(body + path("s", "h", "e") + path("out", "e2")))
    run.finish("t")
    run.finish("a")
    assert failing(run) == ["j"]
    run.finish("out")
    assert (run.failed, run.done, "cancel j" in run.log) == ({}, True, True)


# ------------------------------------------------------------------ by law


def drawn(seed: int) -> str:
    """A parallel block whose branches may choose, end, loop back and have events: some runs lose a branch, some do not."""
    draws = random.Random(seed)
    body, flows = S + FORK + JOIN + E, path("s", "f") + path("j", "e")
    for branch in range(draws.randint(2, 3)):
        keys = [f"u{branch}{place}" for place in range(draws.randint(1, 3))]
        body += "".join(user(key) for key in keys) + node("endEvent", f"q{branch}")
        first = f"m{branch}"
        body += gateway("exclusive", first)
        flows += path("f", first, keys[0])
        for place, key in enumerate(keys):
            after = keys[place + 1] if place + 1 < len(keys) else "j"
            choice = f"x{branch}{place}"
            body += gateway("exclusive", choice, default=f"{choice}_{after}")
            flows += path(key, choice, after)
            if draws.random() < 0.5:
                flows += flow(choice, f"q{branch}", f"modulo(k + {draws.randint(0, 5)}, 3) = 0")
            elif draws.random() < 0.5:
                flows += flow(choice, first, f"modulo(k + {draws.randint(0, 5)}, 4) = 0")
            if draws.random() < 0.3:
                body += boundary(f"t{key}", key)
                flows += path(f"t{key}", draws.choice([first, f"q{branch}"]))
    return body + flows


def run_of(seed: int) -> tuple[bool, bool]:
    """Whether the join was told to wait in vain, and whether by the drawing it did, found by looking at every state."""
    run, draws = Recorder(Model.parse({"p.bpmn": document(drawn(seed))}), k=number(0)), random.Random(seed)
    for turn in range(60):
        if not run.open:
            break
        run.values["k"] = number(turn)
        run.finish(draws.choice(run.open))
        if run.failed:
            assert failing(run) == ["j"]
            break
    told = bool(run.failed)
    if told:  # whatever is still under way ends without the join: never told too early
        for turn in range(200):
            if not run.open:
                break
            run.values["k"] = number(turn)
            run.finish(run.open[turn % len(run.open)])
        assert "leave j" not in run.log
        assert not run.done
        run.retry("j", done=True)
        assert (run.failed, run.open) == ({}, []) or run.open
    return told, not run.open and not run.done and "leave j" not in run.log


@pytest.mark.parametrize("seeds", [range(150), pytest.param(range(150, 2_000), marks=pytest.mark.soak)], ids=str)
def test_no_join_waits_in_vain_without_a_word_and_none_is_told_that_could_go_on(seeds: range) -> None:
    found = []
    for seed in seeds:
        try:
            found.append(run_of(seed))
        except Refused:  # the drawing is not one that is run
            continue
    assert sum(told for told, _ in found) > len(seeds) // 10
    assert sum(not told for told, _ in found) > len(seeds) // 10
    assert not any(silent for _, silent in found)
