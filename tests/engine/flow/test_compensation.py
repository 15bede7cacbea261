"""Compensation: what is done is undone by its handlers, the latest first, once for each completed instance. BPMN 2.0.2 §13.5.5."""

import pytest

from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, flow, gateway, model, node, path, process, script, several, user
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.remedies import booked, counted, end, remedy, throw, undoing, undone_by


def scopes_left(run: Recorder) -> int:
    """How many scopes are open besides that of the instance."""
    return len(run.scopes) - len(run.closed) - 1


def clear(run: Recorder) -> bool:
    """The window is within its bound."""
    return excess(run) == []


def test_a_throw_event_undoes_what_was_done_the_latest_first_and_goes_on_when_all_is_undone() -> None:
    run = Recorder(
        model(S + booked("a", "b") + user("c") + throw("t") + user("n") + path("s", "a", "b", "c", "t", "n"))
    )
    for key in "abc":
        run.finish(key)
        assert clear(run)
    assert run.open == ["b_undo"]
    run.finish("b_undo")
    assert run.open == ["a_undo"]
    assert clear(run)
    run.finish("a_undo")
    assert (run.open, [line for line in run.log if line.startswith("undo")]) == (["n"], ["undo b", "undo a"])
    run.finish("n")
    assert (run.done, "compensable" in run.window.decode()) == (True, False)


def test_only_what_is_done_is_undone() -> None:
    body = S + booked("a", "b") + gateway("parallel", "f") + user("x") + throw("t") + E
    run = Recorder(model(body + path("s", "f", "a", "x", "t", "e") + path("f", "b")))
    run.finish("a")
    run.finish("x")
    assert run.open == ["b", "a_undo"]
    run.finish("a_undo")
    assert (run.open, run.log.count("enter e")) == (["b"], 1)


def test_each_is_undone_once_also_when_several_events_ask_for_it() -> None:
    run = Recorder(model(S + booked("a") + throw("t1") + throw("t2") + E + path("s", "a", "t1", "t2", "e")))
    run.finish("a")
    run.finish("a_undo")
    assert (run.done, run.log.count("enter a_undo")) == (True, 1)


def test_with_nothing_to_undo_the_event_goes_on_at_once() -> None:
    assert Recorder(model(S + throw("t") + E + path("s", "t", "e"))).done


def test_an_event_that_names_an_activity_undoes_only_that() -> None:
    run = Recorder(model(S + booked("a", "b") + throw("t", "a") + user("n") + path("s", "a", "b", "t", "n")))
    run.finish("a")
    run.finish("b")
    assert run.open == ["a_undo"]
    run.finish("a_undo")
    assert run.open == ["n"]
    run.finish("n")
    assert run.done


@pytest.mark.parametrize("of", ["", "a"])
def test_a_compensation_end_event_ends_its_token_when_all_is_undone(of: str) -> None:
    run = Recorder(model(S + booked("a") + end("e", of) + path("s", "a", "e")))
    run.finish("a")
    assert (run.open, run.done) == (["a_undo"], False)
    run.finish("a_undo")
    assert (run.done, run.log[-3:]) == (True, ["leave a_undo", "leave e", "ended e"])


def test_an_activity_that_a_flow_repeats_is_undone_as_often_as_it_was_done() -> None:
    body = S + gateway("exclusive", "m") + booked("a") + gateway("exclusive", "x", default="x_t") + throw("t") + E
    body += path("s", "m", "a", "x") + flow("x", "m", 'a = "again"') + flow("x", "t") + path("t", "e")
    run = Recorder(model(body))
    for result in ("again", "again", "enough"):
        run.finish("a", result)
        assert clear(run)
    for _ in range(3):
        assert run.open == ["a_undo"]
        run.finish("a_undo")
    assert (run.done, run.log.count("undo a")) == (True, 3)


LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'


def test_each_turn_of_a_loop_is_undone() -> None:
    activity = user("a", LOOP) + remedy("z") + undone_by("a", "z")
    run = Recorder(model(S + activity + throw("t") + E + path("s", "a", "t", "e")))
    for _ in range(3):
        run.finish("a")
    for _ in range(3):
        assert run.open == ["z"]
        run.finish("z")
    assert run.done


def test_a_loop_that_was_interrupted_is_not_undone() -> None:
    activity = user("a", LOOP) + remedy("z") + undone_by("a", "z") + boundary("b", "a")
    run = Recorder(model(S + activity + throw("t") + E + path("s", "a", "t") + path("b", "t", "e")))
    run.finish("a")
    run.finish("b")
    assert (run.done, run.log.count("undo a")) == (True, 0)


@pytest.mark.parametrize("sequential", [False, True])
def test_each_completed_item_of_a_multi_instance_is_undone_the_latest_first_with_its_item(sequential: bool) -> None:
    marker = several(sequential=sequential, collection="xs")
    handler = script("z", "{undone: append(undone, x)}").replace('id="z"', 'id="z" isForCompensation="true"')
    body = S + script("i", '{xs: ["p", "q", "r"], undone: []}') + user("a", marker) + handler + undone_by("a", "z")
    run = Recorder(model(body + throw("t") + user("n") + path("s", "i", "a", "t", "n")))
    run.finish("a", nth=0)
    assert clear(run)
    run.finish("a", nth=0 if sequential else 1)
    run.finish("a")
    assert (run.open, run.values["undone"]) == (["n"], ("r", "q", "p") if sequential else ("q", "r", "p"))
    assert (scopes_left(run), clear(run)) == (0, True)


def test_items_that_were_cancelled_are_not_undone_and_their_scopes_are_closed() -> None:
    marker = several(times="3", until="numberOfCompletedInstances >= 1")
    body = S + user("a", marker) + remedy("z") + undone_by("a", "z") + throw("t") + user("n") + path("s", "a", "t", "n")
    run = Recorder(model(body))
    run.finish("a", nth=1)
    assert (run.open, scopes_left(run)) == (["z"], 1)
    run.finish("z")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_multi_instance_that_was_interrupted_is_not_undone_and_keeps_no_scope() -> None:
    body = S + user("a", several(times="3")) + boundary("b", "a") + remedy("z") + undone_by("a", "z") + throw("t") + E
    run = Recorder(model(body + path("s", "a", "t") + path("b", "t", "e")))
    run.finish("a")
    assert scopes_left(run) == 3
    run.finish("b")
    assert (run.done, scopes_left(run), run.log.count("undo a")) == (True, 0, 0)


INNER = node("startEvent", "s2") + booked("a", "b") + node("endEvent", "e2") + path("s2", "a", "b", "e2")


def test_a_sub_process_without_handler_is_undone_by_undoing_what_is_in_it() -> None:
    body = S + node("subProcess", "sp", INNER) + booked("c") + throw("t") + user("n") + path("s", "sp", "c", "t", "n")
    run = Recorder(model(body))
    for key in "abc":
        run.finish(key)
        assert clear(run)
    for key in ("c_undo", "b_undo", "a_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_handler_sees_the_variables_of_the_sub_process_as_they_were_kept() -> None:
    inner = node("startEvent", "s2") + script("i", "{mine: k}") + counted("a", "{}", "{seen: mine, mine: 0}")
    sub = node("subProcess", "sp", inner + path("s2", "i", "a"))
    body = S + sub + script("z", "{k: 7}") + throw("t") + user("n") + path("s", "sp", "z", "t", "n")
    run = Recorder(model(body), k=number(1), seen=None)
    assert (run.open, run.values["seen"], run.values["k"]) == (["n"], number(1), number(7))
    assert scopes_left(run) == 0


def test_a_sub_process_with_a_handler_is_undone_by_that_alone() -> None:
    sub = node("subProcess", "sp", INNER) + remedy("z") + undone_by("sp", "z")
    run = Recorder(model(S + sub + throw("t") + user("n") + path("s", "sp", "t", "n")))
    run.finish("a")
    run.finish("b")
    assert (run.open, scopes_left(run)) == (["z"], 0)
    run.finish("z")
    assert run.open == ["n"]


def test_a_sub_process_in_a_sub_process_is_undone_from_the_outside_in() -> None:
    deep = node("subProcess", "sp", INNER)
    outer = node("startEvent", "s3") + deep + booked("c") + path("s3", "sp", "c")
    run = Recorder(model(S + node("subProcess", "op", outer) + throw("t", "op") + E + path("s", "op", "t", "e")))
    for key in "abc":
        run.finish(key)
    for key in ("c_undo", "b_undo", "a_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.done, scopes_left(run)) == (True, 0)


def test_what_is_kept_of_a_sub_process_goes_with_the_scope_around_it() -> None:
    outer = node("startEvent", "s3") + node("subProcess", "sp", INNER) + user("c") + path("s3", "sp", "c")
    sub = node("subProcess", "op", outer) + remedy("z") + undone_by("op", "z")
    run = Recorder(model(S + sub + user("n") + path("s", "op", "n")))
    run.finish("a")
    run.finish("b")
    assert scopes_left(run) == 2
    run.finish("c")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_each_item_of_a_multi_instance_sub_process_is_undone_in_its_own_scope() -> None:
    inner = node("startEvent", "s2") + booked("a") + path("s2", "a")
    sub = node("subProcess", "sp", several(collection='[""p"", ""q""]'.replace('""', "&quot;")) + inner)
    run = Recorder(model(S + sub + throw("t") + user("n") + path("s", "sp", "t", "n")))
    run.finish("a", nth=1)
    run.finish("a", nth=0)
    seen = []
    while run.open == ["a_undo"]:
        (_, scope) = next(iter(run.waiting.values()))
        seen.append(run.evaluate("x", scope))
        assert clear(run)
        run.finish("a_undo")
    assert (seen, run.open, scopes_left(run)) == (["p", "q"], ["n"], 0)


def test_what_a_called_process_has_done_is_nobody_elses_to_undo() -> None:
    called = process("q", node("startEvent", "qs") + booked("a") + path("qs", "a"))
    call = node("callActivity", "c", calledElement="q")
    run = Recorder(model(S + call + throw("t") + user("n") + path("s", "c", "t", "n"), more=called))
    run.finish("a")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_call_activity_with_a_handler_is_undone_by_it() -> None:
    called = process("q", node("startEvent", "qs") + user("a") + path("qs", "a"))
    call = node("callActivity", "c", calledElement="q") + remedy("z") + undone_by("c", "z")
    run = Recorder(model(S + call + throw("t") + E + path("s", "c", "t", "e"), more=called))
    run.finish("a")
    assert run.open == ["z"]


def test_a_compensation_event_sub_process_undoes_its_sub_process_and_sees_its_variables() -> None:
    handler = undoing("un", script("z", "{seen: mine}") + user("w") + path("un_start", "z", "w"))
    inner = node("startEvent", "s2") + script("i", "{mine: 5}") + booked("a") + handler + path("s2", "i", "a")
    run = Recorder(
        model(S + node("subProcess", "sp", inner) + throw("t") + user("n") + path("s", "sp", "t", "n")), seen=None
    )
    run.finish("a")
    assert (run.open, run.values["seen"], clear(run)) == (["w"], number(5), True)
    run.finish("w")
    assert (run.open, scopes_left(run), run.log.count("undo a")) == (["n"], 0, 0)


def test_a_throw_event_in_a_compensation_event_sub_process_undoes_what_is_in_the_sub_process() -> None:
    handler = undoing("un", user("w") + throw("t2") + user("v") + path("un_start", "w", "t2", "v"))
    inner = node("startEvent", "s2") + booked("a", "b") + handler + path("s2", "a", "b")
    run = Recorder(model(S + node("subProcess", "sp", inner) + throw("t") + user("n") + path("s", "sp", "t", "n")))
    for key in ("a", "b", "w", "b_undo", "a_undo", "v"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_handler_may_be_a_sub_process_or_a_multi_instance() -> None:
    handler = node("subProcess", "z", several(times="2") + node("startEvent", "s2") + user("h") + path("s2", "h"))
    handler = handler.replace('id="z"', 'id="z" isForCompensation="true"')
    run = Recorder(model(S + user("a") + handler + undone_by("a", "z") + throw("t") + E + path("s", "a", "t", "e")))
    run.finish("a")
    assert run.open == ["h", "h"]
    run.finish("h")
    run.finish("h")
    assert (run.done, scopes_left(run)) == (True, 0)


def test_a_handler_that_fails_is_an_incident_of_its_own_and_the_rest_is_undone_after_it() -> None:
    body = S + booked("a") + counted("b", "{}", "{y: k.x.y.z(}") + throw("t") + E
    run = Recorder(model(body + path("s", "a", "b", "t", "e")))
    run.finish("a")
    assert [run.places[key].id for key in run.failed] == ["b_undo"]
    run.retry("b_undo", done=True)
    assert run.open == ["a_undo"]
    run.finish("a_undo")
    assert run.done


def test_undoing_is_cancelled_with_its_scope_and_keeps_nothing() -> None:
    sub = node("subProcess", "in", INNER)
    inner = node("startEvent", "s3") + sub + throw("t") + path("s3", "in", "t")
    body = S + node("subProcess", "sp", inner) + boundary("x", "sp") + user("h") + path("s", "sp") + path("x", "h")
    run = Recorder(model(body))
    run.finish("a")
    run.finish("b")
    assert run.open == ["x", "b_undo"]
    run.finish("x")
    assert (run.open, scopes_left(run), "cancel b_undo" in run.log) == (["h"], 0, True)


def test_the_end_of_the_instance_closes_what_was_kept() -> None:
    run = Recorder(model(S + node("subProcess", "sp", INNER) + user("n") + path("s", "sp", "n")))
    run.finish("a")
    run.finish("b")
    assert scopes_left(run) == 1
    run.finish("n")
    assert (run.done, scopes_left(run)) == (True, 0)


def test_cancelling_everything_closes_what_was_kept_and_what_is_being_undone() -> None:
    body = S + node("subProcess", "sp", INNER) + throw("t") + path("s", "sp", "t")
    run = Recorder(model(body))
    run.finish("a")
    run.finish("b")
    run.cancel()
    assert (run.done, len(run.closed), len(run.scopes)) == (True, 2, 2)


def test_a_branch_that_undoes_does_not_touch_what_another_does_meanwhile() -> None:
    body = S + booked("a", "b") + gateway("parallel", "f") + throw("t") + gateway("parallel", "j") + user("n")
    run = Recorder(model(body + path("s", "a", "f", "t", "j", "n") + path("f", "b", "j")))
    run.finish("a")
    run.finish("b")
    assert run.open == ["a_undo"]
    run.finish("a_undo")
    assert run.open == ["n"]
    run.finish("n")
    assert run.done


ERROR = '<bpmn:error id="er" errorCode="E"/>'
FAILS = '<bpmn:errorEventDefinition errorRef="er"/>'


def failing(more: str = "") -> Recorder:
    """A sub-process whose second task leads to an error, with an event sub-process that catches it and undoes the scope."""
    handler = node("startEvent", "hs", FAILS) + throw("t") + user("w") + path("hs", "t", "w")
    inner = node("startEvent", "s2") + booked("a", "b") + user("x") + node("endEvent", "ee", FAILS)
    inner += path("s2", "a", "b", "x", "ee") + node("subProcess", "ev", handler, triggeredByEvent="true") + more
    return Recorder(model(S + node("subProcess", "sp", inner) + user("n") + path("s", "sp", "n"), more=ERROR))


def test_an_event_sub_process_undoes_what_was_done_in_the_scope_that_it_interrupted() -> None:
    run = failing()
    for key in ("a", "b", "x", "b_undo", "a_undo", "w"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_an_error_in_a_handler_goes_up_from_the_event_that_asked_for_it() -> None:
    fails = node("startEvent", "zs") + user("w") + node("endEvent", "ze", FAILS) + path("zs", "w", "ze")
    handler = node("subProcess", "z", fails, isForCompensation="true")
    inner = node("startEvent", "s2") + booked("a") + user("b") + handler + undone_by("b", "z") + throw("t")
    catch = node("boundaryEvent", "c", FAILS, attachedToRef="sp")
    body = S + node("subProcess", "sp", inner + path("s2", "a", "b", "t")) + catch + user("h")
    run = Recorder(model(body + path("s", "sp") + path("c", "h"), more=ERROR))
    for key in ("a", "b", "w"):
        run.finish(key)
    assert (run.open, scopes_left(run), "cancel t" in run.log) == (["h"], 0, True)


def test_what_an_event_sub_process_has_done_is_undone_with_what_is_around_it() -> None:
    handler = node("startEvent", "hs", FAILS) + booked("c") + throw("t") + path("hs", "c", "t")
    inner = (
        node("startEvent", "s2") + booked("a") + user("x") + node("endEvent", "ee", FAILS) + path("s2", "a", "x", "ee")
    )
    inner += node("subProcess", "ev", handler, triggeredByEvent="true")
    run = Recorder(model(S + node("subProcess", "sp", inner) + user("n") + path("s", "sp", "n"), more=ERROR))
    for key in ("a", "x", "c", "c_undo", "a_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_an_event_that_interrupts_while_things_are_undone_ends_that() -> None:
    signal = '<bpmn:signalEventDefinition signalRef="sg"/>'
    handler = node("startEvent", "hs", signal) + user("w") + path("hs", "w")
    inner = node("startEvent", "s2") + booked("a", "b") + throw("t") + path("s2", "a", "b", "t")
    inner += node("subProcess", "ev", handler, triggeredByEvent="true")
    body = S + gateway("parallel", "f") + node("subProcess", "sp", inner) + user("x")
    body += node("endEvent", "e", signal) + path("s", "f", "sp") + path("f", "x", "e")
    run = Recorder(model(body, more='<bpmn:signal id="sg" name="Stop"/>'))
    run.finish("a")
    run.finish("b")
    assert "b_undo" in run.open
    run.finish("x")
    assert (run.open, "cancel b_undo" in run.log, clear(run)) == (["w"], True, True)
    run.finish("w")
    assert (run.done, scopes_left(run)) == (True, 0)


@pytest.mark.parametrize("marker", [LOOP.replace("3", "2"), several(times="2")])
def test_each_instance_of_a_sub_process_is_undone_by_its_event_sub_process_with_its_own_variables(marker: str) -> None:
    handler = undoing("un", script("z", "{seen: append(seen, mine)}") + path("un_start", "z"))
    inner = node("startEvent", "s2") + user("a") + script("i", "{mine: a}") + handler + path("s2", "a", "i")
    sub = node("subProcess", "sp", marker + inner)
    run = Recorder(model(S + sub + throw("t", "sp") + user("n") + path("s", "sp", "t", "n")), seen=())
    run.finish("a", number(1))
    assert clear(run)
    run.finish("a", number(2))
    assert (run.open, run.values["seen"]) == (["n"], (number(2), number(1)))
    assert (scopes_left(run), clear(run)) == (0, True)
