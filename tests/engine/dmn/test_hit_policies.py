"""What each hit policy makes of the rules that match. DMN 1.5 §8.2.10 and §8.2.11."""

import pytest

from engine import dmn
from tests.engine.dmn.drawing import column, decision, given, library, made, output, table, value


def one(policy: str, cells: list[tuple[str, str]], *, more: str = "", **out: str | None) -> dmn.Library:
    """A table of one number and one output."""
    rules = [([cell], [result]) for cell, result in cells]
    logic = table([column("n", "number")], [output("o", **out)], rules, policy=policy, more=more)
    return library(given("n"), decision("d", logic, inputs=["n"]))


THREE = [("> 0", "10"), ("> 5", "20"), ("> 5", "20"), ("> 9", "5")]
ORDER = "20, 10, 5"
CASES: dict[str, tuple[str, str | None, str, object, object]] = {
    # policy, aggregation, default, input, result
    "unique with one hit": ("UNIQUE", None, "", 1, 10),
    "unique with two hits yields nothing": ("UNIQUE", None, "", 6, None),
    "unique without a hit": ("UNIQUE", None, "", 0, None),
    "unique without a hit takes the default": ("UNIQUE", None, "7", 0, 7),
    "a conflict does not take the default": ("UNIQUE", None, "7", 6, None),
    "any with one hit": ("ANY", None, "", 1, 10),
    "any with different results yields nothing": ("ANY", None, "", 6, None),
    "first": ("FIRST", None, "", 10, 10),
    "priority": ("PRIORITY", None, "", 10, 20),
    "rule order": ("RULE ORDER", None, "", 10, [10, 20, 20, 5]),
    "output order": ("OUTPUT ORDER", None, "", 10, [20, 20, 10, 5]),
    "collect": ("COLLECT", None, "", 10, [10, 20, 20, 5]),
    "collect of one hit is a list": ("COLLECT", None, "", 1, [10]),
    "collect without a hit": ("COLLECT", None, "", 0, None),
    "collect without a hit takes the default": ("COLLECT", None, "7", 0, 7),
    "sum": ("COLLECT", "SUM", "", 10, 55),
    "sum of nothing": ("COLLECT", "SUM", "", 0, None),
    "count counts equal results each": ("COLLECT", "COUNT", "", 10, 4),
    "count of nothing": ("COLLECT", "COUNT", "", 0, 0),
    "count of nothing with a default": ("COLLECT", "COUNT", "7", 0, 7),
    "min": ("COLLECT", "MIN", "", 10, 5),
    "max": ("COLLECT", "MAX", "", 10, 20),
    "an aggregation means nothing to other policies": ("RULE ORDER", "SUM", "", 6, [10, 20, 20]),
    "null meets no comparison": ("FIRST", None, "7", None, 7),
    "a text is no number": ("FIRST", None, "7", "10", 7),
}


@pytest.mark.parametrize("case", CASES)
def test_a_policy_yields(case: str) -> None:
    policy, aggregation, default, asked, expected = CASES[case]
    more = f'aggregation="{aggregation}"' if aggregation else ""
    found = one(policy, THREE, more=more, values=f"{ORDER}, 7", default=default or None)
    assert found.faults == []
    assert made(found, "d", n=asked) == value(expected)


def test_any_accepts_rules_with_equal_results() -> None:
    found = one("ANY", [("> 0", "1 + 1"), ("> 5", "2")])
    budget = dmn.Traced()
    assert made(found, "d", budget, n=6) == value(2)
    assert budget.matched[0].rules == (1, 2)


def test_without_a_policy_it_is_unique() -> None:
    logic = table([column("n")], [output()], [(["-"], ["1"]), (["-"], ["1"])]).replace(' hitPolicy="UNIQUE"', "")
    assert made(library(given("n"), decision("d", logic, inputs=["n"])), "d", n=1) is None


def several(
    policy: str, rules: list[tuple[str, str, str]], *, defaults: tuple[str | None, str | None] = (None, None)
) -> dmn.Library:
    outputs = [
        output("who", values='"a", "b"', default=defaults[0]),
        output("days", values="3, 2, 1", default=defaults[1]),
    ]
    logic = table([column("n")], outputs, [([cell], [who, days]) for cell, who, days in rules], policy=policy)
    return library(given("n"), decision("d", logic, inputs=["n"]))


def test_several_outputs_make_a_context() -> None:
    found = several("UNIQUE", [("1", '"a"', "3")])
    assert made(found, "d", n=1) == value({"who": "a", "days": 3})


def test_priority_asks_the_first_output_and_among_equals_the_next() -> None:
    rules = [("-", '"b"', "3"), ("-", '"a"', "1"), ("-", '"a"', "2")]
    assert made(several("PRIORITY", rules), "d", n=1) == value({"who": "a", "days": 2})
    ordered = made(several("OUTPUT ORDER", rules), "d", n=1)
    assert ordered == value([{"who": "a", "days": 2}, {"who": "a", "days": 1}, {"who": "b", "days": 3}])


def test_priority_takes_the_order_of_the_outputs_type_when_the_column_has_none() -> None:
    kind = '<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>"high", "low"</text></allowedValues></itemDefinition>'
    logic = table([column("n")], [output("o", "tLevel")], [(["-"], ['"low"']), (["-"], ['"high"'])], policy="PRIORITY")
    found = library(kind, given("n"), decision("d", logic, inputs=["n"]))
    assert found.faults == []
    assert made(found, "d", n=1) == "high"


def test_priority_without_any_order_is_a_fault() -> None:
    (fault,) = one("PRIORITY", THREE).faults
    assert "重要的在前" in fault.text.zh
    assert "most important first" in fault.text.en


def test_a_default_of_one_output_leaves_the_others_null() -> None:
    found = several("UNIQUE", [("1", '"a"', "3")], defaults=('"b"', None))
    assert made(found, "d", n=2) == value({"who": "b", "days": None})


@pytest.mark.parametrize(
    ("found", "asked", "problem", "zh", "en"),
    [
        (one("UNIQUE", THREE), 6, "conflict", "规则 1、2、3 同时命中", "but rules 1, 2, 3 match together"),
        (one("ANY", THREE), 6, "conflict", "规则 1、2、3 同时命中", "expected one result under ANY"),
        (
            one("FIRST", [("-", "4")], values="1, 2"),
            1,
            "output-not-allowed: o",
            "结果「o」不在允许的范围内",
            "expected an allowed result o",
        ),
        (
            one("COLLECT", [("-", "4"), ("-", '"a"')], more='aggregation="SUM"'),
            1,
            "not-aggregated",
            "不能按 SUM 汇总",
            "SUM",
        ),
    ],
)
def test_a_table_that_yields_nothing_says_why(
    found: dmn.Library, asked: object, problem: str, zh: str, en: str
) -> None:
    budget = dmn.Traced()
    assert made(found, "d", budget, n=asked) is None
    (matched,) = budget.matched
    assert matched.problem == problem
    assert matched.told is not None
    assert zh in matched.told.zh
    assert en in matched.told.en


def test_an_input_outside_its_allowed_values_yields_nothing_and_says_which() -> None:
    logic = table([column("n", label="金额", values="[0..100]")], [output(default="7")], [(["-"], ["1"])])
    found = library(given("n"), decision("d", logic, inputs=["n"]))
    assert made(found, "d", n=100) == value(1)
    budget = dmn.Traced()
    assert made(found, "d", budget, n=101) is None
    (matched,) = budget.matched
    assert (matched.problem, matched.rules) == ("input-not-allowed: 金额", ())
    assert matched.told is not None
    assert matched.told.zh == "列「金额」的输入值不在允许的范围内"


def test_a_result_is_converted_to_the_type_of_its_output() -> None:
    logic = table([column("n")], [output("o", "number")], [(["1"], ['"a"']), (["2"], ["[2]"])])
    found = library(given("n"), decision("d", logic, inputs=["n"]))
    assert made(found, "d", n=1) is None
    assert made(found, "d", n=2) == value(2)


def test_a_cell_may_use_other_inputs_and_functions_of_the_input() -> None:
    logic = table(
        [column("n"), column("m")],
        [output()],
        [(["> m", "-"], ["n + m"]), (["string length(string(?)) = 2", "-"], ["0"])],
        policy="FIRST",
    )
    found = library(given("n"), given("m"), decision("d", logic, inputs=["n", "m"]))
    assert made(found, "d", n=3, m=2) == value(5)
    assert made(found, "d", n=10, m=20) == value(0)
