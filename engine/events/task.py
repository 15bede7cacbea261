"""What people do with a task."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import DateTime, Person
from engine.words import SignPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOffered(Event):
    """A task waits for a person; its id is the activity's id."""

    task: str
    process: str
    element: str
    scope: str
    assignee: Person | None
    roles: tuple[str, ...]
    persons: tuple[Person, ...]
    due: DateTime | None
    escalation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskClaimed(Event):
    """A person took the task, in a role, perhaps for another."""

    task: str
    person: Person
    role: str | None
    on_behalf_of: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened(Event):
    """Somebody who may do the task looked at it."""

    task: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReleased(Event):
    """The task went back to those it was offered to."""

    task: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTransferred(Event):
    """The task belongs to another person."""

    task: str
    person: Person
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReassigned(Event):
    """The task is offered to others, as a role of the case or who stands in its data has changed.

    `before` had it, or were those it was offered to by name; with `kept` whoever has it in hand keeps it.
    """

    task: str
    before: tuple[Person, ...]
    assignee: Person | None
    roles: tuple[str, ...]
    persons: tuple[Person, ...]
    kept: bool
    role: str | None
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDelegated(Event):
    """Another person works on the task for its owner."""

    task: str
    person: Person
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResolved(Event):
    """The delegated task came back to its owner."""

    task: str
    person: Person
    to: Person
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUrged(Event):
    """Somebody asked to hurry."""

    task: str
    person: Person
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCopied(Event):
    """Persons were told of the task for their information."""

    task: str
    person: Person
    to: tuple[Person, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReminded(Event):
    """The task's holders were reminded by the clock."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDueMoved(Event):
    """The task is due at another moment, as the calendar has changed."""

    task: str
    due: DateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEscalated(Event):
    """A step of the task's escalation came: these persons watch it from now on, as holders of the roles or of the task.

    `step` counts from 1; `overdue` is false for a warning in advance.
    """

    task: str
    step: int
    overdue: bool
    roles: tuple[str, ...]
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(Event):
    """A person did the task, in a role, perhaps for another."""

    task: str
    person: Person
    role: str | None
    on_behalf_of: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReturned(Event):
    """The work went back from a task to an earlier element; `straight` when it comes back from there at once.

    `item` is the place (from 0) of a finished item of the task's own multi-instance, which is done again.
    """

    task: str
    person: Person
    process: str
    element: str
    straight: bool
    reason: str
    item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWithdrawn(Event):
    """A person took back what they had completed; `task` is the completed one."""

    task: str
    person: Person
    process: str
    element: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignersAdded(Event):
    """Other persons are to give their opinion on the task, one after the other."""

    task: str
    person: Person
    signers: tuple[Person, ...]
    place: SignPlace
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSigned(Event):
    """An added signer gave their opinion."""

    task: str
    person: Person
    on_behalf_of: Person | None
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSubmitted(Event):
    """A person did the task; it is completed when those have signed who were added after them."""

    task: str
    person: Person
    role: str | None
    on_behalf_of: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCancelled(Event):
    """Nobody need do the task any more."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparationWaived(Event):
    """One person may do one task in spite of the separation of duties."""

    task: str
    person: Person
    waived_by: Person
    reason: str
