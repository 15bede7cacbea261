"""A column of conditions, looked up instead of run through.

Rules are the bits of one number. Plain cells are cut into pieces of their type, and a value finds the rules of its piece
by bisection; of the other cells each different one is tested once for an input value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dmn.cells import PLAIN, Pieces, Plain, pieces_of, plain
from engine.dmn.model import InputClause, Literal, Table
from engine.feel import Expression
from engine.feel.frame import Frame, Run
from engine.feel.tree import Tests, Type
from engine.value import Value

if TYPE_CHECKING:
    from engine.dmn.compiler import Compiler, Scope

TESTED = "?"


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a column: the rules that have it, its test, and its meaning where that is plain.

    `always` is the cell `-`; `test` is None for a cell that cannot be read.
    """

    written: Literal
    rules: int
    test: Run | None
    always: bool
    plain: Plain | None


@dataclass(frozen=True, slots=True)
class Column:
    """An input: its type as far as it is known, how its value is found and judged, which rules its cells let through."""

    clause: InputClause
    kind: Type | None
    value: Run
    allowed: Run | None
    cells: tuple[Cell, ...]
    always: int
    null: int
    pieces: Mapping[type, tuple[Pieces, Sequence[int]]]
    tests: tuple[tuple[int, Run], ...]
    all_tests: tuple[tuple[int, Run], ...]

    def rules(self, frame: Frame, value: Value, wanted: int) -> int:
        """The rules, among those wanted, that the value lets through."""
        found, tests = self.always, self.tests
        if value is None:
            found |= self.null
        elif (cut := self.pieces.get(type(value))) is not None:
            found |= cut[1][cut[0].holding(value)]
        elif type(value) not in PLAIN:
            tests = self.all_tests
        if tests:
            tested = Frame({**frame.scope, TESTED: value}, frame.budget, frame.functions, frame.types)
            for rules, test in tests:
                if rules & wanted & ~found and test(tested) is True:
                    found |= rules
        return found & wanted

    def permits(self, frame: Frame, value: Value) -> bool:
        """The value is among those allowed in the column."""
        if self.allowed is None:
            return True
        return self.allowed(Frame({**frame.scope, TESTED: value}, frame.budget, frame.functions, frame.types)) is True


def column(compiler: Compiler, table: Table, at: int, scope: Scope) -> Column:
    """The column of a table's input at a place."""
    clause = table.inputs[at]
    source = compiler.expression(clause.source, scope)
    kind = compiler.feel_type(clause.type) or _inferred(source)
    tested = {**scope, TESTED: kind}
    cells = tuple(_cells(compiler, [rule.tests[at] for rule in table.rules], tested))
    found = [cell for cell in cells if cell.test is not None and not cell.always]
    return Column(
        clause=clause,
        kind=kind,
        value=compiler.typed(compiler.weighed(clause.source, source), clause.type, clause.label),
        allowed=None if clause.allowed is None else compiler.source(clause.allowed, tested, unary=True),
        cells=cells,
        always=_joined(cell.rules for cell in cells if cell.always),
        null=_joined(cell.rules for cell in found if cell.plain is not None and cell.plain.null),
        pieces=_cut(found),
        tests=_tests(cell for cell in found if cell.plain is None),
        all_tests=_tests(found),
    )


def _inferred(source: Expression | None) -> Type | None:
    return None if source is None or source.type.name in ("Any", "Null") else source.type


def _cells(compiler: Compiler, written: list[Literal], tested: Scope) -> Iterator[Cell]:
    rules: dict[str, int] = {}
    first: dict[str, Literal] = {}
    for row, cell in enumerate(written):
        text = cell.text.strip()
        rules[text] = rules.get(text, 0) | 1 << row
        first.setdefault(text, cell)
    for text, cell in first.items():
        found = compiler.expression(cell, tested, unary=True)
        if found is None:
            yield Cell(cell, rules[text], None, False, None)
        else:
            always = isinstance(found.tree, Tests) and not found.tree.tests
            yield Cell(cell, rules[text], compiler.weighed(cell, found), always, plain(found.tree))


def _cut(cells: list[Cell]) -> dict[type, tuple[Pieces, Sequence[int]]]:
    """For each type the rules that each piece of it lets through."""
    known = [(cell, cell.plain) for cell in cells if cell.plain is not None]
    found: dict[type, tuple[Pieces, Sequence[int]]] = {}
    for kind, pieces in pieces_of(meaning for _, meaning in known).items():
        count = 2 * len(pieces.ends) + 1
        opened, closed = [0] * (count + 1), [0] * (count + 1)
        for cell, meaning in known:
            for first, end in pieces.runs(meaning, kind):
                opened[first] |= cell.rules
                closed[end] |= cell.rules
        running, rules = 0, list[int]()
        for piece in range(count):
            running = (running & ~closed[piece]) | opened[piece]
            rules.append(running)
        found[kind] = pieces, rules
    return found


def _tests(cells: Iterable[Cell]) -> tuple[tuple[int, Run], ...]:
    return tuple((cell.rules, cell.test) for cell in cells if cell.test is not None)


def _joined(rules: Iterable[int]) -> int:
    found = 0
    for some in rules:
        found |= some
    return found
