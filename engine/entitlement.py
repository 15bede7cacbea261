"""Whether a person may: by role, by deputyship, by a right of the procedure, by having a part in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.commands import Envelope
from engine.errors import Reason, Refused
from engine.organisation import unattended
from engine.role import Authority, authorities, authority, holders
from engine.step import Progress
from engine.task import Task
from engine.value import Date, Person


def signed_in(envelope: Envelope) -> None:
    """Refuse what comes in over the network from nobody."""
    if envelope.actor is None and not unattended(envelope):
        raise Refused(Reason.NOT_ALLOWED, "请先登录", "expected somebody who is signed in")


def privileged(progress: Progress, right: str) -> Authority:
    """In which role the actor holds a right. Raises Refused (NOT_ALLOWED)."""
    found = _right(progress, right)
    if found is None:
        roles = progress.procedure.may(right)
        raise Refused(
            Reason.NOT_ALLOWED,
            f"应由 {'、'.join(roles)} 进行此操作",
            f"expected a holder of {', '.join(roles)}",
        )
    return found


def holds_right(progress: Progress, right: str) -> bool:
    """The actor holds a right of the procedure."""
    return _right(progress, right) is not None


def may_start(progress: Progress, process: str) -> None:
    """Refuse a person who does not hold the role in whose lane the process starts; jobs may always start."""
    person = progress.command.envelope.actor
    role = progress.procedure.start_role(process)
    if person is None or role is None:
        return
    roles = (role, progress.procedure.owner)
    if authority(progress.around, person, today(progress), persons=(), roles=roles) is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"流程 {process} 应由 {role} 发起",
            f"expected a holder of {role} to start {process}",
        )


def offered_to(progress: Progress, task: Task, person: Person) -> Authority:
    """In which right the person may take the task. Raises Refused (NOT_ALLOWED)."""
    right = next(rights(progress, task, person), None)
    if right is None:
        offered = [*task.roles, *(p.id for p in task.persons)]
        raise Refused(
            Reason.NOT_ALLOWED,
            f"任务 {task.id} 只提供给 {'、'.join(offered) or '任何人都未指派'}",
            f"task {task.id} is offered to {', '.join(offered) or 'nobody'} only",
        )
    return right


def rights(progress: Progress, task: Task, person: Person) -> Iterator[Authority]:
    """Every right in which the person may do the task, as it is offered."""
    return authorities(progress.around, person, today(progress), persons=task.persons, roles=task.roles)


def _right(progress: Progress, right: str) -> Authority | None:
    roles = progress.procedure.may(right)
    company = replace(progress.around, case=None)  # a case's team does its tasks; it is given no right of the procedure
    return authority(company, actor(progress), today(progress), persons=(), roles=roles)


def still_entitled(progress: Progress, task: Task, person: Person) -> Authority:
    """The right in which a holder does the task now. Raises Refused when it is gone since the task was taken.

    The role may be another, as when they lost the one they took it in and are named themselves.
    """
    found = next((right for right in rights(progress, task, person) if right.on_behalf_of == task.on_behalf_of), None)
    if found is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"您认领后已不再有办理任务 {task.id} 的资格,请释放该任务",
            f"you no longer have the right in which you took task {task.id}: release it",
        )
    return found


def qualified(progress: Progress, task: Task, to: Person) -> None:
    """Refuse a receiver to whom the task could not have been offered."""
    element = progress.procedure.model.element(task.process, task.element)
    roles = task.qualifying or (() if element.role is None else (element.role,))
    if not roles or to in task.persons or any(to in holders(progress.around, role) for role in roles):
        return
    raise Refused(
        Reason.NOT_ALLOWED,
        f"任务只能转给 {'、'.join(roles)},但 {to.id} 不具有该角色",
        f"expected a holder of {', '.join(roles)} to receive the task, but {to.id} is none",
    )


def taking_part(progress: Progress) -> Person:
    """The actor, if they have a role in the procedure, did a task of the instance, or have one in hand."""
    person, instance = actor(progress), progress.instance
    if any(person in done for done in instance.performers.values()):
        return person
    tasks_here = instance.tasks.values()
    persons = {p for task in tasks_here for p in (task.holder, task.owner, *task.persons) if p is not None}
    roles = progress.procedure.roles
    if authority(progress.around, person, today(progress), persons=persons, roles=roles) is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            "应由参与本流程的人员进行此操作",
            "expected somebody who has a part in this procedure",
        )
    return person


def actor(progress: Progress) -> Person:
    """Who asks. Raises Refused (NOT_ALLOWED) for the clock, the worker and the operator."""
    person = progress.command.envelope.actor
    if person is None:
        raise Refused(Reason.NOT_ALLOWED, "此操作应由人员进行", "expected a person to do this")
    return person


def today(progress: Progress) -> Date:
    """The day on the organisation's clocks."""
    return progress.now.date
