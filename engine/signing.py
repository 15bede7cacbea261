"""Signers added to a task: whose turn it is, and what they say. They give an opinion; the form stays with its holder."""

from __future__ import annotations

from engine.commands import AddSigner
from engine.entitlement import actor, today
from engine.errors import Reason, Refused
from engine.events import SignersAdded, TaskCompleted, TaskSigned
from engine.organisation import known
from engine.remark import reason_given
from engine.role import Authority, authority
from engine.separation import separated
from engine.signature import demand
from engine.step import Progress
from engine.task import Task
from engine.value import Person

MOST_SIGNERS = 20


def add(progress: Progress, task: Task, command: AddSigner) -> None:
    """Put signers before or after the actor, who has the task."""
    reason_given(command.reason)
    signers = tuple(known(progress.around.organisation, person) for person in command.persons)
    _distinct(task, actor(progress), signers)
    for signer in signers:
        separated(progress, task, Authority(role=None), signer)
    progress.emit(
        SignersAdded(task=task.id, person=actor(progress), signers=signers, place=command.place, reason=command.reason)
    )


def sign(progress: Progress, task: Task, opinion: str) -> None:
    """Give an opinion; the task goes to whoever comes next, and after the last signature of a done task it is completed."""
    if not opinion.strip():
        raise Refused(Reason.INVALID_DATA, "加签应填写意见", "expected an opinion from an added signer")
    right = signing(progress, task)
    separated(progress, task, right, actor(progress))
    demand(progress, task)
    progress.emit(TaskSigned(task=task.id, person=actor(progress), on_behalf_of=right.on_behalf_of, opinion=opinion))
    done = task.submitted
    if not task.turns and done is not None:
        progress.emit(TaskCompleted(task=task.id, person=done.person, role=done.role, on_behalf_of=done.on_behalf_of))


def signing(progress: Progress, task: Task) -> Authority:
    """In which right the actor signs now: as the signer, or as their deputy. Raises Refused (NOT_ALLOWED)."""
    signer = () if task.holder is None else (task.holder,)
    found = authority(progress.around, actor(progress), today(progress), persons=signer, roles=())
    if found is None:
        name = "" if task.holder is None else task.holder.id
        raise Refused(
            Reason.NOT_ALLOWED,
            f"任务 {task.id} 正由 {name} 加签",
            f"expected {name}, whose turn it is to sign task {task.id}",
        )
    return found


def _distinct(task: Task, person: Person, signers: tuple[Person, ...]) -> None:
    taken = {person, task.holder, *(turn.person for turn in task.turns)}
    if task.submitted is not None:
        taken.add(task.submitted.person)
    doubled = [signer for place, signer in enumerate(signers) if signer in taken or signer in signers[:place]]
    if doubled:
        raise Refused(
            Reason.INVALID_DATA,
            f"{doubled[0].id} 已是该任务的办理人或加签人,请选择其他人",
            f"expected other persons than those who have the task or sign it already, but found {doubled[0].id}",
        )
    if not 0 < len(signers) <= MOST_SIGNERS - len(task.turns):
        raise Refused(
            Reason.INVALID_DATA,
            f"一个任务应有 1 到 {MOST_SIGNERS} 位加签人",
            f"expected at least one signer, and at most {MOST_SIGNERS} for a task",
        )
