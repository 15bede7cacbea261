"""What is wrong with FEEL in a model: which cell of which table, and where within it."""

import pytest

from engine import dmn
from engine.errors import Fault
from tests.engine.dmn.drawing import column, decision, given, library, literal, made, output, table


def one(cells: tuple[str, str] = ("-", "1"), expression: str = "n", **more: str) -> dmn.Library:
    columns = [column(expression, label="金额", values=more.get("inputs"))]
    outputs = [output("who", values=more.get("outputs"), default=more.get("default"))]
    logic = table(columns, outputs, [(["-"], ["1"]), ([cells[0]], [cells[1]])], policy="FIRST")
    return library(given("n"), decision("d", logic, inputs=["n"]))


WRONG: dict[str, tuple[dmn.Library, str, str, str]] = {
    "a condition": (one(("> ", "1")), "trial.dmn#r2i1", "规则 2,列「金额」:第 1 行第 ", "rule 2, column 金额: line 1"),
    "a result": (one(("-", "1 +")), "trial.dmn#r2o1", "规则 2,结果「who」:第 1 行第 ", "rule 2, output who: line 1"),
    "an input": (one(expression="n +"), "trial.dmn#t", "列「金额」:第 1 行", "column 金额: line 1"),
    "allowed inputs": (one(inputs=">"), "trial.dmn#t", "列「金额」的允许值:", "allowed values of column 金额: "),
    "allowed results": (one(outputs=">"), "trial.dmn#t", "结果列「who」的允许值:", "allowed values of output who: "),
    "a default": (one(default="1 +"), "trial.dmn#t", "结果列「who」的默认值:", "default of output who: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_source_that_cannot_be_read_is_told_by_rule_and_column(case: str) -> None:
    found, path, zh, en = WRONG[case]
    (fault,) = found.faults
    assert isinstance(fault, Fault)
    assert fault.path == path
    assert fault.text.zh.startswith(zh)
    assert fault.text.en.startswith(en)


def test_the_place_within_a_cell_is_kept_apart_from_the_words() -> None:
    (fault,) = one(("1,\n  2 3", "1")).faults
    assert (fault.element, fault.row, fault.column) == ("r2i1", 2, 5)
    assert fault.line > 0


def test_a_name_without_a_requirement_is_told_by_rule_and_column() -> None:
    logic = table([column("n", label="金额")], [output("who")], [(["> limit"], ["1"])])
    (fault,) = library(given("n"), given("limit"), decision("d", logic, inputs=["n"])).faults
    assert fault.text.zh == "规则 1,列「金额」:使用了「limit」,但没有画出对它的需求"
    assert fault.text.en == "rule 1, column 金额: expected a requirement of limit, which is used here"


def test_a_name_of_nothing_is_no_missing_requirement() -> None:
    (fault,) = library(given("n"), given("limit"), decision("d", literal("limi + n"), inputs=["n"])).faults
    assert "limi" in fault.text.en
    assert "requirement" not in fault.text.en


def test_a_function_of_the_host_is_known_when_the_library_is_told_of_it() -> None:
    text = decision("d", literal('has role("x")'))
    assert library(text, functions=frozenset({"has role"})).faults == []
    assert len(library(text).faults) == 1


def test_the_other_rules_of_a_table_with_a_fault_are_carried_out() -> None:
    logic = table([column("n")], [output("who")], [(["> "], ["1"]), (["5"], ["1 +"]), (["6"], ['"x"'])])
    found = library(given("n"), decision("d", logic, inputs=["n"]))
    assert len(found.faults) == 2
    assert (made(found, "d", n=5), made(found, "d", n=6)) == (None, "x")


def test_a_fault_without_an_id_is_told_by_its_line() -> None:
    data = f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="x">\n<decision name="d">\n{literal("1 +")}</decision></definitions>'
    (fault,) = dmn.Library([dmn.read(data.encode(), "a.dmn")]).faults
    assert (fault.path, fault.line) == ("a.dmn:3", 3)
