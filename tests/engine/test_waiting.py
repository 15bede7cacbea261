"""What an element waits for is told whole or not at all."""

import pytest

from engine.commands import RetryIncident
from tests.engine.world import World, chain, process, trial

MODEL = process(
    '<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="&quot;SALES&quot;" zx:remind="k"/>' + chain("s", "u")
)


def test_a_reminder_that_fails_leaves_no_task_open_beside_the_incident() -> None:
    world = World(trial(MODEL))
    world.hire("amy", "SMO")
    stream = world.start(k="no moment")
    instance = world.instance(stream)
    assert (instance.tasks, instance.timers) == ({}, {})
    (incident,) = instance.incidents.values()
    world.do(RetryIncident, "amy", stream, incident=incident.id, reason="try again")
    assert world.instance(stream).tasks == {}
    assert len(world.instance(stream).incidents) == 1


@pytest.mark.parametrize(
    ("kind", "length", "expected"),
    [
        ("timeCycle", "R/PT0S", "expected a positive duration as the cycle of b"),
        ("timeCycle", "R/-PT1H", "expected a positive duration as the cycle of b"),
        ("timeDuration", "-PT1H", "expected a duration of zero or more from the timer of b"),
    ],
)
def test_a_timer_that_goes_back_or_a_cycle_that_stands_still_is_an_incident(
    kind: str, length: str, expected: str
) -> None:
    timer = f'<bpmn:timerEventDefinition><bpmn:{kind}>"{length}"</bpmn:{kind}></bpmn:timerEventDefinition>'
    model = process(
        '<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="&quot;SMO&quot;"/><bpmn:endEvent id="e"/>'
        f'<bpmn:boundaryEvent id="b" attachedToRef="u" cancelActivity="false">{timer}</bpmn:boundaryEvent>'
        '<bpmn:endEvent id="f"/>' + chain("s", "u", "e") + chain("b", "f")
    )
    world = World(trial(model))
    world.hire("amy", "SMO")
    instance = world.instance(world.start())
    (incident,) = instance.incidents.values()
    assert expected in incident.message_en
    assert instance.timers == {}
