"""FEEL's functions on working days and working time; unsuitable arguments give null, as in FEEL's own functions."""

from __future__ import annotations

from decimal import Decimal

from engine import feel
from engine.calendar import Calendar
from engine.value import Date, DateTime, DaysDuration, Value, number

CALENDAR_FUNCTIONS = frozenset(
    {"working days after", "working days between", "working time after", "working time between", "is working day"}
)
"""What expressions and forms may call; whatever calls one is reckoned anew when the calendar changes."""


def calendar_functions(calendar: Calendar) -> dict[str, feel.HostFunction]:
    """The functions, reckoning with this calendar. They raise ValueError for a window that there is not."""

    def after(moment: Value, count: Value) -> Value:
        if not isinstance(count, Decimal) or not isinstance(moment, DateTime | Date):
            return None
        if isinstance(moment, Date):
            return calendar.add_working_days(moment, int(count))
        return calendar.after(moment, int(count))

    def between(first: Value, last: Value) -> Value:
        one = calendar.local(first).date if isinstance(first, DateTime) else first
        other = calendar.local(last).date if isinstance(last, DateTime) else last
        if not isinstance(one, Date) or not isinstance(other, Date):
            return None
        return number(calendar.working_days_between(one, other))

    def time_after(moment: Value, duration: Value, window: Value) -> Value:
        if not isinstance(moment, DateTime) or not isinstance(duration, DaysDuration) or not isinstance(window, str):
            return None
        return calendar.add_working_time(moment, duration, calendar.window(window))

    def time_between(first: Value, last: Value, window: Value) -> Value:
        if not isinstance(first, DateTime) or not isinstance(last, DateTime) or not isinstance(window, str):
            return None
        return calendar.working_time_between(first, last, calendar.window(window))

    def is_working_day(day: Value) -> Value:
        found = calendar.local(day).date if isinstance(day, DateTime) else day
        return calendar.is_working_day(found) if isinstance(found, Date) else None

    return {
        "working days after": feel.HostFunction(("from", "count"), after),
        "working days between": feel.HostFunction(("from", "to"), between),
        "working time after": feel.HostFunction(("from", "duration", "window"), time_after),
        "working time between": feel.HostFunction(("from", "to", "window"), time_between),
        "is working day": feel.HostFunction(("day",), is_working_day),
    }
