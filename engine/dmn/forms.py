"""What each boxed expression does when it is evaluated. DMN 1.5 §10.2 and §10.3.2.13."""

from __future__ import annotations

from collections.abc import Mapping

from engine import feel
from engine.dmn.types import ItemType
from engine.errors import Text
from engine.feel import reasons
from engine.feel.frame import Closure, Frame, Run
from engine.value import Context, Range, Value

Names = dict[str, Value]
CALL = 2
"""The height that a call of a boxed function counts for, beside that of its body; see `engine.feel.budget.STACKED`."""


def arguments_of(
    frame: Frame, wanted: tuple[tuple[str, ItemType | None], ...], given: tuple[Value, ...]
) -> Names | None:
    """Arguments converted to the types of their parameters; None when one cannot be."""
    found: Names = {}
    for (name, type_), value in zip(wanted, given, strict=True):
        found[name] = value if type_ is None else type_.convert(frame, value, name)
        if found[name] is None and value is not None:
            return None
    return found


def within(frame: Frame, names: Mapping[str, Value]) -> Frame:
    """A frame with more names from outside."""
    return Frame({**frame.scope, **names}, frame.budget, frame.functions, frame.types)


def note(frame: Frame, reason: Text, *parts: object, met: tuple[Value, ...] = ()) -> Value:
    """Null, and why."""
    frame.budget.note(reason, *parts, met=met)
    return None


def chosen(frame: Frame, condition: Value, then: Run, otherwise: Run) -> Value:
    """A conditional: its condition is true or false, anything else yields null."""
    if condition is not None and not isinstance(condition, bool):
        return note(frame, reasons.CONDITION, met=(condition,))
    return then(frame) if condition is True else otherwise(frame)


def entries(frame: Frame, made: list[tuple[str | None, Run]]) -> Value:
    """A context, each entry seeing those before it; an entry without a name is the result."""
    found: dict[str, Value] = {}
    for name, run in made:
        value = run(within(frame, found))
        if name is None:
            return value
        found[name] = value
    return Context(found)


def invoked(frame: Frame, function: Value, arguments: Mapping[str, Run]) -> Value:
    """A call by names: an argument that is missing is null, one too many makes the whole null."""
    if not isinstance(function, Closure):
        return note(frame, reasons.NO_FUNCTION, met=(function,))
    given = {name: argument(frame) for name, argument in arguments.items()}
    if function.forms is not None:
        return function.forms(frame.budget, tuple(given.values()), tuple(given))
    if not given.keys() <= set(function.parameters):
        return note(frame, reasons.NAMES, ", ".join(function.parameters))
    frame.budget.spend()
    return function.call(frame.budget, tuple(given.get(name) for name in function.parameters))


def filtered(frame: Frame, found: Value, match: Run, entries: tuple[str, ...]) -> Value:
    """The items that match; names of entries hide those outside, also where an item lacks the entry."""
    items = found if isinstance(found, tuple) else () if found is None else (found,)
    kept: list[Value] = []
    for item in items:
        frame.budget.spend()
        own = {name: item.get(name) for name in entries} if isinstance(item, Context) else dict.fromkeys(entries)
        if match(within(frame, {**own, **(item if isinstance(item, Context) else {}), "item": item})) is True:
            kept.append(item)
    return tuple(kept)


def repeated(frame: Frame, kind: str, name: str, found: Value, body: Run) -> Value:
    """`for`, `some` or `every`: the two quantifiers are null when an item is neither true nor false."""
    if found is None:
        return note(frame, reasons.NO_LIST, met=(found,))
    made: list[Value] = []
    for item in _run_through(frame, found):
        frame.budget.spend()
        made.append(body(within(frame, {name: item, "partial": tuple(made)} if kind == "for" else {name: item})))
    frame.budget.sized(items=len(made))
    if kind == "for":
        return tuple(made)
    decisive = kind == "some"
    if any(value is decisive for value in made):
        return decisive
    if any(not isinstance(value, bool) for value in made):
        return note(frame, reasons.ITEM_CONDITION, kind)
    return not decisive


def _run_through(frame: Frame, found: Value) -> tuple[Value, ...]:
    if isinstance(found, Range):
        counted = feel.compile("for item in counted return item", frozenset({"counted"}))
        values = counted.run(Frame({"counted": found}, frame.budget, frame.functions, frame.types))
        return values if isinstance(values, tuple) else ()
    return found if isinstance(found, tuple) else (found,)
