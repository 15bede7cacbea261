"""Built-ins that make one value of many: sums, means, extremes. DMN 1.5 table 77.

Numbers are added exactly, and rounded once at the end: the order of the items has no say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from functools import reduce

from engine.feel import operations, reasons
from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing, told
from engine.value import DECIMAL, DaysDuration, MonthsDuration, Value, number

STATISTICS = Registry()
EXACT = Context(prec=40_000, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
"""Holds any sum of numbers and of their squares."""
GUARDED = Context(prec=100, rounding=ROUND_HALF_EVEN, Emax=999_999_999, Emin=-999_999_999)
"""For what cannot be exact: far more digits than the result keeps."""


def _extreme(name: str, sign: int) -> None:
    def call(budget: Budget, items: tuple[Value, ...]) -> Value:
        if not items or items[0] is None:
            return nothing(budget, name, *items[:1])
        best: Value = items[0]
        for item in items:
            budget.spend()
            budget.touch(item)
            found = operations.order(item, best)
            if found is None:
                return nothing(budget, name, item, best)
            best = item if found * sign > 0 else best
        return best

    STATISTICS.add(name, "list", spread=True)(call)


_extreme("min", -1)
_extreme("max", 1)


def _numbers(budget: Budget, items: tuple[Value, ...]) -> list[Decimal] | None:
    """The items when all of them are numbers and there is one."""
    found = [item for item in items if isinstance(item, Decimal)]
    budget.spend(len(items))
    return found if found and len(found) == len(items) else None


def _first_other(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """The first item that is no number, for the note; none of an empty list."""
    return next(((item,) for item in items if not isinstance(item, Decimal)), ())


def _added(budget: Budget, numbers: list[Decimal]) -> Decimal:
    """The exact sum."""
    budget.spend(len(numbers))
    return reduce(EXACT.add, numbers)


def _rounded(budget: Budget, name: str, compute: Callable[[], Decimal]) -> Value:
    try:
        return number(compute())
    except (DecimalException, ValueError):
        return told(budget, reasons.NUMBER_RANGE, name)


@STATISTICS.add("sum", "list", spread=True)
def total(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The numbers added up; durations of one kind too, beyond the standard."""
    numbers = _numbers(budget, items)
    if numbers is not None:
        return _rounded(budget, "sum", lambda: _added(budget, numbers))
    if not items or not isinstance(items[0], DaysDuration | MonthsDuration):
        return nothing(budget, "sum", *_first_other(items))
    found: Value = items[0]
    for item in items[1:]:
        budget.spend()
        found = operations.add(budget, found, item) if type(item) is type(items[0]) else None
        if found is None:
            return nothing(budget, "sum", item)
    return found


@STATISTICS.add("mean", "list", spread=True)
def mean(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The average."""
    numbers = _numbers(budget, items)
    if numbers is not None:
        return _rounded(budget, "mean", lambda: DECIMAL.divide(_added(budget, numbers), Decimal(len(numbers))))
    added = total(budget, items)
    return None if added is None else operations.divide(budget, added, number(len(items)))


@STATISTICS.add("median", "list", spread=True)
def median(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The middle one, or the mean of the two in the middle."""
    numbers = _numbers(budget, items)
    if numbers is None:
        return nothing(budget, "median", *_first_other(items))
    numbers.sort()
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return _rounded(
        budget, "median", lambda: DECIMAL.divide(_added(budget, numbers[middle - 1 : middle + 1]), Decimal(2))
    )


@STATISTICS.add("stddev", "list", spread=True)
def stddev(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The standard deviation of a sample."""
    numbers = _numbers(budget, items)
    if numbers is None:
        return nothing(budget, "stddev", *_first_other(items))
    if len(numbers) < 2:
        return told(budget, reasons.TWO, "stddev")
    budget.spend(1_000 + 4 * len(numbers))

    def compute() -> Decimal:
        count = Decimal(len(numbers))
        squares = reduce(EXACT.add, (EXACT.multiply(found, found) for found in numbers))
        added = reduce(EXACT.add, numbers)
        apart = EXACT.subtract(EXACT.multiply(count, squares), EXACT.multiply(added, added))
        return GUARDED.sqrt(GUARDED.divide(apart, EXACT.multiply(count, count - 1)))

    return _rounded(budget, "stddev", compute)


@STATISTICS.add("mode", "list", spread=True)
def mode(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The most frequent numbers, in ascending order; none of an empty list."""
    if not items:
        return ()
    numbers = _numbers(budget, items)
    if numbers is None:
        return nothing(budget, "mode", *_first_other(items))
    counts = Counter(numbers)
    most = max(counts.values())
    return tuple(sorted(found for found, times in counts.items() if times == most))


@STATISTICS.add("product", "list", spread=True)
def product(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The numbers multiplied."""
    numbers = _numbers(budget, items)
    if numbers is None:
        return nothing(budget, "product", *_first_other(items))
    return _rounded(budget, "product", lambda: reduce(GUARDED.multiply, numbers))


@STATISTICS.add("all", "list", spread=True)
def every(budget: Budget, items: tuple[Value, ...]) -> Value:
    """False when one is; else true, or null when one is neither."""
    budget.spend(len(items) // 16)
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else told(budget, reasons.NEITHER, "all")


@STATISTICS.add("any", "list", spread=True)
def some(budget: Budget, items: tuple[Value, ...]) -> Value:
    """True when one is; else false, or null when one is neither."""
    budget.spend(len(items) // 16)
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else told(budget, reasons.NEITHER, "any")
