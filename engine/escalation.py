"""Escalation of tasks: when the steps come, and what a step does: it adds watchers and a record, and reassigns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from engine import temporal
from engine.calendar import Calendar
from engine.errors import Text
from engine.escalation_class import Step
from engine.events import Event, TaskEscalated, TimerStarted
from engine.flow.host import ExpressionFailed
from engine.instance import Timer
from engine.role import holders
from engine.service_window import Window
from engine.task import Task
from engine.value import DateTime, DaysDuration
from engine.words import TimerKind

if TYPE_CHECKING:
    from engine.step import Progress

PAUSING = "5×8"
"""In which window a class that pauses does so, when neither it nor the task names one."""


def window_of(progress: Progress, element: str, name: str | None) -> Window | None:
    """The organisation's window that an element names. Raises ExpressionFailed for one that there is not."""
    if name is None:
        return None
    try:
        return progress.around.organisation.working.window(name)
    except ValueError as error:
        text = Text(f"{element} 的 zx:calendar:{error}", f"zx:calendar of {element}: {error}")
        raise ExpressionFailed(text) from error


def first(progress: Progress, task: Task) -> Iterator[Event]:
    """The timer of a new task's first step that lies ahead. Raises ExpressionFailed."""
    found = progress.procedure.escalations.get(task.escalation or "")
    if found is not None and task.due is not None:
        element = progress.procedure.model.element(task.process, task.element)
        window_of(progress, element.id, element.extensions.get("calendar"))
        yield from _timer(progress, task, 0)


def escalate(progress: Progress, timer: Timer) -> None:
    """The moment of a step has come: watchers are added, and the next step's timer starts."""
    task, number = progress.instance.tasks.get(timer.activity), timer.step or 0
    if task is None:
        return
    found = progress.procedure.escalations.get(task.escalation or "")
    if found is None or number >= len(found.steps):
        return
    step = found.steps[number]
    told = [] if task.holder is None else [task.holder]
    told += [person for role in step.to for person in holders(progress.around, role)]
    progress.emit(
        TaskEscalated(
            task=task.id,
            step=number + 1,
            overdue=not step.is_before,
            roles=step.to,
            persons=tuple(dict.fromkeys(told)),
        )
    )
    for event in tuple(_timer(progress, task, number + 1)):
        progress.emit(event)


def moment(progress: Progress, task: Task, number: int) -> DateTime | None:
    """When a step of a task comes; None when the task has no due moment or the class no such step.

    A window that the organisation has no longer holds nothing up: then all time counts.
    """
    found = progress.procedure.escalations.get(task.escalation or "")
    if found is None or task.due is None or number >= len(found.steps):
        return None
    calendar = progress.around.organisation.working
    element = progress.procedure.model.element(task.process, task.element)
    name = element.extensions.get("calendar", found.calendar)
    window = _known_window(calendar, name)
    step, offered = found.steps[number], _offered(progress, task)
    pausing = (window or _known_window(calendar, PAUSING)) if found.pauses else None
    try:
        came = _moment(calendar, step, offered, task.due, window)
        return came if pausing is None else calendar.opening(came, pausing)
    except ValueError:  # further away than the calendar reckons
        return _moment(calendar, step, offered, task.due, None)


def _known_window(calendar: Calendar, name: str | None) -> Window | None:
    with suppress(ValueError):
        return None if name is None else calendar.window(name)
    return None


def _timer(progress: Progress, task: Task, number: int) -> Iterator[Event]:
    """The timer of this step, or of the first one behind it that is not over before the task was offered."""
    found = progress.procedure.escalations.get(task.escalation or "")
    for later in range(number, 0 if found is None else len(found.steps)):
        due = moment(progress, task, later)
        if found is None or due is None:
            return
        offered = temporal.compare(due, _offered(progress, task))
        if found.steps[later].is_before and offered is not None and offered <= 0:
            continue  # there was nothing to say in advance
        yield TimerStarted(timer=progress.new_id(), kind=TimerKind.ESCALATION, activity=task.id, due=due, step=later)
        return


def _offered(progress: Progress, task: Task) -> DateTime:
    return temporal.in_zone(temporal.from_datetime(task.offered_at), progress.zone)


def _moment(calendar: Calendar, step: Step, offered: DateTime, due: DateTime, window: Window | None) -> DateTime:
    if step.share is None:
        return calendar.local(due) if step.days == 0 else calendar.after(due, step.days)
    if window is not None:
        whole = calendar.working_time_between(offered, due, window).nanoseconds
        return calendar.add_working_time(offered, DaysDuration(max(0, whole) * step.share // 100), window)
    whole = (temporal.nanoseconds_utc(due) or 0) - (temporal.nanoseconds_utc(offered) or 0)
    return temporal.add(offered, DaysDuration(max(0, whole) * step.share // 100))
