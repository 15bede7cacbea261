"""Each element of BPMN does what the standard says: the order of entering and leaving, the data, the end."""

import pytest

from engine.flow.elements import Kind
from engine.value import number
from tests.engine.flow.drawing import (
    E,
    S,
    model,
    node,
    path,
    script,
    user,
)
from tests.engine.flow.recorder import Recorder


def test_a_user_task_waits_and_goes_on() -> None:
    run = Recorder(model(S + user("u") + E + path("s", "u", "e")))
    assert run.open == ["u"]
    run.finish("u", "done")
    assert run.log == ["enter s", "leave s", "enter u", "leave u", "enter e", "leave e", "ended e"]
    assert (run.done, run.values) == (True, {"u": "done"})


@pytest.mark.parametrize("kind", [Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.RECEIVE_TASK])
def test_manual_service_and_receive_tasks_wait(kind: Kind) -> None:
    run = Recorder(model(S + node(kind, "t") + E + path("s", "t", "e")))
    assert run.open == ["t"]
    run.finish("t")
    assert run.done


def test_a_task_without_type_is_done_at_once() -> None:
    assert Recorder(model(S + node("task", "t") + E + path("s", "t", "e"))).done


def test_the_entries_of_a_script_become_variables() -> None:
    run = Recorder(model(S + script("a", "{x: k + 1, y: x * 2}") + E + path("s", "a", "e")), k=number(2))
    assert (run.values["x"], run.values["y"]) == (number(3), number(6))


def test_a_business_rule_task_sets_its_result_to_what_was_decided() -> None:
    task = '<bpmn:businessRuleTask id="t" zx:decision="k + 1" zx:result="level"/>'
    run = Recorder(model(S + task + E + path("s", "t", "e")), k=number(2))
    assert run.log[2:5] == ["enter t", "decide k + 1", "leave t"]
    assert (run.done, run.values["level"]) == (True, number(3))


def test_a_send_task_throws_its_message() -> None:
    message = '<bpmn:message id="m" name="M01"/>'
    run = Recorder(model(S + node("sendTask", "t", messageRef="m") + E + path("s", "t", "e"), more=message))
    assert "throw M01" in run.log


def test_timer_and_message_catch_events_wait_to_be_told() -> None:
    timer = node(
        "intermediateCatchEvent",
        "t",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
    )
    message = node("intermediateCatchEvent", "m", '<bpmn:messageEventDefinition messageRef="x"/>')
    run = Recorder(model(S + timer + message + E + path("s", "t", "m", "e")))
    run.finish("t")
    assert run.open == ["m"]
    run.finish("m", "payload")
    assert (run.done, run.values) == (True, {"m": "payload"})


@pytest.mark.parametrize("key", ["Start", "End", "Root"])
def test_ids_that_spiffworkflow_keeps_for_itself_are_ids_like_others(key: str) -> None:
    run = Recorder(model(S + user(key) + E + path("s", key, "e")))
    run.finish(key)
    assert run.log[-3:] == ["enter e", "leave e", "ended e"]


def test_a_failing_script_is_retried_or_decided() -> None:
    body = S + script("z", "k") + user("u") + path("s", "z", "u")
    run = Recorder(model(body), k=number(1))
    assert [t.en for t in run.failed.values()] == [
        "expected a context such as {a: 1} from script z, but found a number"
    ]
    run.retry("z", done=True)
    assert run.open == ["u"]
