"""Cancelling goes from the inside out, ends exactly what BPMN says, and nothing beside it."""

import cProfile

import pytest

from engine.errors import Reason, Refused
from engine.flow.token import MOST_NESTED
from engine.value import number
from engine.words import ScopeKind
from tests.engine.flow.drawing import E, S, boundary, gateway, model, node, path, process, several, user
from tests.engine.flow.recorder import Recorder

STOP = node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")


def test_terminate_cancels_a_token_that_is_only_on_its_way_and_nothing_outside() -> None:
    inner = node("startEvent", "s2") + gateway("parallel", "f") + STOP + user("a") + boundary("t", "a") + user("h")
    inner += path("s2", "f", "stop") + path("f", "a") + path("t", "h")
    body = S + gateway("parallel", "g") + user("w") + node("subProcess", "sp", inner) + user("n")
    run = Recorder(model(body + path("s", "g", "w") + path("g", "sp", "n")))
    assert run.open == ["w", "n"]
    assert "cancel w" not in run.log


def test_terminate_in_a_called_process_ends_the_call_only_and_gives_back_its_outputs() -> None:
    called = process("q", node("startEvent", "qs") + gateway("parallel", "f") + user("a") + user("b") + STOP)
    called = called.replace("</bpmn:process>", path("qs", "f", "a", "stop") + path("f", "b") + "</bpmn:process>")
    outputs = '<bpmn:extensionElements><zx:output name="r" value="a"/></bpmn:extensionElements>'
    body = S + gateway("parallel", "g") + user("w") + node("callActivity", "c", outputs, calledElement="q") + user("n")
    run = Recorder(model(body + path("s", "g", "w") + path("g", "c", "n"), more=called))
    run.finish("a", "done")
    assert (run.open, run.values["r"], "cancel b" in run.log) == (["w", "n"], "done", True)


def test_terminate_in_an_item_ends_that_item_only() -> None:
    inner = node("startEvent", "s2") + gateway("parallel", "f") + user("a") + user("b") + STOP
    inner += path("s2", "f", "a", "stop") + path("f", "b")
    run = Recorder(model(S + node("subProcess", "sp", several(times="3") + inner) + E + path("s", "sp", "e")))
    run.finish("a", nth=1)
    assert sorted(run.open) == ["a", "a", "b", "b"]


def test_terminate_in_the_process_cancels_sub_processes_items_loops_and_arrivals_at_joins() -> None:
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    inner = node("startEvent", "s2") + user("v") + path("s2", "v")
    body = S + gateway("parallel", "f") + user("u") + STOP + user("m", several(times="2")) + user("l", loop)
    body += node("subProcess", "sp", inner) + user("a") + user("b") + gateway("parallel", "j")
    body += path("s", "f", "u", "stop") + path("f", "m") + path("f", "l") + path("f", "sp")
    body += path("f", "a", "j") + path("f", "b", "j")
    run = Recorder(model(body))
    run.finish("a")
    run.finish("u")
    cancelled = sorted(line.removeprefix("cancel ") for line in run.log if line.startswith("cancel "))
    assert (run.done, cancelled) == (True, ["b", "l", "l", "m", "m", "m", "sp", "v"])


def test_cancelling_goes_from_the_newest_to_the_oldest_and_from_the_inside_out() -> None:
    inner = node("startEvent", "s2") + user("v") + boundary("tv", "v") + path("s2", "v")
    body = S + node("subProcess", "sp", several(times="12") + inner) + boundary("t", "sp") + user("h")
    run = Recorder(model(body + path("s", "sp") + path("t", "h")))
    before = [key for key, (element, _) in run.waiting.items() if element.id == "v"]
    run.log.clear()
    run.left.clear()
    run.finish("t")
    assert run.left[1 : 3 * 12 : 3] == before[::-1]  # each item: its boundary event, v, the body
    assert run.log[:6] == ["cancel tv", "cancel v", "close sub-process", "cancel sp", "close item", "cancel tv"]
    assert run.log[-4:] == ["close item", "cancel sp", "leave t", "enter h"]


@pytest.mark.parametrize("message", [True, False])
def test_a_boundary_event_ends_a_call_a_loop_and_a_multi_instance_with_everything_inside(message: bool) -> None:
    called = process("q", node("startEvent", "qs") + user("qu") + path("qs", "qu"))
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    for characteristics, inside in (
        ("", 1),
        (several(times="3"), 3),
        (several(sequential=True, times="3"), 1),
        (loop, 1),
    ):
        kind = boundary("t", "c", message="m" if message else "")
        body = S + node("callActivity", "c", characteristics, calledElement="q") + kind + user("h")
        run = Recorder(model(body + path("s", "c") + path("t", "h"), more=called))
        assert run.open.count("qu") == inside
        run.finish("t")
        assert (run.open, run.log.count("cancel qu"), run.log.count("close call")) == (["h"], inside, inside)
        run.finish("h")
        assert run.done


def test_a_non_interrupting_boundary_fires_while_items_run_and_the_items_go_on() -> None:
    body = S + user("u", several(times="2")) + boundary("t", "u", interrupting=False) + user("h") + E
    run = Recorder(model(body + path("s", "u", "e") + path("t", "h")))
    run.finish("u")
    run.finish("t")
    assert run.open == ["u", "h"]
    run.finish("u")
    assert (run.open, run.log.count("enter e")) == (["h"], 1)
    run.finish("h")
    assert run.done


def test_a_message_on_a_boundary_is_received_as_often_as_it_comes_while_the_activity_lasts() -> None:
    body = S + user("u") + boundary("t", "u", interrupting=False, message="m") + user("h") + E
    run = Recorder(model(body + path("s", "u", "e") + path("t", "h")))
    run.finish("t")
    run.finish("t")
    assert sorted(run.open) == ["h", "h", "t", "u"]
    run.finish("u")
    assert sorted(run.open) == ["h", "h"]


def test_a_sub_process_is_done_only_when_the_path_of_its_inner_boundary_event_is_done_too() -> None:
    inner = node("startEvent", "s2") + user("v") + boundary("t", "v", interrupting=False) + user("h")
    inner += path("s2", "v") + path("t", "h")
    run = Recorder(model(S + node("subProcess", "sp", inner) + user("n") + path("s", "sp", "n")))
    run.finish("t")
    run.finish("v")
    assert run.open == ["h"]
    run.finish("h")
    assert run.open == ["n"]


def test_two_interrupting_boundary_events_exclude_each_other() -> None:
    body = S + user("u") + boundary("t1", "u") + boundary("t2", "u") + user("h1") + user("h2")
    run = Recorder(model(body + path("s", "u") + path("t1", "h1") + path("t2", "h2")))
    run.finish("t2")
    assert (run.open, "cancel t1" in run.log) == (["h2"], True)


def test_a_boundary_event_on_a_sub_process_ends_the_non_interrupting_paths_within() -> None:
    inner = node("startEvent", "s2") + user("v") + boundary("ti", "v", interrupting=False, cycle=True) + user("hi")
    inner += path("s2", "v") + path("ti", "hi")
    body = S + node("subProcess", "sp", inner) + boundary("t", "sp") + user("h") + path("s", "sp") + path("t", "h")
    run = Recorder(model(body))
    run.finish("ti")
    run.finish("ti")
    run.finish("t")
    assert run.open == ["h"]


ENDLESS = S + node("callActivity", "c", calledElement="p") + E + path("s", "c", "e")


def test_a_process_that_calls_itself_without_end_is_refused_at_once() -> None:
    opened: list[str] = []

    class Counting(Recorder):
        def open_scope(
            self, kind: ScopeKind, parent: str | None, activity: str | None, index: int | None = None
        ) -> str:
            opened.append(kind)
            return super().open_scope(kind, parent, activity, index)

    with pytest.raises(Refused, match="expected at most 64 scopes in each other, but c needs more") as refused:
        Counting(model(ENDLESS), limit=10_000)
    assert refused.value.reason is Reason.BUDGET
    assert len(opened) == 1 + MOST_NESTED


def test_a_process_that_calls_itself_through_people_is_refused_at_the_same_depth_and_keeps_its_window() -> None:
    run = Recorder(model(S + user("u") + node("callActivity", "c", calledElement="p") + E + path("s", "u", "c", "e")))
    for _ in range(MOST_NESTED):
        run.finish("u")
    window = run.window
    with pytest.raises(Refused, match="64 scopes"):
        run.finish("u")
    assert run.window == window
    run.cancel()
    assert run.done


def calls_of(items: int) -> int:
    """How many calls of functions it takes to begin and to cancel a multi-instance: its cost without a clock."""
    shape = model(S + user("u", several(times=str(items))) + boundary("t", "u") + E + path("s", "u", "e"))
    counting = cProfile.Profile()
    counting.enable()
    run = Recorder(shape)
    assert len(run.open) == items + 1
    run.finish("u", number(1), nth=items - 1)
    run.finish("t")
    counting.disable()
    assert (run.done, run.log.count("cancel u")) == (True, items)
    return sum(entry.callcount for entry in counting.getstats())


def test_the_cost_of_parallel_items_is_in_proportion_to_their_number() -> None:
    assert calls_of(5000) <= 10.5 * calls_of(500)
