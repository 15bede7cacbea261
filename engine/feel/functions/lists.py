"""Built-ins on lists. DMN 1.5 tables 77 and 80."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import cmp_to_key, reduce

from engine.feel import operations
from engine.feel.budget import Budget
from engine.feel.frame import Closure
from engine.feel.functions.registry import Registry, nothing
from engine.value import DECIMAL, Date, DaysDuration, MonthsDuration, Value, number

LISTS = Registry()


def as_list(found: Value) -> tuple[Value, ...] | None:
    """A list as it is, a single value as a list of one, null as none."""
    if found is None:
        return None
    return found if isinstance(found, tuple) else (found,)


@LISTS.add("list contains", "list", "element")
def list_contains(budget: Budget, found: Value, element: Value) -> Value:
    """The list has the element."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "list contains", found)
    budget.spend(len(items))
    return any(same(budget, item, element) for item in items)


def same(budget: Budget, one: Value, other: Value) -> bool:
    """The two are equal."""
    return operations.equal(budget, one, other) is True


@LISTS.add("count", "list")
def count(budget: Budget, found: Value) -> Value:
    """How many items."""
    items = as_list(found)
    return nothing(budget, "count", found) if items is None else number(len(items))


def _extreme(name: str, sign: int) -> Callable[[Budget, tuple[Value, ...]], Value]:
    def call(budget: Budget, items: tuple[Value, ...]) -> Value:
        if not items or any(item is None for item in items):
            return nothing(budget, name, items)
        best = items[0]
        for item in items:
            budget.spend()
            found = operations.order(item, best)
            if found is None:
                return nothing(budget, name, items)
            best = item if found * sign > 0 else best
        return best

    return call


LISTS.add("min", "list", spread=True)(_extreme("min", -1))
LISTS.add("max", "list", spread=True)(_extreme("max", 1))


@LISTS.add("sum", "list", spread=True)
def total(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The numbers or durations added up."""
    if not items:
        return nothing(budget, "sum", items)
    if not isinstance(items[0], Decimal | DaysDuration | MonthsDuration):
        return nothing(budget, "sum", items)
    found: Value = items[0]
    for item in items[1:]:
        budget.spend()
        found = operations.add(budget, found, item) if type(item) is type(items[0]) else None
        if found is None:
            return nothing(budget, "sum", items)
    return found


def _numbers(items: tuple[Value, ...]) -> list[Decimal] | None:
    found = [item for item in items if isinstance(item, Decimal)]
    return found if found and len(found) == len(items) else None


@LISTS.add("mean", "list", spread=True)
def mean(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The average."""
    added = total(budget, items)
    return None if added is None else operations.divide(budget, added, number(len(items)))


@LISTS.add("median", "list", spread=True)
def median(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The middle one, or the mean of the two in the middle."""
    numbers = _numbers(items)
    if numbers is None:
        return nothing(budget, "median", items)
    budget.spend(len(numbers))
    numbers.sort()
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return number(DECIMAL.divide(DECIMAL.add(numbers[middle - 1], numbers[middle]), Decimal(2)))


@LISTS.add("stddev", "list", spread=True)
def stddev(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The standard deviation of a sample."""
    numbers = _numbers(items)
    if numbers is None or len(numbers) < 2:
        return nothing(budget, "stddev", items)
    budget.spend(len(numbers))
    try:
        average = DECIMAL.divide(reduce(DECIMAL.add, numbers), Decimal(len(numbers)))
        squares = reduce(DECIMAL.add, (DECIMAL.power(DECIMAL.subtract(n, average), Decimal(2)) for n in numbers))
        return number(DECIMAL.sqrt(DECIMAL.divide(squares, Decimal(len(numbers) - 1))))
    except (DecimalException, ValueError):
        return nothing(budget, "stddev", items)


@LISTS.add("mode", "list", spread=True)
def mode(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The most frequent numbers, in ascending order."""
    if not items:
        return ()
    numbers = _numbers(items)
    if numbers is None:
        return nothing(budget, "mode", items)
    budget.spend(len(numbers))
    counts = Counter(numbers)
    most = max(counts.values())
    return tuple(sorted(found for found, times in counts.items() if times == most))


@LISTS.add("product", "list", spread=True)
def product(budget: Budget, items: tuple[Value, ...]) -> Value:
    """The numbers multiplied."""
    numbers = _numbers(items)
    if numbers is None:
        return nothing(budget, "product", items)
    found: Value = number(1)
    for item in numbers:
        budget.spend()
        found = operations.multiply(budget, found, item)
    return found


@LISTS.add("all", "list", spread=True)
def every(budget: Budget, items: tuple[Value, ...]) -> Value:
    """None is false; null if one is not true."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else nothing(budget, "all", items)


@LISTS.add("any", "list", spread=True)
def some(budget: Budget, items: tuple[Value, ...]) -> Value:
    """One is true; null if one is not false."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else nothing(budget, "any", items)


@LISTS.add("sublist", "list", "start position", "length", optional=1)
def sublist(budget: Budget, found: Value, start: Value, length: Value = None) -> Value:
    """Part of a list from a position (1 is first, -1 is last)."""
    items = as_list(found)
    if items is None or not isinstance(start, Decimal) or not isinstance(length, Decimal | None):
        return nothing(budget, "sublist", found, start, length)
    place = int(start)
    if place == 0 or abs(place) > len(items) or (length is not None and length < 0):
        return nothing(budget, "sublist", found, start, length)
    first = place - 1 if place > 0 else len(items) + place
    return items[first:] if length is None else items[first : first + int(length)]


@LISTS.add("concatenate", "list", spread=True)
def concatenate(budget: Budget, lists: tuple[Value, ...]) -> Value:
    """The lists one after another."""
    made: list[Value] = []
    for found in lists:
        items = as_list(found)
        if items is None:
            return nothing(budget, "concatenate", found)
        made.extend(items)
        budget.sized(items=len(made))
    return tuple(made)


@LISTS.add("append", "list", "item", spread=True)
def append(budget: Budget, given: tuple[Value, ...]) -> Value:
    """The list with items at its end."""
    if not given:
        return nothing(budget, "append", given)
    items = as_list(given[0]) or ()
    budget.sized(items=len(items) + len(given))
    return (*items, *given[1:])


@LISTS.add("union", "list", spread=True)
def union(budget: Budget, lists: tuple[Value, ...]) -> Value:
    """The lists one after another, each value once."""
    joined = concatenate(budget, lists)
    return distinct_values(budget, joined) if isinstance(joined, tuple) else None


@LISTS.add("distinct values", "list")
def distinct_values(budget: Budget, found: Value) -> Value:
    """Each value once, in order of first appearance."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "distinct values", found)
    return tuple(kept for kept, _ in _grouped(budget, items))


@LISTS.add("duplicate values", "list")
def duplicate_values(budget: Budget, found: Value) -> Value:
    """The values that appear more than once."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "duplicate values", found)
    return tuple(kept for kept, times in _grouped(budget, items) if times > 1)


HASHED = (str, Decimal, bool, Date, DaysDuration, MonthsDuration)


def _grouped(budget: Budget, items: tuple[Value, ...]) -> list[tuple[Value, int]]:
    """Each value with how often it appears; those whose equality is that of Python are found by their hash."""
    plain: dict[tuple[type, object], int] = {}
    kept: list[Value] = []
    times: list[int] = []
    for item in items:
        budget.spend()
        budget.touch(item)
        key = (type(item), item) if isinstance(item, HASHED) else None
        if key is not None:
            place = plain.setdefault(key, len(kept))
        else:
            place = next((at for at, old in enumerate(kept) if _same_spent(budget, old, item)), len(kept))
        if place == len(kept):
            kept.append(item)
            times.append(0)
        times[place] += 1
    return list(zip(kept, times, strict=True))


def _same_spent(budget: Budget, one: Value, other: Value) -> bool:
    budget.spend(2)
    return same(budget, one, other)


@LISTS.add("flatten", "list")
def flatten(budget: Budget, found: Value) -> Value:
    """The items of all lists within."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "flatten", found)
    made: list[Value] = []
    stack = list(reversed(items))
    while stack:
        budget.spend()
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(reversed(item))
        else:
            made.append(item)
    return tuple(made)


@LISTS.add("reverse", "list")
def reverse(budget: Budget, found: Value) -> Value:
    """The last first."""
    items = as_list(found)
    return nothing(budget, "reverse", found) if items is None else tuple(reversed(items))


@LISTS.add("index of", "list", "match")
def index_of(budget: Budget, found: Value, match: Value) -> Value:
    """The positions at which the value stands."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "index of", found)
    budget.spend(len(items))
    return tuple(number(place) for place, item in enumerate(items, 1) if same(budget, item, match))


@LISTS.add("insert before", "list", "position", "newItem")
def insert_before(budget: Budget, found: Value, position: Value, item: Value) -> Value:
    """The list with an item before a position."""
    items, place = as_list(found), _place(found, position)
    if items is None or place is None:
        return nothing(budget, "insert before", found, position)
    return (*items[:place], item, *items[place:])


@LISTS.add("remove", "list", "position")
def remove(budget: Budget, found: Value, position: Value) -> Value:
    """The list without the item at a position."""
    items, place = as_list(found), _place(found, position)
    if items is None or place is None:
        return nothing(budget, "remove", found, position)
    return (*items[:place], *items[place + 1 :])


@LISTS.add("list replace", "list", "position", "newItem")
@LISTS.add("list replace", "list", "match", "newItem")
def list_replace(budget: Budget, found: Value, which: Value, item: Value) -> Value:
    """The list with the item at a position replaced, or each for which a function is true."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "list replace", found)
    if isinstance(which, Closure):
        if len(which.parameters) != 2:
            return nothing(budget, "list replace", found)
        held = [which.call(budget, (old, item)) for old in items]
        if any(not isinstance(flag, bool) for flag in held):
            return nothing(budget, "list replace", found)
        return tuple(item if flag is True else old for old, flag in zip(items, held, strict=True))
    place = _place(found, which)
    if place is None:
        return nothing(budget, "list replace", found, which)
    return (*items[:place], item, *items[place + 1 :])


def _place(found: Value, position: Value) -> int | None:
    items = as_list(found)
    if items is None or not isinstance(position, Decimal) or position != position.to_integral_value():
        return None
    place = int(position)
    if place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@LISTS.add("sort", "list", "precedes", optional=1)
def sort(budget: Budget, found: Value, precedes: Value = None) -> Value:
    """In the order of a function of two items, or ascending."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "sort", found)
    budget.spend(len(items))
    if precedes is not None:
        if not isinstance(precedes, Closure) or len(precedes.parameters) != 2:
            return nothing(budget, "sort", found)
        return tuple(sorted(items, key=cmp_to_key(_by(budget, precedes))))
    try:
        return tuple(sorted(items, key=cmp_to_key(_ordered)))
    except _Unordered:
        return nothing(budget, "sort", found)


class _Unordered(Exception):
    """Two values have no order."""


def _by(budget: Budget, precedes: Closure) -> Callable[[Value, Value], int]:
    def order(one: Value, other: Value) -> int:
        if precedes.call(budget, (one, other)) is True:
            return -1
        return 1 if precedes.call(budget, (other, one)) is True else 0

    return order


def _ordered(one: Value, other: Value) -> int:
    found = operations.order(one, other)
    if found is None:
        raise _Unordered
    return found
