"""Built-ins on dates, times and durations. DMN 1.5 tables 73, 81, 82."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine import temporal
from engine.duration import parse_duration
from engine.errors import Text
from engine.feel import operations, reasons
from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing, told
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
Durations = DaysDuration | MonthsDuration
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEAR = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _whole(found: Value) -> int | None:
    return int(found) if isinstance(found, Decimal) and found == found.to_integral_value() else None


def _tried(budget: Budget, make: Callable[[], Value], reason: Text, name: str, *parts: object) -> Value:
    try:
        return make()
    except ValueError:
        return told(budget, reason, name, *parts)


def _from(name: str, read: Callable[[str], Value], given: Callable[[Value], Value]) -> None:
    """Declare a conversion of a text; `given` is what becomes of other values, null for most."""

    def call(budget: Budget, found: Value) -> Value:
        if isinstance(found, str):
            return _tried(budget, lambda: read(found), reasons.UNREAD, name, found)
        made = given(found)
        return nothing(budget, name, found) if made is None else made

    MOMENTS.add(name, "from")(call)


def _date_within(found: Value) -> Date | None:
    if isinstance(found, DateTime):
        return found.date
    return found if isinstance(found, Date) else None


def _time_within(found: Value) -> Time | None:
    """The time of day; a date begins at midnight UTC."""
    if isinstance(found, DateTime):
        return found.time
    return Time(0, 0, 0, 0, 0) if isinstance(found, Date) else found if isinstance(found, Time) else None


def _midnight(found: Value) -> DateTime | None:
    """A date and time as it is; a date at its midnight, local."""
    return DateTime(found, Time(0, 0, 0)) if isinstance(found, Date) else found if isinstance(found, DateTime) else None


def _read_date_time(text: str) -> DateTime:
    return temporal.parse_date_time(text) if "T" in text else DateTime(temporal.parse_date(text), Time(0, 0, 0))


_from("date", temporal.parse_date, _date_within)
_from("time", temporal.parse_time, _time_within)
_from("date and time", _read_date_time, _midnight)
_from("duration", parse_duration, lambda found: found if isinstance(found, Durations) else None)


@MOMENTS.add("date", "year", "month", "day")
def date_of(budget: Budget, year: Value, month: Value, day: Value) -> Value:
    """The date of its parts."""
    y, m, d = _whole(year), _whole(month), _whole(day)
    if y is None or m is None or d is None:
        return nothing(budget, "date", year, month, day)
    return _tried(budget, lambda: temporal.date(y, m, d), reasons.NOT_THERE, "date")


@MOMENTS.add("time", "hour", "minute", "second", "offset", optional=1)
def time_of(budget: Budget, hour: Value, minute: Value, second: Value, offset: Value = None) -> Value:
    """The time of its parts; seconds may have a fraction."""
    h, m = _whole(hour), _whole(minute)
    if h is None or m is None or not isinstance(second, Decimal) or not isinstance(offset, DaysDuration | None):
        return nothing(budget, "time", hour, minute, second, *(() if offset is None else (offset,)))
    if not 0 <= second < 60:
        return told(budget, reasons.NOT_THERE, "time")
    nanosecond = int(DECIMAL.multiply(second, Decimal(NANOSECONDS)))
    east = None if offset is None else offset.nanoseconds // NANOSECONDS
    seconds, rest = divmod(nanosecond, NANOSECONDS)
    return _tried(budget, lambda: temporal.time(h, m, seconds, rest, east), reasons.NOT_THERE, "time")


@MOMENTS.add("date and time", "date", "time", "timezone", optional=1)
def date_time_of(budget: Budget, date: Value, time: Value, timezone: Value = None) -> Value:
    """A date with a time; a local time may be given the name of a zone."""
    day = _date_within(date)
    if day is None or not isinstance(time, Time) or not isinstance(timezone, str | None):
        return nothing(budget, "date and time", date, time, *(() if timezone is None else (timezone,)))
    if timezone is None:
        return DateTime(day, time)
    if time.offset is not None or time.zone is not None:
        return told(budget, reasons.ZONED, "date and time")
    clock = (time.hour, time.minute, time.second, time.nanosecond)
    made = lambda: DateTime(day, temporal.time(*clock, place=timezone))  # noqa: E731
    return _tried(budget, made, reasons.UNREAD, "date and time", timezone)


@MOMENTS.add("years and months duration", "from", "to")
def years_and_months(budget: Budget, start: Value, end: Value) -> Value:
    """The whole months between two dates."""
    first, last = _date_within(start), _date_within(end)
    if first is None or last is None:
        return nothing(budget, "years and months duration", start, end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    if months < 0 and last.day > first.day:
        months += 1
    return MonthsDuration(months)


@MOMENTS.add("now", clock=True)
def now(budget: Budget, moment: Value) -> Value:
    """The time of the command, which the scope holds under the reserved name `now`."""
    return moment if isinstance(moment, DateTime) else told(budget, reasons.NO_TIME, "now")


@MOMENTS.add("today", clock=True)
def today(budget: Budget, moment: Value) -> Value:
    """The date of `now`, on the clock that it shows."""
    return moment.date if isinstance(moment, DateTime) else told(budget, reasons.NO_TIME, "today")


def _calendar(name: str, make: Callable[[Date], Value]) -> None:
    def call(budget: Budget, found: Value) -> Value:
        day = _date_within(found)
        return nothing(budget, name, found) if day is None else make(day)

    MOMENTS.add(name, "date")(call)


_calendar("day of week", lambda day: WEEK[temporal.weekday(day) - 1])
_calendar("month of year", lambda day: YEAR[day.month - 1])
_calendar("day of year", lambda day: number(temporal.day_of_year(day)))
_calendar("week of year", lambda day: number(temporal.week_of_year(day)))


def identical(_budget: Budget, one: Value, other: Value) -> Value:
    """The same value in every part: times with the same clock and the same zone."""
    return type(one) is type(other) and one == other


MOMENTS.add("is", "value1", "value2")(identical)
MOMENTS.add("is", "value1")(lambda budget, one: identical(budget, one, None))
MOMENTS.add("is", "value2")(lambda budget, other: identical(budget, None, other))
"""The kit has a missing value count as null."""


def unknown_property(budget: Budget, value: Value, name: str) -> Value:
    """Null, with a note that names the property."""
    operations.no_personal(value)
    budget.note(reasons.NO_PROPERTY, name, met=(value,))
    return None


def properties(budget: Budget, value: Value, name: str) -> Value:
    """A property by its FEEL name. DMN 1.5 table 65."""
    found = _PROPERTIES.get((type(value), name))
    if found is None:
        return unknown_property(budget, value, name)
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
