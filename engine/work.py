"""What people do with tasks: who may, in which role, for whom, and what it makes happen."""

from __future__ import annotations

from engine import form as forms
from engine import task as tasks
from engine.changed import replace
from engine.commands import (
    ClaimTask,
    Command,
    CompleteTask,
    CopyTask,
    DelegateTask,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
)
from engine.entitlement import (
    actor,
    holds_right,
    offered_to,
    privileged,
    qualified,
    rights,
    still_entitled,
    taking_part,
)
from engine.errors import Reason, Refused
from engine.events import (
    SeparationWaived,
    TaskClaimed,
    TaskCompleted,
    TaskCopied,
    TaskDelegated,
    TaskOpened,
    TaskReleased,
    TaskResolved,
    TaskSubmitted,
    TaskTransferred,
    TaskUrged,
)
from engine.flow.elements import Element
from engine.instance import Instance
from engine.organisation import known
from engine.procedure import RESERVED
from engine.remark import reason_given, written
from engine.role import Authority
from engine.separation import separate_from, separated
from engine.signature import demand
from engine.signing import sign, signing
from engine.step import Progress
from engine.task import Task
from engine.value import Context, Person, Value
from engine.words import Channel, Stage
from engine.working_time import calendar_functions

MOST_INFORMED = 50


def claim(progress: Progress, command: ClaimTask) -> None:
    """Take the task, if it is offered to the actor or to somebody the actor deputises for."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    _take(progress, task)


def open_first(progress: Progress, command: OpenTask) -> None:
    """Note the first look of somebody who may do the task; a repeat changes nothing."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    if task.opened:
        return
    if task.stage is Stage.OFFERED:
        _unbarred(progress, task)
    elif task.stage is Stage.SIGNING:
        signing(progress, task)
    else:
        holding(progress, task)
    progress.emit(TaskOpened(task=task.id, person=actor(progress)))


def release(progress: Progress, command: ReleaseTask) -> None:
    """Put the task back among those it was offered to; whoever it is held for, or who may reassign, may do so too."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    person = actor(progress)
    if person not in (task.holder, task.on_behalf_of) and not holds_right(progress, "reassign"):
        raise _not_yours(task)
    progress.emit(TaskReleased(task=task.id, person=person))


def complete(progress: Progress, command: CompleteTask) -> tuple[Task, Context]:
    """Check authority and form, and note who did it: the task as it was, and the values to be kept.

    Whoever completes an unclaimed task claims it by that. Whoever holds one must still have the right to it. With
    signers after its holder the task stays open for them. Of a signed task the proof is asked for last: who has nothing to correct signs.
    """
    task = in_own_hand(progress, tasks.permitted(open_task(progress.instance, command.task), command))
    person = actor(progress)
    values = form_accepts(progress, task, command.data)
    demand(progress, task)
    done = TaskSubmitted if task.turns else TaskCompleted
    progress.emit(done(task=task.id, person=person, role=task.role, on_behalf_of=task.on_behalf_of))
    return task, values


def in_own_hand(progress: Progress, task: Task) -> Task:
    """The task with an actor who holds it and still may; one that is offered is taken by that."""
    if task.stage is Stage.OFFERED:
        return _take(progress, task)
    person = holding(progress, task)
    right = still_entitled(progress, task, person)
    separated(progress, task, right, person)
    return task if task.role == right.role else replace(task, role=right.role)


def transfer(progress: Progress, command: TransferTask) -> None:
    """Give the task for good to another person who is qualified for it."""
    reason_given(command.reason)
    task, person = _in_hand(progress, command.task, command)
    to = _another(progress, person, command.to)
    if to == task.holder:
        raise Refused(Reason.INVALID_DATA, "此人已在办理该任务", "expected somebody who does not hold the task already")
    separated(progress, task, Authority(role=None), to)
    qualified(progress, task, to)
    progress.emit(TaskTransferred(task=task.id, person=person, to=to, reason=command.reason))


def delegate(progress: Progress, command: DelegateTask) -> None:
    """Ask another person's opinion; the task comes back to whoever asked."""
    reason_given(command.reason)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    person = actor(progress)
    task = _take(progress, task) if task.stage is Stage.OFFERED else task
    holding(progress, task)
    to = _another(progress, person, command.to)
    separated(progress, task, Authority(role=None), to)
    progress.emit(TaskDelegated(task=task.id, person=person, to=to, reason=command.reason))


def resolve(progress: Progress, command: ResolveTask) -> None:
    """Hand the task back to its owner, who may also call it back; an added signer gives their opinion by that."""
    written(command.opinion)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    if task.stage is Stage.SIGNING:
        sign(progress, task, command.opinion)
        return
    person = actor(progress)
    if task.owner is None or person not in (task.holder, task.owner):
        raise _not_yours(task)
    progress.emit(TaskResolved(task=task.id, person=person, to=task.owner, opinion=command.opinion))


def urge(progress: Progress, command: UrgeTask) -> None:
    """Ask whoever has the task to hurry, at most once an hour."""
    written(command.message)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    person = taking_part(progress)
    tasks.patience(task, progress.at)
    progress.emit(TaskUrged(task=task.id, person=person, message=command.message))


def copy(progress: Progress, command: CopyTask) -> None:
    """Let persons know of the task."""
    written(command.message)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    person = taking_part(progress)
    to = tuple(dict.fromkeys(command.to))
    if not 0 < len(to) <= MOST_INFORMED:
        raise Refused(
            Reason.INVALID_DATA,
            f"知会应有 1 到 {MOST_INFORMED} 位收件人,但有 {len(to)} 位",
            f"expected at least one person to inform and at most {MOST_INFORMED}, but found {len(to)}",
        )
    to = tuple(known(progress.around.organisation, other) for other in to)
    progress.emit(TaskCopied(task=task.id, person=person, to=to, message=command.message))


def waive(progress: Progress, command: WaiveSeparation) -> None:
    """Allow one person the task in spite of the separation of duties; nobody allows it to themselves."""
    reason_given(command.reason)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    right = privileged(progress, "waive")
    person, waived_by = known(progress.around.organisation, command.person), actor(progress)
    if person in (waived_by, right.on_behalf_of):
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            "豁免应由本人以外的人批准",
            "expected somebody other than the person concerned to waive",
        )
    if not separate_from(progress, task):
        raise Refused(
            Reason.INVALID_DATA,
            f"{task.element} 没有职责分离要求,无需豁免",
            f"expected a task with separation of duties, but {task.element} has none",
        )
    if person not in task.waived:
        progress.emit(SeparationWaived(task=task.id, person=person, waived_by=waived_by, reason=command.reason))


def open_task(instance: Instance, key: str) -> Task:
    """The open task, or a refusal that names who was faster."""
    if key in instance.tasks:
        return instance.tasks[key]
    raise tasks.gone(key, dict(instance.closed).get(key))


def _take(progress: Progress, task: Task) -> Task:
    right = _unbarred(progress, task)
    person = actor(progress)
    progress.emit(TaskClaimed(task=task.id, person=person, role=right.role, on_behalf_of=right.on_behalf_of))
    return progress.instance.tasks[task.id]


def _unbarred(progress: Progress, task: Task) -> Authority:
    """The first right to an offered task that the separation of duties does not bar."""
    person, barred = actor(progress), None
    for right in rights(progress, task, person):
        try:
            separated(progress, task, right, person)
        except Refused as refused:
            barred = barred or refused
        else:
            return right
    if barred is not None:
        raise barred
    return offered_to(progress, task, person)


def form_accepts(progress: Progress, task: Task, data: Context) -> Context:
    """The values to be kept, by the task's form; the very object that came in when the check changes nothing."""
    element = progress.procedure.model.element(task.process, task.element)
    form = progress.procedure.form(element)
    if form is None:
        return data
    checked = forms.check(form, data, form_surrounding(progress, element, task))
    if checked.faults:
        first, count = checked.faults[0], len(checked.faults)
        raise Refused(
            Reason.INVALID_DATA,
            f"表单有 {count} 处需要更正:{first.path}:{first.text.zh}",
            f"the form needs {count} corrections: {first.path}: {first.text.en}",
            checked.faults,
        )
    return data if checked.values == data else checked.values


def form_surrounding(progress: Progress, element: Element, task: Task) -> forms.Surrounding:
    """What the form's rules see: the reserved names, the rights of the task, the result of the time before."""
    view = progress.view(task.scope)
    earlier = view.get(element.result)
    roles = task.qualifying or task.roles
    this: dict[str, Value] = {
        "id": task.id,
        "element": task.element,
        "repeated": earlier is not None,
        "roles": roles,
        "by_link": progress.command.envelope.channel is Channel.LINK,
    }
    return forms.surrounding(
        names={**{name: view[name] for name in RESERVED}, "task": Context(this)},
        rights=forms.rights(element.extensions.get("section", "")),
        earlier=earlier if isinstance(earlier, Context) else {},
        zone=progress.zone,
        functions=calendar_functions(progress.around.organisation.working),
    )


def _in_hand(progress: Progress, key: str, command: Command) -> tuple[Task, Person]:
    """The task with an actor who holds it, may take it, or may reassign what others hold; not with one who is barred."""
    task, person = open_task(progress.instance, key), actor(progress)
    barred = not _allowed(progress, task, Authority(role=None))
    if task.holder != person and not barred and holds_right(progress, "reassign"):
        return task, person
    task = tasks.permitted(task, command)
    if task.stage is Stage.OFFERED:
        _unbarred(progress, task)
    elif task.holder != person:
        raise _not_yours(task)
    return task, person


def holding(progress: Progress, task: Task) -> Person:
    """The actor, who holds the task. Raises Refused (NOT_ALLOWED)."""
    person = actor(progress)
    if task.holder != person:
        raise _not_yours(task)
    return person


def _allowed(progress: Progress, task: Task, right: Authority) -> bool:
    try:
        separated(progress, task, right, actor(progress))
    except Refused:
        return False
    return True


def _not_yours(task: Task) -> Refused:
    holder = "" if task.holder is None else task.holder.id
    return Refused(
        Reason.NOT_ALLOWED,
        f"任务 {task.id} 由 {holder} 办理,不由您办理",
        f"task {task.id} is held by {holder}, not by you",
    )


def _another(progress: Progress, person: Person, to: Person) -> Person:
    if to == person:
        raise Refused(Reason.INVALID_DATA, "应选择另一个人", "expected another person")
    return known(progress.around.organisation, to)
