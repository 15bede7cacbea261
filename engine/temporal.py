"""Dates and times: read, written, compared and calculated with; zones come from the pinned tzdata only.

Texts are those of ISO 8601 as XML Schema 1.1 and DMN 1.5 §10.3.2.3 have them; every value has exactly one text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from engine.duration import DAY, parse_days_duration, parse_months_duration
from engine.value import NANOSECONDS, Date, DateTime, DaysDuration, MonthsDuration, Time

MAX_YEAR = 999_999_999
MAX_OFFSET = 14 * 3_600 + 59 * 60 + 59
LEAP = 29

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9})[0-9]*)?"
_PLACE = r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?:@(?P<zone>[A-Za-z0-9_+\-/]+))?"
_DATES = re.compile(_DATE)
_TIMES = re.compile(_CLOCK + _PLACE)
_DATE_TIMES = re.compile(_DATE + "T" + _CLOCK + _PLACE)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _expected(what: str, found: str) -> ValueError:
    return ValueError(f"expected {what}, but found {found[:60]!r}")


# ------------------------------------------------------------------ dates


def is_leap(year: int) -> bool:
    """The year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """How many days the month has."""
    return LEAP if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


def date(year: int, month: int, day: int) -> Date:
    """A date that exists. Raises ValueError otherwise."""
    valid = abs(year) <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)
    if not valid:
        raise _expected("a date of the calendar such as 2026-03-02", f"{year}-{month:02}-{day:02}")
    return Date(year, month, day)


def parse_date(text: str) -> Date:
    """A date from `2026-03-02`. Raises ValueError."""
    found = _DATES.fullmatch(text)
    if found is None or text.startswith("-0000"):
        raise _expected("a date such as 2026-03-02", text)
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def format_date(found: Date) -> str:
    """The text of a date."""
    sign = "-" if found.year < 0 else ""
    return f"{sign}{abs(found.year):04}-{found.month:02}-{found.day:02}"


def ordinal(found: Date) -> int:
    """Days since 1970-01-01 of the proleptic Gregorian calendar."""
    year = found.year - (found.month <= 2)
    era, of_era = divmod(year, 400)
    shifted = (found.month + 9) % 12
    of_year = (153 * shifted + 2) // 5 + found.day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def from_ordinal(days: int) -> Date:
    """The date that many days after 1970-01-01. Raises ValueError outside the calendar."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return date(year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1)


def weekday(found: Date) -> int:
    """Monday is 1, Sunday is 7 (ISO 8601)."""
    return (ordinal(found) + 3) % 7 + 1


def week_of_year(found: Date) -> int:
    """The ISO 8601 week."""
    thursday = ordinal(found) - weekday(found) + 4
    year = from_ordinal(thursday).year
    return (thursday - ordinal(Date(year, 1, 1))) // 7 + 1


def day_of_year(found: Date) -> int:
    """1 January is 1."""
    return ordinal(found) - ordinal(Date(found.year, 1, 1)) + 1


# ------------------------------------------------------------------ zones


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    listed = files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split())


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of that name in the pinned tzdata. Raises ValueError when there is none."""
    if name not in _zone_names():
        raise _expected("a time zone such as Asia/Shanghai", name)
    with files("tzdata").joinpath("zoneinfo").joinpath(name).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def offset_of(found: DateTime) -> int | None:
    """Seconds east of UTC at that moment, or None for a local date-time."""
    if found.time.zone is None:
        return found.time.offset
    return _zone_offset(found.time.zone, _seconds(found))


@lru_cache(maxsize=1_024)  # one step asks for the same moment again and again
def _zone_offset(name: str, local: int) -> int:
    """The offset of a zone at local seconds."""
    days, rest = divmod(local, DAY)
    day = from_ordinal(days)
    moment = datetime(_known_year(day.year), day.month, day.day, tzinfo=zone(name)) + timedelta(seconds=rest)
    shift = moment.utcoffset()
    return 0 if shift is None else int(shift.total_seconds())


def _known_year(year: int) -> int:
    """The year itself, or outside Python's years one with the same days: the calendar repeats after 400 years."""
    if 1 < year < 9_999:
        return year
    return year % 400 + (400 if year < 2 else 2_400)


# ------------------------------------------------------------------ times


def time(
    hour: int, minute: int, second: int, nanosecond: int = 0, offset: int | None = None, place: str | None = None
) -> Time:
    """A time of day that exists. Raises ValueError otherwise."""
    in_day = 0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59 and 0 <= nanosecond < NANOSECONDS
    if not in_day or (offset is not None and (place is not None or abs(offset) > MAX_OFFSET)):
        raise _expected("a time such as 09:30:00", f"{hour:02}:{minute:02}:{second:02}")
    if place is not None:
        zone(place)
    return Time(hour, minute, second, nanosecond, offset, place)


def parse_time(text: str) -> Time:
    """A time from `09:30:00`, `09:30:00.5+08:00`, `09:30:00@Asia/Shanghai`. Raises ValueError."""
    found = _TIMES.fullmatch(text)
    if found is None:
        raise _expected("a time such as 09:30:00", text)
    return _time(found, text)


def _time(found: re.Match[str], text: str) -> Time:
    if found["offset"] and found["zone"]:
        raise _expected("either an offset or a zone", text)
    nanosecond = int((found["fraction"] or "0").ljust(9, "0"))
    offset = _parse_offset(found["offset"]) if found["offset"] else None
    return time(int(found["hour"]), int(found["minute"]), int(found["second"]), nanosecond, offset, found["zone"])


def _parse_offset(text: str) -> int:
    if text == "Z":
        return 0
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        raise _expected("an offset such as +08:00", text)
    seconds = sum(part * unit for part, unit in zip(parts, (3_600, 60, 1), strict=False))
    return -seconds if text[0] == "-" else seconds


def format_time(found: Time) -> str:
    """The text of a time."""
    fraction = f".{found.nanosecond:09}".rstrip("0") if found.nanosecond else ""
    return f"{found.hour:02}:{found.minute:02}:{found.second:02}{fraction}{_format_place(found)}"


def _format_place(found: Time) -> str:
    if found.zone is not None:
        return f"@{found.zone}"
    if found.offset is None:
        return ""
    if found.offset == 0:
        return "Z"
    hours, rest = divmod(abs(found.offset), 3_600)
    seconds = f":{rest % 60:02}" if rest % 60 else ""
    return f"{'-' if found.offset < 0 else '+'}{hours:02}:{rest // 60:02}{seconds}"


# ------------------------------------------------------------------ date-times


def parse_date_time(text: str) -> DateTime:
    """A date-time from `2026-03-02T09:30:00` with or without offset or zone. Raises ValueError."""
    found = _DATE_TIMES.fullmatch(text)
    if found is None or text.startswith("-0000"):
        raise _expected("a date and time such as 2026-03-02T09:30:00", text)
    return DateTime(date(int(found["year"]), int(found["month"]), int(found["day"])), _time(found, text))


def format_date_time(found: DateTime) -> str:
    """The text of a date-time."""
    return f"{format_date(found.date)}T{format_time(found.time)}"


def from_datetime(found: datetime) -> DateTime:
    """The date-time of an aware datetime, in UTC."""
    utc = found.astimezone(UTC)
    return DateTime(
        Date(utc.year, utc.month, utc.day), Time(utc.hour, utc.minute, utc.second, utc.microsecond * 1_000, 0)
    )


def to_datetime(found: DateTime) -> datetime:
    """The aware datetime (UTC) of a date-time with offset or zone; nanoseconds are cut to microseconds.

    Raises ValueError for a local date-time or one outside the years 1 to 9999.
    """
    offset = offset_of(found)
    if offset is None:
        raise _expected("a date and time with an offset or a zone", format_date_time(found))
    day, clock = found.date, found.time
    try:
        local = datetime(
            day.year,
            day.month,
            day.day,
            clock.hour,
            clock.minute,
            clock.second,
            clock.nanosecond // 1_000,
            tzinfo=timezone(timedelta(seconds=offset)),
        )
        return local.astimezone(UTC)
    except OverflowError as error:
        raise _expected("a year from 1 to 9999", format_date_time(found)) from error


def in_zone(found: DateTime, name: str) -> DateTime:
    """The same instant on the clocks of a zone. Raises ValueError for a local date-time."""
    instant = nanoseconds_utc(found)
    if instant is None:
        raise _expected("a date and time with an offset or a zone", format_date_time(found))
    offset = _zone_offset_at(name, instant // NANOSECONDS)
    return _from_nanoseconds(instant + offset * NANOSECONDS, None, name)


def on_clocks(found: DateTime, zone: str) -> DateTime:
    """A local date-time as what the clocks of a zone show then; one with an offset or a zone as it is."""
    clock = found.time
    if offset_of(found) is not None:
        return found
    return DateTime(found.date, Time(clock.hour, clock.minute, clock.second, clock.nanosecond, zone=zone))


@lru_cache(maxsize=1_024)
def _zone_offset_at(name: str, utc_seconds: int) -> int:
    days, rest = divmod(utc_seconds, DAY)
    day = from_ordinal(days)
    moment = datetime(_known_year(day.year), day.month, day.day, tzinfo=UTC) + timedelta(seconds=rest)
    shift = moment.astimezone(zone(name)).utcoffset()
    return 0 if shift is None else int(shift.total_seconds())


def _seconds(found: DateTime) -> int:
    clock = found.time
    return ordinal(found.date) * DAY + clock.hour * 3_600 + clock.minute * 60 + clock.second


def nanoseconds_local(found: DateTime) -> int:
    """Nanoseconds since 1970-01-01T00:00:00 on the clock shown."""
    return _seconds(found) * NANOSECONDS + found.time.nanosecond


def nanoseconds_utc(found: DateTime) -> int | None:
    """Nanoseconds since 1970-01-01T00:00:00Z, or None for a local date-time."""
    offset = offset_of(found)
    return None if offset is None else nanoseconds_local(found) - offset * NANOSECONDS


def _from_nanoseconds(nanoseconds: int, offset: int | None, place: str | None) -> DateTime:
    seconds, nanosecond = divmod(nanoseconds, NANOSECONDS)
    days, rest = divmod(seconds, DAY)
    clock = Time(rest // 3_600, rest // 60 % 60, rest % 60, nanosecond, offset, place)
    return DateTime(from_ordinal(days), clock)


READERS: tuple[Callable[[str], Date | Time | DateTime | DaysDuration | MonthsDuration], ...] = (
    parse_date_time,
    parse_date,
    parse_time,
    parse_days_duration,
    parse_months_duration,
)
"""How each kind of moment and duration is read; no text is read by two of them."""


# ------------------------------------------------------------------ calculation


def add(found: DateTime, duration: DaysDuration | MonthsDuration) -> DateTime:
    """The date-time later by a duration; days and time are elapsed time on the clock shown."""
    if isinstance(duration, MonthsDuration):
        return DateTime(add_months(found.date, duration.months), found.time)
    if found.time.zone is not None:
        instant = nanoseconds_utc(found)
        assert instant is not None
        later = _from_nanoseconds(instant + duration.nanoseconds, 0, None)
        return in_zone(later, found.time.zone)
    return _from_nanoseconds(nanoseconds_local(found) + duration.nanoseconds, found.time.offset, None)


def add_months(found: Date, months: int) -> Date:
    """The date later by months; the day is cut to the last of its month."""
    year, month = divmod(found.year * 12 + found.month - 1 + months, 12)
    return date(year, month + 1, min(found.day, days_in_month(year, month + 1)))


def compare(left: DateTime, right: DateTime) -> int | None:
    """Negative, zero or positive as left is before, at or after right; None when only one of them is local."""
    one, other = nanoseconds_utc(left), nanoseconds_utc(right)
    if one is None and other is None:
        one, other = nanoseconds_local(left), nanoseconds_local(right)
    if one is None or other is None:
        return None
    return (one > other) - (one < other)
