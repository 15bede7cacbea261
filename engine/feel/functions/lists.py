"""Built-ins on lists. DMN 1.5 tables 77 and 80."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key

from engine.feel import operations, reasons
from engine.feel.budget import Budget
from engine.feel.frame import Closure
from engine.feel.functions.registry import Registry, nothing, told
from engine.feel.functions.text import no_part, part
from engine.value import Date, DaysDuration, MonthsDuration, Value, number

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


@LISTS.add("sublist", "list", "start position", "length", optional=1)
def sublist(budget: Budget, found: Value, start: Value, length: Value = None) -> Value:
    """Part of a list from a position (1 is first, -1 is last); null where the list does not reach."""
    items = as_list(found)
    places = None if items is None else part(len(items), start, length)
    if items is None or places is None:
        return no_part(budget, "sublist", found, start, length)
    return items[places]


@LISTS.add("concatenate", "list", rest=True)
def concatenate(budget: Budget, *lists: Value) -> Value:
    """The lists one after another."""
    made: list[Value] = []
    for found in lists:
        items = as_list(found)
        if items is None:
            return nothing(budget, "concatenate", found)
        made.extend(items)
        budget.sized(items=len(made))
    return tuple(made)


@LISTS.add("append", "list", "item", rest=True)
def append(budget: Budget, found: Value, *added: Value) -> Value:
    """The list with items at its end."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "append", found)
    budget.sized(items=len(items) + len(added))
    return (*items, *added)


@LISTS.add("union", "list", rest=True)
def union(budget: Budget, *lists: Value) -> Value:
    """The lists one after another, each value once."""
    joined = concatenate(budget, *lists)
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
            budget.touch(item)
            stack.extend(reversed(item))
        else:
            made.append(item)
    budget.sized(items=len(made))
    return tuple(made)


@LISTS.add("reverse", "list")
def reverse(budget: Budget, found: Value) -> Value:
    """The last first."""
    items = as_list(found)
    return nothing(budget, "reverse", found) if items is None else tuple(reversed(items))


@LISTS.add("index of", "list", "match", lists=("match",))
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
        return no_part(budget, "insert before", found, position, None)
    budget.sized(items=len(items) + 1)
    return (*items[:place], item, *items[place:])


@LISTS.add("remove", "list", "position")
def remove(budget: Budget, found: Value, position: Value) -> Value:
    """The list without the item at a position."""
    items, place = as_list(found), _place(found, position)
    if items is None or place is None:
        return no_part(budget, "remove", found, position, None)
    return (*items[:place], *items[place + 1 :])


def replace_at(budget: Budget, found: Value, position: Value, item: Value) -> Value:
    """The list with the item at a position replaced."""
    items, place = as_list(found), _place(found, position)
    if items is None or place is None:
        return no_part(budget, "list replace", found, position, None)
    return (*items[:place], item, *items[place + 1 :])


def replace_each(budget: Budget, found: Value, match: Value, item: Value) -> Value:
    """The list with each item replaced for which a function of it and the new item is true."""
    items = as_list(found)
    if items is None or not isinstance(match, Closure) or len(match.parameters) != 2:
        return told(budget, reasons.PRECEDES, "list replace")
    made: list[Value] = []
    for old in items:
        budget.spend()
        held = match.call(budget, (old, item))
        if not isinstance(held, bool):
            return told(budget, reasons.PRECEDES, "list replace")
        made.append(item if held else old)
    return tuple(made)


def list_replace(budget: Budget, found: Value, which: Value, item: Value) -> Value:
    """Without names the kind of the second argument tells which of the two is meant."""
    if isinstance(which, Closure):
        return replace_each(budget, found, which, item)
    return replace_at(budget, found, which, item)


LISTS.add("list replace", "list", "position", "newItem", by_place=list_replace)(replace_at)
LISTS.add("list replace", "list", "match", "newItem", by_place=list_replace)(replace_each)


def _place(found: Value, position: Value) -> int | None:
    items = as_list(found)
    if items is None or not isinstance(position, Decimal) or not 1 <= abs(position) <= len(items):
        return None
    place = int(position)
    if place != position:
        return None
    return place - 1 if place > 0 else len(items) + place


@LISTS.add("sort", "list", "precedes", optional=1)
def sort(budget: Budget, found: Value, precedes: Value = None) -> Value:
    """In the order of a function of two items; without one ascending, beyond the standard."""
    items = as_list(found)
    if items is None:
        return nothing(budget, "sort", found)
    budget.spend(len(items))
    if precedes is not None and (not isinstance(precedes, Closure) or len(precedes.parameters) != 2):
        return told(budget, reasons.PRECEDES, "sort")
    compare = _ascending(budget) if precedes is None else _by(budget, precedes)
    try:
        return tuple(sorted(items, key=cmp_to_key(compare)))
    except _Unordered:
        return told(budget, reasons.UNORDERED if precedes is None else reasons.PRECEDES, "sort")


class _Unordered(Exception):
    """Two values have no order."""


def _by(budget: Budget, precedes: Closure) -> Callable[[Value, Value], int]:
    def order(one: Value, other: Value) -> int:
        before = precedes.call(budget, (one, other))
        if not isinstance(before, bool):
            raise _Unordered
        if before:
            return -1
        return 1 if precedes.call(budget, (other, one)) is True else 0

    return order


def _ascending(budget: Budget) -> Callable[[Value, Value], int]:
    def order(one: Value, other: Value) -> int:
        budget.touch(one)
        found = operations.order(one, other)
        if found is None:
            raise _Unordered
        return found

    return order
