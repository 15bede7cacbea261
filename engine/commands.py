"""Everything that can be asked. Imperative mood; the table of contents of the system.

Commands are read for as long as journals are kept: a published class is never edited. A changed meaning is a new class
with the next VERSION; `storage/codec.py` turns old ones into new ones when they are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from engine.value import Context, Date, DateTime, Person, Personal, Value
from engine.words import Channel, ReturnMode, SignPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The entry and the place in it that made this command necessary: stream, revision, n."""

    stream: int
    revision: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnd:
    """The last entry of a stream; `digest` in hexadecimal."""

    stream: int
    revision: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who asks, when, on whose behalf, by which way.

    `id` makes a repeat harmless; `at` is UTC in microseconds, never before the stream's last entry;
    `actor` is None for the clock and the worker.
    """

    id: str
    stream: int
    at: datetime
    actor: Person | None = None
    channel: Channel = Channel.CLI
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A request about one stream."""

    VERSION: ClassVar[int] = 1

    envelope: Envelope


# ------------------------------------------------------------------ an instance


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInstance(Command):
    """Begin a process of a published version in a case; `input` becomes variables of the instance.

    `start` names the element at which it begins: a start event with a trigger, an instantiating receive task, or an event
    behind an instantiating gateway; `payload` becomes its result. None is the start event without trigger.
    """

    case: int | None
    version: str
    process: str
    input: Context
    start: str | None = None
    payload: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateInstance(Command):
    """End the instance now; open work is cancelled."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartActivity(Command):
    """Start an element of the ad-hoc sub-process that is under way as `activity`."""

    activity: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask(Command):
    """Take a task from the inbox of a role as one's own."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask(Command):
    """Look at a task for the first time; from now on the one before can no longer withdraw it."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTask(Command):
    """Put a claimed task back into the inbox of its role."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """Hand in the task's form; `data` holds the checked values by field key."""

    task: str
    data: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTask(Command):
    """Give the task to another person for good."""

    task: str
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateTask(Command):
    """Ask another person to work on the task; it comes back to the one who asked."""

    task: str
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTask(Command):
    """Hand a delegated task back to its owner with an opinion."""

    task: str
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeTask(Command):
    """Ask whoever holds the task to hurry."""

    task: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTask(Command):
    """Let persons know of a task for their information."""

    task: str
    to: tuple[Person, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveSeparation(Command):
    """Allow one person to do one task in spite of the separation of duties."""

    task: str
    person: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTask(Command):
    """Send the work back to an earlier task; `target` is its element, perhaps `process:element`.

    `element[2]` is the second item of the multi-instance that the task itself is an item of.

    Step by step everything behind it is done again; straight, only it is, and the work comes back here.
    """

    task: str
    target: str
    mode: ReturnMode
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTask(Command):
    """Take a task back that one has completed, while nobody has opened what follows."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSigner(Command):
    """Let other persons give their opinion on the task, one after the other, before or after its holder."""

    task: str
    persons: tuple[Person, ...]
    place: SignPlace
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveToken(Command):
    """Put the work of an activity elsewhere, against the drawing; `target` is an element, perhaps `process:element`."""

    activity: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer(Command):
    """The moment of a timer has come."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonTimers(Command):
    """The calendar has changed: what waits for a moment is reckoned anew, as on the day it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailTimer(Command):
    """The moment of a timer has come, but what should follow was refused; `zh` and `en` say why."""

    timer: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverMessage(Command):
    """A message has come for a waiting receiver: an element of the instance."""

    subscription: str
    payload: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSignal(Command):
    """A signal thrown by another stream has come for a waiting element."""

    subscription: str
    payload: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerService(Command):
    """The worker has done what a service task asked for."""

    request: str
    result: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FailService(Command):
    """The worker could not do what a service task asked for, after its last try.

    `error` is the code of an error that the model may catch; None is caught only by what catches every error.
    """

    request: str
    message: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryIncident(Command):
    """Try the failed element again."""

    incident: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideIncident(Command):
    """Answer for the failed element: sequence flows to take (gateway) or its result (script, service)."""

    incident: str
    flows: tuple[str, ...]
    result: Value
    reason: str


# ------------------------------------------------------------------ a case


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Command):
    """Begin a service project; when `process` is given, its root instance is started by a job.

    `start` and `payload` are those of the root instance, when a message begins it.
    """

    procedure: str
    version: str
    data: Context
    process: str | None
    input: Context
    start: str | None = None
    payload: Context | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(Command):
    """A message came in from outside, for a case or for nobody in particular; whoever awaits it there has it.

    `procedure` is that of the case; without a case the version in force says which messages there are.
    """

    procedure: str
    name: str
    correlation: Value
    payload: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCaseData(Command):
    """Change what the instances of a case share."""

    data: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCaseRole(Command):
    """Say who holds a role in this case; replaces the holders before."""

    role: str
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDocument(Command):
    """Write the next version of a document of the case; `content` is what the task entered."""

    document: str
    author: Person
    content: Context
    change_note: str
    on_behalf_of: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDocument(Command):
    """Record a review of the newest version; a positive one approves it. `waived`: even by its author."""

    document: str
    reviewer: Person
    approved: bool
    opinion: str
    on_behalf_of: Person | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDocument(Command):
    """Put the approved version in force under a number."""

    document: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(Command):
    """End the case."""

    outcome: str


# ------------------------------------------------------------------ the organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson(Command):
    """Add a person; name and sign-in handle are personal values."""

    name: Personal
    handle: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole(Command):
    """Let a person hold a role company-wide."""

    person: Person
    role: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole(Command):
    """Take a company-wide role from a person."""

    person: Person
    role: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointDeputy(Command):
    """Let a person act for another from one day to another, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissDeputy(Command):
    """End every deputyship of one person for another."""

    person: Person
    deputy: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting(Command):
    """Give a setting of a procedure the organisation's own value; null returns to the default."""

    procedure: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCalendar(Command):
    """Replace the table of holidays and make-up working days (`Calendar.to_value`)."""

    calendar: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePerson(Command):
    """Forget who a person is; `values` are the references of the personal values to erase."""

    person: Person
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCase(Command):
    """Erase the personal values of a case and its instances; `values` are their references."""

    case: int
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposeStream(Command):
    """Delete the entries of a stream after its retention, of a case with its instances.

    `ends` are the last entries of all of them, `values` the references of the personal values that go with them.
    """

    disposed: int
    ends: tuple[StreamEnd, ...]
    values: tuple[str, ...]
    reason: str


# ------------------------------------------------------------------ a milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMilestone(Command):
    """Look at a milestone by the rules of the version in force, as case and organisation are now; what is due happens.

    `start` is the timer start event of a process, `case` the case it is for (None: the organisation), `key` which of those
    that `zx:per` yields.
    """

    procedure: str
    version: str
    process: str
    start: str
    case: int | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveMilestone(Command):
    """Let the next occurrence, planned for this moment, pass without starting anything."""

    planned: DateTime
    reason: str


# ------------------------------------------------------------------ a procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersion(Command):
    """Put a frozen version in force; its files are stored under the digest."""

    procedure: str
    version: str
    label: str
    reason: str
