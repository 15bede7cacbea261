"""Everything that can have happened. Past tense, frozen, versioned.

The journal is read for as long as it is kept: a published event class is never edited. A changed meaning is a new class
with the next VERSION. Ids an event names for the first time are counted: `stream.revision.n`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.value import Context, Date, DateTime, Person, Personal, Value
from engine.words import Outcome, ScopeKind, SignPlace, TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about one stream; who and when stand in the entry's envelope."""

    VERSION: ClassVar[int] = 1


# ------------------------------------------------------------------ an instance


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStarted(Event):
    """A process began."""

    case: int | None
    version: str
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCompleted(Event):
    """The last token arrived at an end; `ends` names the end elements reached, in order."""

    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTerminated(Event):
    """The instance was ended by a person."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeOpened(Event):
    """A scope of variables began inside another; an item scope knows its place (from 0)."""

    scope: str
    parent: str | None
    kind: ScopeKind
    activity: str | None
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeClosed(Event):
    """A scope of variables ended; its variables are gone."""

    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementEntered(Event):
    """A token arrived at an element of the model; `flow` is the sequence flow it came by."""

    activity: str
    process: str
    element: str
    scope: str
    flow: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementLeft(Event):
    """The token is done with the element."""

    activity: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSet(Event):
    """A variable has a new value."""

    scope: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Event):
    """A business rule task made its decision; `tables` has a context for each decision table it used, in order.

    Its entries: `table`, `inputs` (a list of `label` and `value`), `rules` (those that count, from 1), `matching`,
    `default` (no rule matched and the default was taken) and `hits`, the first rules that count: `rule`, `conditions`
    as they are written, `results`, `remarks`.
    """

    activity: str
    decision: str
    tables: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsTaken(Event):
    """A multi-instance evaluated its collection, once and for all."""

    activity: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCompleted(Event):
    """One item of a multi-instance is done; `activity` is the multi-instance, `index` counts from 0."""

    activity: str
    index: int
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesEnabled(Event):
    """People may start these elements of an ad-hoc sub-process, as often as they see fit; none: no more from now on."""

    activity: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityStarted(Event):
    """A person started an element of an ad-hoc sub-process, in a role, perhaps for another."""

    activity: str
    process: str
    element: str
    person: Person
    role: str | None
    on_behalf_of: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationStarted(Event):
    """A compensation or cancel event begins to undo an element that is done; `activity` is the event's."""

    activity: str
    process: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReopened(Event):
    """A finished item of a multi-instance is done again; its result no longer counts."""

    activity: str
    index: int


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
class TokenMoved(Event):
    """The work of an activity was put at another element, against the drawing."""

    activity: str
    person: Person
    process: str
    element: str
    reason: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(Event):
    """A moment is waited for: by an element, to remind of a task, or to escalate it; all by `activity`.

    `step` is the place of the escalation's step, from 0.
    """

    timer: str
    kind: TimerKind
    activity: str
    due: DateTime
    step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerMoved(Event):
    """The moment is another one, as the calendar has changed."""

    timer: str
    due: DateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """The moment came."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerCancelled(Event):
    """The moment no longer matters."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAwaited(Event):
    """An element waits for a message of this name and correlation."""

    subscription: str
    activity: str
    name: str
    correlation: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """The awaited message came."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWaitCancelled(Event):
    """The message is no longer waited for."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageThrown(Event):
    """A message left; a job delivers it. Until `until` it waits for a receiver; None is as long as is usual."""

    message: str
    name: str
    correlation: Value
    payload: Value
    until: DateTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAwaited(Event):
    """An element waits for a signal of this name."""

    subscription: str
    activity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Event):
    """The awaited signal came."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalWaitCancelled(Event):
    """The signal is no longer waited for."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown(Event):
    """A signal left; whoever waited in the same instance has it at once, a job tells the others."""

    signal: str
    name: str
    payload: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionAwaited(Event):
    """An element waits until its condition becomes true."""

    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet(Event):
    """The awaited condition became true."""

    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorThrown(Event):
    """An element threw an error that something around it catches; `code` is null for a failure without one."""

    activity: str
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationThrown(Event):
    """An element threw an escalation; nothing need catch it."""

    activity: str
    code: str | None
    caught: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequested(Event):
    """A service task asks the worker to run a connector."""

    request: str
    activity: str
    connector: str
    parameters: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswered(Event):
    """The worker did it."""

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFailed(Event):
    """The worker could not do it after its last try, and the model has a way for that error."""

    request: str
    error: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCancelled(Event):
    """The answer no longer matters."""

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised(Event):
    """An element could not go on; `waiting` when its worker failed, not the model; the messages say why."""

    incident: str
    activity: str
    waiting: bool
    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved(Event):
    """A person retried or decided for the element."""

    incident: str
    person: Person | None
    decided: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCancelled(Event):
    """The element is gone, and its incident with it."""

    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpScheduled(Event):
    """What must happen in another stream: a job puts this command there (`kind` and fields of a command)."""

    job: str
    stream: int | None
    kind: str
    fields: Context


# ------------------------------------------------------------------ a case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    """A service project began."""

    procedure: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDataSet(Event):
    """A value that the instances of the case share changed."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRoleAssigned(Event):
    """These persons hold the role in the case."""

    role: str
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDrafted(Event):
    """A version of a document was written; `digest` is that of the content's encoding."""

    document: str
    version: str
    author: Person
    content: Context
    digest: str
    change_note: str
    on_behalf_of: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReviewed(Event):
    """A version was reviewed."""

    document: str
    version: str
    reviewer: Person
    approved: bool
    opinion: str
    on_behalf_of: Person | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIssued(Event):
    """An approved version is in force under a number."""

    document: str
    version: str
    number: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Event):
    """The case ended."""

    outcome: str


# ------------------------------------------------------------------ the organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """A person belongs to the organisation."""

    person: Person
    name: Personal
    handle: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """A person holds a role company-wide."""

    person: Person
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(Event):
    """A person no longer holds a role company-wide."""

    person: Person
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyAppointed(Event):
    """A person may act for another from one day to another, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyDismissed(Event):
    """A person no longer acts for another."""

    person: Person
    deputy: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """The organisation's own value of a setting; null returns to the default."""

    procedure: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(Event):
    """The table of holidays and make-up working days."""

    calendar: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """Name and handle of a person are gone; the person holds no role and deputises for nobody."""

    person: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseErased(Event):
    """The personal values that a case and its instances held are gone."""

    case: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDisposed(Event):
    """The entries of a stream are gone; the last one had this revision and digest."""

    disposed: int
    revision: int
    digest: str
    reason: str


# ------------------------------------------------------------------ a milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneOpened(Event):
    """A key of a milestone is there, for the first time or again."""

    procedure: str
    process: str
    start: str
    case: int | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFollowed(Event):
    """The milestone follows the rules of this version from now on."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePlanned(Event):
    """The next occurrence is due then; null when there is none."""

    due: DateTime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneOccurred(Event):
    """The planned moment came; the job starts the instance. Occurrences are counted from 1."""

    number: int
    planned: DateTime
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonesPassed(Event):
    """These planned moments were missed, and only a later one is caught up; `number` is the first one's."""

    number: int
    planned: tuple[DateTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneWaived(Event):
    """A person let a planned moment pass without starting anything."""

    number: int
    planned: DateTime
    person: Person
    on_behalf_of: Person | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFailed(Event):
    """The rules say no moment, but fail; nothing is due until they are right or what they read has changed."""

    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneEnded(Event):
    """The key is gone: the case was closed, the member left, the rules no longer yield it."""


# ------------------------------------------------------------------ a procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublished(Event):
    """A version is in force until one of `publishers` (roles) publishes the next.

    `normaliser` is the number of the rewriting it was published under.
    """

    procedure: str
    version: str
    label: str
    normaliser: int
    publishers: tuple[str, ...]
    reason: str
