"""Error events: thrown at an end or by a service, caught by the nearest that names the code, else the nearest for all."""

import pytest

from engine.value import Context, number
from tests.engine.flow.drawing import E, S, flow, gateway, model, node, path, process, several, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import (
    ANY_ERROR,
    ERROR,
    ERROR2,
    ROOT,
    SIGNAL,
    attached,
    end,
    handler,
)


def begun(body: str, more: str = "") -> Recorder:
    return Recorder(model(body, more=ROOT + more), k=number(1))


def fails(trigger: str = ERROR) -> str:
    """The inside of a sub-process: a user task beside another, then the error."""
    inner = node("startEvent", "s2") + gateway("parallel", "f") + user("v") + user("w") + end("x", trigger, n="k + 1")
    return inner + path("s2", "f", "v", "x") + path("f", "w")


AROUND = user("h1") + user("h2") + user("n")


def test_an_error_end_event_cancels_the_sub_process_and_leaves_by_the_boundary_event_of_its_code() -> None:
    body = S + node("subProcess", "sp", fails()) + attached("b2", "sp", ERROR2) + attached("b1", "sp", ERROR) + AROUND
    run = begun(body + path("s", "sp", "n") + path("b1", "h1") + path("b2", "h2"))
    assert run.open == ["v", "w"]
    run.log.clear()
    run.finish("v")
    assert run.log == [
        *("leave v", "enter x", "error E1", "enter b1", "leave x", "cancel w", "close sub-process", "cancel sp"),
        *("leave b1", "enter h1"),
    ]
    assert (run.open, run.values["b1"]) == (["h1"], Context({"n": number(2), "code": "E1"}))


def test_a_boundary_event_without_code_catches_every_error_but_only_after_one_that_names_it() -> None:
    body = S + node("subProcess", "sp", fails(ERROR)) + attached("b2", "sp", ANY_ERROR) + attached("b1", "sp", ERROR)
    run = begun(body + AROUND + path("s", "sp", "n") + path("b1", "h1") + path("b2", "h2"))
    run.finish("v")
    assert run.open == ["h1"]
    body = S + node("subProcess", "sp", fails(ERROR2)) + attached("b2", "sp", ANY_ERROR) + attached("b1", "sp", ERROR)
    run = begun(body + AROUND + path("s", "sp", "n") + path("b1", "h1") + path("b2", "h2"))
    run.finish("v")
    assert run.open == ["h2"]


def test_the_nearest_activity_catches_even_when_one_farther_out_names_the_code() -> None:
    middle = node("startEvent", "s3") + node("subProcess", "sp", fails()) + attached("b2", "sp", ANY_ERROR) + user("h2")
    middle += path("s3", "sp") + path("b2", "h2")
    body = S + node("subProcess", "outer", middle) + attached("b1", "outer", ERROR) + user("h1") + user("n")
    run = begun(body + path("s", "outer", "n") + path("b1", "h1"))
    run.finish("v")
    assert run.open == ["h2"]


def test_an_error_goes_up_through_sub_processes_and_calls_to_whoever_catches_it() -> None:
    called = process("q", node("startEvent", "qs") + node("subProcess", "sp", fails()) + path("qs", "sp"))
    body = S + node("callActivity", "c", calledElement="q") + attached("b", "c", ERROR) + user("h1") + user("n")
    run = begun(body + path("s", "c", "n") + path("b", "h1"), more=called)
    assert run.open == ["v", "w"]
    inner = [key for key, scope in run.scopes.items() if scope.kind == "call"]
    run.create(inner[0], "k", number(7))
    run.finish("v")
    assert (run.open, run.values["b"]) == (["h1"], Context({"n": number(8), "code": "E1"}))
    assert len(run.closed) == 2


def test_an_error_in_one_item_ends_the_whole_multi_instance() -> None:
    body = (
        S + node("subProcess", "sp", several(times="3") + fails()) + attached("b", "sp", ERROR) + user("h1") + user("n")
    )
    run = begun(body + path("s", "sp", "n") + path("b", "h1"))
    run.finish("v", nth=1)
    assert (run.open, run.log.count("cancel sp"), run.log.count("close item")) == (["h1"], 4, 3)


def test_an_error_that_nothing_catches_is_an_incident_where_it_was_thrown() -> None:
    run = begun(
        S
        + node("subProcess", "sp", fails())
        + attached("b", "sp", ERROR2)
        + AROUND
        + path("s", "sp", "n")
        + path("b", "h1")
    )
    run.finish("v")
    assert [text.en for text in run.failed.values()] == [
        "expected a boundary event or event sub-process that catches error E1 of x, but there is none"
    ]
    assert run.open == ["w"]
    run.retry("x", done=False)
    assert len(run.failed) == 1
    run.retry("x", done=True)
    run.finish("w")
    assert (run.open, run.failed) == (["n"], {})


@pytest.mark.parametrize(("code", "open_now"), [("E1", ["h1"]), ("E9", ["h2"]), (None, ["h2"])])
def test_a_failed_service_leaves_by_its_error_boundary_event(code: str | None, open_now: list[str]) -> None:
    body = S + node("serviceTask", "t") + attached("b1", "t", ERROR) + attached("b2", "t", ANY_ERROR) + AROUND
    run = begun(body + path("s", "t", "n") + path("b1", "h1") + path("b2", "h2"))
    assert run.break_down("t", code)
    assert (run.open, "cancel t" in run.log) == (open_now, True)


def test_a_failed_service_in_an_item_ends_the_multi_instance_and_one_that_nothing_catches_stays() -> None:
    body = S + node("serviceTask", "t", several(times="2")) + attached("b1", "t", ERROR) + AROUND
    run = begun(body + path("s", "t", "n") + path("b1", "h1"))
    key = next(key for key, (element, _) in run.waiting.items() if element.id == "t")
    run.waiting = {key: run.waiting[key]}
    assert not run.break_down("t", "E2")
    assert run.break_down("t", "E1")
    assert run.open == ["h1"]


def test_an_event_sub_process_catches_what_is_thrown_in_its_level_and_interrupts_it() -> None:
    catches = handler("h", ERROR, user("hu") + path("hu", "h_e"), then="hu")
    body = S + node("subProcess", "sp", fails() + catches) + attached("b", "sp", ERROR) + user("h1") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h1"))
    run.log.clear()
    run.finish("v")
    assert run.open == ["hu"]
    assert "enter b" not in run.log
    scope = [key for key, scope in run.scopes.items() if scope.parent is not None][-1]
    assert run.scopes[scope].values["h_s"] == Context({"n": number(2), "code": "E1"})
    run.finish("hu")
    assert run.open == ["n"]


def test_an_error_thrown_by_the_handler_goes_past_it_to_what_is_around() -> None:
    catches = handler("h", ANY_ERROR, user("hu") + end("hx", ERROR) + path("hu", "hx"), then="hu")
    body = S + node("subProcess", "sp", fails() + catches) + attached("b", "sp", ERROR) + user("h1") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h1"))
    run.finish("v")
    run.finish("hu")
    assert run.open == ["h1"]


def test_an_error_in_a_non_interrupting_handler_is_caught_by_another_event_sub_process_of_its_level() -> None:
    beside = handler("r", SIGNAL, end("rx", ERROR), interrupting=False, then="rx")
    catches = handler("h", ERROR, user("hu") + path("hu", "h_e"), then="hu")
    run = begun(S + user("u") + E + beside + catches + path("s", "u", "e"))
    run.receive("r_s", Context({}))
    assert (run.open, "cancel u" in run.log) == (["hu"], True)
    run.finish("hu")
    assert (run.done, run.log[-3:]) == (True, ["ended h_e", "close sub-process", "leave h"])


def test_a_level_that_was_interrupted_catches_nothing_more() -> None:
    stops = handler("r", SIGNAL, end("rx", ERROR), then="rx")
    catches = handler("h", ERROR, user("hu") + path("hu", "h_e"), then="hu")
    inner = node("startEvent", "s2") + user("v") + path("s2", "v") + stops + catches
    body = (
        S
        + node("subProcess", "sp", inner)
        + attached("b", "sp", ERROR)
        + user("h1")
        + path("s", "sp")
        + path("b", "h1")
    )
    run = begun(body)
    run.receive("r_s", Context({}))
    assert (run.open, "enter h" in run.log) == (["h1"], False)


def test_an_error_in_a_turn_of_a_loop_ends_the_loop() -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'
    body = S + node("subProcess", "sp", loop + fails()) + attached("b", "sp", ERROR) + user("h1") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h1"))
    run.finish("v")
    assert (run.open, run.log.count("cancel sp")) == (["h1"], 2)


def test_the_boundary_event_of_a_multi_instance_is_nearer_than_an_event_sub_process_beside_it() -> None:
    catches = handler("h", ERROR, user("hu") + path("hu", "h_e"), then="hu")
    body = (
        S + node("subProcess", "sp", several(times="2") + fails()) + attached("b", "sp", ERROR) + user("h1") + catches
    )
    run = begun(body + path("s", "sp") + path("b", "h1"))
    run.finish("v", nth=1)
    assert run.open == ["h1"]


def test_an_inclusive_join_waits_for_a_token_that_may_still_come_by_an_error() -> None:
    body = S + gateway("inclusive", "g") + user("a") + node("subProcess", "sp", fails()) + attached("b", "sp", ERROR)
    body += gateway("inclusive", "j") + node("endEvent", "y") + E + path("s", "g") + flow("g", "a", "true")
    run = begun(body + flow("g", "sp", "true") + path("a", "j", "e") + path("sp", "y") + path("b", "j"))
    run.finish("a")
    assert "enter j" not in run.log
    run.finish("v")
    assert (run.done, run.log.count("enter j")) == (True, 1)
