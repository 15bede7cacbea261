"""People at one task, in a real browser: filling in, mistakes, tables, drafts that survive, two at once, every dialog."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from storage.database import Database
from storage.submission import Store
from tests.journeys.conftest import Visit
from tests.journeys.test_inbox import _faults
from tests.web.pages import signed
from web.cli.showcase import PASSWORD

Opener = Callable[..., Visit]
PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const goal = document.querySelector(selector);
  goal.focus();
  goal.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def _open(person: Visit, handle: str, step: str) -> Page:
    """The first task of a step in somebody's inbox, opened from there."""
    page = person.sign_in(handle)
    page.locator(".task-name", has_text=step).first.click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator("h1")).to_contain_text(step)
    return page


def _saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("草稿已保存")


def test_a_form_is_filled_in_handed_in_and_taken_back(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    person.picture("task-light")
    page.fill('[name="data.visit_date"]', "11月20日 下午2:30")
    page.get_by_label("现场").check()
    page.fill("#field-participants-0-name", "李想")
    page.fill("#field-participants-0-org", "华东轨道交通")
    page.select_option("#field-present_state-0-domain", "网络")
    page.get_by_label("5×8").check()
    _saved(page)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/tasks/*?done=*")
    expect(page.locator(".undo")).to_contain_text("已提交“T01.03 需求调研”")
    person.picture("task-next")
    page.locator(".undo").get_by_role("button", name="撤回").click()
    expect(page.locator("#dialog-undo textarea")).to_have_value("提交后发现需要修改。")
    page.locator("#dialog-undo .btn-primary").click()
    expect(page.locator(".say-good")).to_contain_text("已撤回")
    expect(page.locator("#field-participants-0-name")).to_have_value("李想")
    expect(page.locator('[name="data.visit_date"]')).to_have_value(re.compile(r"11-20 14:30$"))


def test_focus_goes_to_the_first_mistake_and_the_summary_leads_to_each(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    page.fill('[name="data.visit_date"]', "昨天")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#wrongs h2")).to_contain_text("处需要更正")
    expect(page.locator('[name="data.visit_date"]')).to_be_focused()
    expect(page.locator("#field-visit_date-fault")).to_contain_text("应为日期时间")
    person.picture("task-mistakes")
    assert _faults(person) == []
    page.locator("#wrongs a", has_text="服务窗口").click()
    expect(page.locator("#field-service_window")).to_be_focused()
    page.fill('[name="data.visit_date"]', "2026/11/20 9:30")
    page.locator('[name="data.need_response"]').focus()
    expect(page.locator("#field-visit_date-fault")).to_be_hidden()


def test_rows_are_pasted_from_a_spreadsheet_numbered_and_removed(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    page.locator("#field-devices [data-add]").click()
    rows = 'A-1\t交换机\t华为\tS5700\tSN1\nA-2\t路由器\t思科\tC900\tSN2\nA-3\t"防火墙\n旧"\t山石\tE1\tSN3\n'
    page.evaluate(PASTE, ['[name="data.devices[0].asset_no"]', rows])
    numbers = page.locator("#field-devices [data-computed]")
    expect(numbers).to_have_text(["1", "2", "3"])
    expect(page.locator('[name="data.devices[1].brand"]')).to_have_value("思科")
    person.picture("task-table")
    page.evaluate(PASTE, ['[name="data.devices[2].model"]', "S1\tX1\nS2\tX2\nS3\tX3\n"])
    expect(numbers).to_have_text(["1", "2", "3", "4", "5"])
    page.get_by_role("button", name="撤销粘贴").click()
    expect(numbers).to_have_text(["1", "2", "3"])
    expect(page.locator('[name="data.devices[2].model"]')).to_have_value("E1")
    expect(page.locator("#field-devices [data-note-of]")).to_be_hidden()
    page.locator("#field-devices [data-remove]").first.click()
    expect(numbers).to_have_text(["1", "2"])
    expect(page.locator("#field-devices [data-remove]").first).to_be_focused()
    _saved(page)
    page.reload()
    expect(page.locator("#field-devices tbody tr")).to_have_count(2)


def test_computed_and_conditional_fields_follow_what_is_typed(visit: Opener) -> None:
    page = _open(visit(), "feng", "T02.03")
    page.fill("#field-est_cost", "12万")
    expect(page.locator("[data-note=est_cost]")).to_have_text("壹拾贰万元整")
    expect(page.locator("[data-computed=margin_pct]")).to_have_text(re.compile(r"\d"))
    other = _open(visit(), "li", "T02.03")
    expect(other.locator("[data-field=est_cost]")).to_be_hidden()


def test_what_was_typed_survives_a_crash_before_the_server_had_it(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    address, context = page.url, page.context
    page.fill('[name="data.need_response"]', "半小时")
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.locator('[name="data.need_response"]')).to_have_value("半小时")
    expect(again.locator("#saved")).to_contain_text("已恢复草稿")


def test_a_session_that_ends_loses_nothing(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    page.context.clear_cookies()
    page.fill('[name="data.need_response"]', "半小时")
    expect(page.locator("#saved a")).to_contain_text("登录已过期")
    with page.context.expect_page() as opened:
        page.locator("#saved a").click()
    gate = opened.value
    gate.fill("#handle", "zhao")
    gate.fill("#password", "zhixing-demo")
    gate.click("button.btn-primary")
    gate.wait_for_selector("#list")
    gate.close()
    expect(page.locator("#saved")).to_contain_text("草稿已保存", timeout=20_000)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#wrongs")).to_be_visible()
    expect(page.locator('[name="data.need_response"]')).to_have_value("半小时")


def test_the_slower_of_two_is_told_and_can_copy_what_they_typed(visit: Opener) -> None:
    slow, quick = visit(), visit()
    page, other = _open(slow, "mei", "T01.05"), _open(quick, "li", "T01.05")
    page.fill("#field-opinion", "需要补充服务窗口")
    _saved(page)
    other.get_by_label("通过", exact=True).check()
    other.get_by_role("button", name="提交").click()
    other.wait_for_url("**/tasks/*?done=*")
    page.fill("#field-opinion", "需要补充服务窗口和联系人")
    expect(page.locator("#news")).to_contain_text("李强 已于")
    expect(page.locator("#field-opinion")).to_have_value("需要补充服务窗口和联系人")
    slow.picture("task-too-late")
    page.reload()
    expect(page.locator("#left")).to_contain_text("需要补充服务窗口和联系人")
    expect(page.locator("h1 + .status, .job-title .status")).to_contain_text("已完成")


def test_every_dialog_can_be_used_and_refuses_in_place(visit: Opener, tmp_path: Path) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    for name in ("return", "transfer", "sign", "delegate", "copy"):
        opener = page.locator(f".bar [data-opens=dialog-{name}]:visible")
        if opener.count() == 0:
            page.locator(".bar summary").click()
        opener.first.click()
        dialog = page.locator(f"#dialog-{name}")
        expect(dialog).to_be_visible()
        assert _faults(person) == [], name
        person.picture(f"task-dialog-{name}")
        dialog.locator(".btn-primary").click()
        wrong = dialog.locator("[data-control=reason] textarea" if name == "return" else "[data-control=to] select")
        expect(wrong).to_be_focused()
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(dialog.locator(f"#{wrong.get_attribute('aria-describedby')}")).to_contain_text("请")
        expect(dialog.locator(".say-late")).to_have_count(0)
        assert _faults(person) == [], name
        person.picture(f"task-dialog-{name}-refused")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.locator(".bar [data-opens=dialog-return]").click()
    page.get_by_label("改好后直接回到这里").check()
    page.get_by_label("T01.02").check()
    page.fill("#dialog-return-reason", "缺少客户联系人")
    expect(page.locator("#dialog-return-reason")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#dialog-return .field-fault:visible")).to_have_count(0)
    page.locator("#dialog-return .btn-primary").click()
    page.wait_for_load_state()
    expect(page.locator(".say-good")).to_contain_text("已驳回")
    _signs(visit(), tmp_path)


def _signs(person: Visit, data: Path) -> None:
    """A signed task: what is wrong with the password stands at it, what is wrong in the form in the form; neither loses anything."""
    database = Database(f"sqlite:///{data}/zhixing.db")
    task = signed.approvals(Store(database, lambda: datetime.now(UTC)), data / "orders")[0]
    database.close()
    person.sign_in("yi")
    page = person.go(f"/tasks/{task}")
    dialog, field = page.locator("#dialog-signature"), page.locator("#dialog-signature-password")
    page.fill("#field-opinion", "按计划采购")
    page.keyboard.press("Control+Enter")
    expect(field).to_be_focused()
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="提交").click()
    field.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#wrongs")).to_contain_text("有 1 处需要更正")
    expect(dialog).to_be_hidden()
    expect(field).to_have_value("")
    page.get_by_label("同意", exact=True).check()
    _saved(page)
    page.get_by_role("button", name="提交").click()
    field.fill("falsch-falsch")
    dialog.get_by_role("button", name="签名并提交").click()
    expect(dialog.locator("[data-control=password] .field-fault")).to_contain_text("密码或动态码不正确")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    assert _faults(person) == []
    person.picture("task-sign-refused")
    assert "falsch" not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    expect(page.locator("#field-opinion")).to_have_value("按计划采购")
    field.fill(PASSWORD)
    dialog.get_by_role("button", name="签名并提交").click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator(".undo, .say-good").first).to_contain_text("已提交")
    page = person.go(f"/tasks/{task}")
    expect(page.locator(".record")).to_contain_text("签名（已再次验证身份）")


def test_a_task_is_done_by_keyboard_alone(visit: Opener) -> None:
    page = visit().sign_in("li")
    names = page.locator(".task-name")
    expect(names.first).to_be_visible()
    for _ in range(names.count()):
        page.keyboard.press("j")
        if "T01.05" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "data.decision":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("同意")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/tasks/*?done=*")
