"""Built-ins on ranges: the relations of intervals and points. DMN 1.5 table 78."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel import operations
from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing
from engine.value import Range, Value

RANGES = Registry()


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


LOW, HIGH = -1, 1


def _cmp(one: Value, other: Value, side: int, other_side: int) -> int:
    """The order of two ends; a low end without value lies before all, a high one after all."""
    if one is None or other is None:
        return (side if one is None else 0) - (other_side if other is None else 0)
    found = operations.order(one, other)
    if found is None:
        raise ValueError("no order")
    return found


def _relation(name: str, *parameters: str, points: str = "") -> Callable[[Callable[[Range, Range], bool]], None]:
    """Declare a relation; `points` says which of the two may be a point."""

    def declare(holds: Callable[[Range, Range], bool]) -> None:
        def call(budget: Budget, one: Value, other: Value) -> Value:
            pair = ("r" if isinstance(one, Range) else "p") + ("r" if isinstance(other, Range) else "p")
            if one is None or other is None or pair not in points.split():
                return nothing(budget, name, one, other)
            try:
                return holds(_as_range(one), _as_range(other))
            except ValueError:
                return nothing(budget, name, one, other)

        RANGES.add(name, *parameters)(call)

    return declare


def _before(a: Range, b: Range) -> bool:
    found = _cmp(a.high, b.low, HIGH, LOW)
    return found < 0 or (found == 0 and not (a.high_closed and b.low_closed))


_relation("before", "a", "b", points="pp pr rp rr")(_before)
_relation("after", "a", "b", points="pp pr rp rr")(lambda a, b: _before(b, a))
_relation("meets", "a", "b", points="rr")(
    lambda a, b: a.high_closed and b.low_closed and _cmp(a.high, b.low, HIGH, LOW) == 0
)
_relation("met by", "a", "b", points="rr")(
    lambda a, b: a.low_closed and b.high_closed and _cmp(a.low, b.high, LOW, HIGH) == 0
)
_relation("overlaps", "a", "b", points="rr")(lambda a, b: not _before(a, b) and not _before(b, a))


def _starts_earlier(a: Range, b: Range) -> bool:
    found = _cmp(a.low, b.low, LOW, LOW)
    return found < 0 or (found == 0 and a.low_closed and not b.low_closed)


def _ends_earlier(a: Range, b: Range) -> bool:
    found = _cmp(a.high, b.high, HIGH, HIGH)
    return found < 0 or (found == 0 and b.high_closed and not a.high_closed)


_relation("overlaps before", "a", "b", points="rr")(
    lambda a, b: not _before(a, b) and not _before(b, a) and _starts_earlier(a, b) and not _ends_earlier(b, a)
)
_relation("overlaps after", "a", "b", points="rr")(
    lambda a, b: not _before(a, b) and not _before(b, a) and _ends_earlier(b, a) and not _starts_earlier(a, b)
)


def _includes(a: Range, b: Range) -> bool:
    return not _starts_earlier(b, a) and not _ends_earlier(a, b)


_relation("includes", "range", "point", points="rp rr")(_includes)
_relation("during", "point", "range", points="pr rr")(lambda a, b: _includes(b, a))


def _same_low(a: Range, b: Range) -> bool:
    return _cmp(a.low, b.low, LOW, LOW) == 0 and a.low_closed == b.low_closed


def _same_high(a: Range, b: Range) -> bool:
    return _cmp(a.high, b.high, HIGH, HIGH) == 0 and a.high_closed == b.high_closed


_relation("starts", "point", "range", points="pr rr")(lambda a, b: _same_low(a, b) and _includes(b, a))
_relation("started by", "range", "point", points="rp rr")(lambda a, b: _same_low(a, b) and _includes(a, b))
_relation("finishes", "point", "range", points="pr rr")(lambda a, b: _same_high(a, b) and _includes(b, a))
_relation("finished by", "range", "point", points="rp rr")(lambda a, b: _same_high(a, b) and _includes(a, b))
_relation("coincides", "a", "b", points="pp rr")(lambda a, b: _same_low(a, b) and _same_high(a, b))
