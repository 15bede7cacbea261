"""What people do with tasks: who may, in which role, for whom, and what it makes happen."""

from __future__ import annotations

from engine import form as forms
from engine import task as tasks
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
    TaskTransferred,
    TaskUrged,
)
from engine.flow.elements import Element, Kind
from engine.instance import Instance
from engine.organisation import known
from engine.procedure import RESERVED
from engine.role import Authority, authority
from engine.step import Progress
from engine.task import Task
from engine.value import Context, Date, Person, Value
from engine.words import Stage


def claim(progress: Progress, command: ClaimTask) -> None:
    """Take the task, if it is offered to the actor or to somebody the actor deputises for."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    _take(progress, task)


def open_first(progress: Progress, command: OpenTask) -> None:
    """Note the first look; a repeat changes nothing."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    if task.opened:
        return
    person = _actor(progress)
    if task.holder != person:
        _authority(progress, task, person)
    progress.emit(TaskOpened(task=task.id, person=person))


def release(progress: Progress, command: ReleaseTask) -> None:
    """Put the task back among those it was offered to."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    progress.emit(TaskReleased(task=task.id, person=_holder(progress, task)))


def complete(progress: Progress, command: CompleteTask) -> tuple[Task, Context]:
    """Check authority and form, and note who did it: the task as it was, and the values to be kept.

    Whoever completes an unclaimed task claims it by that.
    """
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    if task.stage is Stage.OFFERED:
        task = _take(progress, task)
    person = _holder(progress, task)
    _separated(progress, task, Authority(role=task.role, on_behalf_of=task.on_behalf_of), person)
    values = _form_accepts(progress, task, command.data)
    progress.emit(TaskCompleted(task=task.id, person=person, role=task.role, on_behalf_of=task.on_behalf_of))
    return task, values


def transfer(progress: Progress, command: TransferTask) -> None:
    """Give the task to another person for good."""
    reason_given(command.reason)
    task, person = _in_hand(progress, command.task, command)
    to = _another(progress, person, command.to)
    _separated(progress, task, Authority(role=None), to)
    progress.emit(TaskTransferred(task=task.id, person=person, to=to, reason=command.reason))


def delegate(progress: Progress, command: DelegateTask) -> None:
    """Ask another person; the task comes back to whoever asked."""
    reason_given(command.reason)
    task, person = _in_hand(progress, command.task, command)
    if task.stage is Stage.OFFERED:
        task = _take(progress, task)
    to = _another(progress, person, command.to)
    progress.emit(TaskDelegated(task=task.id, person=person, to=to, reason=command.reason))


def resolve(progress: Progress, command: ResolveTask) -> None:
    """Hand the task back to its owner; the owner may also call it back."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    person = _actor(progress)
    if task.owner is None or person not in (task.holder, task.owner):
        raise _not_yours(task)
    progress.emit(TaskResolved(task=task.id, person=person, to=task.owner, opinion=command.opinion))


def urge(progress: Progress, command: UrgeTask) -> None:
    """Ask whoever has the task to hurry."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    progress.emit(TaskUrged(task=task.id, person=_actor(progress), message=command.message))


def copy(progress: Progress, command: CopyTask) -> None:
    """Let persons know of the task."""
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    if not command.to:
        raise Refused(Reason.INVALID_DATA, "知会应至少有一位收件人", "expected at least one person to inform")
    to = tuple(known(progress.around.organisation, person) for person in command.to)
    progress.emit(TaskCopied(task=task.id, person=_actor(progress), to=to, message=command.message))


def waive(progress: Progress, command: WaiveSeparation) -> None:
    """Allow one person the task in spite of the separation of duties; nobody allows it to themselves."""
    reason_given(command.reason)
    task = tasks.permitted(open_task(progress.instance, command.task), command)
    privileged(progress, "waive")
    person, waived_by = known(progress.around.organisation, command.person), _actor(progress)
    if person == waived_by:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            "豁免应由本人以外的人批准",
            "expected somebody other than the person concerned to waive",
        )
    progress.emit(SeparationWaived(task=task.id, person=person, waived_by=waived_by, reason=command.reason))


def open_task(instance: Instance, key: str) -> Task:
    """The open task, or a refusal that names who was faster."""
    if key in instance.tasks:
        return instance.tasks[key]
    raise tasks.gone(key, instance.closed.get(key))


def reason_given(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        raise Refused(Reason.INVALID_DATA, "应填写理由", "expected a reason")


def privileged(progress: Progress, right: str) -> None:
    """Refuse whoever does not hold a role with this right."""
    person = _actor(progress)
    roles = progress.procedure.may(right)
    if authority(progress.around, person, _today(progress), persons=(), roles=roles) is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"应由 {'、'.join(roles)} 进行此操作",
            f"expected a holder of {', '.join(roles)}",
        )


def may_start(progress: Progress, process: str) -> None:
    """Refuse a person who does not hold the role in whose lane the process starts; jobs may always start."""
    person = progress.command.envelope.actor
    role = progress.procedure.start_role(process)
    if person is None or role is None:
        return
    roles = (role, progress.procedure.owner)
    if authority(progress.around, person, _today(progress), persons=(), roles=roles) is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"流程 {process} 应由 {role} 发起",
            f"expected a holder of {role} to start {process}",
        )


def document_written(progress: Progress, element: Element, task: Task, data: Context) -> None:
    """What a task does to a document of the case becomes a command to the case's stream."""
    case = progress.instance.case
    if case is None or "document" not in element.extensions:
        return
    key, _, act = element.extensions["document"].partition(":")
    person = _actor(progress)
    if act == "write":
        note = data.get("change_note")
        fields: dict[str, Value] = {
            "document": key,
            "author": person,
            "content": data,
            "change_note": note if isinstance(note, str) else "",
        }
        progress.follow_up(case, "DraftDocument", fields)
    elif act == "review":
        approved = progress.optional(element.extensions.get("approved"), task.scope) is True
        opinion = data.get("opinion")
        fields = {
            "document": key,
            "reviewer": person,
            "approved": approved,
            "opinion": opinion if isinstance(opinion, str) else "",
            "waived": person in task.waived,
        }
        progress.follow_up(case, "ReviewDocument", fields)


def document_issued(progress: Progress, activity_id: str, result: Value) -> None:
    """A service task that numbers a document puts it in force on the case's stream."""
    activity = progress.instance.activities[activity_id]
    element = progress.procedure.model.element(activity.process, activity.element)
    key, _, act = element.extensions.get("document", "").partition(":")
    case = progress.instance.case
    if case is None or element.kind is not Kind.SERVICE_TASK or act != "issue":
        return
    number = result.get("number") if isinstance(result, Context) else result
    progress.follow_up(case, "IssueDocument", {"document": key, "number": number if isinstance(number, str) else ""})


def _take(progress: Progress, task: Task) -> Task:
    person = _actor(progress)
    right = _authority(progress, task, person)
    _separated(progress, task, right, person)
    progress.emit(TaskClaimed(task=task.id, person=person, role=right.role, on_behalf_of=right.on_behalf_of))
    return progress.instance.tasks[task.id]


def _authority(progress: Progress, task: Task, person: Person) -> Authority:
    right = authority(progress.around, person, _today(progress), persons=task.persons, roles=task.roles)
    if right is None:
        offered = [*task.roles, *(p.id for p in task.persons)]
        raise Refused(
            Reason.NOT_ALLOWED,
            f"任务 {task.id} 只提供给 {'、'.join(offered) or '任何人都未指派'}",
            f"task {task.id} is offered to {', '.join(offered) or 'nobody'} only",
        )
    return right


def _separated(progress: Progress, task: Task, right: Authority, person: Person) -> None:
    """Refuse a performer of a task that this one must be kept apart from; deputy and principal count as one."""
    acting = {person, *(() if right.on_behalf_of is None else (right.on_behalf_of,))}
    if acting <= set(task.waived):
        return
    for key in separate_from(progress, task):
        done = (*progress.instance.performers.get(key, ()), *progress.around.performers.get(key, ()))
        clash = sorted(p.id for p in acting.intersection(done))
        if clash:
            element = key.partition(":")[2]
            raise Refused(
                Reason.SEPARATION_OF_DUTIES,
                f"职责分离:{clash[0]} 已办理 {element},不得再办理 {task.element}",
                f"separation of duties: {clash[0]} performed {element} and may not perform {task.element}",
            )


def separate_from(progress: Progress, task: Task) -> tuple[str, ...]:
    """The `process:element` keys whose performers may not do this task."""
    element = progress.procedure.model.element(task.process, task.element)
    return separation_keys(element)


def separation_keys(element: Element) -> tuple[str, ...]:
    """What `zx:separateFrom` names, each as `process:element`."""
    named = element.extensions.get("separateFrom", "").split()
    return tuple(name if ":" in name else f"{element.process}:{name}" for name in named)


def _form_accepts(progress: Progress, task: Task, data: Context) -> Context:
    """The values to be kept; the very object that came in when the check changes nothing."""
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
    this: dict[str, Value] = {"id": task.id, "element": task.element, "repeated": earlier is not None}
    return forms.surrounding(
        names={**{name: view[name] for name in RESERVED}, "task": Context(this)},
        rights=forms.rights(element.extensions.get("section", "")),
        earlier=earlier if isinstance(earlier, Context) else {},
        zone=progress.zone,
    )


def _in_hand(progress: Progress, key: str, command: Command) -> tuple[Task, Person]:
    """The task with the actor who holds it or may take it."""
    task = tasks.permitted(open_task(progress.instance, key), command)
    person = _actor(progress)
    if task.stage is Stage.OFFERED:
        _authority(progress, task, person)
    elif task.holder != person:
        raise _not_yours(task)
    return task, person


def _holder(progress: Progress, task: Task) -> Person:
    person = _actor(progress)
    if task.holder != person:
        raise _not_yours(task)
    return person


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


def _actor(progress: Progress) -> Person:
    actor = progress.command.envelope.actor
    if actor is None:
        raise Refused(Reason.NOT_ALLOWED, "此操作应由人员进行", "expected a person to do this")
    return actor


def _today(progress: Progress) -> Date:
    return progress.now.date
