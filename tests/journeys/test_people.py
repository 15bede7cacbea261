"""People, roles and one's own account in a real browser: a new colleague, a deputy, a telephone, a phone, the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from web import telephone_codes
from web.cli.showcase import PASSWORD

Opener = Callable[..., Visit]


def _faults(visit: Visit) -> list[str]:
    found = Axe().run(visit.page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def _open(visit: Visit, handle: str) -> str:
    """The address of a person, found by typing."""
    page = visit.go("/people/")
    page.fill("#q", handle)
    expect(page.locator(".person")).to_have_count(1)
    page.locator(".person-who a").click()
    page.wait_for_selector("#roles-head")
    return page.url.removeprefix(visit.base)


def test_a_new_colleague_is_added_signs_in_and_has_their_own_password(visit: Opener) -> None:
    admin, colleague = visit(), visit()
    admin.sign_in("admin")
    page = admin.go("/people/new")
    page.get_by_label("姓名").fill("孙晓")
    page.get_by_label("账号", exact=True).fill("sunxiao")
    page.get_by_label("一线支持").check()
    admin.picture("people-new")
    page.get_by_role("button", name="新增并生成").click()
    expect(page.get_by_text("授予角色要写明理由")).to_be_visible()
    expect(page.locator("#reason")).to_be_focused()
    expect(page.locator("#name")).to_have_value("孙晓")
    page.locator("#reason").fill("入职通知 2026-118")
    page.get_by_role("button", name="新增并生成").click()
    password = page.locator("#one-time").inner_text()
    admin.picture("people-added")
    theirs = colleague.go("/sign-in")
    theirs.fill("#handle", "sunxiao")
    theirs.fill("#password", password)
    theirs.click("button.btn-primary")
    for field, text in (("#now", password), ("#new", "new-password-1"), ("#again", "new-password-1")):
        theirs.fill(field, text)
    theirs.click("button.btn-primary")
    expect(theirs.locator("h1")).to_have_text("待办")


def test_a_role_is_granted_and_revoked_by_keyboard_alone(visit: Opener) -> None:
    admin = visit()
    admin.sign_in("admin")
    _open(admin, "luo")
    page = admin.page
    page.locator("#role").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("任命书 12 号")
    page.keyboard.press("Enter")
    expect(page.locator(".say-good")).to_contain_text("角色已更改")
    page.locator("summary", has_text="免去").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("岗位调整")
    page.keyboard.press("Enter")
    expect(page.locator(".say-good")).to_contain_text("角色已更改")
    expect(page.locator("section", has_text="角色的变更记录").last).to_contain_text("岗位调整")
    admin.picture("person")


def test_my_deputy_has_my_tasks_while_i_am_away(visit: Opener) -> None:
    mine, other = visit(), visit()
    before = other.sign_in("luo").locator(".task-name").count()
    page = mine.sign_in("li")
    waiting = page.locator(".task-name").count()
    mine.go("/account/")
    page.select_option("#deputy", label=page.locator("#deputy option", has_text="(luo)").inner_text())
    today = datetime.now(UTC) + timedelta(hours=8)
    page.fill("#first", f"{today:%Y-%m-%d}")
    page.fill("#last", f"{today + timedelta(days=3):%Y-%m-%d}")
    page.get_by_role("button", name="指定代理人").click()
    expect(page.locator(".say-good")).to_contain_text("已指定代理人")
    mine.picture("account-deputy")
    expect(other.go("/").locator(".task-name")).to_have_count(before + waiting)


def test_a_sign_in_with_a_telephone(visit: Opener) -> None:
    mine, again = visit(), visit()
    mine.sign_in("li")
    page = mine.go("/account/two-steps/")
    page.fill("#now", PASSWORD)
    page.get_by_role("button", name="生成密钥").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    mine.picture("two-steps-secret")
    step = telephone_codes.step_at(datetime.now(UTC))
    page.fill("#code", telephone_codes.code(secret, step))
    page.get_by_role("button", name="确认并开启").click()
    codes = page.locator(".codes li").all_inner_texts()
    mine.picture("two-steps-codes")
    assert _faults(mine) == []
    other = again.go("/sign-in")
    other.fill("#handle", "li")
    other.fill("#password", PASSWORD)
    other.click("button.btn-primary")
    expect(other.locator("#code")).to_be_focused()
    again.picture("sign-in-code")
    assert _faults(again) == []
    other.fill("#code", codes[0])
    other.click("button.btn-primary")
    expect(other.locator("h1")).to_have_text("待办")


def test_in_english_everything_is_english(visit: Opener) -> None:
    admin = visit()
    admin.sign_in("admin")
    page = admin.go("/account/")
    page.select_option("#language", "en")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_have_text("My account")
    admin.go("/roles/")
    expect(page.locator("h1")).to_have_text("Roles")
    admin.picture("roles-english")
    _open(admin, "qian")
    expect(page.locator("#deputies-head")).to_have_text("Absence and deputies")
    admin.picture("person-english")


def test_a_token_is_made_and_revoked(visit: Opener) -> None:
    person = visit()
    page = person.sign_in("li")
    person.go("/account/tokens/")
    page.get_by_label("用途").fill("报表")
    page.get_by_role("button", name="生成令牌").click()
    expect(page.get_by_label("新的访问令牌")).to_have_value(re.compile("^zx_"))
    expect(page.locator(".lines li")).to_have_count(1)
    person.picture("tokens-made")
    page.get_by_role("button", name="吊销").click()
    expect(page.locator(".lines")).to_contain_text("还没有令牌")
