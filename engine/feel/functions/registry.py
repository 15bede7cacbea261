"""How a built-in function is declared, and how the arguments of a call find its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.errors import Text
from engine.feel import operations, reasons
from engine.feel.budget import Budget
from engine.value import Value

Call = Callable[..., Value]
MANY = frozenset(
    {"list", "contexts", "entries", "keys", "item", "newItem", "element", "value", "default", "value1", "value2"}
)
"""Names of parameters that take a list as it is."""
Chosen = Callable[[Budget, tuple[Value, ...]], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """One form of a built-in: its parameters by name; `optional` of the last ones may be missing.

    A `spread` function takes any number of arguments but none, or one list of them, and is called with the tuple. A
    `rest` function takes its last parameter any number of times. Where forms differ only in the names of
    their parameters, `by_place` is what takes arguments without names. A `clock` function is given the scope's `now`.
    `lists` are the parameters that take a list, besides those of which the name tells.
    """

    name: str
    parameters: tuple[str, ...]
    call: Call
    optional: int = 0
    spread: bool = False
    rest: bool = False
    by_place: Call | None = None
    clock: bool = False
    lists: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The form as a person writes it."""
        required = len(self.parameters) - self.optional
        shown = [name + ("?" if place >= required else "") for place, name in enumerate(self.parameters)]
        return f"{self.name}({', '.join(shown)}{', …' if self.rest or self.spread else ''})"


class Registry(dict[str, list[Function]]):
    """The forms of each built-in by name."""

    def add(
        self,
        name: str,
        *parameters: str,
        optional: int = 0,
        spread: bool = False,
        rest: bool = False,
        by_place: Call | None = None,
        clock: bool = False,
        lists: tuple[str, ...] = (),
    ) -> Callable[[Call], Call]:
        """Declare a form of a function: the decorated callable takes the budget, then the parameters."""

        def declare(call: Call) -> Call:
            form = Function(name, parameters, call, optional, spread, rest, by_place, clock, lists)
            self.setdefault(name, []).append(form)
            return call

        return declare


def chosen(forms: Sequence[Function], count: int, names: tuple[str, ...]) -> Chosen | None:
    """What takes so many arguments, or arguments with these names; None when no form does."""
    for form in forms:
        found = _by_name(form, names) if names else _by_place(form, count)
        if found is not None:
            return found
    return None


def _by_place(form: Function, count: int) -> Chosen | None:
    call, most = form.by_place or form.call, len(form.parameters)
    if form.spread:
        return _spread(call, count) if count else None
    if form.rest:
        return (lambda budget, given: call(budget, *given)) if count >= most else None
    if not most - form.optional <= count <= most:
        return None
    return _called_with(call, [_takes_one(form, name) for name in form.parameters[:count]])


def _takes_one(form: Function, parameter: str) -> bool:
    """A list of one item stands for the item, as the parameter takes no list. DMN 1.5 §10.3.2.9.4."""
    return parameter not in MANY and parameter not in form.lists


def _item(value: Value) -> Value:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _called_with(call: Call, singles: list[bool]) -> Chosen:
    if singles == [True]:
        return lambda budget, given: call(budget, given[0] if type(given[0]) is not tuple else _item(given[0]))
    if not any(singles):
        return lambda budget, given: call(budget, *given)

    def run(budget: Budget, given: tuple[Value, ...]) -> Value:
        for value in given:
            if type(value) is tuple:
                given = tuple([_item(one) if single else one for one, single in zip(given, singles, strict=True)])
                break
        return call(budget, *given)

    return run


def _spread(call: Call, count: int) -> Chosen:
    if count > 1:
        return call
    return lambda budget, given: call(budget, given[0] if isinstance(given[0], tuple) else given)


def _by_name(form: Function, names: tuple[str, ...]) -> Chosen | None:
    required = form.parameters[: len(form.parameters) - form.optional]
    if len(set(names)) != len(names) or not set(required) <= set(names) <= set(form.parameters):
        return None
    if form.spread:
        return _spread(form.call, 1)
    places = [names.index(name) if name in names else None for name in form.parameters]
    while places[-1] is None:
        places.pop()
    call = _called_with(form.call, [_takes_one(form, name) for name in form.parameters[: len(places)]])
    return lambda budget, given: call(budget, tuple([None if at is None else given[at] for at in places]))


def arrange(parameters: tuple[str, ...], given: tuple[Value, ...], names: tuple[str, ...]) -> tuple[Value, ...] | None:
    """The arguments in the order of the parameters; None when they are not those."""
    if not names:
        return given if len(given) == len(parameters) else None
    if len(names) != len(parameters) or set(names) != set(parameters):
        return None
    by_name = dict(zip(names, given, strict=True))
    return tuple([by_name[name] for name in parameters])


def nothing(budget: Budget, name: str, *values: Value) -> Value:
    """Null, with a note that tells what was given; an argument left out is none."""
    operations.no_personal(*values)
    budget.note(reasons.UNSUITABLE if values else reasons.EMPTY, name, met=values)
    return None


def told(budget: Budget, reason: Text, name: str, *parts: object) -> Value:
    """Null, with a note that says why."""
    budget.note(reason, name, *parts)
    return None
