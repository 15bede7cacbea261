"""Cells whose meaning is plain: constants and intervals of one ordered type, which can be looked up and compared."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.budget import Budget
from engine.feel.compiler import compile_node
from engine.feel.errors import FeelError
from engine.feel.frame import Frame
from engine.feel.names import used_names
from engine.feel.tree import BuiltIn, Call, Interval, Literal, Negation, Node, Test, Tests
from engine.value import Date, DaysDuration, MonthsDuration, Value

ORDERED: tuple[type, ...] = (Decimal, str, Date, DaysDuration, MonthsDuration)
PLAIN: tuple[type, ...] = (*ORDERED, bool)
"""The types whose values have one order and one equality, without regard to zones."""
MADE_BY = frozenset({"date", "duration", "number"})
"""Functions that a constant may be written with."""
CONSTANT_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """The values of one type from `low` to `high`; None is without end. A constant is a span of one value."""

    kind: type
    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True

    @property
    def constant(self) -> bool:
        """It is one value."""
        return self.low is not None and self.low == self.high and self.low_closed and self.high_closed


@dataclass(frozen=True, slots=True)
class Plain:
    """What a cell lets through: values within its spans, or when `negated` those of its type outside of them."""

    spans: tuple[Span, ...]
    negated: bool = False
    null: bool = False


def plain(tree: Node) -> Plain | None:
    """The plain meaning of a cell; None when it must be tested value by value, and for `-`."""
    if not isinstance(tree, Tests) or not tree.tests:
        return None
    only = tree.tests[0]
    if len(tree.tests) == 1 and isinstance(only, Test) and only.operator == "!=" and not tree.negated:
        span = _span(Test("=", only.operand))
        return None if span is None else Plain((span,), negated=True, null=True)
    null = any(_is_null(test) for test in tree.tests)
    spans = [_span(test) for test in tree.tests if not _is_null(test)]
    known = tuple(span for span in spans if span is not None)
    if len(known) < len(spans):
        return None
    if not tree.negated:
        return Plain(known, null=null)
    if null or len({span.kind for span in known}) > 1:
        return None
    return Plain(known, negated=True, null=all(_is_equality(test) for test in tree.tests))


def _is_null(test: Node) -> bool:
    return isinstance(test, Literal) and test.value is None


def _is_equality(test: Node) -> bool:
    return test.operator == "=" if isinstance(test, Test) else not isinstance(test, Interval)


def _span(test: Node) -> Span | None:
    if isinstance(test, Interval):
        low, high = constant(test.low), constant(test.high)
        if type(low) is not type(high) or not isinstance(low, ORDERED):
            return None
        return Span(type(low), low, high, test.low_closed, test.high_closed)
    end = constant(test.operand if isinstance(test, Test) else test)
    if not isinstance(end, PLAIN):
        return None
    if not isinstance(test, Test) or test.operator == "=":
        return Span(type(end), end, end)
    if not isinstance(end, ORDERED) or test.operator == "!=":
        return None
    if test.operator in ("<", "<="):
        return Span(type(end), None, end, False, test.operator == "<=")
    return Span(type(end), end, None, test.operator == ">=", False)


def constant(node: Node) -> Value:
    """The value of an expression that is the same whatever is given; null when it is not known beforehand."""
    if isinstance(node, Literal):
        return node.value
    made = isinstance(node, Call) and isinstance(node.function, BuiltIn) and node.function.name in MADE_BY
    if isinstance(node, Call):
        made = made and all(isinstance(argument, Literal) for argument in node.arguments)
    elif isinstance(node, Negation):
        made = isinstance(node.operand, Literal)
    if not made or used_names(node):
        return None
    try:
        return compile_node(node)(Frame({}, Budget(CONSTANT_STEPS), {}, {}))
    except FeelError:
        return None


# ------------------------------------------------------------------ pieces


@dataclass(frozen=True, slots=True)
class Pieces:
    """A type cut at the ends of spans: `ends` in order; piece 2n+1 is end n, piece 2n what lies before it."""

    ends: Sequence[Value]

    def of(self, span: Span) -> tuple[int, int]:
        """The pieces a span consists of: the first, and the one after the last."""
        first, end = 0, 2 * len(self.ends) + 1
        if span.low is not None:
            first = 2 * place(self.ends, span.low) + (1 if span.low_closed else 2)
        if span.high is not None:
            end = 2 * place(self.ends, span.high) + (2 if span.high_closed else 1)
        return first, end

    def runs(self, cell: Plain, kind: type) -> list[tuple[int, int]]:
        """The pieces of a type whose values pass a cell, in runs: the first piece, and the one after the last."""
        merged: list[tuple[int, int]] = []
        for first, end in sorted(self.of(span) for span in cell.spans if span.kind is kind):
            if merged and first <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            elif first < end:
                merged.append((first, end))
        if not cell.negated:
            return merged
        if any(span.kind is not kind for span in cell.spans):
            return []
        edges = [0, *(edge for run in merged for edge in run), 2 * len(self.ends) + 1]
        return [(first, end) for first, end in zip(edges[::2], edges[1::2], strict=True) if first < end]

    def mask(self, cell: Plain, kind: type) -> int:
        """The same pieces as the bits of a number."""
        return sum((1 << end) - (1 << first) for first, end in self.runs(cell, kind))

    def holding(self, value: Value) -> int:
        """The piece that a value of the type lies in."""
        at = place(self.ends, value)
        return 2 * at + (1 if at < len(self.ends) and self.ends[at] == value else 0)


def place(ends: Sequence[Value], value: Value) -> int:
    """How many ends are less than a value of their type."""
    return bisect_left(ends, value)  # type: ignore[type-var]  # values of one ordered type


def pieces_of(cells: Iterable[Plain]) -> dict[type, Pieces]:
    """The pieces of each type that cells have spans of."""
    ends: dict[type, set[Value]] = {}
    for cell in cells:
        for span in cell.spans:
            ends.setdefault(span.kind, set()).update(end for end in (span.low, span.high) if end is not None)
    return {kind: Pieces(in_order(found)) for kind, found in ends.items()}


def in_order(values: Iterable[Value]) -> tuple[Value, ...]:
    """Values of one ordered type, the least first."""
    return tuple(sorted(values))  # type: ignore[type-var]  # as above
