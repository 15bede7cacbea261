"""Business rule tasks: the decision is made in the step, what matched is kept, and what is wrong is told before and then."""

import pytest

from engine import events
from engine.check import Rule, check
from engine.commands import CompleteTask
from engine.procedure import load
from engine.value import Context, number
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
    [(150, "B", "several rules match where one outcome was expected (rules 2, 3)")],
)
def test_a_conflict_becomes_an_incident_in_words_and_nothing_is_decided(amount: int, level: str, sentence: str) -> None:
    trial = world()
    stream = trial.start("sun", amount=number(amount), level=level)
    entry = next(trial.journal.entries(stream))
    (incident,) = [event for event in entry.events if isinstance(event, events.IncidentRaised)]
    assert sentence in incident.message_en
    assert "几条规则同时命中" in incident.message_zh
    assert not [event for event in entry.events if isinstance(event, events.DecisionMade)]


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
