"""A join that waits in vain, through commands: an incident in words, retried or decided by who may, and made again alike."""

from __future__ import annotations

import pytest

from engine import replay
from engine.commands import CompleteTask, DecideIncident, RetryIncident, TerminateInstance
from engine.errors import Reason, Refused
from engine.events import IncidentRaised
from engine.replay import Verdict
from engine.value import Context
from engine.words import Status, StreamKind
from tests.engine.world import World, chain, lane, process, trial

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="f"/><bpmn:userTask id="a"/><bpmn:userTask id="b"/>'
    '<bpmn:exclusiveGateway id="x" default="x_j"/><bpmn:endEvent id="other"/><bpmn:parallelGateway id="j"/>'
    '<bpmn:endEvent id="e"/>'
    + chain("s", "f", "a", "j", "e")
    + chain("f", "b", "x", "j")
    + '<bpmn:sequenceFlow id="away" sourceRef="x" targetRef="other"><bpmn:conditionExpression>b.left = true'
    "</bpmn:conditionExpression></bpmn:sequenceFlow>"
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "f", "a", "b", "x", "j", "e", "other")}</bpmn:laneSet>'


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("chen", "SMO")
    return found


def waiting_in_vain(world: World) -> tuple[int, str]:
    stream = world.start("wang")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "a").id, data=Context())
    entry = world.do(CompleteTask, "wang", stream, task=world.task(stream, "b").id, data=Context({"left": True}))
    (raised,) = [event for event in entry.events if isinstance(event, IncidentRaised)]
    assert (raised.waiting, "j 还应等到 x" in raised.message_zh, "expected x to come to j" in raised.message_en) == (
        False,
        True,
        True,
    )
    return stream, raised.incident


def proven(world: World, stream: int) -> bool:
    journal = world.journal
    found = replay.re_execute(
        StreamKind.INSTANCE,
        stream,
        journal.entries(stream),
        procedure=lambda _entry, _state: world.procedure,
        surroundings=journal.surroundings,
    )
    return found.verdict is Verdict.IDENTICAL


def test_a_person_with_the_right_goes_on_without_what_does_not_come(world: World) -> None:
    stream, incident = waiting_in_vain(world)
    with pytest.raises(Refused) as refusal:
        world.do(DecideIncident, "wang", stream, incident=incident, flows=(), result=None, reason="不再等")
    assert refusal.value.reason is Reason.NOT_ALLOWED
    again = world.do(RetryIncident, "chen", stream, incident=incident, reason="再看一次")
    (raised,) = [event for event in again.events if isinstance(event, IncidentRaised)]
    world.do(DecideIncident, "chen", stream, incident=raised.incident, flows=(), result=None, reason="另一路已结束")
    instance = world.instance(stream)
    assert (instance.status, instance.incidents) == (Status.COMPLETED, {})
    assert proven(world, stream)


def test_the_instance_may_be_terminated_instead(world: World) -> None:
    stream, _ = waiting_in_vain(world)
    world.do(TerminateInstance, "chen", stream, reason="不再需要")
    instance = world.instance(stream)
    assert (instance.status, instance.incidents) == (Status.TERMINATED, {})
    assert proven(world, stream)


def test_a_branch_that_comes_is_no_incident(world: World) -> None:
    stream = world.start("wang")
    for element in ("a", "b"):
        world.do(CompleteTask, "wang", stream, task=world.task(stream, element).id, data=Context())
    assert world.instance(stream).status is Status.COMPLETED
