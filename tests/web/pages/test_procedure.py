"""The written procedure as everybody reads it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from tests.web.pages.browser import Browser, House
from web import texts
from web.sight import doing

KEY = "service-planning"
AT = f"/procedures/{KEY}"


def test_everybody_reads_the_procedure_in_force(house: House) -> None:
    visitor = house.signed_in("wang")
    assert AT in visitor.page("/procedures/")
    assert "需求调研与方案设计" in visitor.page(AT)
    page = visitor.page(f"{AT}/processes/svc_requirements")
    for said in (
        "受理与指派",
        "服务管理负责人",
        "判断请求是否受理",
        "到达后 1 个工作日",
        "8.2.2",
        "表单\uff1a受理与指派单",
    ):
        assert said in page, said
    assert visitor.get(f"{AT}/diagrams/svc_requirements").data.startswith(b"<?xml")
    assert "A 级项目的合同金额" in visitor.page(f"{AT}/rules")
    assert "从上到下" in visitor.page(f"{AT}/decisions")
    assert "随产品提供" in visitor.page(f"{AT}/versions")


def test_the_rules_of_decisions_are_read_in_both_languages(house: House) -> None:
    visitor = house.signed_in("wang")
    assert "&gt;= 总经理审批金额" in visitor.page(f"{AT}/decisions")
    visitor.post("/account/look", {"language": "en"}, at="/")
    page = visitor.page(f"{AT}/decisions")
    for said in (
        "&gt;= Contract amount that the general manager approves (CNY)",
        "Supplementary agreement",
        "<code>&gt; 0</code>",
        "General manager",
    ):
        assert said in page, said


def _step(visitor: Browser, process: str, step: str) -> str:
    """What the page says of a step, without its markup."""
    found = re.search(
        rf'<li class="proc-step" id="step-{step}".*?</dl>', visitor.page(f"{AT}/processes/{process}"), re.DOTALL
    )
    assert found
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


@pytest.mark.parametrize(
    ("process", "step", "said", "unsaid"),
    [
        ("svc_requirements", "T01_08", "客户代表 CUST 、市场/销售人员 SALES · 任何一个都可以", "规则"),
        (
            "svc_requirements",
            "T01_05",
            "服务项目经理 PM 、服务管理负责人 SMO 、服务管理小组 SMG · 按规则确定 if",
            "任何一个",
        ),
        ("svc_requirements", "T01_05", "不能由办过这些步骤的人办理:T01.04", ""),
        (
            "svc_contract",
            "T02_03",
            "系统集成部 SID 、财务 FIN 、法务 LEGAL 、内部支持部门 DEPT · 由决策表从中确定",
            "[reviewer]",
        ),
        ("svc_contract", "T02_03", "每人各办一份,同时进行", "任何一个"),
        ("svc_contract", "T02_03", "不能由办过这些步骤的人办理:T02.01 提交合同文本", ""),
        ("svc_initiation", "T03_06", '服务管理负责人 SMO · 按规则确定 [application.proposed_pm, "SMO"]', ""),
        ("svc_lifecycle", "T00_06", "人工任务 服务管理负责人", "服务项目经理"),
        ("svc_requirements", "T01_02", "人工任务 服务管理负责人", "由谁办理"),
    ],
)
def test_who_does_a_step_is_told_as_it_is_offered(
    house: House, process: str, step: str, said: str, unsaid: str
) -> None:
    told = _step(house.signed_in("wang"), process, step)
    assert texts.typeset(said) in html.unescape(told)
    assert not unsaid or unsaid not in told


def test_a_countersignature_is_told_in_words(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    element = found.model.element("svc_contract", "T02_03")
    rules = {
        "all": "全部同意",
        "any": "一人同意",
        "veto": "一人反对",
        "share:0.67": "至少 67% 同意",
        "share:1": "至少 100%",
    }
    for rule, said in rules.items():
        told = doing.votes(replace(element, extensions={**element.extensions, "countersign": rule}))
        assert told is not None
        assert said in told.zh
    assert doing.votes(found.model.element("svc_contract", "T02_02")) is None


def test_a_number_of_a_setting_is_written_as_people_write_it(house: House) -> None:
    page = house.signed_in("wang").page(f"{AT}/rules")
    assert ">10<" in page
    assert "E+" not in page


@pytest.mark.parametrize(
    "address", [f"{AT}?version={'0' * 64}", "/procedures/none", f"{AT}/processes/none", f"{AT}/diagrams/none"]
)
def test_what_was_never_in_force_is_not_found(house: House, address: str) -> None:
    assert house.signed_in("wang").get(address).status_code == 404


def test_everybody_reads_which_role_holds_which_right(house: House) -> None:
    visitor = house.signed_in("wang")
    line = re.search(r'<td class="figures role-code">SMG</td>.*?</tr>', visitor.page(f"{AT}/rules"), re.DOTALL)
    assert line
    assert re.findall('"status">([^<]*)<', line[0]) == ["查阅全部项目"]
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    assert "Read all projects" in visitor.page(f"{AT}/rules")
