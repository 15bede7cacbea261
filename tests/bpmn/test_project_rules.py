"""The rules that stand in the forms of contract and initiation, and what their decision tables decide."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine import form as forms
from engine.decision import inputs_of
from engine.form import Checked
from engine.procedure import Procedure
from engine.value import Context, Person, Value, number

SCAN = {"digest": "0" * 64, "name": "扫描件.pdf", "type": "application/pdf", "size": 10}
MEMBER = {
    "role": "一线支持",
    "area": "杭州",
    "mobile": "13700010001",
    "email": "wu@example.cn",
    "from": "2026-03-02",
    "to": "2027-03-01",
    "allocation_pct": 50,
}


def checked(procedure: Procedure, key: str, answer: Mapping[str, object], **names: Value) -> Checked:
    """The answer as the form of a task takes it; `names` are what its rules see besides the fields."""
    around: dict[str, Value] = {"settings": procedure.defaults, "case": Context(), "task": Context(), **names}
    return forms.check(procedure.forms[f"forms/{key}.form"], answer, forms.surrounding(names=around))


def faults(procedure: Procedure, key: str, answer: Mapping[str, object], **names: Value) -> set[str]:
    """The fields that the form has something against."""
    return {fault.path for fault in checked(procedure, key, answer, **names).faults}


def task(*roles: str, repeated: bool = False) -> Context:
    """A task as rules see it."""
    return Context({"roles": roles, "repeated": repeated})


# ---------------------------------------------------------------- the contract


@pytest.mark.parametrize(
    ("amounts", "right"),
    [([680_000], True), ([300_000, 380_000], True), ([300_000.5, 379_999.5], True), ([680_000, 1], False), ([], False)],
)
def test_payments_add_up_to_the_amount(procedure: Procedure, amounts: list[float], right: bool) -> None:
    payment = [{"milestone": "付款", "amount": str(amount), "due": "2026-03-02"} for amount in amounts]
    assert ("payment" not in faults(procedure, "T02_01", {"amount": 680_000, "payment": payment})) is right


@pytest.mark.parametrize(("end", "right"), [("2026-03-02", True), ("2026-03-01", False)])
@pytest.mark.parametrize("key", ["T02_01", "T03_01"])
def test_a_service_ends_after_it_begins(procedure: Procedure, key: str, end: str, right: bool) -> None:
    assert ("end" not in faults(procedure, key, {"start": "2026-03-02", "end": end})) is right


def test_only_a_contract_that_came_back_can_be_withdrawn_and_with_a_reason(procedure: Procedure) -> None:
    answer = {"withdrawn": True}
    first = checked(procedure, "T02_01", answer, task=task())
    assert "withdrawn" not in first.values
    again = faults(procedure, "T02_01", answer, task=task(repeated=True))
    assert "withdrawal_reason" in again
    assert "withdrawal_reason" not in {fault.path for fault in first.faults}


def test_the_number_of_the_contract_is_that_of_the_case(procedure: Procedure) -> None:
    case = Context({"contract_no": "HT20260001"})
    assert checked(procedure, "T02_01", {}, case=case).values["contract_no"] == "HT20260001"


@pytest.mark.parametrize("item", ["text_complete", "party_data", "authority", "tax", "amounts", "enclosures"])
def test_a_contract_does_not_pass_while_an_item_does_not_conform(procedure: Procedure, item: str) -> None:
    items = ["text_complete", "party_data", "authority", "tax", "amounts", "enclosures"]
    answer = {**dict.fromkeys(items, "符合"), "affects_departments": False, "decision": "通过"}
    assert faults(procedure, "T02_02", answer) == set()
    assert faults(procedure, "T02_02", {**answer, item: "不适用"}) == set()
    assert faults(procedure, "T02_02", {**answer, item: "不符合"}) == {"decision"}
    assert faults(procedure, "T02_02", {**answer, item: "不符合", "decision": "退回"}) == {"opinion"}


@pytest.mark.parametrize(
    ("roles", "answer", "wanted"),
    [
        (("SMO",), {"feasible": "同意"}, set()),
        (("SID",), {"feasible": "不同意"}, {"opinion"}),
        (("LEGAL",), {"feasible": "有条件同意"}, {"conditions"}),
        (("FIN",), {"feasible": "同意"}, {"est_cost"}),
        (("FIN",), {"feasible": "同意", "est_cost": 0}, set()),
    ],
)
def test_what_a_reviewer_must_say(
    procedure: Procedure, roles: tuple[str, ...], answer: dict[str, object], wanted: set[str]
) -> None:
    assert faults(procedure, "T02_03", {"risk": "低", **answer}, task=task(*roles)) == wanted


@pytest.mark.parametrize(
    ("amount", "cost", "margin"), [(500, 400, "20"), (500, 600, "-20"), (300, 200, "33.33"), (None, 200, None)]
)
def test_finance_sees_the_margin(procedure: Procedure, amount: int | None, cost: int, margin: str | None) -> None:
    case = Context({"amount": None if amount is None else number(amount)})
    answer = {"feasible": "同意", "risk": "低", "est_cost": cost}
    values = checked(procedure, "T02_03", answer, task=task("FIN"), case=case).values
    assert values.get("margin_pct") == (None if margin is None else number(margin))
    others = checked(procedure, "T02_03", answer, task=task("SMO"), case=case).values
    assert others.keys() == {"feasible", "risk"}


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"result": "客户拒签"}, {"decline_reason"}),
        ({"result": "已签订"}, {"sign_mode", "signed_on", "our_signer", "customer_signer"}),
        ({"result": "已签订", "sign_mode": "纸质盖章"}, {"signed_on", "our_signer", "customer_signer", "scan"}),
        ({"result": "已签订", "sign_mode": "电子签章"}, {"signed_on", "our_signer", "customer_signer", "esign_evidence"}),
        ({"result": "已签订", "sign_mode": "纸质盖章", "scan": SCAN}, {"signed_on", "our_signer", "customer_signer"}),
    ],
)  # fmt: skip
def test_a_signature_has_its_evidence_and_a_refusal_its_reason(
    procedure: Procedure, answer: dict[str, object], wanted: set[str]
) -> None:
    assert faults(procedure, "T02_05", answer) == wanted


# ---------------------------------------------------------------- the project


@pytest.mark.parametrize(
    ("leads", "right"), [([True], True), ([True, False], True), ([True, True], False), ([False, False], False)]
)
def test_a_project_has_exactly_one_lead_area(procedure: Procedure, leads: list[bool], right: bool) -> None:
    areas = [{"area": f"区域{place}", "is_lead": lead} for place, lead in enumerate(leads)]
    assert ("areas" not in faults(procedure, "T03_01", {"areas": areas})) is right


@pytest.mark.parametrize(("level", "wanted"), [("B", False), ("A", True), ("C", True)])
def test_another_level_than_proposed_has_its_reason(procedure: Procedure, level: str, wanted: bool) -> None:
    found = checked(procedure, "T03_01", {"level": level}, case=Context({"level": "B", "project_no": "FW20260001"}))
    assert ("level_reason" in {fault.path for fault in found.faults}) is wanted
    assert (found.values["level_proposed"], found.values["project_no"]) == ("B", "FW20260001")


@pytest.mark.parametrize(("conclusion", "wanted"), [("合格", False), ("有条件", True), ("不合格", True)])
def test_a_doubt_about_the_project_manager_is_explained(procedure: Procedure, conclusion: str, wanted: bool) -> None:
    assert ("opinion" in faults(procedure, "T03_02", {"conclusion": conclusion})) is wanted


@pytest.mark.parametrize(("accept", "wanted"), [("接受", set()), ("拒绝", {"reason"})])
def test_a_refused_appointment_has_its_reason(procedure: Procedure, accept: str, wanted: set[str]) -> None:
    assert faults(procedure, "T03_05", {"accept": accept}) == wanted


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([("项目组长", "杭州")], True),
        ([("项目组长", "杭州"), ("一线支持", "宁波")], False),
        ([("项目组长", "杭州"), ("一线支持", "宁波"), ("项目组长", "宁波")], True),
        ([("项目经理", "杭州")], False),
    ],
)
def test_every_area_has_a_group_leader(procedure: Procedure, rows: list[tuple[str, str]], right: bool) -> None:
    team = [{**MEMBER, "role": role, "area": area} for role, area in rows]
    assert ("team" not in faults(procedure, "T03_06", {"team": team})) is right


@pytest.mark.parametrize(
    ("shares", "hint"),
    [
        ([("1.1.1", 100), ("1.2.1", 100)], "未超过上限"),
        ([("1.1.1", 60), ("1.1.1", 60)], "未超过上限"),
        ([("1.1.1", 60), ("1.2.1", 10), ("1.1.1", 61)], "有人员投入合计超过上限"),
    ],
)
def test_whoever_is_allocated_too_much_is_told_not_refused(
    procedure: Procedure, shares: list[tuple[str, int]], hint: str
) -> None:
    team = [{**MEMBER, "role": "项目组长", "user": Person(who), "allocation_pct": share} for who, share in shares]
    found = checked(procedure, "T03_06", {"team": team})
    assert found.faults == ()
    assert found.values["overload"] == hint


@pytest.mark.parametrize(
    ("column", "value"), [("mobile", "12345"), ("email", "nobody"), ("allocation_pct", 101), ("allocation_pct", -1)]
)
def test_a_member_can_be_reached_and_is_there_once_at_most(procedure: Procedure, column: str, value: object) -> None:
    team = [{**MEMBER, "role": "项目组长", column: value}]
    assert f"team[0].{column}" in faults(procedure, "T03_06", {"team": team})


@pytest.mark.parametrize(
    ("key", "decision"), [("T00_01", "不同意"), ("T00_02", "不同意"), ("T00_06", "退回"), ("T03_03", "退回"), ("T03_04", "退回"), ("T02_04", "不通过")]
)  # fmt: skip
def test_a_negative_decision_is_explained(procedure: Procedure, key: str, decision: str) -> None:
    assert "opinion" in faults(procedure, key, {"decision": decision})


# ---------------------------------------------------------------- decision tables


def decided(procedure: Procedure, decision: str, **given: Value) -> Value:
    """What a table decides."""
    found = procedure.decisions.find(decision)
    assert found is not None
    wanted = {data.variable.name: data.key for data in inputs_of(procedure.decisions, found)}
    assert wanted.keys() == given.keys()
    return procedure.decisions.evaluate(found.key, {wanted[name]: value for name, value in given.items()})


@pytest.mark.parametrize(
    ("deviations", "amount", "kind", "affects", "more"),
    [
        (0, 199_999, "新签", False, ()),
        (0, 200_000, "新签", False, ("LEGAL",)),
        (1, 1, "续签", False, ("LEGAL",)),
        (0, 1, "补充协议", False, ("LEGAL",)),
        (3, 900_000, "补充协议", False, ("LEGAL",)),
        (0, 1, "变更", True, ("DEPT",)),
        (2, 1, "变更", True, ("LEGAL", "DEPT")),
    ],
)
def test_who_reviews_a_contract(
    procedure: Procedure, deviations: int, amount: int, kind: str, affects: bool, more: tuple[str, ...]
) -> None:
    found = decided(
        procedure,
        "contract_reviewers",
        deviations=number(deviations),
        amount=number(amount),
        kind=kind,
        affects_departments=affects,
        法务评审金额=number(200_000),
    )
    assert found == ("SMO", "SID", "FIN", *more)


@pytest.mark.parametrize(
    ("amount", "deviations", "margin", "high_risk", "needed"),
    [
        (499_999, 2, 15, False, False),
        (500_000, 0, 50, False, True),
        (1, 3, 50, False, True),
        (1, 0, "14.99", False, True),
        (1, 0, 50, True, True),
        (1, 0, None, False, False),
    ],
)
def test_when_the_general_manager_approves_a_contract(
    procedure: Procedure, amount: int, deviations: int, margin: int | str | None, high_risk: bool, needed: bool
) -> None:
    found = decided(
        procedure,
        "contract_gm_approval",
        amount=number(amount),
        deviations=number(deviations),
        margin=None if margin is None else number(margin),
        high_risk=high_risk,
        总经理审批金额=number(500_000),
        偏离条数上限=number(3),
        最低毛利率=number(15),
    )
    assert found is needed


@pytest.mark.parametrize(
    ("amount", "key_customer", "window", "level"),
    [
        (1_000_000, None, "5×8", "A"),
        (999_999, None, "5×8", "B"),
        (1, True, "5×8", "A"),
        (1, False, "7×24", "A"),
        (200_000, False, "5×12", "B"),
        (199_999, False, None, "C"),
        (None, None, None, "C"),
    ],
)
def test_the_level_of_a_project(
    procedure: Procedure, amount: int | None, key_customer: bool | None, window: str | None, level: str
) -> None:
    found = decided(
        procedure,
        "project_level",
        amount=None if amount is None else number(amount),
        key_customer=key_customer,
        window=window,
        A级金额=number(1_000_000),
        B级金额=number(200_000),
    )
    assert found == level


@pytest.mark.parametrize(
    ("level", "by_smo", "approvers"),
    [
        ("A", True, ("GM",)),
        ("A", False, ("GM",)),
        ("B", True, ("MR",)),
        ("C", True, ("SID",)),
        ("C", False, ("SID", "SMO")),
    ],
)
def test_who_approves_a_project(procedure: Procedure, level: str, by_smo: bool, approvers: tuple[str, ...]) -> None:
    assert decided(procedure, "project_approver", level=level, applied_by_smo=by_smo) == approvers
