"""The values that the columns of a table tell apart, as few examples as tell them all apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine import temporal
from engine.dmn.cells import ORDERED, Pieces, Plain, pieces_of
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

WORK = 4_000_000
"""Values times cells of a column that is looked through."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value that stands for all which no cell tells apart from it.

    `other` is any text that is not named; `free` is any value of a column whose cells tell none apart.
    """

    value: Value
    other: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A column: its points, null the last of them, those that are allowed, and which points each cell lets through.

    Points are bits. A point is None where no value lies; a cell's are None when they are not known beforehand.
    """

    points: tuple[Point | None, ...]
    allowed: int
    cells: tuple[tuple[Cell, int | None], ...]

    @property
    def null(self) -> int:
        """The point that is null."""
        return 1 << (len(self.points) - 1)


def axis(
    column: Column, kind: str | None, restrictions: Iterable[Plain], allowed: Callable[[Value], bool]
) -> Axis | None:
    """The points of a column of that type; None when its values cannot be told apart beforehand.

    `restrictions` are the plain ones among the tests of what is allowed; they tell values apart too.
    """
    meanings = [*(cell.plain for cell in column.cells if cell.plain is not None), *restrictions]
    cut = pieces_of(meanings)
    wanted = KINDS.get(kind or "") or (next(iter(cut)) if len(cut) == 1 and kind is None else None)
    spans = (span for meaning in meanings for span in meaning.spans)
    if wanted is None or (wanted is str and any(span.kind is str and not span.constant for span in spans)):
        return None
    pieces = Pieces((False, True)) if wanted is bool else cut.get(wanted, Pieces(()))
    if len(pieces.ends) * 2 > MOST or len(pieces.ends) * len(column.cells) > WORK:
        return None
    points = (*_examples(pieces, wanted), Point(None))
    cells = tuple((cell, _points(cell, pieces, wanted)) for cell in column.cells)
    known = (1 << at for at, point in enumerate(points) if point is not None and (point.free or allowed(point.value)))
    return Axis(points, sum(known), cells)


def _points(cell: Cell, pieces: Pieces, kind: type) -> int | None:
    null = 1 << (2 * len(pieces.ends) + 1)
    if cell.always:
        return 2 * null - 1
    if cell.plain is None:
        return None
    return pieces.mask(cell.plain, kind) | (null if cell.plain.null else 0)


def _examples(pieces: Pieces, kind: type) -> list[Point | None]:
    """An example of each piece that has a value; all texts that are not named are one."""
    if not pieces.ends:
        return [Point(None, free=True)]
    found: list[Point | None] = []
    for before, end in zip((None, *pieces.ends), pieces.ends, strict=False):
        found += [_example(before, end, kind), Point(end)]
    return [*found, _last(pieces, kind)]


def _last(pieces: Pieces, kind: type) -> Point | None:
    if kind is not str:
        return _example(pieces.ends[-1], None, kind)
    text = "…"
    while text in pieces.ends:
        text += "…"
    return Point(text, other=True)


def _example(low: Value, high: Value, kind: type) -> Point | None:
    if kind is str or kind not in ORDERED:
        return None
    between = _between(low, high)
    return None if between is None else Point(between)


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
