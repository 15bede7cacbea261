"""The fields of P00, P02 and P03 as the written procedure has them (§3.6, §3.8, §3.9), written down form by form.

The notation is that of `specified.py`. Numbers and levels that the system gives are computed from the case's data. What
the written procedure calls computed but nobody can compute yet is entered: other projects of a project manager and the
load by them; gaps of competence. Signatures have no field type yet.
Besides the written fields: a contract can be withdrawn after a review (`withdrawn`, with its reason), because the written
end "not signed" wants a reason; the formal check says whether departments are affected, because the rule for their
review wants it; the signature says whether the customer declined. Only finance is asked for the cost. The follow-up of
an unsigned contract, the early start, the hand-over and the kick-off are named in the procedure without fields.
"""

from __future__ import annotations

LEVELS = """
  level* enum {S1,S2,S3,S4}
  response_h dec
  onsite_h dec
  spare_h dec
  solve_h dec
"""
DECISION = """
opinion? long
conditions long
attachments files
"""
CHASING = """
contacted_on* dt
way* enum {电话,邮件,拜访}
outcome* long
expected_sign date
"""
CONTRACT = {
    "T02_01": f"""
contract_no= computed
kind* enum {{新签,续签,变更,补充协议}}
customer* ref:customer
title* text
amount* money
tax_rate* pct
currency* enum {{CNY}}
start* date
end* date
signing_party* enum {{总公司,分公司,子公司}}
scope* long
sla_summary table{LEVELS.rstrip()}
report_cycle* enum {{周,半月,月,季度,半年,全年,服务期结束报告,其他}}
acceptance_needed* bool
payment* table
  no= computed
  milestone* text
  pct pct
  amount* money
  due* date
  condition text
renewal_clause* enum {{自动续约,协商续签,不续}}
notice_days* int
penalties table
  breach* text
  penalty* text
  cap text
confidentiality* bool
customer_seal_req text
deviations table
  clause* text
  deviation* text
  reason* text
requirement_spec* ref:document
files* files
change_note? long
withdrawn bool
withdrawal_reason? long
""",
    "T02_02": f"""
text_complete* enum {{符合,不符合,不适用}}
party_data* enum {{符合,不符合,不适用}}
authority* enum {{符合,不符合,不适用}}
tax* enum {{符合,不符合,不适用}}
amounts* enum {{符合,不符合,不适用}}
enclosures* enum {{符合,不符合,不适用}}
affects_departments* bool
decision* enum {{通过,退回}}
{DECISION}
""",
    "T02_03": f"""
feasible* enum {{同意,有条件同意,不同意}}
risk* enum {{高,中,低}}
est_cost? money
margin_pct= computed
{DECISION.replace("conditions", "conditions?")}
""",
    "T02_04": f"""
decision* enum {{通过,退回修改,不通过}}
{DECISION}
""",
    "T02_05": """
result* enum {已签订,客户拒签}
decline_reason? long
sign_mode? enum {纸质盖章,电子签章}
signed_on? date
our_signer? user
customer_signer?! text
seal_log_no text
scan? file
esign_evidence? file
""",
    "T02_05E": CHASING,
    "T02_06": """
archive_no* text
originals* int
place* text
distribution* table
  org* text
  copy* int
  date* date
""",
}
APPROVAL = "decision* enum {同意,退回}"
TEAM_ROLES = "{项目经理,客户服务负责人,项目组长,一线支持,组员,驻场,备件管理员,二线联系人}"
INITIATION = {
    "T03_01": f"""
project_no= computed
project_name* text
contract* ref:contract
service_type* enum {{系统集成售后,软件运维,硬件维保,驻场,综合,其他}}
level_proposed= computed
level* enum {{A,B,C}}
level_reason? long
objectives* long
scope* long
excluded long
start* date
end* date
areas* table
  area* text
  is_lead* bool
  address text
proposed_pm* user
proposed_csl* user
proposed_team table
  user* user
  role* enum {TEAM_ROLES}
  allocation_pct pct
est_effort* dec
est_budget* money
is_renewal bool
predecessor ref:case
is_subcontract* bool
end_customer text
early_start bool
change_note? long
""",
    "T03_02": """
certs table
  name* text
  no! text
  valid_to date
experience_years* dec
current_projects* int
load_pct* pct
conclusion* enum {合格,有条件,不合格}
opinion? long
""",
    "T03_03": f"""
{APPROVAL}
{DECISION}
""",
    "T03_04": f"""
{APPROVAL}
appointment_text= computed
authority_amount money
{DECISION}
""",
    "T03_05": """
accept* enum {接受,拒绝}
reason? long
""",
    "T03_06": f"""
team* table
  user* user
  role* enum {TEAM_ROLES}
  area* text
  mobile*! text
  email*! text
  from* date
  to* date
  allocation_pct* pct
  backup_user user
overload= computed
gaps table
  user* user
  required_skill* text
  measure* enum {{培训,更换人员,外部支持}}
  due date
""",
    "T03_08": """
held_on* dt
method* enum {现场,远程}
attendees* users
customer_attendees! long
conclusions* long
minutes ref:minutes
files files
""",
}
EARLY = {
    "T00_01": f"""
grounds* long
customer_promise long
exposure money
expected_sign* date
decision* enum {{同意,不同意}}
{DECISION}
""",
    "T00_02": f"""
decision* enum {{同意,不同意}}
{DECISION}
""",
    "T00_04": """
open_items table
  item* text
  state* enum {未开始,进行中,待客户,受阻}
  next_step* text
  due date
documents_handed* long
access_handed* bool
risks long
files files
""",
    "T00_05": """
accept* enum {接收,退回补充}
missing? long
""",
    "T00_06": f"""
{APPROVAL}
{DECISION}
""",
}
