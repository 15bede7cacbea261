"""The fields of P01 as the written procedure has them (§3.5, §3.7, §4.1, §4.15), compared with the forms line by line.

A line is: name, marks, type, options. `*` is required, `?` required under a condition of the form, `!` personal,
`=` computed. Columns of a table are indented; fields of a section follow its name in brackets.

The written procedure marks some fields as computed that nobody could compute yet: whether a device is in the contract
and how long it runs are entered until contract and asset register are processes of their own. What a person does not
enter for a document (number, version, status, author, reviewer, approver, dates of these acts, version of the
procedure) are facts of the document (`engine/document.py`). Signatures have no field type yet.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import form as forms
from engine.form import Field, FieldType, Form
from engine.procedure import Procedure

CONTACTS = """
customer_contacts* table
  kind* enum {职级主管,技术联系人,商务,财务,最终用户}
  name*! text
  post! text
  mobile*! text
  email*! text
  preferred enum {电话,邮件,微信}
"""
DEVICES = """
devices table
  no= computed
  asset_no text
  category* text
  brand* text
  model* text
  sn* text
  location text
  owner_system text
  count int
  service_level enum {金,银,铜}
  warranty_end date
  in_contract bool
  found* enum {相符,型号不符,序列号不符,已下线,新增,未找到}
  state enum {正常,异常,停用}
  running_years dec
  eos date
  photo file
  remark text
"""
RISKS = """
risks table
  risk* text
  level* enum {高,中,低}
  idea text
"""
DECISION = """
opinion? long
conditions long
attachments files
"""
REVIEW = """
items table
  no= computed
  check_point* text
  clause text
  result* enum {符合,不符合,不适用}
  remark text
findings table
  no= computed
  finding* long
  severity* enum {严重,一般,建议}
  owner* user
  due* date
  correction long
  done_on date
  verified_by user
  verified_on date
  state= computed
"""
SPECIFIED = {
    "T01_01": f"""
customer* ref:customer
opportunity* text
service_type* enum {{系统集成售后,软件运维,硬件维保,驻场,综合,其他}}
background* long
{CONTACTS}
expected_sign date
expected_start date
budget_hint money
competitors text
support_kind* enums {{需求调研,方案编写,报价,演示,投标}}
needed_by* date
urgency* enum {{普通,紧急}}
is_renewal bool
predecessor ref:case
files files
""",
    "T01_02": f"""
accept* enum {{受理,退回补充,不受理}}
assignee? user
co_workers users
due? date
instruction long
{DECISION}
""",
    "T01_03": f"""
visit_date* dt
method* enum {{现场,远程,问卷}}
participants* table
  name*! text
  org* text
  post! text
present_state* table
  domain* enum {{应用系统,服务器,存储,网络,安全,数据库,中间件,终端,机房}}
  description long
  problem long
{DEVICES}
sites table
  area* text
  address text
  users int
service_window* enum {{5×8,5×12,7×24,其他}}
need_response text
need_onsite text
need_solve text
need_availability pct
need_continuity long
need_capacity long
need_security enum {{无,二级,三级,四级}}
report_wish enum {{周,半月,月,季度,半年,全年,服务期结束报告,其他}}
training_need long
spare_parts_need long
constraints long
{RISKS}
minutes ref:minutes
files files
""",
    "T01_04": f"""
[head]
title* text
secrecy* enum {{公开,内部,敏感信息,机密}}
effective_on date
valid_to date
distribution users
retention_class enum {{10年,30年,永久}}
[revision]
change_note? long
[overview]
background* long
objective* long
kind* enum {{新服务,变更服务,续签}}
sources* table
  reference* text
  date* date
  people! text
[parties]
customer_profile long
{CONTACTS}
users_count int
departments text
key_business_periods table
  period* text
  reason text
[present]
systems table
  system* text
  supplier text
  version text
  criticality* enum {{关键,重要,一般}}
  users int
  problems text
{DEVICES}
present_support long
[requirements]
reqs* table
  req_id= computed
  category* enum {{响应,可用性,连续性,容量,安全,人员技能,驻场,巡检,培训,备件,报告,其他}}
  requirement* long
  target text
  priority* enum {{必须,应该,可以}}
  source* text
  accepted* enum {{是,否,待定}}
req_count= computed
must_count= computed
[levels]
window* enum {{5×8,5×12,7×24,其他}}
sla_wish table
  level* enum {{S1,S2,S3,S4}}
  response_h dec
  onsite_h dec
  spare_h dec
  solve_h dec
[constraints]
dependencies long
limits long
{RISKS}
[law]
mlps_level enum {{无,二级,三级,四级}}
confidentiality long
personal_data bool
domestic text
[acceptance]
acceptance* table
  criterion* text
  method text
  target* text
[annex]
proposal long
effort dec
est_cost money
""",
    "T01_05": f"""
{REVIEW}
decision* enum {{通过,退回修改,不通过}}
{DECISION}
""",
    "T01_05D": f"""
decision* enum {{终止,退回修改}}
{DECISION.replace("?", "*")}
""",
    "T01_07": """
channel* enum {书面,电子PDF}
recipients*! text
sent_on* dt
proof file
""",
    "T01_08": """
result* enum {确认,提出修改,拒绝,未回复}
remarks? long
confirmed_by?! text
confirmed_on? date
evidence file
""",
    "T01_08E": """
contacted_on* dt
way* enum {电话,邮件,拜访}
outcome* long
escalated_to user
""",
}
OF_TASK = {key: key for key in SPECIFIED} | {"T01_09": "T01_04"}
CONTACT = {
    "kind": "职级主管",
    "name": "刘建国",
    "mobile": "13800010001",
    "email": "liu@example.cn",
}


def test_every_user_task_has_its_form(procedure: Procedure) -> None:
    elements = procedure.model.processes["svc_requirements"].elements.values()
    found = {e.id: e.extensions["form"] for e in elements if e.kind == "userTask"}
    assert found == {task: f"forms/{form}.form" for task, form in OF_TASK.items()}


@pytest.mark.parametrize("key", SPECIFIED)
def test_a_form_has_the_fields_of_the_written_procedure(procedure: Procedure, key: str) -> None:
    assert list(_lines(_form(procedure, key))) == [line for line in SPECIFIED[key].splitlines() if line.strip()]


def test_no_form_is_left_over(procedure: Procedure) -> None:
    assert set(procedure.forms) == {f"forms/{key}.form" for key in SPECIFIED}


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
        ("T01_08", {"result": "确认"}, {"confirmed_by", "confirmed_on"}),
        ("T01_08", {"result": "拒绝"}, {"remarks", "confirmed_by", "confirmed_on"}),
        ("T01_08", {"result": "提出修改"}, {"remarks", "confirmed_by", "confirmed_on"}),
    ],
)
def test_what_a_decision_requires_besides_itself(
    procedure: Procedure, key: str, answer: dict[str, object], wanted: set[str]
) -> None:
    checked = forms.check(_form(procedure, key), answer, forms.surrounding())
    assert {fault.path for fault in checked.faults} == wanted


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
