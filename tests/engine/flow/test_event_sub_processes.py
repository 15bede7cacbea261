"""Event sub-processes: by message, signal, timer; interrupting and not; nested, several; in every kind of scope."""

import pytest

from engine.value import Context, number
from tests.engine.flow.drawing import E, S, flow, gateway, model, node, path, process, script, several, user
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import (
    HOUR,
    HOURLY,
    MESSAGE,
    ROOT,
    SIGNAL,
    TERMINATE,
    attached,
    end,
    handler,
    throw,
)

GIVEN = Context({"n": number(1)})


def begun(body: str, more: str = "") -> Recorder:
    return Recorder(model(body, more=ROOT + more), k=number(1))


def one(trigger: str, key: str = "h", *, interrupting: bool = True) -> str:
    """An event sub-process with one user task."""
    return handler(
        key, trigger, user(f"{key}u") + path(f"{key}u", f"{key}_e"), interrupting=interrupting, then=f"{key}u"
    )


LEVEL = S + user("u") + user("w") + E + path("s", "u", "w", "e")


@pytest.mark.parametrize("trigger", [MESSAGE, SIGNAL, HOUR], ids=["message", "signal", "timer"])
def test_an_interrupting_event_sub_process_cancels_everything_else_of_the_process(trigger: str) -> None:
    run = begun(LEVEL + one(trigger))
    assert run.open == ["h_s", "u"]
    run.log.clear()
    run.receive("h_s", GIVEN) if trigger != HOUR else run.finish("h_s")
    assert run.log == ["cancel u", "enter h", "open sub-process", "leave h_s", "enter hu"]
    assert run.open == ["hu"]
    run.finish("hu")
    assert run.done
    assert run.log[-3:] == ["ended h_e", "close sub-process", "leave h"]


@pytest.mark.parametrize("trigger", [MESSAGE, SIGNAL, HOURLY], ids=["message", "signal", "cycle"])
def test_a_non_interrupting_event_sub_process_begins_as_often_as_its_event_comes(trigger: str) -> None:
    run = begun(LEVEL + one(trigger, interrupting=False))
    for _ in range(2):
        run.receive("h_s", GIVEN) if trigger != HOURLY else run.finish("h_s")
        assert excess(run) == []
    assert sorted(run.open) == ["h_s", "hu", "hu", "u"]
    run.finish("u")
    run.finish("hu")
    run.finish("w")
    assert sorted(run.open) == ["h_s", "hu"]
    assert not run.done
    run.finish("hu")
    assert (run.done, run.log[-1]) == (True, "cancel h_s")


def test_a_duration_of_a_non_interrupting_event_sub_process_comes_once() -> None:
    run = begun(LEVEL + one(HOUR, interrupting=False))
    run.finish("h_s")
    assert sorted(run.open) == ["hu", "u"]


def test_a_start_event_that_still_waits_does_not_keep_its_level_open() -> None:
    run = begun(LEVEL + one(MESSAGE) + one(SIGNAL, "g", interrupting=False))
    run.finish("u")
    run.finish("w")
    assert run.done
    assert run.log[-2:] == ["cancel g_s", "cancel h_s"]


def test_what_the_message_carries_is_a_variable_of_that_event_sub_process_alone() -> None:
    run = begun(LEVEL + one(MESSAGE, interrupting=False))
    run.receive("h_s", Context({"n": number(1)}))
    run.receive("h_s", Context({"n": number(2)}))
    inner = [scope.values for scope in run.scopes.values() if scope.parent is not None]
    assert inner == [{"h_s": Context({"n": number(1)})}, {"h_s": Context({"n": number(2)})}]
    assert "h_s" not in run.values


def test_an_event_sub_process_sees_and_sets_the_variables_of_its_level() -> None:
    catches = handler("h", MESSAGE, script("a", "{k: h_s.n + k}") + path("a", "h_e"), interrupting=False, then="a")
    run = begun(LEVEL + catches)
    run.receive("h_s", Context({"n": number(5)}))
    run.receive("h_s", Context({"n": number(5)}))
    assert run.values["k"] == number(11)


def test_an_event_sub_process_of_a_sub_process_ends_with_it_and_interrupts_nothing_outside() -> None:
    inner = node("startEvent", "s2") + user("v") + path("s2", "v") + one(MESSAGE)
    body = S + gateway("parallel", "f") + user("w") + node("subProcess", "sp", inner) + user("n")
    run = begun(body + path("s", "f", "w") + path("f", "sp", "n"))
    run.receive("h_s", GIVEN)
    assert sorted(run.open) == ["hu", "w"]
    run.finish("hu")
    assert sorted(run.open) == ["n", "w"]


def test_an_event_sub_process_of_a_called_process_sees_its_inputs_only_and_the_call_gives_back_its_outputs() -> None:
    called = process(
        "q",
        node("startEvent", "qs")
        + user("v")
        + path("qs", "v")
        + handler("h", MESSAGE, script("a", "{y: x + 1}") + path("a", "h_e"), then="a"),
    )
    mapped = '<zx:input name="x" value="k"/><zx:input name="y" value="0"/><zx:output name="z" value="y"/>'
    extensions = f"<bpmn:extensionElements>{mapped}</bpmn:extensionElements>"
    body = S + node("callActivity", "c", extensions, calledElement="q") + user("n")
    run = begun(body + path("s", "c", "n"), more=called)
    run.receive("h_s", GIVEN)
    assert (run.open, run.values["z"]) == (["n"], number(2))


def test_each_item_of_a_multi_instance_has_event_sub_processes_of_its_own() -> None:
    inner = node("startEvent", "s2") + user("v") + path("s2", "v") + one(MESSAGE)
    body = S + node("subProcess", "sp", several(times="3") + inner) + user("n") + path("s", "sp", "n")
    run = begun(body)
    run.receive("h_s", GIVEN, nth=1)
    assert sorted(run.open) == ["h_s", "h_s", "hu", "v", "v"]
    run.finish("hu")
    run.finish("v")
    run.finish("v")
    assert run.open == ["n"]


def test_event_sub_processes_lie_in_each_other() -> None:
    innermost = one(SIGNAL, "i")
    outer = handler("h", MESSAGE, user("hu") + path("hu", "h_e") + innermost, then="hu")
    run = begun(LEVEL + outer)
    assert run.open == ["h_s", "u"]
    run.receive("h_s", GIVEN)
    assert sorted(run.open) == ["hu", "i_s"]
    run.receive("i_s", GIVEN)
    assert run.open == ["iu"]
    run.finish("iu")
    assert run.done


def test_an_interrupting_event_ends_its_level_from_the_inside_out_running_handlers_included() -> None:
    inner = node("startEvent", "s2") + user("v") + path("s2", "v")
    body = S + node("subProcess", "sp", inner) + attached("b", "sp", SIGNAL) + E + path("s", "sp", "e") + path("b", "e")
    run = begun(body + one(MESSAGE, interrupting=False) + one(HOUR, "g"))
    run.receive("h_s", GIVEN)
    run.log.clear()
    run.finish("g_s")
    assert run.log == [
        *("cancel hu", "close sub-process", "cancel h", "cancel b", "cancel v", "close sub-process", "cancel sp"),
        *("cancel h_s", "enter g", "open sub-process", "leave g_s", "enter gu"),
    ]
    assert run.open == ["gu"]


def test_a_signal_thrown_in_a_level_begins_its_event_sub_process() -> None:
    body = S + throw("t", SIGNAL, n="k") + user("u") + E + path("s", "t", "u", "e")
    run = begun(body + one(SIGNAL, interrupting=False))
    assert sorted(run.open) == ["h_s", "hu", "u"]
    run = begun(body + one(SIGNAL))
    assert (run.open, "leave t" in run.log) == (["hu"], True)


def test_a_terminate_end_event_ends_the_level_with_its_waiting_starts_or_the_handler_alone() -> None:
    run = begun(S + user("u") + end("x", TERMINATE) + path("s", "u", "x") + one(MESSAGE, interrupting=False))
    run.receive("h_s", GIVEN)
    run.finish("u")
    assert (run.done, run.log.count("cancel hu"), run.log.count("cancel h_s")) == (True, 1, 1)
    inside = user("hu") + gateway("parallel", "hf") + user("hv") + end("hx", TERMINATE)
    inside += path("hf", "hu", "hx") + path("hf", "hv", "h_e")
    run = begun(LEVEL + handler("h", MESSAGE, inside, interrupting=False, then="hf"))
    run.receive("h_s", GIVEN)
    run.finish("hu")
    assert sorted(run.open) == ["h_s", "u"]


def test_a_failed_timer_of_an_event_sub_process_is_an_incident_beside_the_work() -> None:
    broken = HOUR.replace('"PT1H"', "k")
    run = begun(LEVEL + one(broken))
    assert ([run.places[key].id for key in run.failed], run.open) == (["h_s"], ["u"])
    run.retry("h_s", done=True)
    assert run.open == ["hu"]


def test_ending_the_instance_cancels_the_waiting_starts_too() -> None:
    run = begun(LEVEL + one(MESSAGE))
    run.cancel()
    assert (run.done, run.open, run.log[-2:]) == (True, [], ["cancel u", "cancel h_s"])


def test_the_window_does_not_grow_with_the_events_that_came() -> None:
    loop = gateway("exclusive", "m") + user("u") + gateway("exclusive", "g", default="g_e")
    loop += path("s", "m", "u", "g") + flow("g", "m", 'u != "stop"') + flow("g", "e", key="g_e")
    quick = handler("h", MESSAGE, script("a", "{k: 1}") + path("a", "h_e"), interrupting=False, then="a")
    run = begun(S + E + loop + quick)
    sizes = []
    for _ in range(300):
        run.receive("h_s", GIVEN)
        run.finish("u", "on")
        assert excess(run) == []
        sizes.append(len(run.window))
    assert max(sizes[20:]) <= max(sizes[:20]) + 20
