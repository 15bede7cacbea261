"""Sub-processes and called processes: what they see, what they give back, how they begin and end."""

from engine.value import number
from tests.engine.flow.drawing import (
    E,
    S,
    boundary,
    flow,
    gateway,
    model,
    node,
    path,
    process,
    script,
    user,
)
from tests.engine.flow.recorder import Recorder


def test_a_level_without_start_event_begins_at_everything_that_nothing_leads_to() -> None:
    inner = user("x") + user("y") + user("z") + path("x", "z")
    run = Recorder(model(user("a") + user("b") + node("subProcess", "sp", inner) + path("a", "sp")))
    assert run.open == ["a", "b"]
    run.finish("a")
    assert run.open == ["b", "x", "y"]
    for key in ("b", "x", "y", "z"):
        run.finish(key)
    assert run.done


SUB = node(
    "subProcess",
    "sp",
    node("startEvent", "s2")
    + user("u")
    + script("z", "{k: k + 1, inner: 5}")
    + node("endEvent", "e2")
    + path("s2", "u", "z", "e2"),
)


def test_an_embedded_sub_process_sees_and_sets_outer_variables_and_keeps_its_own() -> None:
    run = Recorder(model(S + SUB + E + path("s", "sp", "e")), k=number(1))
    run.finish("u", "x")
    assert run.done
    assert run.values == {"k": number(2)}
    assert run.log[2:6] == ["enter sp", "open sub-process", "enter s2", "leave s2"]


def test_a_terminate_end_ends_only_its_own_scope() -> None:
    stop = node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    inner = (
        node("startEvent", "s2")
        + gateway("parallel", "f")
        + user("a")
        + user("b")
        + stop
        + path("s2", "f", "a", "stop")
        + path("f", "b")
    )
    run = Recorder(model(S + node("subProcess", "sp", inner) + user("u") + E + path("s", "sp", "u", "e")))
    run.finish("a")
    assert "cancel b" in run.log
    assert run.open == ["u"]


def test_a_call_activity_sees_its_inputs_only_and_gives_back_its_outputs() -> None:
    mapping = '<bpmn:extensionElements><zx:input name="n" value="k + 1"/><zx:output name="r" value="out * 2"/></bpmn:extensionElements>'
    called = process(
        "q",
        node("startEvent", "qs")
        + script("z", "{out: n, seen: get or else(n, 0)}")
        + user("qu")
        + node("endEvent", "qe")
        + path("qs", "z", "qu", "qe"),
    )
    run = Recorder(
        model(S + node("callActivity", "c", mapping, calledElement="q") + E + path("s", "c", "e"), more=called),
        k=number(4),
    )
    assert run.open == ["qu"]
    run.finish("qu")
    assert (run.done, run.values) == (True, {"k": number(4), "r": number(10)})


def test_a_process_may_call_itself() -> None:
    mapping = '<bpmn:extensionElements><zx:input name="n" value="n - 1"/></bpmn:extensionElements>'
    body = (
        S
        + gateway("exclusive", "g", default="g_e")
        + node("callActivity", "c", mapping, calledElement="p")
        + gateway("exclusive", "m")
        + E
    )
    body += path("s", "g") + flow("g", "c", "n > 0") + flow("g", "m", key="g_e") + path("c", "m", "e")
    run = Recorder(model(body), n=number(5))
    assert (run.done, run.log.count("enter c")) == (True, 5)


def test_a_failing_output_of_a_call_is_asked_again_without_running_the_process_twice() -> None:
    mapping = '<bpmn:extensionElements><zx:output name="r" value="1 +"/></bpmn:extensionElements>'
    called = process("q", node("startEvent", "qs") + user("qu") + path("qs", "qu"))
    run = Recorder(
        model(S + node("callActivity", "c", mapping, calledElement="q") + E + path("s", "c", "e"), more=called)
    )
    run.finish("qu")
    assert len(run.failed) == 1
    run.retry("c")
    assert (len(run.failed), run.log.count("enter qu"), run.done) == (1, 1, False)


def test_ending_an_instance_cancels_from_the_inside_out() -> None:
    run = Recorder(model(S + SUB + boundary("t", "sp") + E + path("s", "sp", "e") + path("t", "e")), k=number(1))
    run.cancel()
    assert run.done
    assert run.log[-4:] == ["cancel t", "cancel u", "close sub-process", "cancel sp"]
