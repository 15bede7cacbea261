"""The values that the columns of a table tell apart, as few examples as tell them all apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine import temporal
from engine.dmn.cells import ORDERED, Pieces, pieces_of
from engine.dmn.columns import Cell, Column
from engine.value import DECIMAL, NANOSECONDS, Date, DaysDuration, MonthsDuration, Value

KINDS: Mapping[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "days and time duration": DaysDuration,
    "years and months duration": MonthsDuration,
}
MOST = 4_000
"""Values of a column that are told apart; a column with more is not looked through."""

WORK = 1_000_000
"""Values times cells of a column that is looked through."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value that stands for all which no cell tells apart from it; `other` is a text that no cell names."""

    value: Value
    other: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A column: its points, null the last of them, those that are allowed, and which points each cell lets through.

    Points are bits; None for a cell whose points are not known beforehand.
    """

    points: tuple[Point, ...]
    allowed: int
    cells: tuple[tuple[Cell, int | None], ...]

    @property
    def null(self) -> int:
        """The point that is null."""
        return 1 << (len(self.points) - 1)

    @property
    def every(self) -> int:
        """All points."""
        return (1 << len(self.points)) - 1


def axis(column: Column, kind: str | None, allowed: Callable[[Value], bool]) -> Axis | None:
    """The points of a column of that type; None when its values cannot be told apart beforehand."""
    cut = pieces_of(cell.plain for cell in column.cells if cell.plain is not None)
    wanted = KINDS.get(kind or "") or (next(iter(cut)) if len(cut) == 1 and kind is None else None)
    if wanted is None:
        return None
    pieces = Pieces((False, True)) if wanted is bool else cut.get(wanted, Pieces(()))
    spans = (span for cell in column.cells if cell.plain is not None for span in cell.plain.spans)
    if wanted is str and any(span.kind is str and not span.constant for span in spans):
        return None
    if len(pieces.ends) * 2 > MOST or len(pieces.ends) * len(column.cells) > WORK:
        return None
    examples = _examples(pieces, wanted)
    points = (*(point for _, point in examples), Point(None))
    cells = tuple((cell, _points(cell, pieces, wanted, [piece for piece, _ in examples])) for cell in column.cells)
    return Axis(points, sum(1 << at for at, point in enumerate(points) if allowed(point.value)), cells)


def _points(cell: Cell, pieces: Pieces, kind: type, known: list[int]) -> int | None:
    if cell.always:
        return (1 << (len(known) + 1)) - 1
    if cell.plain is None:
        return None
    mask = pieces.mask(cell.plain, kind)
    found = sum(1 << at for at, piece in enumerate(known) if mask >> piece & 1)
    return found | (1 << len(known) if cell.plain.null else 0)


def _examples(pieces: Pieces, kind: type) -> list[tuple[int, Point]]:
    """An example of each piece that has a value; all texts that are not named are one."""
    found = [(2 * at + 1, Point(end)) for at, end in enumerate(pieces.ends)]
    if kind is str:
        return [*found, (2 * len(pieces.ends), Point("", other=True))]
    if kind in ORDERED:
        around = (None, *pieces.ends, None)
        for at in range(len(pieces.ends) + 1):
            between = _between(around[at], around[at + 1])
            if between is not None:
                found.append((2 * at, Point(between)))
    return sorted(found, key=lambda one: one[0])


def _between(low: Value, high: Value) -> Value:
    """A value of an ordered type between two of it, or beyond one; null when there is none."""
    one = low if low is not None else high
    if one is None:
        return None
    if isinstance(one, Decimal):
        return _number(*(end if isinstance(end, Decimal) else None for end in (low, high)))
    read, write = _COUNTED[type(one)]
    if low is None or high is None:
        step = _DAY if isinstance(one, DaysDuration) else 1
        return _written(write, read(one) + (step if low is not None else -step))
    middle = (read(low) + read(high)) // 2
    return write(middle) if read(low) < middle < read(high) else None


def _written(write: Callable[[int], Value], count: int) -> Value:
    try:
        return write(count)
    except ValueError:  # beyond the calendar
        return None


def _number(low: Decimal | None, high: Decimal | None) -> Value:
    if low is None:
        return None if high is None else DECIMAL.subtract(high, Decimal(1))
    above = DECIMAL.add(low, Decimal(1))
    if high is None or above < high:
        return above if above > low else None
    middle = DECIMAL.divide(DECIMAL.add(low, high), Decimal(2))
    return middle if low < middle < high else None


_DAY = 86_400 * NANOSECONDS
_COUNTED: dict[type, tuple[Callable[[Value], int], Callable[[int], Value]]] = {
    Date: (lambda found: temporal.ordinal(found) if isinstance(found, Date) else 0, temporal.from_ordinal),
    DaysDuration: (lambda found: found.nanoseconds if isinstance(found, DaysDuration) else 0, DaysDuration),
    MonthsDuration: (lambda found: found.months if isinstance(found, MonthsDuration) else 0, MonthsDuration),
}
"""How values that can be counted are counted."""
