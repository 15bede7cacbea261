"""Service windows: on which weekdays and at which times of day time counts, by name (5×8, 7×24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.value import Context, Value, number

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
WEEK = frozenset(number(day) for day in range(1, 8))
DAY = 86_400
MOST_WINDOWS = 50
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A service window: on these weekdays (Monday is 1) from one time to another; `holidays` says whether on days off too."""

    name: str
    days: tuple[int, ...] = MONDAY_TO_FRIDAY
    start: int = 9 * 3_600
    end: int = 18 * 3_600
    holidays: bool = False

    @classmethod
    def from_value(cls, name: str, value: Value) -> Window:
        """The window of its stored value. Raises ValueError for anything else."""
        if not isinstance(value, Context) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise ValueError("expected a window with a name, days, from, to and holidays")
        days, holidays = value.get("days"), value.get("holidays", False)
        if not isinstance(days, tuple) or not days or not all(day in WEEK for day in days):
            raise ValueError(f"expected the days of window {name} as a list of numbers from 1 (Monday) to 7")
        if not isinstance(holidays, bool):
            raise ValueError(f"expected holidays of window {name} to be true or false")
        start, end = _clock(name, value.get("from")), _clock(name, value.get("to"))
        if start >= end:
            raise ValueError(f"expected window {name} to open before it closes")
        numbers = sorted({int(day) for day in days if isinstance(day, Decimal)})
        return cls(name=name, days=tuple(numbers), start=start, end=end, holidays=holidays)

    def to_value(self) -> Context:
        """The window as a value that may be stored; times as text, because a day ends at 24:00."""
        days: tuple[Value, ...] = tuple(number(day) for day in self.days)
        return Context({"days": days, "from": _shown(self.start), "to": _shown(self.end), "holidays": self.holidays})


WINDOWS = (
    Window(name="5×8"),
    Window(name="5×12", start=8 * 3_600, end=20 * 3_600),
    Window(name="7×24", days=(1, 2, 3, 4, 5, 6, 7), start=0, end=DAY, holidays=True),
)


def named(windows: Iterable[Window], *, plainly: bool = False) -> dict[str, Window]:
    """The windows by their names, as written or as compared."""
    return {plain(window.name) if plainly else window.name: window for window in windows}


def plain(name: str) -> str:
    """A name as it is compared: 5X8 is 5×8."""
    return name.strip().lower().replace("×", "x")


def windows_of(found: Value) -> dict[str, Window]:
    """The organisation's windows of their stored value; a calendar of before there were any has those that ship.

    Raises ValueError for anything else.
    """
    if found is None:
        return named(WINDOWS)
    if not isinstance(found, Context) or not 0 < len(found) <= MOST_WINDOWS:
        raise ValueError(f"expected 1 to {MOST_WINDOWS} windows by name")
    made = [Window.from_value(name, value) for name, value in found.items()]
    if len(named(made, plainly=True)) < len(made):
        raise ValueError("expected windows of different names")
    return named(made)


def _clock(name: str, found: Value) -> int:
    """Seconds since midnight of a text such as 09:30; 24:00 is the end of the day."""
    hour, colon, minute = found.partition(":") if isinstance(found, str) else ("", "", "")
    if colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdigit():
        seconds = int(hour) * 3_600 + int(minute) * 60
        if seconds <= DAY and int(minute) < 60:
            return seconds
    raise ValueError(f"expected times such as 09:30 for window {name}")


def _shown(seconds: int) -> str:
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}"
