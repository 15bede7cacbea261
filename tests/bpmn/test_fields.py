"""The forms compared with the written procedure line by line, and the rules that stand in those of P01."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import form as forms
from engine.form import Field, FieldType, Form
from engine.procedure import Procedure
from engine.value import Context
from tests.bpmn.shipped import PROCESSES
from tests.bpmn.specified import SPECIFIED as REQUIREMENTS
from tests.bpmn.specified_project import CONTRACT, EARLY, INITIATION

SPECIFIED = {**REQUIREMENTS, **CONTRACT, **INITIATION, **EARLY}
SAME = {"T01_09": "T01_04", "T00_03": "T02_05E"}
"""Tasks with the form of another one."""
OF_TASK = {key: SAME.get(key, key) for key in (*SPECIFIED, *SAME)}
CONTACT = {
    "kind": "职级主管",
    "name": "刘建国",
    "mobile": "13800010001",
    "email": "liu@example.cn",
}


def test_every_user_task_has_its_form(procedure: Procedure) -> None:
    elements = [e for key in PROCESSES.values() for e in procedure.model.processes[key].elements.values()]
    found = {e.id: e.extensions["form"] for e in elements if e.kind == "userTask"}
    assert found == {task: f"forms/{form}.form" for task, form in OF_TASK.items()}


@pytest.mark.parametrize("key", sorted(set(OF_TASK.values())))
def test_a_form_has_the_fields_of_the_written_procedure(procedure: Procedure, key: str) -> None:
    assert list(_lines(_form(procedure, key))) == [line for line in SPECIFIED[key].splitlines() if line.strip()]


def test_no_form_is_left_over(procedure: Procedure) -> None:
    assert set(procedure.forms) == {f"forms/{key}.form" for key in OF_TASK.values()}


@pytest.mark.parametrize(
    ("key", "answer", "wanted"),
    [
        ("T01_02", {"accept": "受理"}, {"assignee", "due"}),
        ("T01_02", {"accept": "不受理"}, {"opinion"}),
        ("T01_02", {"accept": "退回补充"}, {"opinion"}),
        ("T01_05", {"decision": "通过"}, set()),
        ("T01_05", {"decision": "退回修改"}, {"opinion"}),
        ("T01_05", {"decision": "不通过"}, {"opinion"}),
        ("T01_05D", {"decision": "终止"}, {"opinion"}),
        ("T01_08", {"result": "未回复"}, set()),
        ("T01_08", {"result": "确认"}, {"confirmed_by", "confirmed_on", "evidence"}),
        ("T01_08", {"result": "拒绝"}, {"remarks", "confirmed_by", "confirmed_on", "evidence"}),
        ("T01_08", {"result": "提出修改"}, {"remarks", "confirmed_by", "confirmed_on", "evidence"}),
    ],
)
def test_what_a_decision_requires_besides_itself(
    procedure: Procedure, key: str, answer: dict[str, object], wanted: set[str]
) -> None:
    checked = forms.check(_form(procedure, key), answer, forms.surrounding())
    assert {fault.path for fault in checked.faults} == wanted


@pytest.mark.parametrize(("by_link", "wanted"), [(True, False), (False, True)])
def test_an_answer_that_is_recorded_for_a_customer_has_its_evidence(
    procedure: Procedure, by_link: bool, wanted: bool
) -> None:
    around = forms.surrounding(names={"task": Context({"by_link": by_link})})
    checked = forms.check(_form(procedure, "T01_08"), {"result": "确认"}, around)
    assert ("evidence" in {fault.path for fault in checked.faults}) is wanted


@pytest.mark.parametrize("key", ["T01_01", "T01_04"])
@pytest.mark.parametrize(
    ("kinds", "right"),
    [
        (["职级主管", "技术联系人"], True),
        (["技术联系人", "技术联系人", "职级主管", "商务"], True),
        (["职级主管"], False),
        (["技术联系人"], False),
        (["商务", "财务", "最终用户"], False),
        ([], False),
    ],
)
def test_a_customer_has_a_manager_and_a_technical_contact(
    procedure: Procedure, key: str, kinds: list[str], right: bool
) -> None:
    rows = [{**CONTACT, "kind": kind} for kind in kinds]
    checked = forms.check(_form(procedure, key), {"customer_contacts": rows}, forms.surrounding())
    assert ("customer_contacts" not in {fault.path for fault in checked.faults}) is right


@pytest.mark.parametrize(("mobile", "right"), [("13800010001", True), ("12800010001", False), ("1380001000", False)])
def test_a_mobile_number_is_one_of_china(procedure: Procedure, mobile: str, right: bool) -> None:
    rows = [{**CONTACT, "mobile": mobile}]
    checked = forms.check(_form(procedure, "T01_01"), {"customer_contacts": rows}, forms.surrounding())
    assert ("customer_contacts[0].mobile" not in {fault.path for fault in checked.faults}) is right


def test_rows_are_numbered_and_findings_have_a_state(procedure: Procedure) -> None:
    finding = {"finding": "缺少指标", "severity": "一般", "due": "2026-03-05"}
    rows = [finding, {**finding, "done_on": "2026-03-04"}, {**finding, "verified_on": "2026-03-05"}]
    checked = forms.check(_form(procedure, "T01_05"), {"findings": rows}, forms.surrounding())
    findings = checked.values["findings"]
    assert isinstance(findings, tuple)
    assert [(row["no"], row["state"]) for row in findings if isinstance(row, dict)] == [
        (1, "未整改"),
        (2, "待验证"),
        (3, "已关闭"),
    ]


def test_requirements_are_numbered_and_counted(procedure: Procedure) -> None:
    rows = [{"priority": "必须"}, {"priority": "可以"}, {"priority": "必须"}]
    values = forms.check(_form(procedure, "T01_04"), {"reqs": rows}, forms.surrounding()).values
    reqs = values["reqs"]
    assert isinstance(reqs, tuple)
    assert [row["req_id"] for row in reqs if isinstance(row, dict)] == ["R1", "R2", "R3"]
    assert (values["req_count"], values["must_count"]) == (3, 2)


@pytest.mark.parametrize(("until", "right"), [("2026-03-02", True), ("2026-03-01", False)])
def test_a_document_ends_after_it_takes_effect(procedure: Procedure, until: str, right: bool) -> None:
    answer = {"effective_on": "2026-03-02", "valid_to": until}
    checked = forms.check(_form(procedure, "T01_04"), answer, forms.surrounding())
    assert ("valid_to" not in {fault.path for fault in checked.faults}) is right


def test_what_belongs_to_an_acceptance_is_not_kept_with_a_refusal(procedure: Procedure) -> None:
    answer = {"accept": "不受理", "opinion": "不具备服务能力", "instruction": "尽快", "due": "2026-03-02"}
    checked = forms.check(_form(procedure, "T01_02"), answer, forms.surrounding())
    assert checked.faults == ()
    assert checked.values == {"accept": "不受理", "opinion": "不具备服务能力"}


def _form(procedure: Procedure, key: str) -> Form:
    return procedure.forms[f"forms/{key}.form"]


def _lines(form: Form) -> Iterator[str]:
    section = None
    for field in form.fields:
        if field.section != section:
            section = field.section
            yield f"[{section}]"
        yield _line(field)
        yield from (f"  {_line(column)}" for column in field.columns)


def _line(field: Field) -> str:
    marks = "*" if field.required else "?" if field.required_when is not None else ""
    marks += ("=" if field.type is FieldType.COMPUTED else "") + ("!" if field.personal else "")
    kind = f":{field.kind}" if field.kind else ""
    options = f" {{{','.join(value for value, _ in field.options)}}}" if field.options else ""
    return f"{field.key}{marks} {field.type}{kind}{options}"
