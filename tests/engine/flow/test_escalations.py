"""Escalation events: thrown on the way or at an end; whoever catches one interrupts, or goes on beside it."""

from engine.value import Context, number
from tests.engine.flow.drawing import E, S, model, node, path, process, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import (
    ANY_ESCALATION,
    ESCALATION,
    ESCALATION2,
    ROOT,
    attached,
    end,
    handler,
    throw,
)

INNER = node("startEvent", "s2") + throw("t", ESCALATION, n="k + 1") + user("v") + path("s2", "t", "v")


def begun(body: str, more: str = "") -> Recorder:
    return Recorder(model(body, more=ROOT + more), k=number(1))


def test_an_escalation_goes_on_beside_the_activity_it_came_from_as_often_as_it_comes() -> None:
    inner = node("startEvent", "s2") + throw("t", ESCALATION, n="k + 1") + throw("t2", ESCALATION) + user("v")
    body = S + node("subProcess", "sp", inner + path("s2", "t", "t2", "v")) + user("h") + user("n")
    run = begun(body + attached("b", "sp", ESCALATION, interrupting=False) + path("s", "sp", "n") + path("b", "h"))
    assert sorted(run.open) == ["h", "h", "v"]
    assert run.values["b"] == Context({"code": "U1"})
    assert run.log.count("escalate U1") == 2
    run.finish("v")
    assert sorted(run.open) == ["h", "h", "n"]


def test_an_interrupting_boundary_event_ends_the_activity_that_escalates() -> None:
    body = S + node("subProcess", "sp", INNER) + attached("b", "sp", ESCALATION) + user("h") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h"))
    assert run.open == ["h"]
    assert run.log[-7:] == [
        *("escalate U1", "enter b", "leave t", "close sub-process", "cancel sp", "leave b", "enter h"),
    ]


def test_an_escalation_end_event_ends_its_token() -> None:
    inner = node("startEvent", "s2") + end("x", ESCALATION) + path("s2", "x")
    body = S + node("subProcess", "sp", inner) + user("h") + user("n")
    run = begun(body + attached("b", "sp", ESCALATION, interrupting=False) + path("s", "sp", "n") + path("b", "h"))
    assert sorted(run.open) == ["h", "n"]


def test_an_escalation_that_nothing_catches_is_recorded_and_the_token_goes_on() -> None:
    body = S + node("subProcess", "sp", INNER) + attached("b", "sp", ESCALATION2) + user("h") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h"))
    assert run.open == ["v"]
    assert "escalate U1 uncaught" in run.log


def test_the_nearest_that_catches_it_has_it_alone_by_code_first_then_for_all() -> None:
    called = process("q", node("startEvent", "qs") + node("subProcess", "sp", INNER) + path("qs", "sp"))
    body = S + node("callActivity", "c", calledElement="q") + user("h1") + user("h2")
    body += attached("b2", "c", ANY_ESCALATION, interrupting=False) + attached(
        "b1", "c", ESCALATION, interrupting=False
    )
    body += path("s", "c") + path("b1", "h1") + path("b2", "h2")
    outputs = begun(body, more=called.replace("k + 1", "1"))
    assert sorted(outputs.open) == ["h1", "v"]
    assert outputs.values["b1"] == Context({"n": number(1), "code": "U1"})


def test_an_event_sub_process_goes_on_beside_its_level_or_interrupts_it() -> None:
    for interrupting, after in ((False, ["hu", "v"]), (True, ["hu"])):
        catches = handler("h", ESCALATION, user("hu") + path("hu", "h_e"), interrupting=interrupting, then="hu")
        run = begun(S + node("subProcess", "sp", INNER + catches) + E + path("s", "sp", "e"))
        assert sorted(run.open) == after
        run.finish("hu")
        assert run.done is interrupting
    run = begun(S + throw("t", ESCALATION) + E + handler("h", ESCALATION, "") + path("s", "t", "e"))
    assert (run.done, run.log[-1], "enter e" in run.log) == (True, "leave h", False)


def test_a_handler_does_not_catch_what_it_throws_itself() -> None:
    again = handler("h", ESCALATION, end("hx", ESCALATION), interrupting=False, then="hx")
    body = S + node("subProcess", "sp", INNER + again) + user("o") + user("n")
    body += attached("b", "sp", ESCALATION, interrupting=False)
    run = begun(body + path("s", "sp", "n") + path("b", "o"))
    assert (sorted(run.open), run.log.count("escalate U1")) == (["o", "v"], 2)
