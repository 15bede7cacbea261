"""One step waiting for a person: offer, claim, open, release, complete, transfer, delegate, sign, return, urge, copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.changed import replace
from engine.commands import (
    AddSigner,
    AnswerInvitation,
    ClaimTask,
    Command,
    CompleteTask,
    CopyTask,
    DelegateTask,
    InviteContact,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    ReturnTask,
    RevokeInvitation,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
    WithdrawTask,
)
from engine.errors import Reason, Refused
from engine.events import (
    ContactInvited,
    InvitationAnswered,
    InvitationRevoked,
    SeparationWaived,
    SignersAdded,
    TaskClaimed,
    TaskDelegated,
    TaskDueMoved,
    TaskEscalated,
    TaskOffered,
    TaskOpened,
    TaskReassigned,
    TaskReleased,
    TaskResolved,
    TaskSigned,
    TaskSubmitted,
    TaskTransferred,
)
from engine.value import DateTime, Person
from engine.words import SignPlace, Stage

OPEN = frozenset({Stage.OFFERED, Stage.CLAIMED, Stage.DELEGATED, Stage.SIGNING})

LIFECYCLE: dict[type[Command], frozenset[Stage]] = {
    ClaimTask: frozenset({Stage.OFFERED}),
    OpenTask: OPEN,
    ReleaseTask: frozenset({Stage.CLAIMED}),
    CompleteTask: frozenset({Stage.OFFERED, Stage.CLAIMED}),
    TransferTask: frozenset({Stage.OFFERED, Stage.CLAIMED}),
    DelegateTask: frozenset({Stage.OFFERED, Stage.CLAIMED}),
    ResolveTask: frozenset({Stage.DELEGATED, Stage.SIGNING}),
    UrgeTask: OPEN,
    CopyTask: OPEN,
    WaiveSeparation: OPEN,
    ReturnTask: frozenset({Stage.OFFERED, Stage.CLAIMED}),
    AddSigner: frozenset({Stage.OFFERED, Stage.CLAIMED, Stage.SIGNING}),
    WithdrawTask: frozenset(),
    InviteContact: frozenset({Stage.OFFERED, Stage.CLAIMED}),
    RevokeInvitation: OPEN,
    AnswerInvitation: frozenset({Stage.OFFERED, Stage.CLAIMED, Stage.DELEGATED}),
}
"""In which stages a command is possible; everything else is refused with WRONG_STATE."""

SIGNED = "+"

URGED = timedelta(hours=1)
"""How long a task that was urged is left in peace."""

STAGES = {
    Stage.OFFERED: ("待认领", "waits to be claimed"),
    Stage.CLAIMED: ("已被认领", "is claimed"),
    Stage.DELEGATED: ("已委派他人", "is delegated"),
    Stage.SIGNING: ("正在加签", "is being signed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Somebody who has the task after others: to give an opinion (`signs`), or as its holder."""

    person: Person
    role: str | None = None
    on_behalf_of: Person | None = None
    signs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The link of a task: what it holds has this digest, and works until a moment. `person` gave it."""

    id: str
    digest: str
    until: DateTime
    person: Person


@dataclass(frozen=True, kw_only=True)  # no slots: it is copied often
class Task:
    """An open task; its id is the id of the activity it belongs to.

    `holder` works on it; `owner` is whoever delegated it; `waived` may do it in spite of the separation of duties;
    `qualifying` are the roles it was first offered to, whose holders may receive it; `turns` are those who have it after
    the holder, the next first; `submitted` did it already, and only signatures are missing. `escalated` counts the steps
    of its escalation so far, which `watchers` were told of. `transferred`: a person gave it to its assignee by hand.
    """

    id: str
    process: str
    element: str
    scope: str
    offered_at: datetime
    assignee: Person | None = None
    roles: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    due: DateTime | None = None
    escalation: str | None = None
    stage: Stage = Stage.OFFERED
    holder: Person | None = None
    owner: Person | None = None
    role: str | None = None
    on_behalf_of: Person | None = None
    opened: bool = False
    waived: tuple[Person, ...] = ()
    qualifying: tuple[str, ...] = ()
    urged_at: datetime | None = None
    turns: tuple[Turn, ...] = ()
    submitted: Turn | None = None
    escalated: int = 0
    watchers: tuple[Person, ...] = ()
    invitation: Invitation | None = None
    transferred: bool = False

    @property
    def key(self) -> str:
        """The element it belongs to, as the separation of duties names it."""
        return f"{self.process}:{self.element}"


def signers_of(key: str) -> str:
    """The name under which those are kept who signed a task that others performed."""
    return f"{key}{SIGNED}"


def permitted(task: Task, command: Command) -> Task:
    """The task, when its stage permits the command; otherwise a refusal that names who holds it."""
    if task.stage in LIFECYCLE[type(command)]:
        return task
    zh, en = STAGES[task.stage]
    by_zh, by_en = ("", "") if task.holder is None else (f"(办理人 {task.holder.id})", f" by {task.holder.id}")
    raise Refused(Reason.WRONG_STATE, f"任务 {task.id} {zh}{by_zh}", f"task {task.id} {en}{by_en}")


def gone(task: str, by: str | None) -> Refused:
    """The refusal for a task that is not open; names the winner when the task was done a moment ago.

    `by`: who completed it, "" when it was cancelled, None when nobody remembers.
    """
    if by is None:
        return Refused(Reason.NOT_FOUND, f"没有待办任务 {task}", f"there is no open task {task}")
    if not by:
        return Refused(Reason.WRONG_STATE, f"任务 {task} 已取消", f"task {task} was cancelled")
    return Refused(Reason.WRONG_STATE, f"任务 {task} 已由 {by} 完成", f"task {task} was already completed by {by}")


def patience(task: Task, at: datetime) -> None:
    """Refuse to urge again within the hour."""
    if task.urged_at is not None and at < task.urged_at + URGED:
        raise Refused(
            Reason.WRONG_STATE,
            f"任务 {task.id} 一小时内已催办过",
            f"task {task.id} was already urged within the hour",
        )


def offered(event: TaskOffered, at: datetime) -> Task:
    """The task as first offered; with an assignee it is theirs from the start."""
    return Task(
        id=event.task,
        process=event.process,
        element=event.element,
        scope=event.scope,
        offered_at=at,
        assignee=event.assignee,
        roles=event.roles,
        persons=event.persons,
        due=event.due,
        escalation=event.escalation,
        qualifying=event.roles,
    )


def claimed(task: Task, event: TaskClaimed) -> Task:
    """The task after somebody took it."""
    return replace(task, stage=Stage.CLAIMED, holder=event.person, role=event.role, on_behalf_of=event.on_behalf_of)


def opened(task: Task, _event: TaskOpened) -> Task:
    """The task after somebody looked at it."""
    return replace(task, opened=True)


def released(task: Task, _event: TaskReleased) -> Task:
    """The task back among those it was offered to."""
    return replace(task, stage=Stage.OFFERED, holder=None, role=None, on_behalf_of=None)


def transferred(task: Task, event: TaskTransferred) -> Task:
    """The task in another person's hands for good."""
    return replace(
        task,
        stage=Stage.CLAIMED,
        holder=event.to,
        owner=None,
        assignee=event.to,
        persons=(event.to,),
        roles=(),
        role=None,
        on_behalf_of=None,
        opened=False,
        turns=_after_holder(task.turns),
        submitted=None,
        transferred=True,
    )


def reassigned(task: Task, event: TaskReassigned) -> Task:
    """The task offered to others; who was asked about it, or helps with it, goes on for the new assignee."""
    heir, roles = event.assignee, event.roles
    task = replace(task, assignee=heir, roles=roles, persons=event.persons, qualifying=roles)
    if event.kept:
        return task
    if task.stage is Stage.DELEGATED and heir is not None:
        return replace(task, owner=heir, role=None, on_behalf_of=None)
    if task.stage is Stage.SIGNING and heir is not None:
        turns = tuple(turn if turn.signs else Turn(person=heir, signs=False) for turn in task.turns)
        return replace(task, turns=turns)
    released = replace(task, stage=Stage.OFFERED, holder=None, owner=None, role=None, on_behalf_of=None)
    return replace(released, opened=False, turns=_after_holder(task.turns))


def _after_holder(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Who signs after the holder, whoever that is."""
    held = [place for place, turn in enumerate(turns) if not turn.signs]
    return turns[held[0] + 1 :] if held else turns


def signers_added(task: Task, event: SignersAdded) -> Task:
    """The task with more signers: the first of them has it at once, or they wait behind its holder."""
    new = tuple(Turn(person=person) for person in event.signers)
    if event.place is SignPlace.AFTER:
        return replace(task, turns=(*new, *task.turns))
    signs = task.stage is Stage.SIGNING
    this = Turn(person=event.person, role=task.role, on_behalf_of=task.on_behalf_of, signs=signs)
    if signs and task.holder is not None:
        this = Turn(person=task.holder)
    return _next_turn(replace(task, turns=(*new, this, *task.turns)))


def signed(task: Task, _event: TaskSigned) -> Task:
    """The task with whoever comes after a signer."""
    return _next_turn(task)


def submitted(task: Task, event: TaskSubmitted) -> Task:
    """The task done, with the first of those who sign after."""
    done = Turn(person=event.person, role=event.role, on_behalf_of=event.on_behalf_of, signs=False)
    return _next_turn(replace(task, submitted=done))


def _next_turn(task: Task) -> Task:
    if not task.turns:
        return task  # the last signature: the task is completed in the same entry
    turn, *rest = task.turns
    return replace(
        task,
        stage=Stage.SIGNING if turn.signs else Stage.CLAIMED,
        holder=turn.person,
        role=turn.role,
        on_behalf_of=turn.on_behalf_of,
        opened=False,
        turns=tuple(rest),
    )


def delegated(task: Task, event: TaskDelegated) -> Task:
    """The task with a helper, to come back to its owner."""
    return replace(task, stage=Stage.DELEGATED, holder=event.to, owner=event.person, opened=False)


def resolved(task: Task, event: TaskResolved) -> Task:
    """The task back with its owner."""
    return replace(task, stage=Stage.CLAIMED, holder=event.to, owner=None)


def urged(task: Task, at: datetime) -> Task:
    """The task after somebody asked to hurry."""
    return replace(task, urged_at=at)


def waived(task: Task, event: SeparationWaived) -> Task:
    """The task with one more person allowed to do it."""
    return replace(task, waived=(*task.waived, event.person))


def escalated(task: Task, event: TaskEscalated) -> Task:
    """The task with more who watch it."""
    watchers = tuple(dict.fromkeys((*task.watchers, *event.persons)))
    return replace(task, escalated=event.step, watchers=watchers)


def moved(task: Task, event: TaskDueMoved) -> Task:
    """The task with another due moment."""
    return replace(task, due=event.due)


def invited(task: Task, event: ContactInvited) -> Task:
    """The task with a link; one before it no longer works."""
    invitation = Invitation(id=event.invitation, digest=event.digest, until=event.until, person=event.person)
    return replace(task, invitation=invitation)


def uninvited(task: Task, _event: InvitationRevoked | InvitationAnswered) -> Task:
    """The task without a link."""
    return replace(task, invitation=None)
