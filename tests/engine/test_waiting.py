"""What an element waits for is told whole or not at all."""

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
