"""Durations, of days and time or of years and months: read, written and bounded.

Texts are those of XML Schema 1.1 and DMN 1.5 §10.3.2.3; every duration has exactly one text.
"""

from __future__ import annotations

import re

from engine.value import NANOSECONDS, DaysDuration, MonthsDuration

DAY = 86_400
MAX_MONTHS = 12 * 10**12
MAX_NANOSECONDS = 10**18 * DAY * NANOSECONDS

_DAYS = re.compile(
    r"(?P<minus>-)?P(?:(?P<days>[0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,18})H)?(?:(?P<minutes>[0-9]{1,18})M)?"
    r"(?:(?P<seconds>[0-9]{1,18})(?:\.(?P<fraction>[0-9]{0,9})[0-9]*)?S)?)?"
)
_MONTHS = re.compile(r"(?P<minus>-)?P(?:(?P<years>[0-9]{1,12})Y)?(?:(?P<months>[0-9]{1,12})M)?")


def days_duration(nanoseconds: int) -> DaysDuration:
    """A days and time duration below 10^18 days. Raises ValueError."""
    if abs(nanoseconds) >= MAX_NANOSECONDS:
        raise ValueError("expected a duration below 10^18 days")
    return DaysDuration(nanoseconds)


def months_duration(months: int) -> MonthsDuration:
    """A years and months duration below 10^12 years. Raises ValueError."""
    if abs(months) >= MAX_MONTHS:
        raise ValueError("expected a duration below 10^12 years")
    return MonthsDuration(months)


def parse_days_duration(text: str) -> DaysDuration:
    """A days and time duration from `P1DT2H3M4.5S`; the kit reads `PT0.S` too. Raises ValueError."""
    found = _DAYS.fullmatch(text)
    if found is None or text.endswith("P"):
        raise _expected("a duration such as P1DT2H", text)
    parts = ((found["days"], DAY), (found["hours"], 3_600), (found["minutes"], 60), (found["seconds"], 1))
    seconds = sum(int(part) * unit for part, unit in parts if part)
    nanoseconds = seconds * NANOSECONDS + int((found["fraction"] or "0").ljust(9, "0"))
    return days_duration(-nanoseconds if found["minus"] else nanoseconds)


def parse_months_duration(text: str) -> MonthsDuration:
    """A years and months duration from `P1Y2M`. Raises ValueError."""
    found = _MONTHS.fullmatch(text)
    if found is None or text.endswith("P"):
        raise _expected("a duration such as P1Y2M", text)
    months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
    return months_duration(-months if found["minus"] else months)


def parse_duration(text: str) -> DaysDuration | MonthsDuration:
    """A duration of either kind. Raises ValueError."""
    try:
        return parse_days_duration(text)
    except ValueError:
        try:
            return parse_months_duration(text)
        except ValueError:
            raise _expected("a duration such as P1DT2H or P1Y2M", text) from None


def format_days_duration(found: DaysDuration) -> str:
    """The text of a days and time duration."""
    if not found.nanoseconds:
        return "PT0S"
    seconds, nanosecond = divmod(abs(found.nanoseconds), NANOSECONDS)
    days, rest = divmod(seconds, DAY)
    fraction = f".{nanosecond:09}".rstrip("0") if nanosecond else ""
    clock = "".join(
        (
            f"{rest // 3_600}H" if rest >= 3_600 else "",
            f"{rest // 60 % 60}M" if rest // 60 % 60 else "",
            f"{rest % 60}{fraction}S" if rest % 60 or fraction else "",
        )
    )
    return ("-" if found.nanoseconds < 0 else "") + "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


def format_months_duration(found: MonthsDuration) -> str:
    """The text of a years and months duration."""
    if not found.months:
        return "P0M"
    years, months = divmod(abs(found.months), 12)
    sign = "-" if found.months < 0 else ""
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def _expected(what: str, found: str) -> ValueError:
    return ValueError(f"expected {what}, but found {found[:60]!r}")
