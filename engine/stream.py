"""The five kinds of stream, and the two functions that everything goes through: `execute` and `apply`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, Union

from engine import case, effect, execution, message, milestone, organisation, publication, trail
from engine.case import Case
from engine.changed import replace
from engine.commands import (
    AddSigner,
    ClaimTask,
    Command,
    CompleteTask,
    DecideIncident,
    DelegateTask,
    MoveToken,
    OpenTask,
    ResolveTask,
    ReturnTask,
    SendMessage,
    TransferTask,
    WithdrawTask,
)
from engine.errors import Reason, Refused
from engine.events import Event
from engine.instance import Activity, Instance
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.publication import Publications
from engine.role import Surroundings
from engine.separation import separation_keys
from engine.task import Task
from engine.value import Person
from engine.words import StreamKind

State: TypeAlias = Union[Instance, Case, Organisation, Publications, Milestone]

SEPARATED = (
    ClaimTask,
    OpenTask,
    CompleteTask,
    TransferTask,
    DelegateTask,
    ResolveTask,
    ReturnTask,
    AddSigner,
)
"""Commands that ask who did other tasks of the case."""

ORGANISATION = 1
"""The organisation's stream: the first of every database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a command makes: events in order, the state with them applied, the flow's window (instances only)."""

    events: tuple[Event, ...]
    state: State
    window: bytes = b""


def empty(kind: StreamKind, stream: int) -> State:
    """The state of a stream before its first entry."""
    match kind:
        case StreamKind.INSTANCE:
            return Instance(stream=stream)
        case StreamKind.CASE:
            return Case(stream=stream)
        case StreamKind.ORGANISATION:
            return Organisation(stream=stream)
        case StreamKind.PROCEDURE:
            return Publications(stream=stream)
        case StreamKind.MILESTONE:
            return Milestone(stream=stream)


def execute(procedure: Procedure | None, state: State, window: bytes, command: Command, around: Surroundings) -> Step:
    """The step a command makes. Raises Refused: then nothing has changed."""
    if isinstance(state, Instance):
        if procedure is None:
            raise Refused(Reason.NOT_FOUND, "没有该程序版本", "the procedure version is not known")
        made = execution.execute(procedure, state, window, command, around)
        return Step(events=made.events, state=advance(made.state, state.revision + 1), window=made.window)
    events = _decide(procedure, state, command, around)
    after: State = state
    for event in events:
        after = apply(after, event, command.envelope.at)
    return Step(events=events, state=advance(after, state.revision + 1))


def apply(state: State, event: Event, at: datetime) -> State:
    """The state after the event: the only place where state comes from."""
    match state:
        case Instance():
            return effect.apply(state, event, at)
        case Case():
            return case.apply(state, event)
        case Organisation():
            return organisation.apply(state, event)
        case Publications():
            return publication.apply(state, event, at)
        case Milestone():
            return milestone.apply(state, event, at)


def advance(state: State, revision: int) -> State:
    """The state as of this revision of its stream."""
    return replace(state, revision=revision)


def consults(procedure: Procedure | None, state: State, command: Command) -> tuple[str, ...]:
    """The `process:element` keys whose performers in other instances of the case the command needs."""
    if procedure is None or not isinstance(state, Instance):
        return ()
    places = [trail.element_of(place) for place in state.awaited]  # what comes straight back is held again at once
    found = _apart(state, command)
    if found is not None:
        places.append((found.process, found.element))
    keys = [separation_keys(procedure.model.element(process, element)) for process, element in places]
    return tuple(dict.fromkeys(key for several in keys for key in several))


def nobody_around(stream: int = ORGANISATION) -> Surroundings:
    """Surroundings without people or case: for models tried in memory."""
    performers: Mapping[str, tuple[Person, ...]] = {}
    return Surroundings(organisation=Organisation(stream=stream), case=None, performers=performers)


def _apart(state: Instance, command: Command) -> Task | Activity | trail.Completion | None:
    """What the command does instead of others who may be barred from it."""
    if isinstance(command, SEPARATED):
        return state.tasks.get(command.task)
    if isinstance(command, WithdrawTask):
        return state.completions.get(command.task)
    if isinstance(command, MoveToken):
        return state.activities.get(command.activity)
    if isinstance(command, DecideIncident) and command.incident in state.incidents:
        return state.activities.get(state.incidents[command.incident].activity)
    return None


def _decide(
    procedure: Procedure | None,
    state: Case | Organisation | Publications | Milestone,
    command: Command,
    around: Surroundings,
) -> tuple[Event, ...]:
    match state:
        case Case():
            return case.execute(procedure, state, command, around.organisation)
        case Organisation() if isinstance(command, SendMessage):
            return (message.sent(procedure, state.stream, state.revision, command, state),)
        case Organisation():
            return organisation.execute(procedure, state, command)
        case Publications():
            return publication.execute(procedure, state, command, around.organisation)
        case Milestone():
            return milestone.execute(procedure, state, command, around)
