"""Decision tables: which rules match, and what the hit policy makes of them. DMN 1.5 chapter 8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.dmn import hits
from engine.dmn.columns import TESTED, Column, column
from engine.dmn.hits import Hit, Outcome
from engine.dmn.model import HitPolicy, OutputClause, Table
from engine.dmn.trace import HITS, Matched, Traced, brief, title, told_hit
from engine.errors import Text
from engine.feel import reasons
from engine.feel.frame import Frame, Run
from engine.value import Value

if TYPE_CHECKING:
    from engine.dmn.compiler import Compiler, Scope

STEPS_A_RULE = 8
"""Rules counted as one step, when they are looked up together."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output: its values in the order of their priority, and its test of a result."""

    clause: OutputClause
    order: Run
    allowed: Run | None

    def permits(self, frame: Frame, value: Value) -> bool:
        """The value is null, or among those allowed."""
        if self.allowed is None or value is None:
            return True
        return self.allowed(Frame({**frame.scope, TESTED: value}, frame.budget, frame.functions, frame.types)) is True


@dataclass(frozen=True, slots=True)
class Compiled:
    """A table ready to run: columns, outputs, the results of each rule, the default."""

    table: Table
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    results: Sequence[tuple[Run, ...]]
    default: Run | None

    def evaluate(self, frame: Frame) -> Value:
        """The table's value; a Traced budget keeps how it came about."""
        frame.budget.spend(1 + len(self.table.rules) // STEPS_A_RULE)
        values, rules, refused = self._matching(frame)
        if refused:
            told = f"input-not-allowed: {refused}"
            return self._told(frame, values, (), Outcome(problem=told), None)
        judged = rules[:1] if self.table.policy is HitPolicy.FIRST else rules
        found = [Hit(rule, tuple([result(frame) for result in self.results[rule]])) for rule in judged]
        orders = [output.order(frame) for output in self.outputs]
        outcome = hits.POLICIES[self.table.policy](hits.Asked(frame, found, orders, self.table.aggregator))
        if (bad := self._not_permitted(frame, outcome.counted)) is not None:
            return self._told(frame, values, rules, replace(outcome, problem=f"output-not-allowed: {bad}"), None)
        if not rules and self.default is not None:
            return self._told(frame, values, rules, outcome, self.default(frame))
        return self._told(frame, values, rules, outcome, outcome.value(self.names))

    @property
    def names(self) -> tuple[str, ...] | None:
        """The entries of the table's value; None when it has one output."""
        return tuple(output.clause.name for output in self.outputs) if len(self.outputs) > 1 else None

    def _matching(self, frame: Frame) -> tuple[list[Value], tuple[int, ...], str]:
        """The inputs, the rules they meet, and the label of an input that is not allowed."""
        wanted, refused = (1 << len(self.table.rules)) - 1, ""
        values: list[Value] = []
        for found in self.columns:
            value = found.value(frame)
            values.append(value)
            if not found.permits(frame, value):
                refused = refused or found.clause.label
            wanted = found.rules(frame, value, wanted) if wanted else 0
        return values, () if refused else _bits(wanted), refused

    def _not_permitted(self, frame: Frame, found: Sequence[Hit]) -> str | None:
        """The output whose result is not among its values."""
        for at, output in enumerate(self.outputs):
            if output.allowed is not None and not all(output.permits(frame, hit.results[at]) for hit in found):
                return output.clause.name or title(self.table)
        return None

    def _told(self, frame: Frame, values: list[Value], rules: tuple[int, ...], outcome: Outcome, value: Value) -> Value:
        """The value, and for the audit what led to it."""
        if outcome.problem:
            self._note(frame, rules, outcome)
        if isinstance(frame.budget, Traced):
            frame.budget.keep(self._matched(values, rules, outcome, value))
        return value

    def _note(self, frame: Frame, rules: tuple[int, ...], outcome: Outcome) -> None:
        met = tuple([hit.rule + 1 for hit in outcome.counted] or [rule + 1 for rule in rules])
        if (why := _in_words(self.table, outcome.problem, met)) is not None:
            frame.budget.note(reasons.TABLE, title(self.table), why)

    def _matched(self, values: list[Value], rules: tuple[int, ...], outcome: Outcome, value: Value) -> Matched:
        matching = tuple([rule + 1 for rule in rules])
        counted = tuple([hit.rule + 1 for hit in outcome.counted])
        labels = (found.clause.label for found in self.columns)
        return Matched(
            table=self.table.id,
            inputs=tuple([(label, brief(value)) for label, value in zip(labels, values, strict=True)]),
            matching=matching,
            rules=counted,
            value=brief(value),
            problem=outcome.problem,
            name=title(self.table),
            decision=self.table.decision,
            hits=tuple(
                [told_hit(self.table.rules[hit.rule], hit.rule + 1, hit.results) for hit in outcome.counted[:HITS]]
            ),
            default=not rules and not outcome.problem and self.default is not None,
            told=_in_words(self.table, outcome.problem, counted or matching),
        )


def _in_words(table: Table, problem: str, rules: tuple[int, ...]) -> Text | None:
    """Why a table yields nothing, because of these rules."""
    kind, _, what = problem.partition(": ")
    zh = f"规则 {'、'.join(map(str, rules[:HITS]))}"
    en = f"{'rule' if len(rules) == 1 else 'rules'} {', '.join(map(str, rules[:HITS]))}"
    match kind:
        case "":
            return None
        case hits.CONFLICT:
            zh = f"{zh} 同时命中,但命中策略 {table.policy} 只允许一个结果"
            en = f"expected one result under {table.policy}, but {en} match together"
        case hits.NOT_AGGREGATED:
            zh = f"{zh} 的结果不能按 {table.aggregator} 汇总"
            en = f"expected results that {table.aggregator} can be made of, but found others in {en}"
        case "input-not-allowed":
            zh = f"列「{what}」的输入值不在允许的范围内"
            en = f"expected an allowed value in the column {what}, but found another"
        case _:
            zh = f"{zh} 的结果「{what}」不在允许的范围内"
            en = f"expected an allowed result {what}, but found another in {en}"
    return Text(zh, en)


def compile_table(compiler: Compiler, table: Table, scope: Scope) -> Compiled:
    """A decision table, ready to run."""
    return Compiled(
        table=table,
        columns=tuple(column(compiler, table, at, scope) for at in range(len(table.inputs))),
        outputs=tuple(_output(compiler, clause, table.policy, scope) for clause in table.outputs),
        results=_results(compiler, table, scope),
        default=_default(compiler, table, scope),
    )


def _bits(rules: int) -> tuple[int, ...]:
    found: list[int] = []
    while rules:
        lowest = rules & -rules
        found.append(lowest.bit_length() - 1)
        rules ^= lowest
    return tuple(found)


def _results(compiler: Compiler, table: Table, scope: Scope) -> list[tuple[Run, ...]]:
    made: dict[tuple[int, str], Run] = {}
    rows: list[tuple[Run, ...]] = []
    for rule in table.rules:
        row: list[Run] = []
        for at, (clause, cell) in enumerate(zip(table.outputs, rule.results, strict=True)):
            key = (at, cell.text.strip())
            if key not in made:
                made[key] = compiler.typed(compiler.source(cell, scope), clause.type, clause.name)
            row.append(made[key])
        rows.append(tuple(row))
    return rows


def _output(compiler: Compiler, clause: OutputClause, policy: HitPolicy, scope: Scope) -> Output:
    """An output; without values of its own it has those of its type, which are tested where results are converted."""
    tested = {**scope, TESTED: compiler.feel_type(clause.type)}
    allowed = None if clause.allowed is None else compiler.source(clause.allowed, tested, unary=True)
    if policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        return Output(clause, lambda frame: (), allowed)
    values = clause.allowed or compiler.types.allowed(compiler.namespace, clause.type)
    if values is None:
        compiler.fault(
            clause.element,
            clause.line,
            f"命中策略 {policy} 应列出结果「{clause.name}」的可能值,重要的在前",
            f"expected the values of the output {clause.name}, the most important first: {policy} needs them",
        )
        return Output(clause, lambda frame: (), allowed)
    listed = replace(values, text=f"[{values.text}]")
    return Output(clause, compiler.source(listed, scope), allowed)


def _default(compiler: Compiler, table: Table, scope: Scope) -> Run | None:
    """What the table yields when no rule matches; None when nothing is said."""
    made = [
        None
        if clause.default is None
        else compiler.typed(compiler.source(clause.default, scope), clause.type, clause.name)
        for clause in table.outputs
    ]
    if all(run is None for run in made):
        return None
    names = [clause.name for clause in table.outputs]

    def run(frame: Frame) -> Value:
        values = [None if one is None else one(frame) for one in made]
        return values[0] if len(values) == 1 else hits.combined(tuple(names), tuple(values))

    return run
