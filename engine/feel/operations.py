"""Arithmetic, equality and order of FEEL values. What has no meaning is null. DMN 1.5 §10.3.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal, DecimalException

from engine import temporal
from engine.duration import days_duration, months_duration
from engine.errors import Text
from engine.feel import reasons
from engine.feel.budget import DEPTH, Budget
from engine.feel.errors import FeelError
from engine.value import (
    DECIMAL,
    NANOSECONDS,
    Context,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Personal,
    Range,
    Time,
    Value,
    number,
)

Operation = Callable[[Budget, Value, Value], Value]
Midnight = Time(0, 0, 0)


def kind(value: Value) -> str:
    """The FEEL name of a value's type."""
    return _KINDS.get(type(value), type(value).__name__.lower())


def no_personal(*values: Value) -> None:
    """Personal data never enters a rule."""
    if any(type(value) is Personal for value in values):
        raise FeelError("规则中不能使用个人信息字段", "personal data cannot be used in a rule")


def nothing(budget: Budget, reason: Text, *values: Value) -> Value:
    """Null, with a note why and the values that were met."""
    no_personal(*values)
    budget.note(reason, met=values)
    return None


def unnamed(budget: Budget, reason: Text, *parts: object) -> Value:
    """Null, with a note why and what it is about."""
    budget.note(reason, *parts)
    return None


# ------------------------------------------------------------------ equality and order


def equal(budget: Budget, left: Value, right: Value, depth: int = 0) -> bool | None:
    """Equality; null when the two are of different types."""
    no_personal(left, right)
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    budget.touch(left)
    if isinstance(left, Time | DateTime) and isinstance(right, Time | DateTime):
        return order(_whole_second(left), _whole_second(right)) == 0
    if isinstance(left, tuple | Context | Range):
        if depth >= DEPTH:
            raise FeelError(f"值嵌套应不超过 {DEPTH} 层", f"expected a value of at most {DEPTH} levels")
        return _equal_parts(budget, left, right, depth + 1)
    return left == right


def _whole_second(moment: Time | DateTime) -> Time | DateTime:
    """Moments are equal when their properties are: hour, minute, second and offset. DMN 1.5 table 53."""
    if isinstance(moment, DateTime):
        return replace(moment, time=replace(moment.time, nanosecond=0)) if moment.time.nanosecond else moment
    return replace(moment, nanosecond=0) if moment.nanosecond else moment


def _equal_parts(budget: Budget, left: Value, right: Value, depth: int) -> bool:
    pairs = _pairs(left, right)
    if pairs is None:
        return False
    for one, other in pairs:
        budget.spend(2)
        if equal(budget, one, other, depth) is not True:
            return False
    return True


def _pairs(left: Value, right: Value) -> Iterable[tuple[Value, Value]] | None:
    """The parts to be compared; None when the two differ already."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return zip(left, right, strict=True) if len(left) == len(right) else None
    if isinstance(left, Context) and isinstance(right, Context):
        return [(left[name], right[name]) for name in left] if left.keys() == right.keys() else None
    if isinstance(left, Range) and isinstance(right, Range):
        ends = (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
        return ((left.low, right.low), (left.high, right.high)) if ends else None
    return None


def order(left: Value, right: Value) -> int | None:
    """Negative, zero or positive; None when the two cannot be ordered."""
    no_personal(left, right)
    if type(left) is not type(right):
        return None
    if isinstance(left, Time) and isinstance(right, Time):
        return _order_times(left, right)
    if isinstance(left, DateTime) and isinstance(right, DateTime):
        return temporal.compare(left, right)
    if isinstance(left, Decimal | str | Date | DaysDuration | MonthsDuration):
        return (left > right) - (left < right)  # type: ignore[operator]  # of one type, just tested
    return None


def _order_times(left: Time, right: Time) -> int | None:
    day = Date(2000, 1, 1)
    return temporal.compare(DateTime(day, left), DateTime(day, right))


def compare(sign: str) -> Operation:
    """The comparison of that sign, null for what has no order."""
    accepts: dict[str, Callable[[int], bool]] = {
        "<": lambda found: found < 0,
        "<=": lambda found: found <= 0,
        ">": lambda found: found > 0,
        ">=": lambda found: found >= 0,
    }
    accept = accepts[sign]
    reason = Text(reasons.ORDER.zh.replace("{0}", sign), reasons.ORDER.en.replace("{0}", sign))

    def run(budget: Budget, left: Value, right: Value) -> Value:
        if type(left) is Decimal is type(right):
            return accept(1 if left > right else -1 if left < right else 0)
        budget.touch(left)
        found = order(left, right)
        if found is None:
            return nothing(budget, reason, left, right)
        return accept(found)

    return run


def is_equal(budget: Budget, left: Value, right: Value) -> Value:
    """`=`."""
    found = equal(budget, left, right)
    if found is None:
        return nothing(budget, reasons.SAME, left, right)
    return found


def is_unequal(budget: Budget, left: Value, right: Value) -> Value:
    """`!=`."""
    found = is_equal(budget, left, right)
    return None if found is None else not found


def includes(interval: Range, value: Value) -> bool | None:
    """The value lies within the range; None when it cannot be compared with its ends."""
    for end, closed, sign in ((interval.low, interval.low_closed, 1), (interval.high, interval.high_closed, -1)):
        if end is None:
            continue
        found = order(value, end)
        if found is None:
            return None
        if found * sign < 0 or (found == 0 and not closed):
            return False
    return True


# ------------------------------------------------------------------ arithmetic


def add(budget: Budget, left: Value, right: Value) -> Value:
    """`+` of numbers, texts, durations, and a date or time with a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(budget, DECIMAL.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        budget.sized(text=len(left) + len(right))
        return left + right
    if isinstance(left, DaysDuration | MonthsDuration) and not isinstance(right, DaysDuration | MonthsDuration):
        left, right = right, left
    return _later(budget, left, right, 1)


def subtract(budget: Budget, left: Value, right: Value) -> Value:
    """`-` of numbers, durations, two moments, and a date or time with a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(budget, DECIMAL.subtract, left, right)
    if isinstance(left, Date | DateTime) and isinstance(right, Date | DateTime):
        return _between(budget, left, right)
    if isinstance(left, Time) and isinstance(right, Time):
        day = Date(2000, 1, 1)
        return _between(budget, DateTime(day, left), DateTime(day, right))
    return _later(budget, left, right, -1)


def multiply(budget: Budget, left: Value, right: Value) -> Value:
    """`*` of numbers, and of a duration with a number."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(budget, DECIMAL.multiply, left, right)
    if isinstance(left, Decimal):
        left, right = right, left
    if isinstance(right, Decimal):
        return _scaled(budget, left, right, DECIMAL.multiply)
    return nothing(budget, reasons.PRODUCT, left, right)


def divide(budget: Budget, left: Value, right: Value) -> Value:
    """`/` of numbers, of a duration by a number, and of durations of one kind."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _quotient(budget, left, right)
    if isinstance(right, Decimal) and right:
        return _scaled(budget, left, right, DECIMAL.divide)
    if isinstance(left, DaysDuration) and isinstance(right, DaysDuration):
        return _quotient(budget, Decimal(left.nanoseconds), Decimal(right.nanoseconds))
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        return _quotient(budget, Decimal(left.months), Decimal(right.months))
    return nothing(budget, reasons.QUOTIENT, left, right)


def power(budget: Budget, left: Value, right: Value) -> Value:
    """`**` of numbers."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        budget.spend(100)
        return _number(budget, DECIMAL.power, left, right)
    return nothing(budget, reasons.POWER, left, right)


def negate(budget: Budget, value: Value) -> Value:
    """Minus a number or a duration."""
    if isinstance(value, Decimal):
        return number(value.copy_negate())
    if isinstance(value, DaysDuration):
        return DaysDuration(-value.nanoseconds)
    if isinstance(value, MonthsDuration):
        return MonthsDuration(-value.months)
    return nothing(budget, reasons.MINUS, value)


def _number(budget: Budget, how: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Value:
    try:
        return number(how(left, right))
    except (DecimalException, ValueError):
        return nothing(budget, reasons.NUMBER_RANGE)


def _quotient(budget: Budget, left: Decimal, right: Decimal) -> Value:
    if not right:
        return nothing(budget, reasons.BY_ZERO)
    return _number(budget, DECIMAL.divide, left, right)


def _scaled(budget: Budget, value: Value, by: Decimal, how: Callable[[Decimal, Decimal], Decimal]) -> Value:
    try:
        if isinstance(value, DaysDuration):
            return days_duration(int(how(Decimal(value.nanoseconds), by)))
        if isinstance(value, MonthsDuration):
            return months_duration(int(how(Decimal(value.months), by)))
    except (DecimalException, ValueError, OverflowError):
        return nothing(budget, reasons.DURATION_RANGE)
    return nothing(budget, reasons.SCALED, value, by)


def _between(budget: Budget, left: Date | DateTime, right: Date | DateTime) -> Value:
    one = left if isinstance(left, DateTime) else DateTime(left, Time(0, 0, 0, 0, 0))
    other = right if isinstance(right, DateTime) else DateTime(right, Time(0, 0, 0, 0, 0))
    if isinstance(left, Date) is not isinstance(right, Date) and None in (
        temporal.offset_of(one),
        temporal.offset_of(other),
    ):
        return nothing(budget, reasons.APART, left, right)
    start, end = temporal.nanoseconds_utc(other), temporal.nanoseconds_utc(one)
    if start is None and end is None:
        start, end = temporal.nanoseconds_local(other), temporal.nanoseconds_local(one)
    if start is None or end is None:
        return nothing(budget, reasons.APART, left, right)
    return DaysDuration(end - start)


def _later(budget: Budget, moment: Value, by: Value, sign: int) -> Value:
    try:
        match moment, by:
            case DaysDuration(), DaysDuration():
                return days_duration(moment.nanoseconds + sign * by.nanoseconds)
            case MonthsDuration(), MonthsDuration():
                return months_duration(moment.months + sign * by.months)
            case Date(), MonthsDuration():
                return temporal.add_months(moment, sign * by.months)
            case Date(), DaysDuration():
                return temporal.add(DateTime(moment, Midnight), DaysDuration(sign * by.nanoseconds)).date
            case DateTime(), DaysDuration():
                return temporal.add(moment, DaysDuration(sign * by.nanoseconds))
            case DateTime(), MonthsDuration():
                return temporal.add(moment, MonthsDuration(sign * by.months))
            case Time(), DaysDuration():
                return _clock_later(moment, sign * by.nanoseconds)
            case _:
                return nothing(budget, reasons.SUM, moment, by)
    except ValueError:
        return nothing(budget, reasons.DATE_RANGE, moment, by)


def _clock_later(moment: Time, nanoseconds: int) -> Time:
    local = Time(moment.hour, moment.minute, moment.second, moment.nanosecond)
    later = temporal.add(DateTime(Date(2000, 1, 1), local), DaysDuration(nanoseconds % (86_400 * NANOSECONDS))).time
    return Time(later.hour, later.minute, later.second, later.nanosecond, moment.offset, moment.zone)


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    Decimal: "number",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    tuple: "list",
    Context: "context",
    Range: "range",
}

ARITHMETIC: dict[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
    "=": is_equal,
    "!=": is_unequal,
    "<": compare("<"),
    "<=": compare("<="),
    ">": compare(">"),
    ">=": compare(">="),
}
