"""What can be carried out, but is hardly meant so: cells by themselves, and rules together."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from engine import dmn
from engine.dmn.review import TOLD
from engine.value import Value
from tests.engine.dmn.drawing import column, decision, given, library, literal, output, table
from tests.engine.dmn.test_law import CELLS, VALUES, meets

KINDS = {"n": "number", "s": "string", "b": "boolean", "t": "date", "l": "days and time duration"}


def one(
    names: str,
    rules: list[str],
    *,
    policy: str = "UNIQUE",
    values: str | None = None,
    default: str | None = None,
    results: list[str] | None = None,
    kind: str | None = None,
    allowed: str | None = None,
) -> dmn.Library:
    """A table over inputs of one letter each, its conditions parted by bars."""
    columns = [column(name, KINDS[name], label=name.upper(), values=values) for name in names]
    found = results or [str(at) for at in range(len(rules))]
    written = [(rule.split("|"), [result]) for rule, result in zip(rules, found, strict=True)]
    logic = table(columns, [output("o", kind, values=allowed, default=default)], written, policy=policy)
    made = library(*(given(name) for name in names), decision("d", logic, inputs=list(names)))
    assert made.faults == []
    return made


def told(found: dmn.Library) -> list[tuple[str, str]]:
    return [(warning.element, warning.text.zh) for warning in found.warnings]


NEVER = "规则 2,列「{}」:"
FOUND: dict[str, tuple[dmn.Library, list[tuple[str, str]]]] = {
    "a text in a column of numbers": (
        one("n", ["-", '"a"'], policy="FIRST"),
        [("r2i1", NEVER.format("N") + '列的类型是 number,"a" 永远不会命中')],
    ),
    "a number among texts": (
        one("s", ["-", '"a", 1'], policy="COLLECT"),
        [("r2i1", NEVER.format("S") + "列的类型是 string,1 永远不会命中")],
    ),
    "an interval with its ends the wrong way round": (
        one("n", ["-", "[5..1]"], policy="COLLECT"),
        [("r2i1", NEVER.format("N") + "没有值能满足这个条件")],
    ),
    "a value that the column does not allow": (
        one("s", ["-", '"A", "C"'], policy="COLLECT", values='"A","B"'),
        [("r2i1", NEVER.format("S") + '"C" 不在列的允许值中')],
    ),
    "a condition on nothing that is allowed": (
        one("n", ["-", "> 100"], policy="COLLECT", values="[0..100]"),
        [("r2i1", NEVER.format("N") + "条件只接受不允许的值,永远不会命中")],
    ),
    "a result of another type": (
        one("n", ["-", "-"], policy="COLLECT", results=['"x"', "1"], kind="number"),
        [("r1o1", '规则 1,结果「o」:"x" 不是这一列允许的结果')],
    ),
    "a result that is not allowed": (
        one("n", ["-", "-"], policy="COLLECT", results=['"x"', '"z"'], allowed='"x","y"'),
        [("r2o1", '规则 2,结果「o」:"z" 不是这一列允许的结果')],
    ),
    "intervals that overlap": (
        one("n", ["<= 100", "[100..200]", "> 200"]),
        [("r2", "规则 1 和规则 2 会同时命中,而命中策略是 UNIQUE")],
    ),
    "rules that overlap in every column": (
        one("nb", ["< 5|true", ">= 5|-", "< 9|-"]),
        [
            ("r3", "规则 1 和规则 3 会同时命中,而命中策略是 UNIQUE"),
            ("r3", "规则 2 和规则 3 会同时命中,而命中策略是 UNIQUE"),
        ],
    ),
    "rules that overlap only for null": (
        one("n", ["null", "not(1)", "1"]),
        [("r2", "规则 1 和规则 2 会同时命中,而命中策略是 UNIQUE")],
    ),
    "the same rule twice, with a condition that is not plain": (
        one("n", ["? = 1", "? = 1", "? = 2"], default="9"),
        [("r2", "规则 1 和规则 2 会同时命中,而命中策略是 UNIQUE")],
    ),
    "a condition that is not plain, beside one that takes all": (
        one("n", ["? = 1", "-"]),
        [("r2", "规则 1 和规则 2 会同时命中,而命中策略是 UNIQUE")],
    ),
    "equal rules with different results under any": (
        one("n", ["-", "> 1"], policy="ANY"),
        [("r2", "规则 1 和规则 2 会同时命中,而命中策略是 ANY")],
    ),
    "a rule behind one that takes all it takes": (
        one("n", ["< 10", "[1..5]", ">= 10"], policy="FIRST"),
        [("r2", "规则 2 永远轮不到:前面的规则已先命中")],
    ),
    "a rule behind two that take it together": (
        one("b", ["true", "false, null", "-"], policy="FIRST"),
        [("r3", "规则 3 永远轮不到:前面的规则已先命中")],
    ),
    "numbers between whole ones": (
        one("n", ["<= 100", ">= 101"]),
        [("t", "决策表「d」有空缺:N = 100.5 时没有规则命中,也没有默认结果")],
    ),
    "texts that are not named": (
        one("s", ['"A"', '"B"']),
        [("t", "决策表「d」有空缺:S = 其他文字 时没有规则命中,也没有默认结果")],
    ),
    "an allowed text that is not named": (
        one("s", ['"A"', '"B"'], values='"A","B","C"'),
        [("t", '决策表「d」有空缺:S = "C" 时没有规则命中,也没有默认结果')],
    ),
    "a truth that is left": (
        one("nb", ["< 5|true", ">= 5|-"]),
        [("t", "决策表「d」有空缺:N = 4、B = false 时没有规则命中,也没有默认结果")],
    ),
    "a day that is left": (
        one("t", ['< date("2026-01-01")', '> date("2026-01-01")']),
        [("t", "决策表「d」有空缺:T = 2026-01-01 时没有规则命中,也没有默认结果")],
    ),
    "a table without rules": (one("n", []), [("t", "决策表「d」有空缺:任何输入 时没有规则命中,也没有默认结果")]),
}


@pytest.mark.parametrize("case", FOUND)
def test_a_table_that_is_hardly_meant_so_is_told(case: str) -> None:
    found, expected = FOUND[case]
    assert told(found) == expected
    assert all(
        warning.text.en != warning.text.zh and warning.path.startswith("trial.dmn#") for warning in found.warnings
    )


def test_the_type_of_a_column_is_also_known_from_what_it_asks() -> None:
    logic = table([column("n + 1")], [output(default="0")], [(['"a"'], ["1"]), (["1"], ["2"])])
    found = library(given("n", "number"), decision("d", logic, inputs=["n"]))
    assert told(found) == [("r1i1", '规则 1,列「n + 1」:列的类型是 number,"a" 永远不会命中')]


SOURCES: dict[str, tuple[dmn.Library, str]] = {
    "a cell with or": (one("s", ["-", '"a" or "b"'], policy="FIRST"), "规则 2,列「S」:几个值之一写作"),
    "a cell with a difference": (one("n", ["1-5", "-"], policy="FIRST"), "规则 1,列「N」:1 - 5 是减法"),
    "a date without a sign": (one("t", ["> 2026-3-2", "-"], policy="FIRST"), "规则 1,列「T」:? 是日期"),
    "a literal": (
        library(given("n", "number"), decision("d", literal('n = "1"'), inputs=["n"])),
        'n 是数字,"1" 是文本',
    ),
    "an entry that is not there": (
        library(
            '<itemDefinition name="t"><itemComponent name="rate"><typeRef>number</typeRef></itemComponent></itemDefinition>',
            given("l", "t"),
            decision("d", literal("l.rat"), inputs=["l"]),
        ),
        "l 没有 rat,是否为 rate?",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_an_expression_that_can_be_read_but_not_be_meant_is_told(case: str) -> None:
    found, sentence = SOURCES[case]
    assert any(warning.text.zh.startswith(sentence) for warning in found.warnings), told(found)


def test_a_cell_that_is_told_of_already_is_not_told_of_again() -> None:
    assert len(told(one("n", ["-", '"a"'], policy="FIRST"))) == 1


FINE = {
    "intervals that meet": one("n", ["< 100", "[100..200]", "> 200"]),
    "days one after the other": one("t", ['<= date("2026-01-31")', '>= date("2026-02-01")']),
    "durations": one("l", ['< @"PT1H"', '>= @"PT1H"']),
    "truths": one("b", ["true", "false"]),
    "all allowed texts": one("s", ['"A"', '"B", "C"'], values='"A","B","C"'),
    "a default closes gaps": one("s", ['"A"', '"B"'], default="9"),
    "lists may have gaps": one("s", ['"A"', '"A"'], policy="COLLECT"),
    "what cannot be told apart is not told": one("n", ["? > 5", "? <= 5"]),
    "any with equal results": one("n", ["-", "> 1"], policy="ANY", results=["1", "1"]),
    "a last rule that takes the rest": one("nb", ["< 5|true", "-|-"], policy="FIRST"),
    "null is left open": one("b", ["true", "false"], policy="FIRST"),
    "a rule behind one that may not take it": one("n", ["? > 5", "> 7", "-"], policy="FIRST"),
}


@pytest.mark.parametrize("case", FINE)
def test_a_table_that_is_well_drawn_is_not_told_of(case: str) -> None:
    assert told(FINE[case]) == []


def test_a_decision_of_a_thousand_rules_is_looked_through_and_only_so_much_is_told() -> None:
    found = one("ns", [f'[{at}..{at + 2}]|"a"' for at in range(1000)])
    elements = [element for element, _ in told(found)]
    assert elements[:5] == ["r2", "r3", "r3", "r4", "r4"]
    assert len(elements) == TOLD + 1
    assert elements[-1] == "t"


def test_looking_through_a_column_of_costly_allowed_values_ends() -> None:
    heavy = "count(for i in 1..90000 return i) > ?"
    found = one("n", [f"{at}" for at in range(200)], values=heavy)
    assert [element for element, _ in told(found)] == ["t"]


@st.composite
def plain_tables(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    kinds = tuple(draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=2)))
    return kinds, draw(st.lists(st.tuples(*(_cell(kind) for kind in kinds)), min_size=1, max_size=5))


def _cell(kind: str) -> st.SearchStrategy[str]:
    one_value = st.sampled_from(CELLS[kind])
    signs = st.sampled_from(("=", "!=") if kind in ("boolean", "string") else ("<", "<=", ">", ">=", "=", "!="))
    found = [
        one_value,
        st.just("-"),
        st.builds("not({})".format, one_value),
        st.builds("{} {}".format, signs, one_value),
    ]
    return st.one_of(*found, st.builds("{}, {}".format, one_value, one_value))


@settings(max_examples=150, deadline=None)
@drawn(plain_tables(), st.sampled_from(("UNIQUE", "FIRST")))
def test_no_conflict_and_no_gap_that_values_show_goes_untold(
    found: tuple[tuple[str, ...], list[tuple[str, ...]]], policy: str
) -> None:
    kinds, rules = found
    columns = [column(f"i{at}", kind) for at, kind in enumerate(kinds)]
    logic = table(columns, [output()], [(cells, ["1"]) for cells in rules], policy=policy)
    names = [f"i{at}" for at in range(len(kinds))]
    warnings = library(*map(given, names), decision("d", logic, inputs=names)).warnings
    texts = [warning.text.en for warning in warnings]
    reached: set[int] = set()
    for values in product(*((*VALUES[kind], None) for kind in kinds)):
        hits = matching(rules, values)
        reached |= set(hits[:1])
        if None not in values and not hits:
            assert any("a default for every input" in text for text in texts)
        for one_hit, other in product(hits, hits):
            if policy == "UNIQUE" and one_hit < other:
                assert any(f"but rule {one_hit + 1} and rule {other + 1} do" in text for text in texts)
    for rule in reached if policy == "FIRST" else ():
        assert not any(f"before rule {rule + 1} match first" in text for text in texts)


def matching(rules: list[tuple[str, ...]], values: tuple[Value, ...]) -> list[int]:
    return [
        at
        for at, cells in enumerate(rules)
        if all(meets(cell, value) for cell, value in zip(cells, values, strict=True))
    ]


def test_the_law_has_values_on_both_sides_of_every_cell() -> None:
    for kind, cells in CELLS.items():
        for cell in cells:
            assert any(meets(cell, value) for value in VALUES[kind]) or cell == '""'
            assert not all(meets(cell, value) for value in VALUES[kind])
