"""An ad-hoc sub-process through commands: who may start what, what the record says, and that it is the same again."""

import pytest

from engine import replay
from engine.commands import CompleteTask, MoveToken, StartActivity, TerminateInstance
from engine.errors import Reason, Refused
from engine.events import ActivitiesEnabled, ActivityStarted, CompensationStarted, InstanceCompleted, ScopeClosed
from engine.replay import Verdict
from engine.value import Context
from engine.words import StreamKind
from tests.engine.flow.remedies import throw, undone_by
from tests.engine.world import World, chain, lane, process, trial

DONE = "<bpmn:completionCondition>check.done = true</bpmn:completionCondition>"
PARTS = '<bpmn:userTask id="check"/><bpmn:userTask id="call"/><bpmn:userTask id="call_off" isForCompensation="true"/>'
AD_HOC = f'<bpmn:adHocSubProcess id="visit">{PARTS}{undone_by("call", "call_off")}{DONE}</bpmn:adHocSubProcess>'
BODY = f'<bpmn:startEvent id="s"/>{AD_HOC}{throw("undo")}<bpmn:endEvent id="e"/>' + chain("s", "visit", "undo", "e")


@pytest.fixture
def world() -> World:
    """Amy sells, Ben is her deputy, Mia manages."""
    found = World(trial(process(BODY, lanes=f'<bpmn:laneSet id="l">{lane("SALES", "visit")}</bpmn:laneSet>')))
    for name, role in (("amy", "SALES"), ("ben", "MR"), ("mia", "SMO")):
        found.hire(name, role)
    found.deputise("amy", "ben")
    return found


def visit(world: World, stream: int) -> str:
    """The ad-hoc sub-process under way."""
    (found,) = [a.id for a in world.instance(stream).activities.values() if a.element == "visit"]
    return found


def complete(world: World, stream: int, element: str, **data: object) -> None:
    """Amy does a task."""
    world.do(CompleteTask, "amy", stream, task=world.task(stream, element).id, data=Context(data))  # type: ignore[arg-type]  # values only


def test_what_may_be_started_stands_in_the_state(world: World) -> None:
    stream = world.start()
    (activity,) = [a for a in world.instance(stream).activities.values() if a.element == "visit"]
    assert (activity.enabled, world.instance(stream).tasks) == (("check", "call"), {})
    enabled = [e for e in next(iter(world.journal.entries(stream))).events if isinstance(e, ActivitiesEnabled)]
    assert enabled == [ActivitiesEnabled(activity=activity.id, elements=("check", "call"))]


def test_a_holder_of_the_role_starts_and_a_deputy_does_it_for_the_principal(world: World) -> None:
    stream = world.start()
    for who, behalf in (("amy", None), ("ben", "amy")):
        entry = world.do(StartActivity, who, stream, activity=visit(world, stream), element="call")
        (started,) = [event for event in entry.events if isinstance(event, ActivityStarted)]
        assert (started.person, started.role) == (world.people[who], "SALES")
        assert started.on_behalf_of == (None if behalf is None else world.people[behalf])
    assert len(world.instance(stream).tasks) == 2


@pytest.mark.parametrize(
    ("who", "element", "reason"),
    [
        ("mia", "call", Reason.NOT_ALLOWED),
        (None, "call", Reason.NOT_ALLOWED),
        ("amy", "call_off", Reason.NOT_FOUND),
        ("amy", "undo", Reason.NOT_FOUND),
    ],
)
def test_starting_is_refused(world: World, who: str | None, element: str, reason: Reason) -> None:
    stream = world.start()
    before = world.journal.states[stream]
    with pytest.raises(Refused) as refusal:
        world.do(StartActivity, who, stream, activity=visit(world, stream), element=element)
    assert (refusal.value.reason, world.journal.states[stream]) == (reason, before)


def test_another_activity_is_no_ad_hoc_sub_process(world: World) -> None:
    stream = world.start()
    world.do(StartActivity, "amy", stream, activity=visit(world, stream), element="call")
    with pytest.raises(Refused) as refusal:
        world.do(StartActivity, "amy", stream, activity=world.task(stream, "call").id, element="call")
    assert refusal.value.reason is Reason.NOT_FOUND


def test_when_the_condition_holds_it_is_over_and_what_was_done_is_undone(world: World) -> None:
    stream = world.start()
    for element in ("call", "check"):
        world.do(StartActivity, "amy", stream, activity=visit(world, stream), element=element)
    complete(world, stream, "call")
    complete(world, stream, "check", done=True)
    events = list(world.journal.entries(stream))[-1].events
    assert [event.element for event in events if isinstance(event, CompensationStarted)] == ["call"]
    assert len(world.instance(stream).scopes) == 2
    complete(world, stream, "call_off")
    last = list(world.journal.entries(stream))[-1].events
    assert isinstance(last[-1], InstanceCompleted)
    assert any(isinstance(event, ScopeClosed) for event in last)
    assert len(world.instance(stream).scopes) == 1


@pytest.mark.parametrize(("target", "open_then", "scopes"), [("visit", ["visit"], 2), ("e", [], 1)])
def test_work_moved_out_of_a_handler_ends_the_undoing_and_closes_what_was_kept(
    world: World, target: str, open_then: list[str], scopes: int
) -> None:
    stream = world.start()
    for element in ("call", "check"):
        world.do(StartActivity, "amy", stream, activity=visit(world, stream), element=element)
    complete(world, stream, "call")
    complete(world, stream, "check", done=True)
    task = world.task(stream, "call_off").id
    world.do(MoveToken, "mia", stream, activity=task, target=target, reason="done by phone")
    found = world.instance(stream)
    assert ([a.element for a in found.activities.values()], len(found.scopes)) == (open_then, scopes)


def test_ended_by_a_person_it_leaves_nothing_open(world: World) -> None:
    stream = world.start()
    for element in ("call", "check"):
        world.do(StartActivity, "amy", stream, activity=visit(world, stream), element=element)
    complete(world, stream, "call")
    complete(world, stream, "check", done=True)
    world.do(TerminateInstance, "mia", stream, reason="over")
    found = world.instance(stream)
    assert (found.scopes, found.activities, found.tasks) == ({}, {}, {})


def test_the_commands_make_the_same_events_again(world: World) -> None:
    stream = world.start()
    for element in ("call", "check", "call"):
        world.do(StartActivity, "amy", stream, activity=visit(world, stream), element=element)
    first = next(iter(world.instance(stream).tasks))
    world.do(CompleteTask, "amy", stream, task=first, data=Context())
    complete(world, stream, "check", done=True)
    complete(world, stream, "call_off")
    found = replay.re_execute(
        StreamKind.INSTANCE,
        stream,
        list(world.journal.entries(stream)),
        procedure=lambda _entry, _state: world.procedure,
        surroundings=world.journal.surroundings,
    )
    assert found.verdict is Verdict.IDENTICAL, found.reason
