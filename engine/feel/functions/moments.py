"""Built-ins on dates, times and durations. DMN 1.5 tables 73, 81, 82."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine import temporal
from engine.feel import operations
from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing
from engine.value import (
    DECIMAL,
    NANOSECONDS,
    Context,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Person,
    Range,
    Ref,
    Time,
    Value,
    number,
)

MOMENTS = Registry()
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEAR = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _whole(found: Value) -> int | None:
    return int(found) if isinstance(found, Decimal) and found == found.to_integral_value() else None


def _tried(budget: Budget, name: str, make: Callable[[], Value]) -> Value:
    try:
        return make()
    except ValueError as error:
        budget.note(f"{name}: {error}")
        return None


@MOMENTS.add("date", "from")
def date_from(budget: Budget, found: Value) -> Value:
    """The date of a text or of a date and time."""
    if isinstance(found, DateTime):
        return found.date
    if isinstance(found, Date):
        return found
    return (
        _tried(budget, "date", lambda: temporal.parse_date(found))
        if isinstance(found, str)
        else nothing(budget, "date", found)
    )


@MOMENTS.add("date", "year", "month", "day")
def date_of(budget: Budget, year: Value, month: Value, day: Value) -> Value:
    """The date of its parts."""
    y, m, d = _whole(year), _whole(month), _whole(day)
    if y is None or m is None or d is None:
        return nothing(budget, "date", year, month, day)
    return _tried(budget, "date", lambda: temporal.date(y, m, d))


@MOMENTS.add("time", "from")
def time_from(budget: Budget, found: Value) -> Value:
    """The time of a text, a date and time, or a date (midnight UTC)."""
    if isinstance(found, DateTime):
        return found.time
    if isinstance(found, Date):
        return Time(0, 0, 0, 0, 0)
    if isinstance(found, Time):
        return found
    return (
        _tried(budget, "time", lambda: temporal.parse_time(found))
        if isinstance(found, str)
        else nothing(budget, "time", found)
    )


@MOMENTS.add("time", "hour", "minute", "second", "offset", optional=1)
def time_of(budget: Budget, hour: Value, minute: Value, second: Value, offset: Value = None) -> Value:
    """The time of its parts; seconds may have a fraction."""
    h, m = _whole(hour), _whole(minute)
    if h is None or m is None or not isinstance(second, Decimal) or not isinstance(offset, DaysDuration | None):
        return nothing(budget, "time", hour, minute, second, offset)
    nanosecond = int(DECIMAL.multiply(second, Decimal(NANOSECONDS)))
    east = None if offset is None else offset.nanoseconds // NANOSECONDS
    return _tried(
        budget, "time", lambda: temporal.time(h, m, nanosecond // NANOSECONDS, nanosecond % NANOSECONDS, east)
    )


@MOMENTS.add("date and time", "from")
def date_time_from(budget: Budget, found: Value) -> Value:
    """The date and time of a text; a date is its midnight."""
    if isinstance(found, DateTime):
        return found
    if isinstance(found, Date):
        return DateTime(found, Time(0, 0, 0))
    if not isinstance(found, str):
        return nothing(budget, "date and time", found)
    if "T" not in found:
        return _tried(budget, "date and time", lambda: DateTime(temporal.parse_date(found), Time(0, 0, 0)))
    return _tried(budget, "date and time", lambda: temporal.parse_date_time(found))


@MOMENTS.add("date and time", "date", "time")
def date_time_of(budget: Budget, date: Value, time: Value) -> Value:
    """A date with a time."""
    if isinstance(date, DateTime):
        date = date.date
    if isinstance(date, Date) and isinstance(time, Time):
        return DateTime(date, time)
    return nothing(budget, "date and time", date, time)


@MOMENTS.add("duration", "from")
def duration(budget: Budget, found: Value) -> Value:
    """The duration of a text."""
    if isinstance(found, DaysDuration | MonthsDuration):
        return found
    if not isinstance(found, str):
        return nothing(budget, "duration", found)
    return _tried(budget, "duration", lambda: temporal.parse_duration(found))


@MOMENTS.add("years and months duration", "from", "to")
def years_and_months(budget: Budget, start: Value, end: Value) -> Value:
    """The whole months between two dates."""
    first = start.date if isinstance(start, DateTime) else start
    last = end.date if isinstance(end, DateTime) else end
    if not isinstance(first, Date) or not isinstance(last, Date):
        return nothing(budget, "years and months duration", start, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    if months < 0 and last.day > first.day:
        months += 1
    return MonthsDuration(months)


def _calendar(name: str, make: Callable[[Date], Value]) -> None:
    def call(budget: Budget, found: Value) -> Value:
        day = found.date if isinstance(found, DateTime) else found
        return make(day) if isinstance(day, Date) else nothing(budget, name, found)

    MOMENTS.add(name, "date")(call)


_calendar("day of week", lambda day: WEEK[temporal.weekday(day) - 1])
_calendar("month of year", lambda day: YEAR[day.month - 1])
_calendar("day of year", lambda day: number(temporal.day_of_year(day)))
_calendar("week of year", lambda day: number(temporal.week_of_year(day)))


@MOMENTS.add("is", "value1", "value2")
def identical(_budget: Budget, one: Value, other: Value) -> Value:
    """The same value in every part: times with the same clock and the same zone."""
    return type(one) is type(other) and one == other


def properties(budget: Budget, value: Value, name: str) -> Value:
    """A property by its FEEL name. DMN 1.5 table 65."""
    found = _PROPERTIES.get((type(value), name))
    if found is None:
        return operations.nothing(budget, f"no property {name}", value)
    return found(value)


def _weekday(value: DateTime) -> Value:
    return number(temporal.weekday(value.date))


def _offset(value: DateTime) -> Value:
    seconds = temporal.offset_of(value)
    return None if seconds is None else DaysDuration(seconds * NANOSECONDS)


def _parts(value: DaysDuration) -> tuple[int, int, int, int]:
    sign = -1 if value.nanoseconds < 0 else 1
    seconds = abs(value.nanoseconds) // NANOSECONDS
    return (
        sign * (seconds // 86_400),
        sign * (seconds // 3_600 % 24),
        sign * (seconds // 60 % 60),
        sign * (seconds % 60),
    )


def _months(value: MonthsDuration) -> tuple[int, int]:
    sign = -1 if value.months < 0 else 1
    return sign * (abs(value.months) // 12), sign * (abs(value.months) % 12)


_PROPERTIES: dict[tuple[type, str], Callable[..., Value]] = {
    (Date, "year"): lambda v: number(v.year),
    (Date, "month"): lambda v: number(v.month),
    (Date, "day"): lambda v: number(v.day),
    (Date, "weekday"): lambda v: number(temporal.weekday(v)),
    (DateTime, "date"): lambda v: v.date,
    (DateTime, "year"): lambda v: number(v.date.year),
    (DateTime, "month"): lambda v: number(v.date.month),
    (DateTime, "day"): lambda v: number(v.date.day),
    (DateTime, "weekday"): _weekday,
    (DateTime, "time"): lambda v: v.time,
    (DateTime, "hour"): lambda v: number(v.time.hour),
    (DateTime, "minute"): lambda v: number(v.time.minute),
    (DateTime, "second"): lambda v: number(v.time.second),
    (DateTime, "time offset"): _offset,
    (DateTime, "timezone"): lambda v: v.time.zone,
    (Time, "hour"): lambda v: number(v.hour),
    (Time, "minute"): lambda v: number(v.minute),
    (Time, "second"): lambda v: number(v.second),
    (Time, "time offset"): lambda v: None if v.offset is None else DaysDuration(v.offset * NANOSECONDS),
    (Time, "timezone"): lambda v: v.zone,
    (DaysDuration, "days"): lambda v: number(_parts(v)[0]),
    (DaysDuration, "hours"): lambda v: number(_parts(v)[1]),
    (DaysDuration, "minutes"): lambda v: number(_parts(v)[2]),
    (DaysDuration, "seconds"): lambda v: number(_parts(v)[3]),
    (MonthsDuration, "years"): lambda v: number(_months(v)[0]),
    (MonthsDuration, "months"): lambda v: number(_months(v)[1]),
    (Range, "start"): lambda v: v.low,
    (Range, "end"): lambda v: v.high,
    (Range, "start included"): lambda v: v.low_closed,
    (Range, "end included"): lambda v: v.high_closed,
    (Person, "id"): lambda v: v.id,
    (Ref, "kind"): lambda v: v.kind,
    (Ref, "id"): lambda v: v.id,
}

__all__ = ["MOMENTS", "Context", "properties"]
