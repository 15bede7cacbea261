"""Open tasks when people of the case change: whose they are is asked again, by the same expressions as at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import feel, waiting
from engine.entitlement import today
from engine.events import AssigneePassed, TaskReassigned
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed
from engine.instance import counted
from engine.procedure import HOST_FUNCTIONS
from engine.role import authorities
from engine.task import Task, Turn
from engine.timekeeping import names_of
from engine.value import Person
from engine.waiting import Offer
from engine.words import Stage

if TYPE_CHECKING:
    from engine.commands import ReassignTasks
    from engine.step import Progress

PEOPLE = frozenset({"persons in role", "has role"})


def reassign(progress: Progress, command: ReassignTasks) -> None:
    """Offer to others what is theirs now. What a person transferred by hand, and what is only signed, stays as it is."""
    for task in sorted(progress.instance.tasks.values(), key=lambda task: counted(task.id)):
        if task.transferred or task.submitted is not None:
            continue
        try:
            offer = _asked_again(progress, task)
        except ExpressionFailed:
            continue  # a rule that fails now leaves the task with whom it is
        if offer.away is not None and offer.away.person == task.assignee:
            continue  # nobody came in their place: who is away later keeps what was offered to them before
        kept = _keeps(progress, task, offer)
        if _differs(task, offer) or (not kept and _in_hand(task) is not None):
            progress.emit(
                TaskReassigned(
                    task=task.id,
                    before=_before(task),
                    assignee=offer.assignee,
                    roles=offer.roles,
                    persons=offer.persons,
                    kept=kept,
                    role=command.role,
                    field=command.field,
                )
            )
            _passed(progress, task, offer)


def _passed(progress: Progress, task: Task, offer: Offer) -> None:
    """Why it is not the new person's."""
    if (away := offer.away) is not None:
        progress.emit(AssigneePassed(task=task.id, person=away.person, until=away.last, roles=offer.roles))


def _asked_again(progress: Progress, task: Task) -> Offer:
    """Whose the task is now; one whose expressions read nothing of the case is offered as it was."""
    element = progress.procedure.model.element(task.process, task.element)
    if not _reads_people(progress, element):
        return Offer(assignee=task.assignee, roles=task.roles, persons=task.persons)
    return waiting.offer(progress, element, task.scope, names_of(progress, task))


def _reads_people(progress: Progress, element: Element) -> bool:
    """An expression that says whose the task is reads the case, or asks who holds a role."""
    sources = [element.extensions[name] for name in ("assignee", "candidates") if name in element.extensions]
    try:
        read = [feel.compile(source, progress.procedure.visible | {"task"}, HOST_FUNCTIONS) for source in sources]
    except feel.FeelError:
        return False
    return any("case" in one.names or one.functions & PEOPLE for one in read)


def _differs(task: Task, offer: Offer) -> bool:
    same = task.assignee == offer.assignee and set(task.roles) == set(offer.roles)
    return not same or set(task.persons) != set(offer.persons)


def _in_hand(task: Task) -> Turn | None:
    """Who has taken the task, even if somebody else helps with it or signs it now."""
    match task.stage:
        case Stage.CLAIMED if task.holder is not None:
            return Turn(person=task.holder, on_behalf_of=task.on_behalf_of)
        case Stage.DELEGATED if task.owner is not None:
            return Turn(person=task.owner, on_behalf_of=task.on_behalf_of)
        case Stage.SIGNING:
            return next((turn for turn in task.turns if not turn.signs), None)
        case _:
            return None


def _keeps(progress: Progress, task: Task, offer: Offer) -> bool:
    """Who has the task in hand could take it as it is offered now, in the right in which they took it."""
    held = _in_hand(task)
    if held is None:
        return False
    rights = authorities(progress.around, held.person, today(progress), persons=offer.persons, roles=offer.roles)
    return any(right.on_behalf_of == held.on_behalf_of for right in rights)


def _before(task: Task) -> tuple[Person, ...]:
    held = _in_hand(task)
    return task.persons if held is None else (held.person,)
