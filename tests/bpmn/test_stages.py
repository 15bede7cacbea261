"""The elements of P00, P02 and P03 as the written procedure has them (§3.6, §3.8, §3.9): who, until when, in which way."""

from __future__ import annotations

import pytest

from engine.flow.elements import Element, Kind, MultiInstance
from engine.procedure import Procedure
from tests.bpmn.shipped import PROCESSES
from tests.bpmn.test_elements import ROLES

CALLED = ("P00", "P02", "P03")
LANES = {
    "P00": ["GM", "SMO", "SALES", "PM"],
    "P02": ["GM", "SMO", "SID", "SALES", "ADM", "FIN", "LEGAL", "DEPT"],
    "P03": ["GM", "MR", "SMO", "SID", "PM"],
}
TASKS = {
    # task: lane, who else or instead, days until due (a setting), escalation class, clause, source
    "T02_01": ("SALES", None, None, "N", "8.3.2", "S-ST-3"),
    "T02_02": ("ADM", None, ("formal_check_days", 1), "N", "8.3.2", "S-ST-3 S-C-4"),
    "T02_03": ("SMO", "[reviewer]", ("contract_review_days", 3), "N", "8.3.2", "S-ST-3 S-SID-6 S-SID-7"),
    "T02_04": ("GM", None, ("contract_approval_days", 2), "N", "8.3.2", "S-ST-3"),
    "T02_05": (
        "SALES",
        None,
        "get or else(expected_sign, working days after(now, settings.signing_days))",
        "C",
        "8.3.2",
        "S-ST-3",
    ),
    "T02_05E": ("SALES", None, ("accept_days", 1), "C", "8.3.2", "S-ST-3"),
    "T02_06": ("SID", None, ("contract_filing_days", 2), "N", "7.5", "S-SID-6 S-C-4"),
    "T03_01": ("SMO", '["SMO", "SALES"]', ("application_days", 2), "N", "8.5.2.1", "S-ST-4"),
    "T03_02": ("SMO", None, ("qualification_days", 1), "N", "7.2", "S-ST-4"),
    "T03_03": ("SID", None, ("review_days", 2), "N", "8.5.2.1", "S-ST-4"),
    "T03_04": ("GM", "approvers", ("appointment_days", 2), "N", "8.5.2.1", "S-ST-4"),
    "T03_05": ("PM", "application.proposed_pm", ("appointment_answer_days", 1), "N", "7.2", "S-ST-4"),
    "T03_06": ("PM", '[application.proposed_pm, "SMO"]', ("team_days", 3), "N", "7.2", "S-ST-4"),
    "T03_08": ("PM", "case.pm", ("kick_off_days", 5), "N", "8.5.2.1", "S-ST-4"),
    "T00_01": ("SMO", None, ("early_start_days", 1), "N", "8.3.2", "S-ST-3 S-ST-4"),
    "T00_02": ("GM", None, ("early_start_days", 1), "N", "8.3.2", "S-ST-3 S-ST-4"),
    "T00_03": ("SALES", None, ("early_start_days", 1), "C", "8.3.2", "S-ST-4"),
    "T00_04": ("PM", "case.pm", ("hand_over_days", 3), "N", "7.2", "S-X-7"),
    "T00_05": ("PM", "pm_change.pm", ("hand_over_days", 3), "N", "7.2", "S-X-7"),
    "T00_06": ("PM", '"SMO"', ("hand_over_days", 3), "N", "7.2", "S-X-7"),
}
APART = {
    "T02_02": "T02_01",
    "T02_03": "T02_01",
    "T02_04": "T02_01 T02_03",
    "T02_06": "T02_01",
    "T03_03": "T03_01",
    "T03_04": "T03_01 T03_03",
    "T00_02": "T00_01",
    "T00_06": "T00_04 T00_05",
}
DECISIONS = {
    "R02_01": "contract_reviewers",
    "R02_02": "contract_gm_approval",
    "R03_01": "project_level",
    "R03_02": "project_approver",
}
CONNECTORS = {
    "number-sequence": {"S02_01", "S02_05", "S03_01", "T03_07"},
    "record-to-case": {"S00_01", "S00_02", "S00_03", "S00_05", "S02_02", "S02_03", "S02_04", "S03_02", "S03_05"},
    "case-role": {"S00_04", "S03_03", "S03_04"},
}
THRESHOLDS = {
    "contract_gm_amount": 500_000,
    "contract_legal_amount": 200_000,
    "contract_many_deviations": 3,
    "contract_least_margin": 15,
    "level_a_amount": 1_000_000,
    "level_b_amount": 200_000,
    "allocation_limit": 120,
    "signing_reminder_days": 30,
}
WAYS = {
    # gateway: answer, where it leads; the empty answer is the default
    "G_withdrawn": {"": "S02_03", "contract_text.withdrawn = true": "End_contract_withdrawn"},
    "G_formal": {'formal_check.decision = "通过"': "R02_01", 'formal_check.decision = "退回"': "T02_01"},
    "G_opinions": {"": "R02_02", 'some one in opinions satisfies one.feasible = "不同意"': "T02_01"},
    "G_gm": {"": "T02_05", "gm_needed = true": "T02_04"},
    "G_approved": {
        'gm_approval.decision = "通过"': "T02_05",
        'gm_approval.decision = "退回修改"': "T02_01",
        'gm_approval.decision = "不通过"': "End_contract_refused",
    },
    "G_signed": {'signing.result = "已签订"': "T02_06", 'signing.result = "客户拒签"': "End_contract_declined"},
    "G_tell": {"": "End_signed", "case.early_start = true": "M03_signed"},
    "G_qualified": {"": "T03_03", 'qualification.conclusion = "不合格"': "T03_01"},
    "G_reviewed": {'initiation_review.decision = "同意"': "R03_02", 'initiation_review.decision = "退回"': "T03_01"},
    "G_appointed": {'appointment.decision = "同意"': "T03_05", 'appointment.decision = "退回"': "T03_01"},
    "G_answer": {'answer.accept = "接受"': "S03_03", 'answer.accept = "拒绝"': "T03_01"},
    "G1": {"": "S00_03", 'req.result = "确认"': "CA_P02"},
    "G2": {
        "": "CA_P03",
        'contract.state = "已签订" and early_start.decision = "同意"': "End_signed_later",
        'contract.state = "未签订"': "S00_03",
    },
    "G_early": {"": "T00_01", 'early_start.decision = "同意"': "End_early_known"},
    "G_applied": {'early_application.decision = "同意"': "T00_02", 'early_application.decision = "不同意"': "End_early_refused"},
    "G_started": {"": "End_early_rejected", 'early_start.decision = "同意" and contract.state = null': "S00_02"},
    "G_taken": {'taking_over.accept = "接收"': "T00_06", 'taking_over.accept = "退回补充"': "T00_04"},
    "G_confirmed": {'change_confirmation.decision = "同意"': "S00_04", 'change_confirmation.decision = "退回"': "T00_04"},
}  # fmt: skip


@pytest.fixture
def elements(procedure: Procedure) -> dict[str, Element]:
    """The elements of the three processes by id."""
    found = [procedure.model.processes[PROCESSES[number]].elements for number in CALLED]
    return {key: element for one in found for key, element in one.items()}


@pytest.mark.parametrize("number", CALLED)
def test_lanes_stand_in_the_order_of_the_roles(procedure: Procedure, number: str) -> None:
    lanes = procedure.model.processes[PROCESSES[number]].lanes
    assert [role for _, _, role in lanes] == LANES[number]
    assert sorted(LANES[number], key=ROLES.index) == LANES[number]
    assert [name for _, name, _ in lanes] == [procedure.roles[role].name.zh for role in LANES[number]]


@pytest.mark.parametrize("key", TASKS)
def test_a_task_has_lane_person_due_escalation_clause_and_source(
    procedure: Procedure, elements: dict[str, Element], key: str
) -> None:
    lane, who, due, escalation, clause, source = TASKS[key]
    if isinstance(due, tuple):
        assert procedure.defaults[due[0]] == due[1]
        due = f"working days after(now, settings.{due[0]})"
    found = elements[key].extensions
    assert (elements[key].role, found.get("assignee", found.get("candidates"))) == (lane, who)
    assert (found.get("due"), found["escalation"], found["clause"], found["source"]) == (
        due,
        escalation,
        clause,
        source,
    )


def test_there_are_no_other_tasks_decisions_and_connectors(elements: dict[str, Element]) -> None:
    assert {e.id for e in elements.values() if e.kind is Kind.USER_TASK} == TASKS.keys()
    rules = {e.id: e.extensions["decision"] for e in elements.values() if e.kind is Kind.BUSINESS_RULE_TASK}
    assert rules == DECISIONS
    services = [e for e in elements.values() if e.kind is Kind.SERVICE_TASK]
    assert {name: {e.id for e in services if e.extensions["connector"] == name} for name in CONNECTORS} == CONNECTORS
    assert {e.extensions["connector"] for e in services} == CONNECTORS.keys()


def test_author_reviewer_and_approver_are_apart(elements: dict[str, Element]) -> None:
    assert {k: e.extensions["separateFrom"] for k, e in elements.items() if "separateFrom" in e.extensions} == APART


def test_contract_and_application_are_documents_of_the_case(elements: dict[str, Element]) -> None:
    acts = {key: e.extensions["document"] for key, e in elements.items() if "document" in e.extensions}
    assert acts == {
        "T02_01": "contract:write",
        "T02_06": "contract:review",
        "S02_05": "contract:issue",
        "T03_01": "project_application:write",
        "T03_03": "project_application:review",
    }
    approved = {key: e.extensions["approved"] for key, e in elements.items() if "approved" in e.extensions}
    assert approved == {"T02_06": "filing.originals >= 1", "T03_03": 'initiation_review.decision = "同意"'}


def test_the_appointed_person_answers_and_nobody_else(elements: dict[str, Element]) -> None:
    assert {k for k, e in elements.items() if "assignee" in e.extensions} == {"T03_05", "T03_08", "T00_04", "T00_05"}


def test_the_thresholds_are_settings(procedure: Procedure) -> None:
    assert {key: procedure.defaults[key] for key in THRESHOLDS} == THRESHOLDS
    patterns = {key: procedure.defaults[key] for key in ("contract_number", "project_number")}
    assert patterns == {"contract_number": "HT{yyyy}{seq4}", "project_number": "FW{yyyy}{seq4}"}


@pytest.mark.parametrize("key", WAYS)
def test_a_gateway_leads_where_the_answer_says(procedure: Procedure, elements: dict[str, Element], key: str) -> None:
    flows = procedure.model.processes[elements[key].process].flows.values()
    assert {flow.condition or "": flow.target for flow in flows if flow.source == key} == WAYS[key]
    assert (elements[key].default_flow is not None) is ("" in WAYS[key])


def test_no_exclusive_gateway_is_forgotten(elements: dict[str, Element]) -> None:
    assert {key for key, e in elements.items() if e.kind is Kind.EXCLUSIVE_GATEWAY} == WAYS.keys()


def test_all_concerned_review_the_contract_at_the_same_time(elements: dict[str, Element]) -> None:
    loop = elements["T02_03"].loop
    assert isinstance(loop, MultiInstance)
    assert (loop.sequential, loop.collection, loop.item) == (False, "reviewers", "reviewer")
    assert loop.completion_condition is None  # every opinion is wanted, also after the first who does not agree


def test_the_three_stages_are_called_in_order(elements: dict[str, Element]) -> None:
    calls = {key: element.called for key, element in elements.items() if element.kind is Kind.CALL_ACTIVITY}
    assert calls == {"CA_P01": "svc_requirements", "CA_P02": "svc_contract", "CA_P03": "svc_initiation"}


def test_messages_belong_to_their_case(elements: dict[str, Element]) -> None:
    told = {e.message: e.extensions["correlation"] for e in elements.values() if "correlation" in e.extensions}
    assert told == {"M03 合同已签订": "case.id", "M90 项目经理更换": "case.id", "M91 申请未签先行": "case.id"}
    assert not elements["B_early"].interrupting
    assert elements["B_signed"].interrupting
    assert not elements["Start_change"].interrupting
    assert {e.message for e in elements.values() if e.extensions.get("case") == "new"} == {
        "M01 售前支持请求",
        "M02 续签确认",
    }
