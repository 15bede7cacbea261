"""Votes of a countersigned task: each with who cast it, once for each person; who has signed, and who has not yet."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Reason, Refused
from engine.flow.countersign import Rule
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed
from engine.instance import Activity, Instance
from engine.procedure import Procedure
from engine.step import Progress
from engine.task import Task
from engine.value import Context, Person, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A place in a countersignature, from 0: cast by a person, perhaps for another, or still waiting as a task."""

    place: int
    person: Person | None = None
    on_behalf_of: Person | None = None
    approved: bool | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a countersignature stands: places without person and task have not begun."""

    element: Element
    rule: str
    votes: tuple[Vote, ...]


def is_countersigned(element: Element) -> bool:
    """The task is one vote among several."""
    return "countersign" in element.extensions and element.loop is not None


def vote(progress: Progress, element: Element, task: Task, values: Context) -> Context:
    """What a signer entered, as a vote: who, for whom, and whether it is positive by `zx:approved`."""
    try:
        found = progress.optional(element.extensions.get("approved"), task.scope, {element.result: values})
    except ExpressionFailed as failed:
        raise Refused(
            Reason.INVALID_DATA,
            f"无法判断是否同意:{failed.text.zh}",
            f"expected zx:approved to say whether the vote is positive, but {failed.text.en}",
        ) from failed
    cast: dict[str, Value] = {
        "person": task.holder,
        "on_behalf_of": task.on_behalf_of,
        "approved": found is True,
        "data": values,
    }
    return Context(cast)


def once(progress: Progress, task: Task, acting: set[Person]) -> None:
    """Refuse a second vote in one countersignature; deputy and principal count as one."""
    element = progress.procedure.model.element(task.process, task.element)
    if not is_countersigned(element):
        return
    clash = sorted(person.id for person in acting & _voters(progress.instance, task))
    if clash:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            f"会签每人一票:{clash[0]} 已经签过",
            f"everybody has one vote in a countersignature: {clash[0]} has cast theirs",
        )


def standings(procedure: Procedure, instance: Instance) -> list[Standing]:
    """Where each countersignature under way stands: who has signed, and who has not yet."""
    found = []
    for activity in instance.activities.values():
        element = procedure.model.element(activity.process, activity.element)
        if is_countersigned(element) and activity.id not in instance.tasks and _is_whole(instance, activity):
            votes = tuple(_vote(instance, activity, place) for place in range(len(activity.taken)))
            found.append(Standing(element=element, rule=element.extensions["countersign"], votes=votes))
    return found


def _is_whole(instance: Instance, activity: Activity) -> bool:
    """The activity is the multi-instance, not one of its items."""
    return instance.scopes[activity.scope].activity not in instance.activities or not _same(instance, activity)


def _same(instance: Instance, activity: Activity) -> bool:
    around = instance.activities[instance.scopes[activity.scope].activity or ""]
    return (around.process, around.element) == (activity.process, activity.element)


def _vote(instance: Instance, activity: Activity, place: int) -> Vote:
    cast = activity.items.get(str(place))
    if isinstance(cast, Context):
        person, principal = cast.get("person"), cast.get("on_behalf_of")
        return Vote(
            place=place,
            person=person if isinstance(person, Person) else None,
            on_behalf_of=principal if isinstance(principal, Person) else None,
            approved=cast.get("approved") is True,
        )
    scopes = {scope.id for scope in instance.scopes.values() if (scope.activity, scope.index) == (activity.id, place)}
    waiting = next((task for task in instance.tasks.values() if task.scope in scopes), None)
    return Vote(place=place, task=waiting)


def _voters(instance: Instance, task: Task) -> set[Person]:
    scope = instance.scopes[task.scope]
    whole = instance.activities[scope.activity or ""]
    others = [cast for place, cast in whole.items.items() if place != str(scope.index) and isinstance(cast, Context)]
    named = [cast.get(name) for cast in others for name in ("person", "on_behalf_of")]
    return {person for person in named if isinstance(person, Person)}


__all__ = ["Rule", "Standing", "Vote", "is_countersigned", "once", "standings", "vote"]
