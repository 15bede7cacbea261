"""How a built-in function is declared, and how the arguments of a call find its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.feel.budget import Budget
from engine.value import Value

Call = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Function:
    """One form of a built-in: its parameters by name; `optional` of the last ones may be missing.

    A `spread` function takes any number of arguments, or one list of them.
    """

    name: str
    parameters: tuple[str, ...]
    call: Call
    optional: int = 0
    spread: bool = False


class Registry(dict[str, list[Function]]):
    """The forms of each built-in by name."""

    def add(self, name: str, *parameters: str, optional: int = 0, spread: bool = False) -> Callable[[Call], Call]:
        """Declare a form of a function: the decorated callable takes the budget, then the parameters."""

        def declare(call: Call) -> Call:
            self.setdefault(name, []).append(Function(name, parameters, call, optional, spread))
            return call

        return declare


def arrange(
    forms: Sequence[Function], given: tuple[Value, ...], names: tuple[str, ...]
) -> tuple[Call, tuple[Value, ...]] | None:
    """The form that takes these arguments, with the arguments in its order; None when none does."""
    for form in forms:
        if names:
            if (arguments := _named(form, given, names)) is not None:
                return form.call, arguments
        elif form.spread:
            single = len(given) == 1 and isinstance(given[0], tuple)
            return form.call, (given[0] if single else given,)
        elif len(form.parameters) - form.optional <= len(given) <= len(form.parameters):
            return form.call, given
    return None


def _named(form: Function, given: tuple[Value, ...], names: tuple[str, ...]) -> tuple[Value, ...] | None:
    by_name = dict(zip(names, given, strict=True))
    required = form.parameters[: len(form.parameters) - form.optional]
    if not set(names) <= set(form.parameters) or not set(required) <= set(names):
        return None
    last = max((form.parameters.index(name) for name in names), default=-1)
    return tuple(by_name.get(name) for name in form.parameters[: last + 1])


def nothing(budget: Budget, name: str, *values: Value) -> Value:
    """Null, with a note."""
    budget.note(f"{name}: unsuitable argument ({', '.join(type(value).__name__ for value in values)})")
    return None
