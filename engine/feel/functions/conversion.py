"""Built-ins that make texts and numbers of other values. DMN 1.5 table 73."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from engine import duration, encoding, temporal
from engine.feel import operations, reasons
from engine.feel.budget import DEPTH, TEXT, Budget
from engine.feel.errors import FeelError
from engine.feel.functions.registry import Registry, nothing, told
from engine.value import (
    Context,
    Date,
    DateTime,
    DaysDuration,
    File,
    MonthsDuration,
    Person,
    Range,
    Ref,
    Time,
    Value,
    number,
)

CONVERSIONS = Registry()
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")


@CONVERSIONS.add("string", "from", lists=("from",))
def string(budget: Budget, found: Value) -> Value:
    """The value as a text; a text inside a list or context stands in quotes."""
    if found is None or isinstance(found, str):
        return found
    return shown(budget, found, nested=False)


def shown(budget: Budget, found: Value, *, nested: bool = True, depth: int = 0) -> str:
    """How a value is written."""
    budget.spend()
    operations.no_personal(found)
    if depth > DEPTH:
        raise FeelError(f"值嵌套应不超过 {DEPTH} 层", f"expected a value of at most {DEPTH} levels")
    match found:
        case str():
            return _quoted(found) if nested else found
        case tuple():
            return "[" + _joined(budget, (("", item) for item in found), depth) + "]"
        case Context():
            return "{" + _joined(budget, ((f"{name}: ", item) for name, item in found.items()), depth) + "}"
        case Range():
            low, high = "[" if found.low_closed else "(", "]" if found.high_closed else ")"
            ends = (shown(budget, end, depth=depth + 1) for end in (found.low, found.high))
            return f"{low}{'..'.join(ends)}{high}"
        case _:
            write = _WRITTEN.get(type(found))
            return "function" if write is None else write(found)


def _quoted(text: str) -> str:
    for sign, escape in (("\\", "\\\\"), ('"', '\\"')):
        text = text.replace(sign, escape)
    return f'"{text}"'


def _joined(budget: Budget, parts: Iterable[tuple[str, Value]], depth: int) -> str:
    made: list[str] = []
    size = 0
    for before, item in parts:
        made.append(before + shown(budget, item, depth=depth + 1))
        size += len(made[-1]) + 2
        if size > TEXT:
            budget.sized(text=size)
    budget.sized(text=size)
    return ", ".join(made)


_WRITTEN: dict[type, Callable[..., str]] = {
    type(None): lambda _: "null",
    bool: lambda found: "true" if found else "false",
    Decimal: encoding.format_number,
    Date: temporal.format_date,
    Time: temporal.format_time,
    DateTime: temporal.format_date_time,
    DaysDuration: duration.format_days_duration,
    MonthsDuration: duration.format_months_duration,
    Person: lambda found: found.id,
    Ref: lambda found: found.id,
    File: lambda found: found.name,
}


@CONVERSIONS.add("number", "from")
def to_number(budget: Budget, found: Value) -> Value:
    """The number that a text writes; a number stays as it is."""
    if isinstance(found, Decimal):
        return found
    return _read(budget, found) if isinstance(found, str) else nothing(budget, "number", found)


@CONVERSIONS.add("number", "from", "grouping separator", "decimal separator", optional=1)
def to_number_separated(budget: Budget, found: Value, grouping: Value, point: Value = None) -> Value:
    """The number that a text writes with these separators: space, comma or full stop, and comma or full stop."""
    known = grouping in (None, " ", ",", ".") and point in (None, ",", ".")
    if not isinstance(found, str) or not known or (grouping is not None and grouping == (point or ".")):
        return nothing(budget, "number", found, grouping, point)
    plain = found.replace(str(grouping), "") if grouping else found
    if point and point != ".":
        plain = "" if "." in plain else plain.replace(str(point), ".")
    return _read(budget, plain)


def _read(budget: Budget, text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        return told(budget, reasons.UNREAD, "number", text)
    try:
        return number(text)
    except ValueError:
        return told(budget, reasons.UNREAD, "number", text)
