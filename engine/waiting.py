"""What an element waits for: a person, the worker, a moment, a message, a signal or a condition, told as events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import escalation, temporal
from engine import task as tasks
from engine.absence import Absence
from engine.assignment import passed_to
from engine.duration import parse_duration
from engine.errors import Text
from engine.escalation import window_of
from engine.events import (
    AssigneePassed,
    ConditionAwaited,
    Event,
    MessageAwaited,
    ServiceRequested,
    SignalAwaited,
    TaskOffered,
    TimerStarted,
)
from engine.feel import called
from engine.flow.elements import Element, Kind, Trigger
from engine.flow.host import ExpressionFailed, wanted
from engine.value import Context, Date, DateTime, DaysDuration, MonthsDuration, Person, Time, Value
from engine.words import TimerKind

if TYPE_CHECKING:
    from engine.step import Progress

PEOPLE = {Kind.USER_TASK, Kind.MANUAL_TASK}
LONGEST_SHOWN = 64
TIMERS = {Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE}


def events(progress: Progress, activity: str, element: Element, scope: str) -> Iterator[Event]:
    """The events by which the element begins to wait. Raises ExpressionFailed."""
    if element.kind in PEOPLE:
        yield from _person(progress, activity, element, scope)
    elif element.kind is Kind.SERVICE_TASK:
        yield service(progress, activity, element, scope)
    elif element.trigger in TIMERS:
        yield _moment(progress, activity, element, scope)
    elif element.trigger is Trigger.SIGNAL:
        yield SignalAwaited(subscription=progress.new_id(), activity=activity, name=element.code or "")
    elif element.trigger is Trigger.CONDITIONAL:
        yield ConditionAwaited(activity=activity)
    else:
        yield _message(progress, activity, element, scope)


def service(progress: Progress, activity: str, element: Element, scope: str) -> ServiceRequested:
    """The request to the worker, with the connector's parameters evaluated."""
    parameters = {name: progress.evaluate(source, scope) for name, source in element.parameters.items()}
    return ServiceRequested(
        request=progress.new_id(),
        activity=activity,
        connector=element.extensions.get("connector", ""),
        parameters=Context(parameters),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Whose a task is: one person's, or anybody's among these roles and persons; `away` is whose it would have been."""

    assignee: Person | None
    roles: tuple[str, ...]
    persons: tuple[Person, ...]
    away: Absence | None = None


def offer(progress: Progress, element: Element, scope: str, names: Mapping[str, Value]) -> Offer:
    """Whose the task is, by `zx:assignee`, else `zx:candidates`, else its lane. Raises ExpressionFailed.

    It goes past an assignee who is not there and has no deputy.
    """
    assignee = _assignee(progress.optional(element.extensions.get("assignee"), scope, names), element)
    roles, persons = _candidates(
        progress, progress.optional(element.extensions.get("candidates"), scope, names), element
    )
    away = (
        None
        if assignee is None
        else passed_to(progress.procedure, progress.around, element, assignee, progress.now.date)
    )
    if away is not None:
        return Offer(assignee=None, roles=away[1], persons=(), away=away[0])
    if assignee is not None:
        return Offer(assignee=assignee, roles=(), persons=(assignee,))
    if not roles and not persons:
        roles = (element.role,) if element.role else ()
    return Offer(assignee=None, roles=roles, persons=persons)


def _person(progress: Progress, activity: str, element: Element, scope: str) -> Iterator[Event]:
    names: dict[str, Value] = {"task": Context({"id": activity, "element": element.id, "created": progress.now})}
    whose = offer(progress, element, scope, names)
    due = progress.optional(element.extensions.get("due"), scope, names)
    offered = TaskOffered(
        task=activity,
        process=element.process,
        element=element.id,
        scope=scope,
        assignee=whose.assignee,
        roles=whose.roles,
        persons=whose.persons,
        due=None if due is None else moment(progress, due, element, "zx:due"),
        escalation=element.extensions.get("escalation"),
    )
    yield offered
    if whose.away is not None:
        away = whose.away
        yield AssigneePassed(task=activity, person=away.person, until=away.last, roles=whose.roles)
    reminders = progress.optional(element.extensions.get("remind"), scope, names)
    for reminder in _several(reminders):
        yield TimerStarted(
            timer=progress.new_id(),
            kind=TimerKind.REMINDER,
            activity=activity,
            due=moment(progress, reminder, element, "zx:remind"),
        )
    yield from escalation.first(progress, tasks.offered(offered, progress.at))


def _assignee(found: Value, element: Element) -> Person | None:
    if found is None or isinstance(found, Person):
        return found
    raise _unexpected(element, "zx:assignee", "一个人员", "a person", found)


def _candidates(progress: Progress, found: Value, element: Element) -> tuple[tuple[str, ...], tuple[Person, ...]]:
    several = _several(found)
    roles = tuple(item for item in several if isinstance(item, str))
    persons = tuple(item for item in several if isinstance(item, Person))
    if len(roles) + len(persons) < len(several):
        raise _unexpected(element, "zx:candidates", "角色代码或人员的列表", "a list of role codes or persons", found)
    unknown = next((role for role in roles if role not in progress.procedure.roles), None)
    if unknown is not None:  # nobody would ever see the task
        shown = ascii(unknown[:LONGEST_SHOWN]) if not unknown.isprintable() else f'"{unknown[:LONGEST_SHOWN]}"'
        raise ExpressionFailed(
            Text(
                f"{element.id} 的 zx:candidates 应得到程序的角色代码,但得到 {shown}",
                f"expected role codes of the procedure from zx:candidates of {element.id}, but found {shown}",
            )
        )
    return roles, persons


def _several(found: Value) -> tuple[Value, ...]:
    if found is None:
        return ()
    return found if isinstance(found, tuple) else (found,)


def moment(progress: Progress, found: Value, element: Element, what: str) -> DateTime:
    """A moment; one without a zone is on the organisation's clocks, and a date means the end of that day."""
    if isinstance(found, DateTime):
        return temporal.on_clocks(found, progress.zone)
    if isinstance(found, Date):
        return DateTime(found, Time(23, 59, 59, zone=progress.zone))
    raise _unexpected(element, what, "日期时间", "a date and time", found)


def _moment(progress: Progress, activity: str, element: Element, scope: str) -> TimerStarted:
    found = progress.evaluate(element.expression or "null", scope)
    due = due_of(progress, found, element, progress.now)
    return TimerStarted(timer=progress.new_id(), kind=TimerKind.EVENT, activity=activity, due=due)


def due_of(progress: Progress, found: Value, element: Element, since: DateTime) -> DateTime:
    """When a timer that began to wait then is due, by what its expression yields; in its `zx:calendar`, if it names one."""
    window = window_of(progress, element.id, element.extensions.get("calendar"))
    calendar = progress.around.organisation.working
    try:
        if element.trigger is Trigger.TIMER_DATE:
            date = moment(progress, found, element, str(element.trigger))
            return date if window is None else calendar.opening(date, window)
        duration = _ahead(_duration(found, element), element)
        if window is None or isinstance(duration, MonthsDuration):
            return moment(progress, temporal.add(since, duration), element, str(element.trigger))
        return calendar.add_working_time(since, duration, window)
    except ValueError as error:  # further away than the calendar reckons
        raise ExpressionFailed(Text(f"{element.id} 的定时:{error}", f"the timer of {element.id}: {error}")) from error


def kept_until(progress: Progress, element: Element, scope: str) -> DateTime | None:
    """Until when a message waits for a receiver, by `zx:ttl`, else by the setting `message_ttl`; None is as usual."""
    usual = "settings.message_ttl" if "message_ttl" in progress.procedure.settings else None
    found = progress.optional(element.extensions.get("ttl", usual), scope)
    if found is None:
        return None
    duration = _ahead(_duration(found, element, "zx:ttl"), element)
    try:
        return moment(progress, temporal.add(progress.now, duration), element, "zx:ttl")
    except ValueError as error:
        raise ExpressionFailed(Text(f"{element.id} 的 zx:ttl:{error}", f"zx:ttl of {element.id}: {error}")) from error


def _duration(found: Value, element: Element, what: str | None = None) -> MonthsDuration | DaysDuration:
    if isinstance(found, str):
        text = found.rpartition("/")[2] if found.startswith("R/") else found
        with suppress(ValueError):
            found = parse_duration(text)
    if isinstance(found, MonthsDuration | DaysDuration):
        return found
    raise _unexpected(element, what or str(element.trigger), "时长(如 PT1H)", "a duration such as PT1H", found)


def _ahead(found: MonthsDuration | DaysDuration, element: Element) -> MonthsDuration | DaysDuration:
    """The duration, which does not go back; a cycle's goes on, or it would come round without end in one moment."""
    length = found.months if isinstance(found, MonthsDuration) else found.nanoseconds
    if element.trigger is Trigger.TIMER_CYCLE and length <= 0:
        raise ExpressionFailed(
            Text(
                f"{element.id} 的循环间隔应为正的时长,但它不大于零",
                f"expected a positive duration as the cycle of {element.id}, but it is zero or negative",
            )
        )
    if length < 0:
        raise ExpressionFailed(
            Text(
                f"{element.id} 的定时时长不应为负",
                f"expected a duration of zero or more from the timer of {element.id}, but it is negative",
            )
        )
    return found


def _message(progress: Progress, activity: str, element: Element, scope: str) -> MessageAwaited:
    return MessageAwaited(
        subscription=progress.new_id(),
        activity=activity,
        name=element.message or "",
        correlation=progress.optional(element.extensions.get("correlation"), scope),
    )


def _unexpected(element: Element, what: str, zh: str, en: str, found: Value) -> ExpressionFailed:
    kind = called(found)
    return ExpressionFailed(
        wanted(
            f"{element.id} 的 {what} 应得到{zh},但得到{kind.zh}",
            f"expected {en} from {what} of {element.id}, but found {kind.en}",
            found,
        )
    )
