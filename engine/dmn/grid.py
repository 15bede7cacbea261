"""The rules of a table over the values its columns tell apart: what meets, what is hidden, what is left open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.dmn.columns import Cell, Column
from engine.dmn.space import Axis, Point

LOOKS = 200_000
"""Points looked at for one table; what is not found by then is not told."""
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A column: its points, and of each the rules that surely let it through and those that may.

    A cell whose values are not known beforehand has a point of its own, which it and `-` surely let through.
    """

    column: Column
    points: tuple[Point | None, ...]
    sure: tuple[int, ...]
    may: tuple[int, ...]
    asked: tuple[int, ...]
    of_cells: tuple[tuple[Cell, tuple[int, ...]], ...]


def line(column: Column, axis: Axis | None) -> Line:
    """A column with its points; those asked for are the allowed ones that are not null."""
    if axis is None:
        axis = Axis(
            (Point(None, free=True), Point(None)), 1, tuple((cell, 3 if cell.always else None) for cell in column.cells)
        )
    sure, may = [0] * len(axis.points), [0] * len(axis.points)
    points = list(axis.points)
    of_cells: list[tuple[Cell, tuple[int, ...]]] = []
    unknown = 0
    for cell, mask in axis.cells:
        if mask is None:
            of_cells.append((cell, (len(points),)))
            points.append(None)
            sure.append(cell.rules | column.always)
            may.append(cell.rules | column.always)
            unknown |= cell.rules
            continue
        of_cells.append((cell, _bits(mask & axis.allowed)))
        for point in of_cells[-1][1]:
            sure[point] |= cell.rules
    for point in range(len(axis.points)):
        may[point] = sure[point] | unknown
    asked = _bits(axis.allowed & ~axis.null)
    return Line(column, tuple(points), tuple(sure), tuple(may), asked, tuple(of_cells))


def _bits(mask: int) -> tuple[int, ...]:
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(found)


@dataclass
class Grid:
    """The lines of a table, and how many points may still be looked at."""

    lines: Sequence[Line]
    rules: int
    looks: int = LOOKS
    boxes: list[list[tuple[int, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        self.boxes = [[() for _ in self.lines] for _ in range(self.rules)]
        for at, found in enumerate(self.lines):
            for cell, points in found.of_cells:
                for rule in _bits(cell.rules):
                    self.boxes[rule][at] = points

    @property
    def every(self) -> int:
        """All rules."""
        return (1 << self.rules) - 1

    def meeting(self) -> Iterator[tuple[int, int]]:
        """Pairs of rules that some values surely meet together."""
        unions: dict[tuple[int, tuple[int, ...]], int] = {}
        for rule, box in enumerate(self.boxes):
            others = self.every & (-2 << rule)
            for at, points in enumerate(box):
                key = at, points
                if key not in unions:
                    unions[key] = self._union(at, points)
                others &= unions[key] if points and self.lines[at].sure[points[0]] >> rule & 1 else 0
            yield from ((rule, other) for other in _bits(others))

    def hidden(self) -> Iterator[int]:
        """Rules that no value reaches, because rules before them take all."""
        for rule, box in enumerate(self.boxes):
            sure = [found.sure for found in self.lines]
            if rule and all(box) and self._open(box, sure, (1 << rule) - 1) is None and self.looks > 0:
                yield rule

    def gap(self) -> list[tuple[Column, Point]] | None:
        """Values that are allowed and surely meet no rule; None when there are none, or it cannot be said."""
        box = [found.asked for found in self.lines]
        found = self._open(box, [found.may for found in self.lines], self.every)
        if found is None:
            return None
        told = ((self.lines[at].column, self.lines[at].points[point]) for at, point in enumerate(found))
        return [(column, point) for column, point in told if point is not None and not point.free]

    def _union(self, at: int, points: tuple[int, ...]) -> int:
        found = 0
        for point in points:
            found |= self.lines[at].sure[point]
        self.looks -= len(points)
        return found

    def _open(self, box: Sequence[tuple[int, ...]], masks: Sequence[Sequence[int]], rules: int) -> list[int] | None:
        """Points of a box, column by column, that none of the rules lets through."""
        seen: set[tuple[int, int]] = set()

        def search(at: int, left: int) -> list[int] | None:
            if not left:
                return []
            if at == len(box) or (at, left) in seen or self.looks <= 0:
                return None
            seen.add((at, left))
            for point in box[at]:
                self.looks -= 1
                found = search(at + 1, left & masks[at][point])
                if found is not None:
                    return [point, *found]
            return None

        return search(0, rules)
