"""Hit policies: what a decision table yields of the rules that match. DMN 1.5 §8.2.10 and §8.2.11."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.dmn.model import Aggregator, HitPolicy
from engine.feel import operations
from engine.feel.frame import Frame
from engine.feel.functions import FUNCTIONS
from engine.value import Context, Value, number

Row = tuple[Value, ...]
CONFLICT = "conflict"
NOT_AGGREGATED = "not-aggregated"


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matches, counted from 0, and its results."""

    rule: int
    results: Row


@dataclass(frozen=True, slots=True)
class Asked:
    """What a policy judges: the hits in the order of the rules, and each output's values, the most important first."""

    frame: Frame
    hits: Sequence[Hit]
    orders: Sequence[Value]
    aggregator: Aggregator | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The hits that count, and their results: one row, a list of rows, or a value made of them."""

    counted: Sequence[Hit] = ()
    row: Row | None = None
    rows: tuple[Row, ...] | None = None
    aggregate: Value = None
    problem: str = ""

    def value(self, names: tuple[str, ...] | None) -> Value:
        """The table's value: rows become contexts when the outputs have names."""
        if self.row is not None:
            return combined(names, self.row)
        if self.rows is not None:
            return tuple(combined(names, row) for row in self.rows)
        return self.aggregate


def combined(names: tuple[str, ...] | None, row: Row) -> Value:
    """A row as one value."""
    return row[0] if names is None else Context(dict(zip(names, row, strict=True)))


def _unique(asked: Asked) -> Outcome:
    if len(asked.hits) > 1:
        return Outcome(problem=CONFLICT)
    return _first(asked)


def _first(asked: Asked) -> Outcome:
    if not asked.hits:
        return Outcome()
    hit = asked.hits[0]
    return Outcome((hit,), hit.results)


def _any(asked: Asked) -> Outcome:
    budget = asked.frame.budget
    first = asked.hits[0].results if asked.hits else ()
    for hit in asked.hits[1:]:
        if not all(operations.equal(budget, a, b) is True for a, b in zip(first, hit.results, strict=True)):
            return Outcome(problem=CONFLICT)
    return _first(asked) if len(asked.hits) < 2 else Outcome(asked.hits, first)


def _priority(asked: Asked) -> Outcome:
    ordered = _by_priority(asked)
    return Outcome(ordered[:1], ordered[0].results) if ordered else Outcome()


def _output_order(asked: Asked) -> Outcome:
    return _listed(_by_priority(asked))


def _rule_order(asked: Asked) -> Outcome:
    return _listed(asked.hits)


def _collect(asked: Asked) -> Outcome:
    if asked.aggregator is None:
        return _listed(asked.hits)
    values = tuple(hit.results[0] for hit in asked.hits)
    if asked.aggregator is Aggregator.COUNT:
        return Outcome(asked.hits, aggregate=number(len(values)))
    if not values:
        return Outcome()
    found = FUNCTIONS[asked.aggregator.lower()][0].call(asked.frame.budget, values)
    return Outcome(asked.hits, aggregate=found, problem=NOT_AGGREGATED if found is None else "")


def _listed(hits: Sequence[Hit]) -> Outcome:
    return Outcome(hits, rows=tuple(hit.results for hit in hits)) if hits else Outcome()


def _by_priority(asked: Asked) -> list[Hit]:
    """Most important first: by the first output, among equals by the next; the order of rules is the last word."""

    def places(hit: Hit) -> tuple[int, ...]:
        return tuple(_place(asked.frame, order, value) for order, value in zip(asked.orders, hit.results, strict=True))

    return sorted(asked.hits, key=places)


def _place(frame: Frame, order: Value, value: Value) -> int:
    listed = order if isinstance(order, tuple) else ()
    for place, one in enumerate(listed):
        if operations.equal(frame.budget, one, value) is True:
            return place
    return len(listed)


POLICIES: dict[HitPolicy, Callable[[Asked], Outcome]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.FIRST: _first,
    HitPolicy.RULE_ORDER: _rule_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
}
