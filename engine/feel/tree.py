"""The tree of an expression. `at` is the offset of the node's first character in the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias, Union

from engine.value import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean, null or `@` literal."""

    value: Value
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A variable; `local` when bound inside the expression, `dynamic` when only the item of a filter can know it.

    `filters` counts the filters between the name and where it is bound: an entry of their items hides it.
    """

    name: str
    local: bool = False
    dynamic: bool = False
    filters: int = field(default=0, compare=False)
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """Minus an operand."""

    operand: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Operators of one level between operands, from left to right: + - * / ** = != < <= > >= and or."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """`value in (test, test)`: one of the tests holds."""

    value: Node
    tests: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Test:
    """A unary test `< 5`, `= x`: compares what is tested (`?`) with an operand."""

    operator: str
    operand: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Tests:
    """Several unary tests, of which one must hold; or `not(…)`, none; no tests at all is `-`."""

    tests: tuple[Node, ...]
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Interval:
    """`[low..high]` with closed or open ends."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[a, b]`."""

    items: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ContextOf:
    """`{a: 1, b: a + 1}`; an entry sees those before it."""

    entries: tuple[tuple[str, Node], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """`value.name`."""

    value: Node
    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """`list[condition or index]`."""

    value: Node
    condition: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A call with positional or with named arguments."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A function known by name: built in, or given by the host."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """`if … then … else if … then … else …`: the branches as condition and value."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Iteration:
    """`for … return …`, `some … satisfies …`, `every … satisfies …`; sources are lists or two ends of a count."""

    kind: str
    names: tuple[str, ...]
    sources: tuple[tuple[Node, Node | None], ...]
    body: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """`function(a, b) …`; an external one has the context that says where it is kept as its body."""

    parameters: tuple[str, ...]
    body: Node
    types: tuple[Type | None, ...] = ()
    external: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its name, and the types of elements, entries, parameters or result."""

    name: str
    parts: tuple[tuple[str, Type], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`."""

    value: Node
    type: Type
    at: int = field(default=0, compare=False)


Node: TypeAlias = Union[
    Literal, Name, Negation, Binary, Between, In, Test, Tests, Interval, ListOf, ContextOf, Path, Filter, Call,
    BuiltIn, If, Iteration, FunctionOf, InstanceOf,
]  # fmt: skip


def inner(node: Node) -> Iterator[Node]:
    """The nodes directly within a node."""
    for slot in _SLOTS[type(node)]:
        yield from _nodes(getattr(node, slot))


def weight(node: Node) -> int:
    """How many nodes a tree has: about the steps of one evaluation."""
    found, stack = 0, [node]
    while stack:
        found += 1
        stack.extend(inner(stack.pop()))
    return found


def mentions(node: Node, name: str) -> bool:
    """The tree mentions a name."""
    stack = [node]
    while stack:
        found = stack.pop()
        if isinstance(found, Name) and found.name == name:
            return True
        stack.extend(inner(found))
    return False


def height(node: Node) -> int:
    """The longest way from the root to a leaf, in nodes."""
    highest, stack = 0, [(node, 1)]
    while stack:
        found, level = stack.pop()
        highest = max(highest, level)
        stack.extend((part, level + 1) for part in inner(found))
    return highest


def _nodes(part: object) -> Iterator[Node]:
    if isinstance(part, tuple):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, _KINDS):
        yield part


_KINDS = (
    Literal, Name, Negation, Binary, Between, In, Test, Tests, Interval, ListOf, ContextOf, Path, Filter, Call,
    BuiltIn, If, Iteration, FunctionOf, InstanceOf,
)  # fmt: skip
_SLOTS: dict[type, tuple[str, ...]] = {
    kind: tuple(slot.name for slot in fields(kind) if slot.name != "at" and kind is not Literal) for kind in _KINDS
}
