"""Decision tables: which rules match, and what the hit policy makes of them. DMN 1.5 chapter 8.

A column is looked up, not run through: each different cell is tested once for an input value, and the rules that
have it are one number whose bits are the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.dmn import hits
from engine.dmn.model import InputClause, Literal, OutputClause, Table
from engine.dmn.trace import Matched, matched_in
from engine.feel.frame import Frame, Run
from engine.feel.tree import Literal as Constant
from engine.feel.tree import Tests
from engine.value import Value

if TYPE_CHECKING:
    from engine.dmn.compiler import Compiler, Scope

TESTED = "?"
LOOKED_UP = (str, Decimal, bool)
STEPS_A_RULE = 8
"""Rules counted as one step, when they are looked up together."""


@dataclass(frozen=True, slots=True)
class Column:
    """An input: how its value is found and judged, and which rules its cells let through.

    `constants` has the rules of each value written in a cell, by type and value; `tests` the rules of other cells.
    """

    label: str
    value: Run
    allowed: Run | None
    always: int
    constants: Mapping[tuple[type, Value], int]
    tests: Sequence[tuple[int, Run]]
    slow: Sequence[tuple[int, Run]]

    def rules(self, frame: Frame, value: Value, wanted: int) -> int:
        """The rules, among those wanted, that the value lets through."""
        known = value is None or isinstance(value, LOOKED_UP)
        found = self.always | (self.constants.get((type(value), value), 0) if known else 0)
        tested = Frame({**frame.scope, TESTED: value}, frame.budget, frame.functions, frame.types)
        for rules, test in self.tests if known else self.slow:
            if rules & wanted & ~found and test(tested) is True:
                found |= rules
        return found & wanted


def compile_table(compiler: Compiler, table: Table, scope: Scope) -> Run:
    """The function of a decision table."""
    columns = [_column(compiler, table, at, clause, scope) for at, clause in enumerate(table.inputs)]
    results = _results(compiler, table, scope)
    allowed = [_values(compiler, clause, scope) for clause in table.outputs]
    named = len(table.outputs) > 1
    names = tuple(clause.name for clause in table.outputs)
    choose = hits.POLICIES[table.policy]
    every = (1 << len(table.rules)) - 1
    default = _default(compiler, table, scope)
    steps = 1 + len(table.rules) // STEPS_A_RULE

    def run(frame: Frame) -> Value:
        frame.budget.spend(steps)
        inputs: list[tuple[str, Value]] = []
        wanted, refused = every, ""
        for column in columns:
            value = column.value(frame)
            inputs.append((column.label, value))
            if column.allowed is not None and not _is_allowed(frame, column.allowed, value):
                refused = column.label
            wanted = column.rules(frame, value, wanted) if wanted else 0
        if refused:
            return _told(frame, table, inputs, (), None, f"input-not-allowed: {refused}")
        rules = _bits(wanted)
        found = [hits.Hit(rule, tuple([result(frame) for result in results[rule]])) for rule in rules]
        outcome = choose(hits.Asked(frame, found, [order(frame) for order in allowed], table.aggregator))
        value = outcome.value(names if named else None)
        if not rules and default is not None:
            value = default(frame)
        numbers = tuple(rule + 1 for rule in outcome.rules)
        return _told(frame, table, inputs, numbers, value, outcome.problem, tuple(rule + 1 for rule in rules))

    return run


def _told(
    frame: Frame,
    table: Table,
    inputs: list[tuple[str, Value]],
    rules: tuple[int, ...],
    value: Value,
    problem: str,
    matching: tuple[int, ...] = (),
) -> Value:
    """The value, and for the audit what led to it."""
    if problem:
        frame.budget.note(f"{table.id}: {problem}")
    matched_in(frame.budget, Matched(table.id, tuple(inputs), matching, rules, value, problem))
    return value


def _is_allowed(frame: Frame, allowed: Run, value: Value) -> bool:
    return allowed(Frame({**frame.scope, TESTED: value}, frame.budget, frame.functions, frame.types)) is True


def _bits(rules: int) -> tuple[int, ...]:
    found: list[int] = []
    while rules:
        lowest = rules & -rules
        found.append(lowest.bit_length() - 1)
        rules ^= lowest
    return tuple(found)


def _column(compiler: Compiler, table: Table, at: int, clause: InputClause, scope: Scope) -> Column:
    wanted = compiler.feel_type(clause.type)
    tested = {**scope, TESTED: wanted}
    by_text: dict[str, int] = {}
    cells: dict[str, Literal] = {}
    for row, rule in enumerate(table.rules):
        text = rule.tests[at].text.strip()
        by_text[text] = by_text.get(text, 0) | 1 << row
        cells.setdefault(text, rule.tests[at])
    always = 0
    constants: dict[tuple[type, Value], int] = {}
    tests: list[tuple[int, Run]] = []
    slow: list[tuple[int, Run]] = []
    for text, rules in by_text.items():
        found = compiler.expression(cells[text], tested, unary=True)
        if found is None:
            continue
        values = _constants(found.tree)
        if isinstance(found.tree, Tests) and not found.tree.tests:
            always |= rules
        elif values is not None:
            for value in values:
                constants[type(value), value] = constants.get((type(value), value), 0) | rules
            slow.append((rules, found.run))
        else:
            tests.append((rules, found.run))
            slow.append((rules, found.run))
    return Column(
        label=clause.label,
        value=compiler.typed(compiler.source(clause.source, scope), clause.type, clause.label),
        allowed=None if clause.allowed is None else compiler.source(clause.allowed, tested, unary=True),
        always=always,
        constants=constants,
        tests=tests,
        slow=slow,
    )


def _constants(tree: object) -> list[Value] | None:
    """The values of a cell that lists nothing but texts, numbers and truths; None for any other cell."""
    if not isinstance(tree, Tests) or tree.negated or not tree.tests:
        return None
    found: list[Value] = []
    for test in tree.tests:
        if not isinstance(test, Constant) or not (test.value is None or isinstance(test.value, LOOKED_UP)):
            return None
        found.append(test.value)
    return found


def _results(compiler: Compiler, table: Table, scope: Scope) -> list[list[Run]]:
    made: dict[tuple[int, str], Run] = {}
    rows: list[list[Run]] = []
    for rule in table.rules:
        row: list[Run] = []
        for at, (clause, cell) in enumerate(zip(table.outputs, rule.results, strict=True)):
            key = (at, cell.text.strip())
            if key not in made:
                made[key] = compiler.typed(compiler.source(cell, scope), clause.type, clause.name)
            row.append(made[key])
        rows.append(row)
    return rows


def _values(compiler: Compiler, clause: OutputClause, scope: Scope) -> Run:
    """The values of an output in the order of their priority."""
    if clause.allowed is None:
        return lambda frame: ()
    listed = Literal(f"[{clause.allowed.text}]", clause.allowed.element, clause.allowed.line)
    return compiler.source(listed, scope)


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
