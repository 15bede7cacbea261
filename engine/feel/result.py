"""What an expression may yield: a value that can be stored, within bounds."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.budget import DEPTH, RESULT_ITEMS, RESULT_TEXT
from engine.feel.errors import FeelError
from engine.feel.frame import Closure
from engine.value import Date, DateTime, DaysDuration, MonthsDuration, Range, Time, Value

SCALARS = (bool, Decimal, Date, Time, DateTime, DaysDuration, MonthsDuration)


def bounded(value: Value) -> Value:
    """The value itself. Raises FeelError for a function in it, and for what is too large or too deep.

    A list that stands at several places counts at each, as it would be written at each.
    """
    if value is None or type(value) in SCALARS:
        return value
    items = text = 0
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        found, depth = stack.pop()
        inner: tuple[object, ...] = ()
        if isinstance(found, str):
            text += len(found)
        elif isinstance(found, tuple):
            inner = found
        elif isinstance(found, dict):
            inner = (*found, *found.values())
        elif isinstance(found, Range):
            inner = (found.low, found.high)
        elif isinstance(found, Closure):
            raise FeelError("表达式的结果不能是函数", "expected a value, but the result is a function")
        items += len(inner)
        if items > RESULT_ITEMS or text > RESULT_TEXT:
            raise FeelError("表达式产生的文本或列表过大", "expected a smaller text or list")
        if inner and depth >= DEPTH - 1:
            raise FeelError(f"结果嵌套应不超过 {DEPTH} 层", f"expected a result of at most {DEPTH} levels")
        stack.extend((item, depth + 1) for item in inner)
    return value
