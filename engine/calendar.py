"""Working days and working time: weekends, holidays, make-up days; an immutable value of the organisation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import accumulate

from engine import calendar_seed, temporal
from engine.service_window import DAY, MONDAY_TO_FRIDAY, WINDOWS, Window, named, plain, windows_of
from engine.value import NANOSECONDS, Context, Date, DateTime, DaysDuration, Time, Value, number

MAX_DAYS = 3_660


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The organisation's zone, days off, make-up days and service windows; made by `shipped` or `from_value`."""

    zone: str = "Asia/Shanghai"
    holidays: dict[Date, str] = field(default_factory=dict)
    make_up_days: frozenset[Date] = frozenset()
    complete_until: int = 0
    windows: dict[str, Window] = field(default_factory=lambda: named(WINDOWS))

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Calendar:
        """The table that ships with the product."""
        holidays = {temporal.parse_date(day): name for name, days in calendar_seed.HOLIDAYS.items() for day in days}
        make_up = frozenset(temporal.parse_date(day) for day in calendar_seed.MAKE_UP_DAYS)
        return cls(holidays=holidays, make_up_days=make_up, complete_until=calendar_seed.COMPLETE_UNTIL)

    @classmethod
    def from_value(cls, value: Context) -> Calendar:
        """The calendar of its stored value. Raises ValueError for anything else."""
        zone, holidays, make_up, until = (
            value.get(key) for key in ("zone", "holidays", "make up days", "complete until")
        )
        if not isinstance(zone, str) or not isinstance(holidays, Context) or not isinstance(make_up, tuple):
            raise ValueError("expected zone, holidays by date, and make up days")
        temporal.zone(zone)
        if not all(isinstance(day, Date) for day in make_up):
            raise ValueError("expected make up days to be dates")
        if not isinstance(until, Decimal | None) or (until is not None and until != int(until)):
            raise ValueError("expected complete until to be a year")
        days = {temporal.parse_date(day): str(name) for day, name in holidays.items()}
        return cls(
            zone=zone,
            holidays=days,
            make_up_days=frozenset(day for day in make_up if isinstance(day, Date)),
            complete_until=0 if until is None else int(until),
            windows=windows_of(value.get("windows")),
        )

    def to_value(self) -> Context:
        """The calendar as a value that may be stored."""
        entries: dict[str, Value] = {
            "zone": self.zone,
            "holidays": Context({temporal.format_date(day): name for day, name in self.holidays.items()}),
            "make up days": tuple(sorted(self.make_up_days)),
            "complete until": number(self.complete_until),
            "windows": Context({name: window.to_value() for name, window in self.windows.items()}),
        }
        return Context(entries)

    def window(self, name: str) -> Window:
        """The service window of this name; `5x8` is `5×8`. Raises ValueError when there is none."""
        found = named(self.windows.values(), plainly=True).get(plain(name))
        if found is None:
            raise ValueError(f"expected one of {', '.join(self.windows)}, but found {name[:40]}")
        return found

    def is_working_day(self, day: Date) -> bool:
        """The day is worked: a make-up day, or Monday to Friday without a holiday."""
        if day in self.make_up_days:
            return True
        return day not in self.holidays and temporal.weekday(day) in MONDAY_TO_FRIDAY

    def add_working_days(self, day: Date, count: int) -> Date:
        """The working day so many working days later (or earlier); 0 is the day itself, or the next working day.

        Raises ValueError for more than ten years.
        """
        if abs(count) > MAX_DAYS:
            raise ValueError(f"expected at most {MAX_DAYS} working days")
        at = temporal.ordinal(day)
        rank = self._worked(at) + count if count > 0 else self._worked(at - 1) + 1 + count
        reach = 2 * (abs(count) + len(self._deviations[0]) + 7)
        days = range(at - reach, at + reach)
        return temporal.from_ordinal(days[bisect_left(days, rank, key=self._worked)])

    def after(self, moment: DateTime, count: int) -> DateTime:
        """The same time of day, so many working days later; an instant is taken on the clocks of the calendar's zone."""
        local = self.local(moment)
        return DateTime(self.add_working_days(local.date, count), local.time)

    def local(self, moment: DateTime) -> DateTime:
        """The moment on the clocks of the calendar's zone; one without offset or zone is there already."""
        return moment if temporal.offset_of(moment) is None else temporal.in_zone(moment, self.zone)

    def working_days_between(self, first: Date, last: Date) -> int:
        """How many working days lie after the first day, up to and with the last; negative when it is earlier."""
        start, end = temporal.ordinal(first), temporal.ordinal(last)
        if abs(end - start) > MAX_DAYS * 2:
            raise ValueError("expected two days at most twenty years apart")
        return self._worked(end) - self._worked(start)

    def add_working_time(self, moment: DateTime, duration: DaysDuration, window: Window = WINDOWS[0]) -> DateTime:
        """The moment when so much time of a service window has passed, on the clocks of the calendar's zone.

        Raises ValueError for a negative duration or more than ten years.
        """
        left = duration.nanoseconds
        if left < 0:
            raise ValueError("expected a duration that is not negative")
        local = self.local(moment)
        day, clock = temporal.ordinal(local.date), _of_day(local.time)
        for _ in range(MAX_DAYS):
            opens, closes = window.start * NANOSECONDS, window.end * NANOSECONDS
            begin = max(clock, opens)
            if self._open(temporal.from_ordinal(day), window) and begin < closes:
                if left <= closes - begin:
                    return self._moment(day, begin + left)
                left -= closes - begin
            day, clock = day + 1, 0
        raise ValueError("expected a shorter duration")

    def opening(self, moment: DateTime, window: Window) -> DateTime:
        """The moment itself when the window is open then, else when it opens next, on the clocks of the calendar's zone."""
        return self.add_working_time(moment, DaysDuration(0), window)

    def working_time_between(self, first: DateTime, last: DateTime, window: Window = WINDOWS[0]) -> DaysDuration:
        """How much time of a service window lies between two moments; negative when the second is earlier.

        Raises ValueError for more than ten years.
        """
        begin, end = self.local(first), self.local(last)
        if (temporal.ordinal(end.date), _of_day(end.time)) < (temporal.ordinal(begin.date), _of_day(begin.time)):
            return DaysDuration(-self.working_time_between(last, first, window).nanoseconds)
        day, until = temporal.ordinal(begin.date), temporal.ordinal(end.date)
        if until - day > MAX_DAYS:
            raise ValueError("expected two moments at most ten years apart")
        opens, closes = window.start * NANOSECONDS, window.end * NANOSECONDS
        passed, clock = 0, _of_day(begin.time)
        while day <= until:
            ends = min(closes, _of_day(end.time)) if day == until else closes
            if self._open(temporal.from_ordinal(day), window):
                passed += max(0, ends - max(clock, opens))
            day, clock = day + 1, 0
        return DaysDuration(passed)

    def _worked(self, day: int) -> int:
        """How many working days there were up to and with the day, less a constant; without going through them."""
        weeks, weekday = divmod(day + 3, 7)  # the day -3 was a Monday
        days, sums = self._deviations
        return 5 * weeks + min(weekday + 1, 5) + sums[bisect_right(days, day)]

    @cached_property
    def _deviations(self) -> tuple[list[int], list[int]]:
        """The days, in order, that are worked against their weekday or not, and the sum of them before each."""
        changed = {day: int(self.is_working_day(day)) for day in (*self.holidays, *self.make_up_days)}
        found = sorted((temporal.ordinal(day), works - (temporal.weekday(day) <= 5)) for day, works in changed.items())
        return [day for day, _ in found], list(accumulate((by for _, by in found), initial=0))

    def _open(self, day: Date, window: Window) -> bool:
        in_week = temporal.weekday(day) in window.days
        if window.holidays:
            return in_week
        return day in self.make_up_days or (in_week and day not in self.holidays)

    def _moment(self, day: int, clock: int) -> DateTime:
        days, rest = divmod(clock, DAY * NANOSECONDS)
        seconds, nanosecond = divmod(rest, NANOSECONDS)
        time = Time(seconds // 3_600, seconds // 60 % 60, seconds % 60, nanosecond, zone=self.zone)
        return DateTime(temporal.from_ordinal(day + days), time)


def _of_day(time: Time) -> int:
    return ((time.hour * 60 + time.minute) * 60 + time.second) * NANOSECONDS + time.nanosecond
