"""The elements of P01 as the written procedure has them (§3.2, §3.7, §3.36, §4.17): who, until when, in which way."""

from __future__ import annotations

import tomllib

import pytest

from engine import check
from engine.flow.elements import Process
from engine.procedure import Procedure
from tests.bpmn.shipped import FILES, PROCESS

ROLES = [
    "GM", "MR", "SMO", "SMG", "SID", "SALES", "BIZ", "PRE", "PM", "CSL", "L1", "MEM", "L2", "ADM", "FIN", "LEGAL",
    "DEPT", "SUP", "CUST", "DOCC", "QA", "XAUD", "SYS", "SEC", "LOGA",
]  # fmt: skip
LANES = {"SMO": "服务管理负责人", "SALES": "市场/销售人员", "PRE": "售前支持/需求调研人员", "PM": "服务项目经理", "L1": "一线支持", "CUST": "客户代表"}  # fmt: skip
TASKS = {
    # task: lane, days until due (a setting), escalation class, clause, source
    "T01_01": ("SALES", None, "N", "8.2.2", "S-ST-1"),
    "T01_02": ("SMO", ("accept_days", 1), "N", "8.2.2", "S-ST-1"),
    "T01_03": ("PRE", "acceptance.due", "N", "8.2.2", "S-ST-1"),
    "T01_04": ("PRE", ("specification_days", 3), "N", "8.2.2", "S-ST-1 S-MD-1"),
    "T01_05": ("SMO", ("review_days", 2), "N", "8.2.2", "S-ST-1"),
    "T01_05D": ("SMO", ("review_days", 2), "N", "8.2.2", "S-ST-1"),
    "T01_07": ("PRE", ("sending_days", 1), "N", "8.2.2", "S-ST-2"),
    "T01_08": ("CUST", ("confirmation_days", 10), "C", "8.2.2", "S-ST-2"),
    "T01_08E": ("SALES", ("accept_days", 1), "C", "8.2.2", "S-ST-2"),
    "T01_09": ("L1", ("specification_days", 3), "N", "8.2.2", "S-L1-2"),
}
WAYS = {
    # gateway: answer, where it leads; the empty answer is the default
    "G_entry": {"": "T01_01", 'entry = "renewal"': "T01_04", 'entry = "change"': "T01_09"},
    "G_accept": {
        'acceptance.accept = "受理"': "T01_03",
        'acceptance.accept = "退回补充"': "T01_01",
        'acceptance.accept = "不受理"': "End_declined",
    },
    "G_review": {
        'review.decision = "通过"': "T01_06",
        'review.decision = "退回修改"': "T01_04",
        'review.decision = "不通过"': "T01_05D",
    },
    "G_stop": {'stop_decision.decision = "终止"': "End_stopped", 'stop_decision.decision = "退回修改"': "T01_04"},
    "G_confirm": {
        'confirmation.result = "确认"': "End_confirmed",
        'confirmation.result = "提出修改"': "T01_09",
        'confirmation.result = "拒绝"': "End_abandoned",
        'confirmation.result = "未回复"': "T01_08E",
    },
}
ONWARD = {
    "T01_01": "T01_02", "T01_02": "G_accept", "T01_03": "T01_04", "T01_04": "T01_05", "T01_05": "G_review",
    "T01_05D": "G_stop", "T01_06": "T01_07", "T01_07": "T01_08", "T01_08": "G_confirm", "T01_08E": "T01_08",
    "T01_09": "T01_05", "Start": "G_entry",
}  # fmt: skip


@pytest.fixture
def process(procedure: Procedure) -> Process:
    return procedure.model.processes[PROCESS]


def test_the_procedure_may_be_published() -> None:
    assert check.check(FILES) == []


def test_roles_stand_in_the_order_of_the_written_procedure(procedure: Procedure) -> None:
    assert list(procedure.roles) == ROLES


def test_lanes_stand_in_the_order_of_the_roles(procedure: Procedure, process: Process) -> None:
    assert [(role, name) for _, name, role in process.lanes] == list(LANES.items())
    assert sorted(LANES, key=ROLES.index) == list(LANES)
    assert {role: procedure.roles[role].name.zh for role in LANES} == LANES


@pytest.mark.parametrize("key", TASKS)
def test_a_task_has_lane_due_escalation_clause_and_source(procedure: Procedure, process: Process, key: str) -> None:
    element = process.elements[key]
    lane, due, escalation, clause, source = TASKS[key]
    if isinstance(due, tuple):
        assert procedure.defaults[due[0]] == due[1]
        due = f"working days after(now, settings.{due[0]})"
    found = element.extensions
    assert (element.role, found.get("due")) == (lane, due)
    assert (found["escalation"], found["clause"], found["source"]) == (escalation, clause, source)
    assert element.documentation


def test_there_are_no_other_tasks(process: Process) -> None:
    assert {e.id for e in process.elements.values() if e.kind == "userTask"} == TASKS.keys()


def test_the_customer_is_reminded_on_the_fifth_and_the_eighth_day(procedure: Procedure, process: Process) -> None:
    reminders = {e.id: e.extensions["remind"] for e in process.elements.values() if "remind" in e.extensions}
    first, second = "confirmation_reminder_1", "confirmation_reminder_2"
    days = ", ".join(f"working days after(now, settings.{key})" for key in (first, second))
    assert reminders == {"T01_08": f"[{days}]"}
    assert (procedure.defaults[first], procedure.defaults[second]) == (5, 8)


@pytest.mark.parametrize("key", WAYS)
def test_a_gateway_leads_where_the_answer_says(process: Process, key: str) -> None:
    found = {flow.condition or "": flow.target for flow in process.flows.values() if flow.source == key}
    assert found == WAYS[key]
    default = process.elements[key].default_flow
    assert (default is not None) is ("" in WAYS[key])


@pytest.mark.parametrize("key", [key for key in WAYS if "" not in WAYS[key]])
def test_a_gateway_has_a_way_for_every_answer_of_the_form(procedure: Procedure, process: Process, key: str) -> None:
    task = next(flow.source for flow in process.flows.values() if flow.target == key)
    form = procedure.form(process.elements[task])
    assert form is not None
    asked = next(iter(WAYS[key])).partition(" ")[0].partition(".")[2]
    answers = {value for field in form.fields if field.key == asked for value, _ in field.options}
    assert answers == {condition.split('"')[1] for condition in WAYS[key]}


def test_everything_else_leads_one_way(process: Process) -> None:
    found = {flow.source: flow.target for flow in process.flows.values() if flow.source not in WAYS}
    assert found == ONWARD


def test_the_author_does_not_review(process: Process) -> None:
    separated = {
        e.id: e.extensions["separateFrom"] for e in process.elements.values() if "separateFrom" in e.extensions
    }
    assert separated == {"T01_05": "T01_04 T01_09"}


def test_the_specification_is_written_reviewed_and_issued(process: Process) -> None:
    acts = {e.id: e.extensions["document"] for e in process.elements.values() if "document" in e.extensions}
    document = "service_requirements_specification"
    assert acts == {
        "T01_04": f"{document}:write",
        "T01_09": f"{document}:write",
        "T01_05": f"{document}:review",
        "T01_06": f"{document}:issue",
    }
    assert process.elements["T01_05"].extensions["approved"] == 'review.decision = "通过"'


def test_the_numbering_rule_is_a_setting(procedure: Procedure, process: Process) -> None:
    assert procedure.defaults["document_number"] == "{company}-{doctype}-{project_no}-{yyyy}{seq3}"
    parameters = process.elements["T01_06"].parameters
    assert parameters["pattern"] == "settings.document_number"
    assert parameters["keep"] == "issue.number"


def test_escalation_classes_have_the_steps_of_the_written_procedure() -> None:
    found = tomllib.loads(FILES["procedure.toml"].decode())["escalation"]
    steps = {key: [(step["after"], step["to"]) for step in row["steps"]] for key, row in found.items()}
    assert steps == {
        "C": [(0, ["PM"]), (1, ["SMO"]), (2, ["MR"]), (3, ["GM"])],
        "M": [(0, ["CSL"]), (2, ["SMO"]), (5, ["MR"]), (10, ["GM"])],
        "N": [(0, []), (1, ["PM"]), (3, ["CSL", "SMO"])],
        "A": [(0, []), (5, ["MR"]), (10, ["GM"])],
    }
    assert {key: row["before"] for key, row in found.items()} == {
        "C": ["50 %", "80 %"],
        "M": ["2 wd"],
        "N": ["1 wd"],
        "A": ["5 wd"],
    }
    assert {key for key, row in found.items() if row.get("pauses")} == {"N"}
