"""Laws of FEEL that hold for every source and tree: what is written is read again, nothing but FeelError is raised, and
every piece of work is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel import Type
from engine.feel.budget import HEIGHT, Budget
from engine.feel.compiler import COMPILERS
from engine.feel.findings import SINGLE
from engine.feel.frame import Frame, Run
from engine.feel.known import Known
from engine.feel.operations import kind
from engine.feel.parser import Parser
from engine.feel.printer import write
from engine.feel.tree import Node, height, weight
from engine.feel.tree import Tests as Cell
from engine.value import Context, Value, number
from tests.engine.feel.test_hostile import MUTANTS, SCOPE
from tests.engine.feel.trees import CELLS, OUTSIDE, TREES

NUMBER = Type("number")
MODEL = frozenset({("tLoan", Type("context", (("credit-score", NUMBER),))), ("t a.b", NUMBER)})
NAMES = frozenset(OUTSIDE)
VALUES: dict[str, Value] = {
    "a": number(3),
    "rows": tuple(Context({"key": number(n), "k l": "x"}) for n in range(5)),
    "单价": number("2.5"),
    "unit price": None,
    "a-b": "text",
    "in stock": (number(1), number(2)),
    "王's": Context({"key": number(1)}),
}


def read(source: str, names: frozenset[str] = NAMES) -> Node:
    """The tree of a source."""
    return Parser(source, Known(names, feel.BUILT_IN, types=MODEL)).whole()


def outcome(work: Callable[[], object]) -> object:
    """What some work yields: a value or FEEL's own error, and nothing else."""
    try:
        return work()
    except feel.FeelError as error:
        return error


def written_is_read_again(tree: Node) -> None:
    assert read(write(tree, NAMES)) == tree


def cell_is_read_again(cell: Cell) -> None:
    assert Parser(write(cell, NAMES), Known(NAMES, feel.BUILT_IN, types=MODEL)).unary_tests() == cell


def source_is_read_again(source: str) -> None:
    names = frozenset(SCOPE)
    try:
        tree = read(source, names)
    except feel.FeelError:
        return
    assert read(write(tree, names), names) == tree


def evaluated(tree: Node) -> None:
    """A source that can be read yields a value or a FeelError, the same each time."""
    source = write(tree, NAMES)

    def work() -> object:
        return feel.compile(source, NAMES, types=MODEL).evaluate(VALUES, budget=Budget(50_000))

    first, second = outcome(work), outcome(work)
    assert str(first) == str(second)


WORDS = st.sampled_from(
    ["if", "then", "else", "for", "in", "return", "some", "satisfies", "not(", "count(", "function(", "instance of",
     "a", "rows", "item", "?", "1", '"', "'", "(", ")", "[", "]", "{", "}", ":", ",", "..", ".", "-", "**", "//", "/*", "@"]
)  # fmt: skip
HOSTILE = st.lists(
    st.one_of(
        WORDS, st.text(max_size=6), st.text(st.characters(categories=("Cf", "Co", "Mn", "Zs", "So", "Lo")), max_size=4)
    ),
    max_size=25,
).map(" ".join)


def _run(make: Callable[..., feel.Expression], source: str) -> Value:
    return make(source, NAMES, types=MODEL).evaluate({**VALUES, "?": number(1)}, budget=Budget(50_000))


def withstood(source: str) -> None:
    """Any text at all is read, or refused with a sentence and a place within it."""
    for make in (feel.compile, feel.compile_unary):
        found = outcome(partial(_run, make, source))
        if isinstance(found, feel.FeelError):
            assert found.text.zh
            assert found.text.en
        if isinstance(found, feel.FeelError) and found.line:
            line = source.split("\n")[found.line - 1]
            assert 1 <= found.column <= len(line) + 1
            assert found.length >= 1


def checked(source: str) -> None:
    """A check never raises: one error for what cannot be read, none for what can."""
    found = feel.check(source, NAMES, types=MODEL)
    readable = not isinstance(outcome(lambda: feel.compile(source, NAMES, types=MODEL)), feel.FeelError)
    assert [one.error for one in found if one.error] == ([] if readable else [True])
    for one in found:
        assert one.text.zh
        assert one.text.en


def is_what_was_inferred(tree: Node) -> None:
    """A value that is not null is of the type that was inferred without evaluating anything."""
    expression = feel.compile(write(tree, NAMES), NAMES, types=MODEL)
    found = outcome(lambda: expression.evaluate(VALUES, budget=Budget(50_000)))
    if found is None or isinstance(found, feel.FeelError):
        return
    if expression.type.name in SINGLE | {"list", "context", "range"}:
        assert kind(found) == expression.type.name  # type: ignore[arg-type]  # a value, since it is no error


class Counted:
    """Closures that count how often they are run."""

    def __init__(self) -> None:
        self.runs = 0

    def compile(self, node: Node) -> Run:
        run = COMPILERS[type(node)](node, self.compile)

        def counting(frame: Frame) -> Value:
            self.runs += 1
            return run(frame)

        return counting


LIMIT = 20_000
"""Steps of one trial."""
INTERVAL = 10_000
"""A source of 10 kB has fewer nodes than this; before a body is run all of its nodes are counted at once."""


def work_is_counted(source: str, scope: dict[str, Value]) -> None:
    """Every run of a closure is paid for, and little is done when nothing is left."""
    try:
        tree = read(source, frozenset(scope))
    except feel.FeelError:
        return
    if height(tree) > HEIGHT:
        return
    counted, budget = Counted(), Budget(LIMIT)
    run = counted.compile(tree)
    budget.spend(weight(tree))
    outcome(lambda: run(Frame(scope, budget, {}, {})))
    spent = LIMIT - budget.steps
    assert counted.runs <= spent
    assert counted.runs <= LIMIT + INTERVAL


LONG_WORK = [
    "for i in 1..1000, j in 1..1000 return i * j + 1",
    "some i in rows satisfies some j in 1..100000 satisfies i.n = j - 1000000",
    "(for i in 1..5000 return i)[item > 3 and item < 10 or item = 11]",
    "{f: function(g, n) if n = 0 then 1 else g(g, n - 1) + g(g, n - 1), r: f(f, 40)}.r",
    "sort(for i in 1..1000 return -i, function(x, y) x < y)",
    "count(for i in 1..1000 return rows[n > 3 and n < 5].name)",
    "for i in 1..100000 return if i in (1, 2, [3..4], > 5) then {x: i, y: x}.y else -i",
    "1 in (" + ",".join(["1 + 1"] * 1_000) + ")",
    "+".join(["1"] * 5_000),
    "list[" + " and ".join(["item > 0"] * 900) + "]",
    "for i in 1..100000 return [" + ",".join(["i"] * 4_000) + "]",
]


@pytest.mark.parametrize("source", LONG_WORK, ids=[source[:40] for source in LONG_WORK])
def test_long_work_is_counted_and_ends(source: str) -> None:
    work_is_counted(source, SCOPE)


def test_a_closure_that_runs_unpaid_would_be_noticed() -> None:
    tree = read("for i in 1..5000 return i + i + i", frozenset())
    counted, generous = Counted(), Budget(10**9)
    run = counted.compile(tree)
    run(Frame({}, generous, {}, {}))
    assert counted.runs > 10_000  # far more than the tree's own nodes: what is counted above is real work
    assert 10**9 - generous.steps >= counted.runs - weight(tree)


LAWS = settings(max_examples=250, deadline=None)


@LAWS
@given(TREES)
def test_what_is_written_is_read_again(tree: Node) -> None:
    written_is_read_again(tree)


@LAWS
@given(CELLS)
def test_a_cell_that_is_written_is_read_again(cell: Cell) -> None:
    cell_is_read_again(cell)


@LAWS
@given(MUTANTS)
def test_what_was_read_can_be_written_and_read_again(source: str) -> None:
    source_is_read_again(source)


@LAWS
@given(TREES)
def test_every_tree_yields_a_value_or_a_sentence(tree: Node) -> None:
    evaluated(tree)


@LAWS
@given(HOSTILE)
@example("\ud800")
@example("a\x00b")
@example("\u202e1\u202c + 1")
def test_any_text_is_read_or_refused_with_a_sentence(source: str) -> None:
    withstood(source)


@LAWS
@given(HOSTILE | MUTANTS | TREES.map(write))
def test_a_check_never_fails(source: str) -> None:
    checked(source)


@LAWS
@given(TREES)
def test_a_value_is_of_the_type_that_was_inferred(tree: Node) -> None:
    is_what_was_inferred(tree)


@LAWS
@given(MUTANTS)
def test_all_work_is_counted(source: str) -> None:
    work_is_counted(source, SCOPE)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(TREES, CELLS, MUTANTS, HOSTILE)
def test_the_laws_hold_for_very_many(tree: Node, cell: Cell, mutant: str, hostile: str) -> None:
    written_is_read_again(tree)
    cell_is_read_again(cell)
    source_is_read_again(mutant)
    evaluated(tree)
    withstood(hostile)
    checked(hostile)
    checked(mutant)
    is_what_was_inferred(tree)
    work_is_counted(mutant, SCOPE)
