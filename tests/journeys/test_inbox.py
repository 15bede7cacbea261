"""People at the inbox, in a real browser: by mouse, by keyboard, on a phone, in the dark, two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from storage.database import Database
from storage.submission import Store
from tests.journeys.conftest import Visit
from tests.web.pages.test_several import written
from web.app import POLL

Opener = Callable[..., Visit]


def _faults(visit: Visit) -> list[str]:
    found = Axe().run(visit.page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_whoever_signs_in_sees_what_is_due_first(visit: Opener) -> None:
    person = visit()
    person.go("/")
    person.picture("sign-in")
    page = person.sign_in("li")
    person.picture("inbox-light")
    expect(page.locator("h1")).to_have_text("待办")
    expect(page.locator(".task-name").filter(has_text="会签评审")).to_have_count(1)
    page.locator(".task-list .task").first.get_by_role("button", name="认领").click()
    expect(page.locator("#says")).to_contain_text("已认领")
    expect(page.locator(".task-list .task").first.get_by_role("button", name="退回")).to_be_visible()


def test_what_a_colleague_does_appears_without_reloading(visit: Opener) -> None:
    mine, other = visit(), visit()
    mine.own_time()
    page = mine.sign_in("li")
    expect(page.locator(".task-name")).to_have_count(2)
    colleague = other.sign_in("mei")
    colleague.get_by_role("button", name="认领").first.click()
    expect(colleague.locator("#says")).to_contain_text("已认领")
    mine.later(POLL)
    expect(page.locator(".task-name")).to_have_count(1, timeout=30_000)


def test_several_tasks_are_chosen_by_keyboard_and_claimed_or_done_at_once(visit: Opener, tmp_path: Path) -> None:
    person = visit()
    page = person.sign_in("li")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#several")).to_contain_text("已选 1 项")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-pick]:checked")).to_have_count(2)
    expect(page.locator("[data-pick-all]")).to_be_checked()
    assert _faults(person) == []
    person.picture("inbox-several")
    page.keyboard.press("Escape")
    expect(page.locator("#several")).to_be_hidden()
    page.get_by_label("全选本页").check()
    page.locator("#several").get_by_role("button", name="认领").click()
    expect(page.locator("#outcomes h2")).to_have_text("2 项完成")
    assert _faults(person) == []
    person.picture("inbox-outcomes")
    page.get_by_role("link", name="回到待办").click()
    expect(page.locator(".task-list").get_by_role("button", name="退回")).to_have_count(2)
    _done_at_once(visit(), tmp_path)


def _done_at_once(person: Visit, data: Path) -> None:
    """Three tasks of a step that allows it, with one entry."""
    database = Database(f"sqlite:///{data}/zhixing.db")
    written(Store(database, lambda: datetime.now(UTC)), data / "notes")
    database.close()
    page = person.sign_in("yi")
    page.get_by_label("全选本页").check()
    page.locator("#several").get_by_role("button", name="一起办理").click()
    expect(page.locator("#several-title .count")).to_have_text("3")
    assert _faults(person) == []
    page.get_by_role("button", name="逐项提交").click()
    expect(page.locator("#wrongs")).to_contain_text("有 1 处需要更正")
    page.get_by_label("同意", exact=True).check()
    page.get_by_label("意见").fill("按计划办理")
    person.picture("several-entry")
    page.get_by_role("button", name="逐项提交").click()
    expect(page.locator("#outcomes h2")).to_have_text("3 项完成")
    assert _faults(person) == []
    page.get_by_role("link", name="回到待办").click()
    expect(page.locator(".task-name")).to_have_count(0)


def test_the_inbox_is_worked_by_keyboard_alone(visit: Opener) -> None:
    page = visit().sign_in("li")
    page.keyboard.press("j")
    expect(page.locator(".task-name").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".task-name").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".task-name").nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("管委会")
    expect(page.locator(".task-name")).to_have_count(1)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")


def test_the_first_stop_of_the_tab_key_leads_past_the_navigation(visit: Opener) -> None:
    page = visit().sign_in("li")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_filters_and_search_change_the_list_at_once_and_stay(visit: Opener) -> None:
    person = visit()
    page = person.sign_in("li")
    page.select_option("[name=process]", "svc_contract")
    expect(page.locator(".task-name")).to_have_count(1)
    page.reload()
    expect(page.locator(".task-name")).to_have_count(1)
    page.select_option("[name=process]", "")
    expect(page.locator(".task-name")).to_have_count(2)
    page.fill("#q", "不存在的")
    expect(page.locator(".empty h2")).to_have_text("没有符合条件的任务")
    person.picture("nothing-found")


def test_in_english_everything_is_english(visit: Opener) -> None:
    person = visit()
    page = person.sign_in("feng")
    page.click("summary.whoami")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Inbox")
    expect(page.locator(".task-name").first).to_contain_text("Review by all concerned")
    person.picture("inbox-english")
    page.reload()
    expect(page.locator("h1")).to_have_text("Inbox")
    reader = visit(locale="en-GB")
    page = reader.sign_in("li")
    page.locator(".task-name", has_text="T01.05").click()
    page.get_by_label("Return for correction").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#wrongs h2")).to_have_text("Corrections needed: 1")
    expect(page.locator("#field-opinion")).to_be_focused()
    expect(page.locator("#field-opinion-fault")).to_contain_text("this field is required")
    reader.picture("mistake-english")
    page.fill("#field-opinion", "Please add how the standby site is tested.")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/tasks/*?done=*")
    expect(reader.go("/done").locator(".task").first).to_contain_text(re.compile(r"T01\.05\s*Review"))


def test_a_session_that_ended_leaves_the_page_as_it_is(visit: Opener) -> None:
    page = visit().sign_in("li")
    page.context.set_offline(True)
    page.fill("#q", "会")
    expect(page.locator("#says")).to_contain_text("网络连接中断")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.fill("#q", "会签")
    expect(page.locator("#says")).to_contain_text("重新登录")
    expect(page.locator("#q")).to_have_value("会签")


def test_the_same_notice_again_replaces_the_one_that_stands_there(visit: Opener) -> None:
    page = visit().sign_in("li")
    said = "['甲', '乙', '甲'].forEach((text) => document.body.dispatchEvent(new CustomEvent('said', {detail: {text, tone: 'late'}})))"
    page.evaluate(said)
    expect(page.locator("#says .say")).to_have_text(["乙", "甲"])


def test_a_page_without_scripts_still_works(visit: Opener) -> None:
    page = visit(java_script_enabled=False).sign_in("li")
    page.fill("#q", "管委会")
    page.locator(".wishes noscript button").click()
    expect(page.locator(".task-name")).to_have_count(1)
    page.get_by_role("button", name="认领").click()
    expect(page.locator(".say-good")).to_contain_text("已认领")


def test_a_printed_page_has_no_navigation(visit: Opener) -> None:
    person = visit()
    page = person.sign_in("li")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".task-name").first).to_be_visible()
    person.picture("inbox-print")
