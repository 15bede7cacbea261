"""What a compiled expression runs in: the host's names, the names bound inside, the budget, the host's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.feel.budget import Budget
from engine.feel.tree import Node, Type
from engine.value import Value


class Frame:
    """One evaluation, or a part of it in which more names are bound."""

    __slots__ = ("budget", "functions", "items", "local", "scope", "types")

    def __init__(
        self,
        scope: Mapping[str, Value],
        budget: Budget,
        functions: Mapping[str, HostFunction],
        types: Mapping[str, Type],
        local: dict[str, Value] | None = None,
        items: tuple[Value, ...] = (),
    ) -> None:
        self.scope = scope
        self.budget = budget
        self.functions = functions
        self.types = types
        self.local = {} if local is None else local
        self.items = items

    def bind(self, names: Mapping[str, Value]) -> Frame:
        """A frame with these names bound as well."""
        return Frame(self.scope, self.budget, self.functions, self.types, {**self.local, **names}, self.items)

    def kept(self) -> Frame:
        """A frame whose names stay as they are now, for a function that is called later."""
        return self.bind({})

    def filtering(self, item: Value) -> Frame:
        """A frame inside a filter: `item` and the entries of an item that is a context become names."""
        return Frame(self.scope, self.budget, self.functions, self.types, self.local, (*self.items, item))


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A function that the host gives: its parameters by name, and what it does with their values."""

    parameters: tuple[str, ...]
    call: Callable[..., Value]


FUNCTION = Type("function")
Run: TypeAlias = Callable[[Frame], Value]
Compile: TypeAlias = Callable[[Node], Run]


@dataclass(frozen=True, slots=True)
class Closure:
    """A function value of FEEL; it lives only inside one evaluation and is never stored.

    A built-in function has `forms`, which takes as many arguments as any of its forms does, by place or by these names.
    """

    parameters: tuple[str, ...]
    call: Callable[[Budget, tuple[Value, ...]], Value]
    type: Type = FUNCTION
    forms: Callable[[Budget, tuple[Value, ...], tuple[str, ...]], Value] | None = None
