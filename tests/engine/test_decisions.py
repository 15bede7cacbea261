"""Business rule tasks: the decision is made in the step, what matched is kept, and what is wrong is told before and then."""

import pytest

from engine import events
from engine.check import Rule, check
from engine.commands import CompleteTask
from engine.procedure import load
from engine.value import Context, number
from tests.engine import approval
from tests.engine.world import MANIFEST, World, chain, lane, process

DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="审批" namespace="urn:trial">
  <inputData id="i_amount" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <inputData id="i_level" name="服务 级别"><variable name="服务 级别" typeRef="string"/></inputData>
  <decision id="approval" name="审批权限">
    <variable name="审批权限" typeRef="string"/>
    <informationRequirement><requiredInput href="#i_amount"/></informationRequirement>
    <informationRequirement><requiredInput href="#i_level"/></informationRequirement>
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="c1" label="金额"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
      <input id="c2" label="级别"><inputExpression typeRef="string"><text>服务 级别</text></inputExpression></input>
      <output id="o" name="who" typeRef="string"/>
      <rule id="r1"><inputEntry id="r1a"><text>&lt; 100</text></inputEntry><inputEntry id="r1b"><text>-</text></inputEntry>
        <outputEntry id="r1o"><text>"SALES"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="r2a"><text>&gt;= 100</text></inputEntry><inputEntry id="r2b"><text>"A", "B"</text></inputEntry>
        <outputEntry id="r2o"><text>"MR"</text></outputEntry></rule>
      <rule id="r3"><inputEntry id="r3a"><text>[100..200]</text></inputEntry><inputEntry id="r3b"><text>"B"</text></inputEntry>
        <outputEntry id="r3o"><text>"SMO"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""

TASK = (
    '<bpmn:businessRuleTask id="choose" zx:decision="审批权限" zx:result="who">'
    '<bpmn:extensionElements><zx:input name="服务 级别" value="level"/></bpmn:extensionElements></bpmn:businessRuleTask>'
)
BODY = '<bpmn:startEvent id="s" zx:inputs="amount level"/>' + TASK + '<bpmn:userTask id="sign"/><bpmn:endEvent id="e"/>'


def files(task: str = TASK, dmn: str = DMN) -> dict[str, bytes]:
    model = process(
        BODY.replace(TASK, task) + chain("s", "choose", "sign", "e"),
        lanes=f"<bpmn:laneSet>{lane('SALES', 's', 'choose', 'sign', 'e')}</bpmn:laneSet>",
    )
    return {
        "procedure.toml": MANIFEST.encode(),
        "processes/p.bpmn": model,
        "decisions/approval.dmn": dmn.encode(),
    }


def world(**more: str) -> World:
    made = World(load(files(**more)))
    made.hire("sun", "SALES", "SMO")
    return made


def test_the_decision_is_made_in_the_step_and_what_matched_stands_in_the_entry() -> None:
    trial = world()
    stream = trial.start("sun", amount=number(150), level="A")
    entry = next(trial.journal.entries(stream))
    (made,) = [event for event in entry.events if isinstance(event, events.DecisionMade)]
    assert made.decision == "审批权限"
    (table,) = made.tables
    assert isinstance(table, Context)
    assert (table["rules"], table["matching"]) == ((number(2),), (number(2),))
    assert table["inputs"] == (
        Context({"label": "金额", "value": number(150)}),
        Context({"label": "级别", "value": "A"}),
    )
    scopes = trial.instance(stream).scopes.values()
    assert [scope.variables["who"] for scope in scopes if "who" in scope.variables] == ["MR"]
    assert trial.task(stream, "sign").element == "sign"


def test_a_rule_without_hit_yields_null_and_the_process_goes_on() -> None:
    trial = world()
    stream = trial.start("sun", amount=number(150), level="C")
    (scope,) = trial.instance(stream).scopes.values()
    assert scope.variables["who"] is None
    trial.do(CompleteTask, "sun", stream, task=trial.task(stream, "sign").id, data=Context())
    assert trial.instance(stream).status == "completed"


@pytest.mark.parametrize(
    ("amount", "level", "sentence"),
    [(150, "B", "expected one result under UNIQUE, but rules 2, 3 match together")],
)
def test_a_conflict_becomes_an_incident_in_words_and_nothing_is_decided(amount: int, level: str, sentence: str) -> None:
    trial = world()
    stream = trial.start("sun", amount=number(amount), level=level)
    entry = next(trial.journal.entries(stream))
    (incident,) = [event for event in entry.events if isinstance(event, events.IncidentRaised)]
    assert sentence in incident.message_en
    assert "规则 2、3 同时命中" in incident.message_zh
    assert not [event for event in entry.events if isinstance(event, events.DecisionMade)]


def test_an_input_of_another_type_becomes_an_incident_and_is_not_taken_for_null() -> None:
    trial = World(load(files(dmn=DMN.replace("&lt; 100", "-"))))
    trial.hire("sun", "SALES")
    stream = trial.start("sun", amount="150", level="C")
    (incident,) = [
        event for event in next(trial.journal.entries(stream)).events if isinstance(event, events.IncidentRaised)
    ]
    assert "expected amount to be a number, but found a text" in incident.message_en
    assert "amount 应为数字,此处为文本" in incident.message_zh


def test_the_procedure_has_no_finding_about_decisions() -> None:
    assert [finding for finding in check(files()) if finding.rule is Rule.DECISION] == []


MISTAKES = {
    "unknown decision": ({"task": TASK.replace("审批权限", "审批")}, "choose", "'审批' names 0"),
    "no decision": ({"task": TASK.replace('zx:decision="审批权限" ', "")}, "choose", "'' names 0"),
    "input that is none": ({"task": TASK.replace('name="服务 级别"', 'name="级别"')}, "choose", "has no input 级别"),
    "input without a value": ({"task": TASK.replace('name="服务 级别"', 'name="amount"')}, "choose", "needs 服务 级别"),
    "unreadable cell": ({"dmn": DMN.replace("&gt;= 100", "&gt;= ")}, "r2a", "expected a value"),
    "unknown name in a cell": ({"dmn": DMN.replace("&gt;= 100", "&gt;= amout")}, "r2a", "did you mean amount?"),
    "unknown type": (
        {"dmn": DMN.replace('name="amount" typeRef="number"', 'name="amount" typeRef="nummer"')},
        "",
        "nummer",
    ),
    "requirement of nothing": ({"dmn": DMN.replace('href="#i_level"', 'href="#i_lvl"')}, "", "i_lvl"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_before_publishing(case: str) -> None:
    more, element, sentence = MISTAKES[case]
    found = [f for f in check(files(**more)) if f.rule is Rule.DECISION]
    assert any(sentence in f.text.en and (not element or f.element == element) for f in found), found
    assert all(f.text.zh != f.text.en for f in found)


def test_a_file_that_is_no_dmn_is_told() -> None:
    (finding,) = check(files(dmn="<a/>"))
    assert (finding.file, finding.rule) == ("decisions/approval.dmn", Rule.UNREADABLE)


# ------------------------------------------------------------------ personal data

GIVEN = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="urn:private">
  <inputData id="i" name="offer"><variable name="offer"/></inputData>
  <inputData id="j" name="review"><variable name="review"/></inputData>
  <businessKnowledgeModel id="k" name="reach"><variable name="reach"/><encapsulatedLogic>
    <formalParameter name="one"/><literalExpression id="k1"><text>KNOWLEDGE</text></literalExpression>
  </encapsulatedLogic></businessKnowledgeModel>
  <decision id="first" name="first"><variable name="first"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <informationRequirement><requiredInput href="#j"/></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
    <literalExpression id="l1"><text>FIRST</text></literalExpression></decision>
  <decision id="last" name="last"><variable name="last"/>
    <informationRequirement><requiredDecision href="#first"/></informationRequirement>
    <literalExpression id="l2"><text>LAST</text></literalExpression></decision>
</definitions>"""
CHOICE = '<bpmn:businessRuleTask id="choose" zx:decision="last">INPUT</bpmn:businessRuleTask>'


def given(first: str, last: str = "first", knowledge: str = "1", **inputs: str) -> set[tuple[str, str]]:
    """What is told of personal data when a decision is made of the offer of the approval procedure."""
    dmn = GIVEN.replace("FIRST", first).replace("LAST", last).replace("KNOWLEDGE", knowledge)
    draft = approval.files()
    model = draft["processes/main.bpmn"].decode()
    task = CHOICE.replace("INPUT", approval.extension("input", **inputs) if inputs else "")
    model = model.replace('<bpmn:scriptTask id="count"', task + '<bpmn:scriptTask id="count"')
    changed = {**draft, "processes/main.bpmn": model.encode(), "decisions/d.dmn": dmn.encode()}
    return {(f.element, f.text.en) for f in check(changed) if f.rule is Rule.PERSONAL}


MOBILE = {("choose", "expected no decision on offer.mobile, which is personal, but last reads it")}
COLUMN = {("choose", "expected no decision on offer.contacts.name, which is personal, but last reads it")}
READING = {
    "a field": ({"first": "offer.mobile"}, MOBILE),
    "a column of a table": ({"first": "count(offer.contacts.name)"}, COLUMN),
    "a column in a filter": ({"first": 'offer.contacts[name = "x"]'}, COLUMN),
    "by the result of another decision": ({"first": "offer", "last": "first.mobile"}, MOBILE),
    "in a business knowledge model": ({"first": "reach(offer)", "knowledge": "one.mobile"}, MOBILE),
    "every entry": ({"first": "get entries(offer)"}, MOBILE | COLUMN),
    "given by another name": ({"first": "review.mobile", "review": "offer"}, MOBILE),
    "a part given by another name": ({"first": "review.name", "review": "offer.contacts[1]"}, COLUMN),
    "packed into a context": ({"first": "review.a.mobile", "review": "{a: offer}"}, MOBILE),
    "another field": ({"first": "offer.title"}, set()),
    "a field of the same name of something else": ({"first": "review.mobile"}, set()),
    "a decision without either": ({"first": "1", "last": "first.mobile", "offer": "1"}, set()),
    "a field of something else that is given": ({"first": "offer.mobile", "offer": "review"}, set()),
}


@pytest.mark.parametrize("case", READING)
def test_a_decision_that_reads_personal_data_is_refused(case: str) -> None:
    arguments, told = READING[case]
    assert given(**arguments) == told
