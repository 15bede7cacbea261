"""What can be carried out as it is drawn, but is hardly meant so. DMN 1.5 §8.2.10 asks tables to be complete and unique."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from engine.dmn.cells import constant, plain
from engine.dmn.columns import Cell, Column
from engine.dmn.compiler import Compiler
from engine.dmn.finding import Finding, finding
from engine.dmn.grid import MOST_COLUMNS, Grid, line
from engine.dmn.model import HitPolicy, Literal
from engine.dmn.requirements import Requirements, not_handed
from engine.dmn.space import KINDS, Axis, Point, axis
from engine.dmn.table import Compiled, Output
from engine.dmn.trace import title, written
from engine.dmn.types import ItemType
from engine.errors import Text
from engine.feel import coerce
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.frame import Frame
from engine.value import Value

TOLD = 20
"""Findings of one kind that are told of one table."""
SINGLE = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST)


def warnings_of(requirements: Requirements, compilers: Iterable[Compiler]) -> Iterator[Finding]:
    """Every warning about the requirements and the tables."""
    yield from not_handed(requirements)
    for compiler in compilers:
        told = [found for table in compiler.tables for found in Review(compiler, table).warnings()]
        yield from told
        places = {(found.element, found.line) for found in told}
        more = (found for found in compiler.unmeant() if (found.element, found.line) not in places)
        yield from islice(more, TOLD)


class Review:
    """One table looked through."""

    def __init__(self, compiler: Compiler, table: Compiled) -> None:
        self.compiler = compiler
        self.compiled = table
        self.table = table.table
        self.budget = Budget()
        self.axes = [self._axis(column) for column in table.columns]

    def warnings(self) -> Iterator[Finding]:
        """What is found: cells by themselves, then rules together."""
        for column, found in zip(self.compiled.columns, self.axes, strict=True):
            if found is not None:
                yield from islice(self._cells(column, found), TOLD)
        for at, output in enumerate(self.compiled.outputs):
            yield from islice(self._results(at, output), TOLD)
        if len(self.axes) <= MOST_COLUMNS:
            pairs = zip(self.compiled.columns, self.axes, strict=True)
            lines = [line(column, found) for column, found in pairs]
            yield from islice(self._meeting(Grid(lines, len(self.table.rules))), TOLD)
            yield from islice(self._hidden(Grid(lines, len(self.table.rules))), TOLD)
            yield from self._gap(Grid(lines, len(self.table.rules)))

    # -------------------------------------------------------------- cells

    def _axis(self, column: Column) -> Axis | None:
        sources = (column.clause.allowed, self.compiler.types.allowed(self.compiler.namespace, column.clause.type))
        found = [self.compiler.alone(source, unary=True) for source in sources if source is not None]
        meanings = [plain(expression.tree) for expression in found if expression is not None]
        restrictions = [meaning for meaning in meanings if meaning is not None]
        name = None if column.kind is None else column.kind.name
        return axis(column, name, restrictions, lambda value: self._allowed(column, value))

    def _allowed(self, column: Column, value: Value) -> bool:
        """The value is among those of the column and of its type, as far as that is known beforehand."""
        wanted = self.compiler.item_type(column.clause.type)
        if wanted is not None and value is not None and not self._fits(wanted, value):
            return False
        if (allowed := column.clause.allowed) is None:
            return True
        return self._holds(allowed, value)

    def _holds(self, tests: Literal, value: Value) -> bool:
        """The value passes, or it cannot be said beforehand."""
        found = self.compiler.alone(tests, unary=True)
        if found is None or self.budget.steps <= 0:
            return True
        try:
            return found.evaluate({"?": value}, budget=self.budget) is True
        except FeelError:
            return True

    def _fits(self, wanted: ItemType, value: Value) -> bool:
        try:
            return wanted.fits(Frame({}, self.budget, {}, {}), value)
        except FeelError:
            return True

    def _cells(self, column: Column, found: Axis) -> Iterator[Finding]:
        """Conditions of another type than the column, on nothing that is allowed, or on something that is not."""
        wanted = column.kind
        kind = None if wanted is None else KINDS[wanted.name]
        for cell, mask in found.cells:
            spans = () if cell.plain is None else cell.plain.spans
            other = next((span for span in spans if kind not in (None, span.kind)), None)
            if other is not None and wanted is not None:
                text = written(other.high if other.low is None else other.low)
                yield self._at(
                    cell.written,
                    f"列的类型是 {wanted.name},{text} 永远不会命中",
                    f"expected a condition on a {wanted.name}, but {text} never matches one",
                )
            elif mask is not None and not mask & found.allowed:
                yield self._at(cell.written, *_never(mask))
            else:
                yield from self._not_allowed(column, cell)

    def _not_allowed(self, column: Column, cell: Cell) -> Iterator[Finding]:
        for span in () if cell.plain is None else cell.plain.spans:
            if span.constant and not self._allowed(column, span.low):
                text = written(span.low)
                yield self._at(
                    cell.written,
                    f"{text} 不在列的允许值中",
                    f"expected an allowed value of the column, but found {text}",
                )

    def _results(self, at: int, output: Output) -> Iterator[Finding]:
        seen: set[str] = set()
        wanted = self.compiler.item_type(output.clause.type)
        for cell in (rule.results[at] for rule in self.table.rules):
            found = self.compiler.alone(cell)
            value = None if found is None or cell.text in seen else constant(found.tree)
            seen.add(cell.text)
            if value is None:
                continue
            converted = value if wanted is None else coerce(value, wanted.type)
            fits = converted is not None and (wanted is None or self._fits(wanted, converted))
            allowed = output.clause.allowed
            if not fits or (allowed is not None and not self._holds(allowed, converted)):
                text = written(value)
                yield self._at(
                    cell, f"{text} 不是这一列允许的结果", f"expected an allowed result of the output, but found {text}"
                )

    # -------------------------------------------------------------- rules together

    def _meeting(self, grid: Grid) -> Iterator[Finding]:
        if self.table.policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
            return
        for one, other in grid.meeting():
            texts = [[cell.text.strip() for cell in self.table.rules[rule].results] for rule in (one, other)]
            if self.table.policy is HitPolicy.ANY and texts[0] == texts[1]:
                continue
            yield self._about(
                other,
                f"规则 {one + 1} 和规则 {other + 1} 会同时命中,而命中策略是 {self.table.policy}",
                f"expected rules that never match together under {self.table.policy}, "
                f"but rule {one + 1} and rule {other + 1} do",
            )

    def _hidden(self, grid: Grid) -> Iterator[Finding]:
        if self.table.policy is not HitPolicy.FIRST:
            return
        for rule in grid.hidden():
            yield self._about(
                rule,
                f"规则 {rule + 1} 永远轮不到:前面的规则已先命中",
                f"expected a rule that can be reached, but the rules before rule {rule + 1} match first",
            )

    def _gap(self, grid: Grid) -> Iterator[Finding]:
        if self.table.policy not in SINGLE or self.compiled.default is not None:
            return
        if (found := grid.gap()) is None:
            return
        zh = "、".join(f"{column.clause.label} = {_example(point).zh}" for column, point in found)
        en = ", ".join(f"{column.clause.label} = {_example(point).en}" for column, point in found)
        yield finding(
            self.compiler.path,
            self.table.id,
            self.table.line,
            f"决策表「{title(self.table)}」有空缺:{zh or '任何输入'} 时没有规则命中,也没有默认结果",
            f"expected a rule or a default for every input of the table {title(self.table)}, "
            f"but there is none for {en or 'any input'}",
        )

    def _at(self, cell: Literal, zh: str, en: str) -> Finding:
        place = cell.place or Text("", "")
        return finding(self.compiler.path, cell.element, cell.line, f"{place.zh}:{zh}", f"{place.en}: {en}")

    def _about(self, rule: int, zh: str, en: str) -> Finding:
        found = self.table.rules[rule]
        return finding(self.compiler.path, found.id or self.table.id, found.line, zh, en)


def _never(mask: int) -> tuple[str, str]:
    if mask:
        return (
            "条件只接受不允许的值,永远不会命中",
            "expected a condition on allowed values, but it accepts none of them",
        )
    return "没有值能满足这个条件", "expected a condition that some value meets, but none does"


def _example(point: Point) -> Text:
    if point.other:
        return Text("其他文字", "another text")
    return Text(written(point.value), written(point.value))
