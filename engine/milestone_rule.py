"""The rules of a milestone, as its timer start event says them: for which keys, and when next.

`zx:per` yields the keys: texts, persons, or contexts with an `id`; one that names `case` is asked in each open case of the
procedure, any other once for the organisation. The timer's own expression is asked for each key, with `key` (what `zx:per`
yielded), `last` (the moment planned for the last occurrence, null before the first) and `opened` (since when the key is there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from engine import feel, temporal
from engine.case import Case
from engine.errors import Text
from engine.expression import organisation_functions
from engine.flow.elements import Element, Kind, Trigger
from engine.flow.host import ExpressionFailed
from engine.organisation import Organisation
from engine.procedure import HOST_FUNCTIONS, RESERVED, Procedure
from engine.role import Surroundings
from engine.service_window import Window
from engine.value import Context, Date, DateTime, DaysDuration, MonthsDuration, Person, Time, Value
from engine.words import Status
from engine.working_time import CALENDAR_FUNCTIONS

TIMED = frozenset({Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE})
OF_KEYS = frozenset({"member"})
"""What `zx:per` sees beside the reserved names: `member` is every person of the organisation."""
OF_MOMENT = frozenset({"key", "last", "opened"})
"""What the timer's expression sees beside them."""

FUNCTIONS = HOST_FUNCTIONS - {"performers"}
Thing = TypeVar("Thing")
LONGEST_KEY = 200
MOST_KEYS = 20_000
PEOPLE = frozenset({"persons in role", "has role"})


class CatchUp(StrEnum):
    """What is done about several moments that have passed: each of them in order, or only the latest."""

    EACH = "each"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What of the organisation a milestone's rules read."""

    people: bool
    settings: bool
    calendar: bool


def timed_starts(procedure: Procedure) -> Iterator[Element]:
    """The timer start events with which processes of a version begin."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if is_timed(element):
                yield element


def is_timed(element: Element) -> bool:
    """The clock begins a process with it."""
    return element.kind is Kind.START and element.parent is None and element.trigger in TIMED


def timed_start(procedure: Procedure, process: str, start: str) -> Element | None:
    """The timer start event, or None where the version has none of that name."""
    return next((e for e in timed_starts(procedure) if (e.process, e.id) == (process, start)), None)


def per(start: Element) -> str:
    """The expression that yields the keys; without `zx:per` there is one, for the organisation."""
    return start.extensions.get("per", '"organisation"').strip().removeprefix("=").strip()


def catch_up(start: Element) -> CatchUp:
    """What is done about several moments that have passed."""
    return CatchUp(start.extensions.get("catchUp", CatchUp.EACH))


def is_of_cases(start: Element) -> bool:
    """The rules name `case`: they are asked in each open case."""
    return "case" in keys_expression(start).names | moment_expression(start).names


def reads(start: Element) -> Reads:
    """What of the organisation the rules read: when it changes, they are asked again."""
    keys, moment = keys_expression(start), moment_expression(start)
    names, functions = keys.names | moment.names, keys.functions | moment.functions
    return Reads(
        people="member" in names or bool(functions & PEOPLE),
        settings="settings" in names,
        calendar=bool(functions & CALENDAR_FUNCTIONS) or "calendar" in start.extensions,
    )


def keys_expression(start: Element) -> feel.Expression:
    """`zx:per`, compiled. Raises FeelError."""
    return feel.compile(per(start), RESERVED | OF_KEYS, FUNCTIONS)


def moment_expression(start: Element) -> feel.Expression:
    """The timer's own expression, compiled. Raises FeelError."""
    return feel.compile(start.expression or "null", RESERVED | OF_MOMENT, FUNCTIONS)


@dataclass(frozen=True, slots=True, eq=False)
class _Same(Generic[Thing]):
    """Exactly this immutable object; it is told from others by what it is, not by what it says."""

    it: Thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


def keys(procedure: Procedure, start: Element, around: Surroundings) -> Mapping[str, Value]:
    """What `zx:per` yields here, by key. Raises ExpressionFailed."""
    return _keys(_Same(procedure), _Same(start), _Same(around.organisation), _Same(around.case))


@lru_cache(maxsize=64)  # each row of thousands asks for all keys of its scope
def _keys(
    of: _Same[Procedure], by: _Same[Element], organisation: _Same[Organisation], case: _Same[Case | None]
) -> Mapping[str, Value]:
    procedure, start = of.it, by.it
    around = Surroundings(organisation=organisation.it, case=case.it, performers={})
    if is_of_cases(start) != (around.case is not None):
        return {}
    if around.case is not None and (around.case.status is not Status.RUNNING or around.case.procedure != procedure.key):
        return {}
    names = {**_reserved(procedure, around), "member": around.organisation.persons}
    found = _value(keys_expression, start, names, around)
    several = () if found is None else found if isinstance(found, tuple) else (found,)
    if len(several) > MOST_KEYS:
        raise _unexpected(start, "zx:per", f"最多 {MOST_KEYS} 个键", f"at most {MOST_KEYS} keys")
    return {_key(start, item): item for item in several}


def next_due(
    procedure: Procedure, start: Element, around: Surroundings, key: Value, opened: DateTime, last: DateTime | None
) -> DateTime | None:
    """The moment after `last`, or None when there is none. Raises ExpressionFailed."""
    names = {**_reserved(procedure, around), "key": key, "last": last, "opened": opened}
    found = _value(moment_expression, start, names, around)
    if found is None:
        return None
    window = _window(start, around, names)
    try:
        if isinstance(found, DaysDuration | MonthsDuration):
            moment = _after(start, found, opened, last, window, around)
        else:
            moment = _moment(start, found, window, around)
    except ValueError as error:  # further away than the calendar reckons
        raise ExpressionFailed(Text(f"{start.id}:{error}", f"{start.id}: {error}")) from error
    if moment is None or last is None or _is_after(moment, last):
        return moment
    if start.trigger is Trigger.TIMER_CYCLE:
        raise _unexpected(
            start,
            "timeCycle",
            f"晚于上一次({temporal.format_date_time(last)})的时刻,否则永不前进",
            f"a moment after the last one ({temporal.format_date_time(last)}), or it never moves on",
        )
    return None


def has_come(moment: DateTime, now: DateTime) -> bool:
    """The moment is not after now."""
    return not _is_after(moment, now)


def _value(
    compiled: Callable[[Element], feel.Expression], start: Element, names: Mapping[str, Value], around: Surroundings
) -> Value:
    try:
        return compiled(start).evaluate(names, functions=organisation_functions(around))
    except feel.FeelError as error:
        raise ExpressionFailed(Text(f"{start.id}:{error.text.zh}", f"{start.id}: {error.text.en}")) from error
    except ValueError as error:
        raise ExpressionFailed(Text(f"{start.id}:{error}", f"{start.id}: {error}")) from error


def _reserved(procedure: Procedure, around: Surroundings) -> dict[str, Value]:
    """The reserved names; there is no instance or task yet, and no now: what moves by itself cannot be planned."""
    names: dict[str, Value] = dict.fromkeys(RESERVED)
    own = around.organisation.settings.get(procedure.key, Context())
    names["settings"] = procedure.defaults.with_entries(own)
    if around.case is not None:
        names["case"] = around.case.data.with_entries({"id": str(around.case.stream)})
    return names


def _key(start: Element, item: Value) -> str:
    found = item.id if isinstance(item, Person) else item.get("id") if isinstance(item, Context) else item
    if isinstance(found, str) and 0 < len(found) <= LONGEST_KEY and found.isprintable():
        return found
    raise _unexpected(
        start,
        "zx:per",
        f"文本、人员或带 id 的上下文(最多 {LONGEST_KEY} 个字符)",
        f"texts, persons, or contexts with an id, of at most {LONGEST_KEY} characters",
    )


def _window(start: Element, around: Surroundings, names: Mapping[str, Value]) -> Window | None:
    name = start.extensions.get("calendar")
    if name is None:
        return None
    try:
        return around.organisation.working.window(name)
    except ValueError as error:
        raise ExpressionFailed(
            Text(f"{start.id} 的 zx:calendar:{error}", f"zx:calendar of {start.id}: {error}")
        ) from error


def _moment(start: Element, found: Value, window: Window | None, around: Surroundings) -> DateTime:
    """A date-time on the organisation's clocks; a date means the end of that day."""
    calendar = around.organisation.working
    if isinstance(found, Date):
        found = DateTime(found, Time(23, 59, 59))
    if not isinstance(found, DateTime):
        raise _unexpected(start, str(start.trigger), "日期时间、时长或 null", "a date and time, a duration or null")
    found = temporal.on_clocks(found, calendar.zone)
    return found if window is None else calendar.opening(found, window)


def _after(
    start: Element,
    duration: DaysDuration | MonthsDuration,
    opened: DateTime,
    last: DateTime | None,
    window: Window | None,
    around: Surroundings,
) -> DateTime | None:
    """So long after the key came; a cycle goes on from there, so that the last of a month does not wander."""
    length = duration.months if isinstance(duration, MonthsDuration) else duration.nanoseconds
    if length <= 0:
        raise _unexpected(
            start, str(start.trigger), "正的时长,否则永不前进", "a positive duration, or it never moves on"
        )
    if last is not None and start.trigger is not Trigger.TIMER_CYCLE:
        return None
    if window is not None and isinstance(duration, DaysDuration):
        return around.organisation.working.add_working_time(last or opened, duration, window)
    return _multiple(opened, duration, length, last)


def _multiple(
    opened: DateTime, duration: DaysDuration | MonthsDuration, length: int, last: DateTime | None
) -> DateTime:
    times = 1
    if last is not None:
        since = (temporal.nanoseconds_utc(last) or 0) - (temporal.nanoseconds_utc(opened) or 0)
        months = (last.date.year - opened.date.year) * 12 + last.date.month - opened.date.month
        times = max(1, (months if isinstance(duration, MonthsDuration) else since) // length)
    while True:
        whole = MonthsDuration(length * times) if isinstance(duration, MonthsDuration) else DaysDuration(length * times)
        moment = temporal.add(opened, whole)
        if last is None or _is_after(moment, last):
            return moment
        times += 1


def _is_after(one: DateTime, other: DateTime) -> bool:
    found = temporal.compare(one, other)
    return found is not None and found > 0


def _unexpected(start: Element, what: str, zh: str, en: str) -> ExpressionFailed:
    return ExpressionFailed(Text(f"{start.id} 的 {what} 应得到{zh}", f"expected {en} from {what} of {start.id}"))
