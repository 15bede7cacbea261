"""Closures of lists and contexts, and of what leads into them: paths and filters."""

from __future__ import annotations

from decimal import Decimal

from engine.feel import operations, reasons
from engine.feel.frame import Compile, Frame, Run
from engine.feel.functions import properties
from engine.feel.tree import ContextOf, Filter, ListOf, Literal, Negation, Path, weight
from engine.value import Context, Value


def of_list(node: ListOf, compile_node: Compile) -> Run:
    """A list."""
    items = [compile_node(item) for item in node.items]
    return lambda frame: tuple([item(frame) for item in items])


def of_context(node: ContextOf, compile_node: Compile) -> Run:
    """A context; an entry sees those before it."""
    entries = [(name, compile_node(entry)) for name, entry in node.entries]

    def run(frame: Frame) -> Value:
        within, made = frame.bind({}), dict[str, Value]()
        for name, entry in entries:
            made[name] = within.local[name] = entry(within)
        return Context(made)

    return run


def of_path(node: Path, compile_node: Compile) -> Run:
    """An entry or property; the most common are read without a detour."""
    value, name = compile_node(node.value), node.name

    def run(frame: Frame) -> Value:
        found = value(frame)
        return found[name] if type(found) is Context and name in found else path(frame, found, name)

    return run


def path(frame: Frame, value: Value, name: str) -> Value:
    """An entry of a context, of every item of a list, or a property of a date, time, duration, range or reference."""
    frame.budget.spend()
    if type(value) is Context:
        return value[name] if name in value else operations.unnamed(frame.budget, reasons.NO_ENTRY, name)
    if isinstance(value, tuple):
        return tuple([path(frame, item, name) for item in value])
    operations.no_personal(value)
    return properties(frame.budget, value, name)


def of_filter(node: Filter, compile_node: Compile) -> Run:
    """The items for which a condition holds, or the one at an index."""
    value, condition, steps = compile_node(node.value), compile_node(node.condition), weight(node.condition)

    def run(frame: Frame) -> Value:
        found = value(frame)
        items = found if isinstance(found, tuple) else () if found is None else (found,)
        if isinstance(node.condition, Literal | Negation):
            return _indexed(frame, items, condition(frame))
        frame.budget.spend(len(items) * steps)
        if not items:
            index = condition(frame.filtering(None))
            return _indexed(frame, items, index) if isinstance(index, Decimal) else ()
        kept: list[Value] = []
        for item in items:
            holds = condition(frame.filtering(item))
            if isinstance(holds, Decimal):
                return _indexed(frame, items, condition(frame))
            if holds is True:
                kept.append(item)
        return tuple(kept)

    return run


def _indexed(frame: Frame, items: tuple[Value, ...], index: Value) -> Value:
    if not isinstance(index, Decimal):
        return items if index is True else ()
    place = int(index)
    if place == 0 or abs(place) > len(items) or place != index:
        return operations.unnamed(frame.budget, reasons.NO_ITEM, index)
    return items[place - 1 if place > 0 else place]
