"""The fields of P01 as the written procedure has them (§3.5, §3.7, §4.1, §4.15), written down form by form.

A line is: name, marks, type, options. `*` is required, `?` required under a condition of the form, `!` personal,
`=` computed. Columns of a table are indented; fields of a section follow its name in brackets.

The written procedure marks some fields as computed that nobody could compute yet: whether a device is in the contract
and how long it runs are entered until contract and asset register are processes of their own. What a person does not
enter for a document (number, version, status, author, reviewer, approver, dates of these acts, version of the
procedure) are facts of the document (`engine/document.py`). A signature is no field: handing in is one.
Stricter than written: a specification needs requirements and acceptance criteria. Asked only where they make sense:
assignee and due date of an accepted request; who confirmed and when, unless nobody answered; the evidence of an answer
that somebody of ours records, as a contact's own answer by a link is its own evidence (§8).
"""

from __future__ import annotations

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
evidence? file
""",
    "T01_08E": """
contacted_on* dt
way* enum {电话,邮件,拜访}
outcome* long
escalated_to user
""",
}
