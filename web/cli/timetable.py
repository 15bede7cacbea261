"""The working days and times of day of a scenario as moments; day 1 is the day its case is opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import temporal
from engine.calendar import Calendar
from engine.value import Date

OPENED_AT = "09:00"
BEFORE = timedelta(minutes=30)
"""How long before its case is opened a scenario begins: people are hired, the procedure is published."""


class Timetable:
    """Moments of a scenario whose first working day is known."""

    def __init__(self, first: Date) -> None:
        self.first, self.calendar = first, Calendar.shipped()

    @classmethod
    def on(cls, moment: datetime) -> Timetable:
        """The timetable of a scenario whose first day is the day of this moment."""
        return cls(_local(moment, Calendar.shipped().zone)[0])

    def day(self, number: int) -> Date:
        """The working day of this number."""
        return self.calendar.add_working_days(self.first, int(number) - 1)  # a scenario's numbers are decimal

    def moment(self, number: int, clock: str) -> datetime:
        """A time of day such as 09:40 on a working day."""
        return _moment(self.day(number), clock, self.calendar.zone)

    def text(self, found: Mapping[str, Any]) -> str:
        """`{"day": 3}` as a date, `{"day": 3, "at": "09:40"}` as a date and time, in the form a person enters them."""
        day = temporal.format_date(self.day(found["day"]))
        return f"{day}T{found['at']}" if "at" in found else day


def begin(scenario: Mapping[str, Any], now: datetime) -> datetime:
    """When a scenario must begin so that its last step lies in office hours and not after now."""
    calendar = Calendar.shipped()
    timed = [step for step in scenario["steps"] if "at" in step]
    days, ends = int(max(step["day"] for step in timed)), timed[-1]["at"]
    today, clock = _local(now, calendar.zone)
    last = today if calendar.is_working_day(today) and ends <= clock else calendar.add_working_days(today, -1)
    first = last if days == 1 else calendar.add_working_days(last, 1 - days)
    return _moment(first, scenario.get("opened_at", OPENED_AT), calendar.zone) - BEFORE


def _local(moment: datetime, zone: str) -> tuple[Date, str]:
    found = temporal.in_zone(temporal.from_datetime(moment), zone)
    return found.date, f"{found.time.hour:02}:{found.time.minute:02}"


def _moment(day: Date, clock: str, zone: str) -> datetime:
    found = temporal.parse_date_time(f"{temporal.format_date(day)}T{clock}:00@{zone}")
    return temporal.to_datetime(found).astimezone(UTC)
