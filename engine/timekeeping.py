"""What waits for a moment, reckoned anew when the calendar has changed: as on the day it began, with the calendar of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from engine import escalation, feel, temporal, waiting
from engine.events import TaskDueMoved, TimerMoved
from engine.expression import Variables, evaluate
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed
from engine.instance import Timer, counted
from engine.procedure import HOST_FUNCTIONS
from engine.task import Task
from engine.value import Context, DateTime, Value
from engine.words import TimerKind
from engine.working_time import CALENDAR_FUNCTIONS

if TYPE_CHECKING:
    from engine.commands import ReckonTimers
    from engine.step import Progress


def reckon(progress: Progress, _command: ReckonTimers) -> None:
    """Move what the calendar moves; a rule that fails now leaves its moment as it was."""
    for task in sorted(progress.instance.tasks.values(), key=lambda task: counted(task.id)):
        _due(progress, task)
    for timer in sorted(progress.instance.timers.values(), key=lambda timer: counted(timer.id)):
        try:
            due = _timer(progress, timer)
        except ExpressionFailed:
            continue
        if due is not None and due != timer.due:
            progress.emit(TimerMoved(timer=timer.id, due=due))


def _due(progress: Progress, task: Task) -> None:
    element = progress.procedure.model.element(task.process, task.element)
    source = element.extensions.get("due")
    if task.due is None or source is None or not _is_of_calendar(progress, source):
        return
    try:
        found = _as_then(progress, source, task.scope, _offered(progress, task), names_of(progress, task))
        due = None if found is None else waiting.moment(progress, found, element, "zx:due")
    except ExpressionFailed:
        return
    if due is not None and due != task.due:
        progress.emit(TaskDueMoved(task=task.id, due=due))


def _timer(progress: Progress, timer: Timer) -> DateTime | None:
    """The moment as the calendar says it now; None where it says nothing about it."""
    task = progress.instance.tasks.get(timer.activity)
    if timer.kind is TimerKind.ESCALATION:
        return None if task is None else escalation.moment(progress, task, timer.step or 0)
    activity = progress.instance.activities[timer.activity]
    element = progress.procedure.model.element(activity.process, activity.element)
    if timer.kind is TimerKind.REMINDER:
        return None if task is None else _reminder(progress, timer, task, element)
    if "calendar" not in element.extensions and not _is_of_calendar(progress, element.expression or "null"):
        return None
    since = timer.since
    if since is None:
        return None
    began = temporal.in_zone(temporal.from_datetime(since), progress.zone)
    found = _as_then(progress, element.expression or "null", activity.scope, began, {})
    return waiting.due_of(progress, found, element, began)


def _reminder(progress: Progress, timer: Timer, task: Task, element: Element) -> DateTime | None:
    """Those that are left are the last of the list."""
    source = element.extensions.get("remind")
    if source is None or not _is_of_calendar(progress, source):
        return None
    found = _as_then(progress, source, task.scope, _offered(progress, task), names_of(progress, task))
    moments = [waiting.moment(progress, one, element, "zx:remind") for one in _several(found)]
    left = sorted(
        (t for t in progress.instance.timers.values() if (t.activity, t.kind) == (timer.activity, timer.kind)),
        key=lambda one: counted(one.id),
    )
    place = len(moments) - len(left) + left.index(timer)
    return moments[place] if 0 <= place < len(moments) else None


def _several(found: Value) -> Iterator[Value]:
    yield from found if isinstance(found, tuple) else () if found is None else (found,)


def _offered(progress: Progress, task: Task) -> DateTime:
    return temporal.in_zone(temporal.from_datetime(task.offered_at), progress.zone)


def names_of(progress: Progress, task: Task) -> dict[str, Value]:
    """What the expressions of a task see besides variables: the task as it was first offered."""
    created = _offered(progress, task)
    return {"task": Context({"id": task.id, "element": task.element, "created": created})}


def _as_then(progress: Progress, source: str, scope: str, now: DateTime, names: Mapping[str, Value]) -> Value:
    view = Variables(progress.procedure, progress.instance, progress.around, now, scope, names)
    return evaluate(source, view)


def _is_of_calendar(progress: Progress, source: str) -> bool:
    """The expression calls a function that reckons with the calendar."""
    try:
        names = progress.procedure.visible | {"task"}
        return bool(feel.compile(source, names, HOST_FUNCTIONS).functions & CALENDAR_FUNCTIONS)
    except feel.FeelError:
        return False
