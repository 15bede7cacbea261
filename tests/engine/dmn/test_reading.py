"""DMN files of every release and tool; what is refused, and with which words."""

import pytest

from engine import dmn
from engine.dmn.parse import MODELS
from engine.errors import Refused
from tests.engine.dmn.drawing import column, decision, given, library, literal, made, model, output, table, value

BY_DMN_JS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
    xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0"
    xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="Definitions_1" name="DRD" namespace="http://camunda.org/schema/1.0/dmn">
  <inputData id="InputData_1" name="amount"><variable id="v" name="amount" typeRef="number"/></inputData>
  <decision id="Decision_1" name="审批">
    <extensionElements><camunda:thing/></extensionElements>
    <variable id="v2" name="审批" typeRef="string"/>
    <informationRequirement id="ir"><requiredInput href="#InputData_1"/></informationRequirement>
    <authorityRequirement id="ar"><requiredAuthority href="#KnowledgeSource_1"/></authorityRequirement>
    <decisionTable id="DecisionTable_1" hitPolicy="FIRST" preferredOrientation="CrossTable" biodi:annotationsWidth="300">
      <input id="Input_1" label="金额" biodi:width="192" camunda:inputVariable="x">
        <inputExpression id="InputExpression_1" typeRef="number"><text>amount</text></inputExpression>
        <inputValues id="uv"><text></text></inputValues>
      </input>
      <output id="Output_1" label="谁" name="who" typeRef="string" biodi:width="192"><outputValues><text>-</text></outputValues></output>
      <annotation name="依据"/>
      <rule id="DecisionRule_1"><description>小额</description>
        <inputEntry id="U1"><text>&lt; 100</text></inputEntry>
        <outputEntry id="L1"><text>"sales"</text></outputEntry>
        <annotationEntry><text>制度 3.1</text></annotationEntry></rule>
      <rule id="DecisionRule_2">
        <inputEntry id="U2"><text></text></inputEntry>
        <outputEntry id="L2" expressionLanguage="feel"><text></text></outputEntry></rule>
    </decisionTable>
  </decision>
  <knowledgeSource id="KnowledgeSource_1" name="制度"/>
  <textAnnotation id="ta"><text>!</text></textAnnotation>
  <association id="as"><sourceRef href="#Decision_1"/><targetRef href="#ta"/></association>
  <dmndi:DMNDI><dmndi:DMNDiagram id="di"><dmndi:DMNShape dmnElementRef="Decision_1"><dc:Bounds height="80" width="180" x="1" y="2"/>
  </dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>"""


def test_a_file_as_dmn_js_writes_it_is_read() -> None:
    found = dmn.Library([dmn.read(BY_DMN_JS.encode(), "a.dmn")])
    assert found.faults == []
    budget = dmn.Traced()
    assert made(found, "审批", budget, amount=5) == "sales"
    assert budget.matched[0].hits[0].remarks == ("制度 3.1",)
    assert made(found, "Decision_1", amount=500) is None


@pytest.mark.parametrize("standard", MODELS)
def test_every_release_of_the_standard_is_read(standard: str) -> None:
    found = dmn.Library(
        [dmn.read(model(given("n"), decision("d", literal("n + 1"), inputs=["n"]), standard=standard), "a.dmn")]
    )
    assert made(found, "d", n=1) == value(2)


def test_an_element_without_id_goes_by_its_name() -> None:
    text = (
        '<inputData name="n"/><decision name="d"><informationRequirement><requiredInput href="#n"/></informationRequirement>'
        + literal("n")
    )
    assert made(library(text + "</decision>"), "d", n=1) == value(1)


LANGUAGES = ["feel", "FEEL", "http://www.omg.org/spec/FEEL/20140401", "https://www.omg.org/spec/DMN/20230324/FEEL/"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_feel_has_many_names(language: str) -> None:
    logic = literal("1").replace("<literalExpression", f'<literalExpression expressionLanguage="{language}"')
    data = model(decision("d", logic), more=f'expressionLanguage="{language}" typeLanguage="{language}"')
    assert made(dmn.Library([dmn.read(data, "a.dmn")]), "d") == value(1)


TABLE = table([column("1")], [output("a"), output("b")], [(["-"], ["1", "2"])])
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "another root": (b"<a/>", "definitions", "DMN 1.1 to 1.5"),
    "no XML": (b"hello", "XML", "XML"),
    "a document type": (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "DOCTYPE", "DOCTYPE"),
    "an element of the standard that is not known": (model("<thing/>"), "不支持元素 thing", "expected no thing"),
    "a box that is not known": (model(decision("d", "<thing/>")), "不支持元素 thing", "expected no thing"),
    "two boxes": (model(decision("d", literal("1") + literal("2"))), "只应有一个表达式", "expected one expression"),
    "one id twice": (model(given("a"), given("b", id="a")), "重复的 id a", "but a repeats"),
    "another language": (
        model(
            decision("d", literal("1").replace("<literalExpression", '<literalExpression expressionLanguage="juel"'))
        ),
        "表达式语言应为 FEEL,但为 juel",
        "but found juel",
    ),
    "another language for all": (model(more='expressionLanguage="http://x"'), "http://x", "http://x"),
    "values of a file elsewhere": (
        model(decision("d", '<literalExpression><importedValues importType="x"/></literalExpression>')),
        "importedValues",
        "importedValues",
    ),
    "an import of another kind": (
        model('<import importType="PMML" namespace="x"/>'),
        "只能导入 DMN 模型",
        "a DMN model",
    ),
    "an href without a sign": (
        model(
            decision("d", "").replace(
                "<variable", '<informationRequirement><requiredInput href="x"/></informationRequirement><variable'
            )
        ),
        "href",
        "href",
    ),
    "an id of nothing": (model("<decision/>"), "缺少 id", "expected an id"),
    "a policy that is not known": (
        model(decision("d", TABLE.replace("UNIQUE", "BEST"))),
        "命中策略应为 UNIQUE",
        "expected a hit policy",
    ),
    "an aggregation of two outputs": (
        model(decision("d", TABLE.replace('"UNIQUE"', '"COLLECT" aggregation="SUM"'))),
        "有多个输出列时不能汇总",
        "one output column",
    ),
    "a table without outputs": (model(decision("d", "<decisionTable/>")), "决策表应有输出列", "an output column"),
    "outputs of one name": (
        model(decision("d", TABLE.replace('name="b"', 'name="a"'))),
        "重复的名称 a",
        "but a repeats",
    ),
    "a column without an expression": (
        model(decision("d", TABLE.replace("<text>1</text></inputExpression>", "</inputExpression>"))),
        "输入列应有表达式",
        "an expression",
    ),
    "a rule with a cell too few": (
        model(decision("d", TABLE.replace('<outputEntry id="r1o2"><text>2</text></outputEntry>', ""))),
        "规则 1 应有 1 个条件和 2 个结果,但有 1 和 1 个",
        "expected 1 conditions and 2 results in rule 1, but found 1 and 1",
    ),
    "a row with a cell too many": (
        model(decision("d", f'<relation><column name="a"/><row>{literal("1")}{literal("2")}</row></relation>')),
        "一行应有 1 格",
        "expected 1 cells",
    ),
    "columns of one name": (
        model(decision("d", '<relation><column name="a"/><column name="a"/></relation>')),
        "重复的名称 a",
        "but a repeats",
    ),
    "entries of one name": (
        model(
            decision(
                "d",
                "<context>" + f'<contextEntry><variable name="a"/>{literal("1")}</contextEntry>' * 2 + "</context>",
            )
        ),
        "重复的名称 a",
        "but a repeats",
    ),
    "parameters of one name": (
        model(
            decision(
                "d",
                f'<functionDefinition><formalParameter name="a"/><formalParameter name="a"/>{literal("1")}</functionDefinition>',
            )
        ),
        "重复的名称 a",
        "but a repeats",
    ),
    "components of one name": (
        model('<itemDefinition name="t"><itemComponent name="a"/><itemComponent name="a"/></itemDefinition>'),
        "重复的名称 a",
        "but a repeats",
    ),
    "an invocation of nothing": (
        model(decision("d", "<invocation/>")),
        "缺少被调用的函数",
        "the function that is called",
    ),
    "an argument without a name": (
        model(decision("d", f"<invocation>{literal('f')}<binding/></invocation>")),
        "缺少参数名称",
        "the name of a parameter",
    ),
    "boxes within boxes without end": (model(decision("d", "<list>" * 200 + "</list>" * 200)), "嵌套", "nesting"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_words(case: str) -> None:
    data, zh, en = REFUSED[case]
    with pytest.raises(Refused) as refused:
        dmn.read(data, "a.dmn")
    assert zh in refused.value.text.zh
    assert en in refused.value.text.en
    assert refused.value.faults[0].path.startswith("a.dmn")
