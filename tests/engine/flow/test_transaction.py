"""Transactions: cancelled from inside, they undo what was done in them and are left by the cancel boundary event."""

from tests.engine.flow.drawing import E, S, boundary, gateway, model, node, path, process, several, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.remedies import booked, cancel_end, cancelled, end, remedy, throw, undone_by
from tests.engine.flow.test_compensation import clear, scopes_left

FORK = node("startEvent", "s2") + booked("a", "b") + gateway("parallel", "f") + user("x") + user("y") + cancel_end("ce")
FORK += node("endEvent", "e2") + path("s2", "a", "b", "f", "x", "ce") + path("f", "y", "e2")


def around(inner: str, more: str = "") -> str:
    """A transaction tx with a cancel boundary event that leads to h, and n behind it."""
    body = S + node("transaction", "tx", inner) + cancelled("cb", "tx") + user("h") + user("n") + E + more
    return body + path("s", "tx", "n", "e") + path("cb", "h")


def test_a_transaction_that_is_not_cancelled_goes_on_like_a_sub_process() -> None:
    inner = node("startEvent", "s2") + booked("a") + path("s2", "a")
    run = Recorder(model(around(inner)))
    run.finish("a")
    assert run.open == ["n"]
    run.finish("n")
    assert (run.done, scopes_left(run)) == (True, 0)


def test_a_cancel_end_event_cancels_what_is_open_undoes_what_is_done_and_leaves_by_the_boundary() -> None:
    run = Recorder(model(around(FORK)))
    for key in ("a", "b", "x"):
        run.finish(key)
        assert clear(run)
    assert (run.open, "cancel y" in run.log) == (["b_undo"], True)
    run.finish("b_undo")
    assert (run.open, clear(run)) == (["a_undo"], True)
    run.finish("a_undo")
    assert (run.open, run.log[-4:]) == (["h"], ["cancel tx", "enter cb", "leave cb", "enter h"])
    run.finish("h")
    assert (run.done, scopes_left(run), "enter n" in run.log) == (True, 0, False)


def test_cancelled_with_nothing_done_it_is_left_at_once() -> None:
    inner = node("startEvent", "s2") + user("x") + cancel_end("ce") + path("s2", "x", "ce")
    run = Recorder(model(around(inner)))
    run.finish("x")
    assert run.open == ["h"]


def test_what_was_done_in_a_sub_process_that_is_under_way_is_undone_too() -> None:
    deep = node("subProcess", "sp", node("startEvent", "s3") + booked("c", "d") + path("s3", "c", "d"))
    inner = node("startEvent", "s2") + gateway("parallel", "f") + booked("a") + user("x") + cancel_end("ce") + deep
    inner += path("s2", "f", "a", "x", "ce") + path("f", "sp")
    run = Recorder(model(around(inner)))
    for key in ("a", "c", "x"):
        run.finish(key)
    assert (sorted(run.open), "cancel d" in run.log, clear(run)) == (["c_undo"], True, True)
    run.finish("c_undo")
    assert (run.open, clear(run)) == (["a_undo"], True)
    run.finish("a_undo")
    assert (run.open, scopes_left(run)) == (["h"], 0)


def test_what_was_done_in_different_sub_processes_under_way_is_undone_the_latest_first() -> None:
    deep = node("startEvent", "s3") + booked("c", "d") + path("s3", "c", "d")
    other = node("startEvent", "s4") + booked("g", "i") + path("s4", "g", "i")
    inner = node("startEvent", "s2") + gateway("parallel", "f") + booked("a") + user("x") + cancel_end("ce")
    inner += node("subProcess", "sp", deep) + node("subProcess", "sq", other)
    inner += path("s2", "f", "a", "x", "ce") + path("f", "sp") + path("f", "sq")
    run = Recorder(model(around(inner)))
    for key in ("g", "a", "c", "x"):
        run.finish(key)
    for key in ("c_undo", "a_undo", "g_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.open, scopes_left(run)) == (["h"], 0)


def test_items_done_of_a_multi_instance_under_way_are_undone_each_in_its_scope() -> None:
    deep = user("m", several(times="3")) + remedy("z") + undone_by("m", "z")
    inner = node("startEvent", "s2") + gateway("parallel", "f") + deep + user("x") + cancel_end("ce")
    inner += path("s2", "f", "x", "ce") + path("f", "m")
    run = Recorder(model(around(inner)))
    run.finish("m", nth=2)
    run.finish("m", nth=0)
    run.finish("x")
    for _ in range(2):
        assert (run.open, clear(run)) == (["z"], True)
        run.finish("z")
    assert (run.open, scopes_left(run)) == (["h"], 0)


def test_what_another_event_was_about_to_undo_is_still_undone() -> None:
    inner = node("startEvent", "s2") + booked("a", "b") + gateway("parallel", "f") + throw("t") + user("x")
    inner += cancel_end("ce") + path("s2", "a", "b", "f", "t") + path("f", "x", "ce")
    run = Recorder(model(around(inner)))
    for key in ("a", "b"):
        run.finish(key)
    assert sorted(run.open) == ["b_undo", "x"]
    run.finish("x")
    assert (run.open, "cancel b_undo" in run.log) == (["a_undo"], True)
    run.finish("a_undo")
    assert (run.open, scopes_left(run)) == (["h"], 0)


def test_a_called_process_under_way_is_cancelled_and_not_undone() -> None:
    called = process("q", node("startEvent", "qs") + booked("c", "d") + path("qs", "c", "d"))
    inner = node("startEvent", "s2") + gateway("parallel", "f") + node("callActivity", "call", calledElement="q")
    inner += user("x") + cancel_end("ce") + path("s2", "f", "call") + path("f", "x", "ce")
    run = Recorder(model(around(inner), more=called))
    run.finish("c")
    run.finish("x")
    assert (run.open, scopes_left(run), "undo c" in run.log) == (["h"], 0, False)


def test_a_timer_may_end_a_transaction_while_it_is_being_cancelled() -> None:
    run = Recorder(model(around(FORK, boundary("t", "tx") + user("late") + path("t", "late"))))
    for key in ("a", "b", "x"):
        run.finish(key)
    run.finish("t")
    assert (run.open, scopes_left(run), "enter cb" in run.log) == (["late"], 0, False)


def test_an_error_leaves_a_transaction_without_undoing_anything() -> None:
    error = '<bpmn:error id="er" errorCode="E"/>'
    fails = node("endEvent", "ee", '<bpmn:errorEventDefinition errorRef="er"/>')
    caught = node("boundaryEvent", "eb", '<bpmn:errorEventDefinition errorRef="er"/>', attachedToRef="tx")
    inner = node("startEvent", "s2") + booked("a") + user("x") + fails + path("s2", "a", "x", "ee")
    body = around(inner, caught + user("hazard") + path("eb", "hazard"))
    run = Recorder(model(body, more=error))
    run.finish("a")
    run.finish("x")
    assert (run.open, scopes_left(run), "undo a" in run.log) == (["hazard"], 0, False)


def test_a_transaction_that_is_done_is_undone_like_a_sub_process() -> None:
    inner = node("startEvent", "s2") + booked("a", "b") + path("s2", "a", "b")
    body = S + node("transaction", "tx", inner) + cancelled("cb", "tx") + user("h") + user("n") + end("e")
    run = Recorder(model(body + path("s", "tx", "n", "e") + path("cb", "h")))
    for key in ("a", "b", "n", "b_undo", "a_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.done, scopes_left(run)) == (True, 0)


def test_a_transaction_in_a_transaction_is_cancelled_alone() -> None:
    deep = node("startEvent", "s3") + booked("c") + cancel_end("ce3") + path("s3", "c", "ce3")
    inner = node("startEvent", "s2") + booked("a") + node("transaction", "ty", deep) + cancelled("cy", "ty") + user("g")
    inner += path("s2", "a", "ty") + path("cy", "g")
    run = Recorder(model(around(inner)))
    run.finish("a")
    run.finish("c")
    assert run.open == ["c_undo"]
    run.finish("c_undo")
    assert (run.open, clear(run)) == (["g"], True)
    run.finish("g")
    assert run.open == ["n"]
