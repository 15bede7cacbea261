"""Signal events: thrown, caught, on a boundary, at an end; who waits has it at once."""

from engine.value import Context, number
from tests.engine.flow.drawing import E, S, gateway, model, node, path, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import ROOT, SIGNAL, SIGNAL2, attached, catch, end, throw


def begun(body: str) -> Recorder:
    return Recorder(model(body, more=ROOT), k=number(1))


def test_a_signal_reaches_every_catch_event_that_waits_for_its_name_and_no_other() -> None:
    body = S + gateway("parallel", "f") + catch("a", SIGNAL) + catch("b", SIGNAL) + catch("c", SIGNAL2)
    body += user("u") + throw("t", SIGNAL, n="k + 1") + E + user("x") + user("y") + user("z")
    body += path("s", "f", "u", "t", "e") + path("f", "a", "x") + path("f", "b", "y") + path("f", "c", "z")
    run = begun(body)
    assert sorted(run.open) == ["a", "b", "c", "u"]
    run.log.clear()
    run.finish("u")
    assert run.open == ["c", "x", "y"]
    assert run.log == [
        *("leave u", "enter t", "signal S", "receive a", "receive b", "leave t", "leave a", "leave b"),
        *("enter e", "leave e", "ended e", "enter x", "enter y"),
    ]
    assert (run.values["a"], run.values["b"]) == (Context({"n": number(2)}), Context({"n": number(2)}))


def test_a_signal_thrown_before_anybody_waits_is_not_kept() -> None:
    run = begun(S + throw("t", SIGNAL) + catch("c", SIGNAL) + E + path("s", "t", "c", "e"))
    assert run.open == ["c"]
    run.receive("c", Context({"n": number(3)}))
    assert (run.done, run.values["c"]) == (True, Context({"n": number(3)}))


def test_a_signal_end_event_throws_and_ends() -> None:
    body = S + gateway("parallel", "f") + catch("c", SIGNAL) + user("u") + end("x", SIGNAL) + E
    run = begun(body + path("s", "f", "u", "x") + path("f", "c", "e"))
    run.finish("u")
    assert run.done
    assert [line for line in run.log if line.startswith("ended")] == ["ended x", "ended e"]


def test_a_signal_on_a_boundary_interrupts_its_activity_or_comes_again_beside_it() -> None:
    for interrupting, after in ((True, ["h"]), (False, ["u", "b", "h"])):
        body = S + user("u") + attached("b", "u", SIGNAL, interrupting=interrupting) + user("h") + E
        run = begun(body + path("s", "u", "e") + path("b", "h"))
        run.receive("b", Context({}))
        assert sorted(run.open) == sorted(after)
    run.receive("b", Context({}))
    run.finish("u")
    assert run.open == ["h", "h"]


def test_a_signal_that_ends_the_sub_process_it_was_thrown_in_was_thrown_all_the_same() -> None:
    inner = node("startEvent", "s2") + throw("t", SIGNAL) + user("v") + path("s2", "t", "v")
    body = (
        S + node("subProcess", "sp", inner) + attached("b", "sp", SIGNAL) + user("h") + path("s", "sp") + path("b", "h")
    )
    run = begun(body)
    assert run.open == ["h"]
    assert run.log[-6:] == ["receive b", "leave t", "close sub-process", "cancel sp", "leave b", "enter h"]


def test_what_waits_for_a_signal_and_is_cancelled_no_longer_hears_it() -> None:
    inner = node("startEvent", "s2") + catch("c", SIGNAL) + path("s2", "c")
    body = S + gateway("parallel", "f") + node("subProcess", "sp", inner) + attached("b", "sp", SIGNAL2) + user("h")
    body += user("u") + throw("t2", SIGNAL2) + throw("t", SIGNAL) + E
    run = begun(body + path("s", "f", "sp") + path("f", "u", "t2", "t", "e") + path("b", "h"))
    run.finish("u")
    assert (run.open, "receive c" in run.log) == (["h"], False)


def test_one_signal_interrupts_an_outer_activity_before_an_inner_one_hears_it() -> None:
    inner = node("startEvent", "s2") + catch("c", SIGNAL) + user("v") + path("s2", "c", "v")
    body = S + gateway("parallel", "f") + node("subProcess", "sp", inner) + attached("b", "sp", SIGNAL) + user("h")
    body += user("u") + end("t", SIGNAL)
    run = begun(body + path("s", "f", "sp") + path("f", "u", "t") + path("b", "h"))
    run.finish("u")
    assert (run.open, "receive c" in run.log) == (["h"], False)
