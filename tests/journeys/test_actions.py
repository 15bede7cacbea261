"""What people do besides the next step, in real browsers: who asks and who is asked, each at their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.clerk import fill, scenario
from tests.journeys.conftest import Visit
from web.app import POLL

Opener = Callable[..., Visit]

CLIPPED = """() => [...document.querySelectorAll("main h1, main p, main button, main .btn, main .status, main dd, main label")]
  .filter((one) => one.offsetParent && getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1
    && !one.classList.contains("visually-hidden"))
  .map((one) => one.outerHTML.slice(0, 120))"""
"""What stands in a box that is too narrow for it."""


def _enter(visit: Opener, handle: str) -> Visit:
    person = visit()
    person.sign_in(handle)
    return person


def _open(person: Visit, step: str, project: str = "") -> Page:
    """The task of a step, perhaps of one project, opened from the inbox."""
    page = person.go("/")
    page.locator(".task", has_text=project).locator(".task-name", has_text=step).first.click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator("h1")).to_contain_text(step)
    return page


def _count(person: Visit, step: str) -> int:
    return person.go("/").locator(".task-name", has_text=step).count()


def _of(person: Visit, step: str, project: str) -> int:
    """How many tasks of a step of a project somebody has."""
    return person.go("/").locator(".task", has_text=project).locator(".task-name", has_text=step).count()


def _now(page: Page, text: str, said: str) -> None:
    """An action without a dialog."""
    with page.expect_event("load"):
        _button(page, text).click()
    expect(page.locator(".say-good")).to_contain_text(said)


def _button(page: Page, text: str) -> Locator:
    """A button of the bar; what is not in it stands in the menu beside it."""
    wanted = page.locator(".bar").get_by_role("button", name=text, exact=True)
    if not wanted.count():
        page.locator(".bar summary").click()
    return wanted


def _dialog(page: Page, text: str) -> Locator:
    """The dialog of an action."""
    _button(page, text).click()
    opened = page.locator("dialog[open]")
    expect(opened.locator("h2")).to_contain_text(text)
    return opened


def _choose(dialog: Locator, *people: str) -> None:
    """Choose people, one after the other."""
    for place, name in enumerate(people):
        if place:
            dialog.get_by_role("button", name="再加一人").click()
        select = dialog.locator("select").nth(place)
        found = select.locator("option").filter(has_text=re.compile(rf"^\s*{name}")).first
        select.select_option(value=found.get_attribute("value"))


def _confirm(page: Page, dialog: Locator, said: str) -> None:
    with page.expect_event("load"):
        dialog.locator(".btn-primary").click()
    expect(page.locator(".say-good")).to_contain_text(said)


def _sign_in_anew(page: Page, dialog: Locator, handle: str) -> None:
    """The session ends before the dialog is handed in, and begins again in another tab, to which the dialog leads."""
    page.context.clear_cookies()
    dialog.locator(".btn-primary").click()
    expect(dialog.locator(".say-late")).to_contain_text("登录已过期")
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="登录").click()
    gate = opened.value
    gate.fill("#handle", handle)
    gate.fill("#password", "zhixing-demo")
    gate.click("button.btn-primary")
    gate.wait_for_selector("#list")
    gate.close()


def test_a_task_is_given_to_somebody_else_for_good(visit: Opener) -> None:
    mine, other = _enter(visit, "zhao"), _enter(visit, "sun")
    before = _count(mine, "T01.03")
    dialog = _dialog(page := _open(mine, "T01.03"), "转办")
    _choose(dialog, "孙悦")
    dialog.get_by_label("理由").fill("下周出差,请孙悦接手")
    _confirm(page, dialog, "已转办")
    assert _count(mine, "T01.03") == before - 1
    page = _open(other, "T01.03")
    expect(page.locator(".side-card").first).to_contain_text("孙悦")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()


def test_a_colleague_helps_and_gives_the_task_back_with_an_opinion(visit: Opener) -> None:
    mine, other = _enter(visit, "zhao"), _enter(visit, "sun")
    dialog = _dialog(page := _open(mine, "T01.03"), "委派")
    _choose(dialog, "孙悦")
    dialog.get_by_label("理由").fill("请核对设备清单")
    _confirm(page, dialog, "已委派")
    expect(page.get_by_role("button", name="提交", exact=True)).to_have_count(0)
    dialog = _dialog(page := _open(other, "T01.03"), "交回")
    expect(page.locator("main")).to_contain_text("请核对设备清单")
    expect(page.locator("#form")).to_have_count(0)
    dialog.get_by_label("意见").fill("清单与现场相符")
    _sign_in_anew(page, dialog, "sun")
    _confirm(page, dialog, "已交回")
    page = _open(mine, "T01.03")
    expect(page.locator("main")).to_contain_text("清单与现场相符")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()


def test_two_give_their_opinion_before_the_one_who_asked(visit: Opener) -> None:
    mine, first, second = (_enter(visit, handle) for handle in ("zhao", "sun", "wu"))
    dialog = _dialog(page := _open(mine, "T01.03"), "加签")
    _choose(dialog, "孙悦", "吴敏")
    dialog.get_by_label("在我办理之前").check()
    dialog.get_by_label("理由").fill("请先确认现场条件")
    _confirm(page, dialog, "已加签")
    assert _count(second, "T01.03") == 0
    for person, opinion in ((first, "机房具备条件"), (second, "人手已安排")):
        dialog = _dialog(page := _open(person, "T01.03"), "交回")
        dialog.get_by_label("意见").fill(opinion)
        _confirm(page, dialog, "已交回")
    page = _open(mine, "T01.03")
    expect(page.locator(".record")).to_contain_text("机房具备条件")
    expect(page.locator(".record")).to_contain_text("人手已安排")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()
    mine.picture("actions-signed")


def test_a_task_that_was_handed_in_waits_for_the_signer_after(visit: Opener) -> None:
    mine, signer, following = (_enter(visit, handle) for handle in ("zhao", "sun", "wang"))
    before = _count(following, "T01.08")
    dialog = _dialog(page := _open(mine, "T01.07"), "加签")
    _choose(dialog, "孙悦")
    dialog.get_by_label("在我办理之后").check()
    dialog.get_by_label("理由").fill("发出前请复核")
    _confirm(page, dialog, "已加签")
    _hand_in(mine, "T01.07", "T01_07")
    assert _count(mine, "T01.07") == 0
    assert _count(following, "T01.08") == before
    dialog = _dialog(page := _open(signer, "T01.07"), "交回")
    expect(page.locator("main")).to_contain_text("发出前请复核")
    dialog.get_by_label("意见").fill("已复核,可以发出")
    _confirm(page, dialog, "已交回")
    assert _count(signer, "T01.07") == 0
    assert _count(following, "T01.08") == before + 1


def test_everybody_sees_who_has_signed_and_who_has_not(visit: Opener) -> None:
    lawyer, other = _enter(visit, "tang"), _enter(visit, "feng")
    votes = _open(other, "T02.03").locator(".votes li")
    total = votes.count()
    signed = votes.filter(has_not_text="未签").count()
    assert 0 <= signed < total
    _hand_in(lawyer, "T02.03", "T02_03", "tang")
    page = _open(other, "T02.03")
    expect(votes.filter(has_not_text="未签")).to_have_count(signed + 1)
    expect(votes.filter(has_text="唐毅")).not_to_contain_text("未签")
    expect(page.locator(".side-card", has=page.locator(".votes")).locator(".count")).to_have_text(
        f"{signed + 1}/{total}"
    )
    other.picture("actions-countersign")


def test_whoever_waits_can_urge_and_whoever_should_know_is_told(visit: Opener) -> None:
    mine, holder, told = (_enter(visit, handle) for handle in ("li", "zhao", "qian"))
    address = _open(holder, "T01.03").url.removeprefix(holder.base)
    page = mine.go(address)
    dialog = _dialog(page, "催办")
    dialog.get_by_label("附言").fill("客户今天来电询问进度")
    _confirm(page, dialog, "已催办")
    dialog = _dialog(page, "催办")
    dialog.locator(".btn-primary").click()
    expect(dialog.locator(".say-late")).to_contain_text("催办")
    page.keyboard.press("Escape")
    dialog = _dialog(page, "知会")
    _choose(dialog, "钱伟")
    dialog.get_by_label("附言").fill("请提前了解现场情况")
    _confirm(page, dialog, "已知会")
    expect(holder.go(address).locator(".record")).to_contain_text("客户今天来电询问进度")
    page = told.go("/told")
    line = page.locator(".task", has_text="T01.03")
    expect(line.first).to_contain_text("请提前了解现场情况")
    told.picture("actions-told")
    line.first.locator(".task-name").click()
    expect(page.locator("h1")).to_contain_text("T01.03")
    expect(page.get_by_role("button", name="提交", exact=True)).to_have_count(0)


def test_what_was_returned_goes_straight_back_when_it_is_corrected(visit: Opener) -> None:
    mine, author = _enter(visit, "li"), _enter(visit, "zhao")
    page = _open(mine, "T01.05")
    project = page.locator(".job-path a").first.inner_text()
    dialog = _dialog(page, "驳回")
    dialog.get_by_label("改好后直接回到这里").check()
    dialog.get_by_label(re.compile("T01.04")).check()
    dialog.get_by_label("理由").fill("缺少灾备切换的验收准则")
    _confirm(page, dialog, "已驳回")
    assert _count(mine, "T01.05") == 0
    page = _open(author, "T01.04")
    expect(page.locator("main")).to_contain_text("缺少灾备切换的验收准则")
    page.get_by_label(re.compile("修订说明")).fill("补充验收准则")
    mine.own_time()
    waiting = mine.go("/").locator(".task", has_text=project).locator(".task-name", has_text="T01.05")
    expect(waiting).to_have_count(0)
    with page.expect_event("load"):
        page.get_by_role("button", name="提交", exact=True).click()
    mine.later(POLL)
    expect(waiting).to_have_count(1, timeout=30_000)  # nobody has loaded the page anew
    page = _open(mine, "T01.05")
    expect(page.locator(".job-path")).to_contain_text(project)
    expect(page.locator(".side-card").first).to_contain_text("李强")


def test_a_task_of_a_role_is_claimed_and_given_back(visit: Opener) -> None:
    mine = _enter(visit, "wang")
    page = _open(mine, "T01.01")
    card = page.locator(".side-card").first
    expect(card).to_contain_text("待认领")
    expect(_button(page, "退回待领")).to_have_count(0)
    _now(page, "认领", "已认领")
    expect(card).to_contain_text("王芳")
    expect(card).not_to_contain_text("待认领")
    expect(_button(page, "认领")).to_have_count(0)
    _now(page, "退回待领", "已退回")
    expect(card).to_contain_text("待认领")
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()


def test_a_terminated_run_leaves_nothing_to_do_and_says_why(visit: Opener) -> None:
    mine, worker = _enter(visit, "mei"), _enter(visit, "zhao")
    page = _open(worker, "T01.03")
    address, case = page.url.removeprefix(worker.base), page.locator(".job-path a").first.get_attribute("href")
    expect(page.locator(".menu-late")).to_have_count(0)
    before = _count(worker, "T01.03")
    page = mine.go(address)
    dialog = _dialog(page, "终止流程")
    dialog.locator(".btn-primary").click()
    expect(dialog.get_by_label("理由")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator(".field-fault")).to_contain_text("理由")
    dialog.get_by_label("理由").fill("客户取消了需求")
    _confirm(page, dialog, "已终止")
    assert _count(worker, "T01.03") == before - 1
    page = mine.go(address)
    expect(page.locator(".job-title .status")).to_contain_text("已取消")
    expect(page.get_by_role("button", name="提交", exact=True)).to_have_count(0)
    page = mine.go(f"{case}/history")
    expect(page.locator("main")).to_contain_text("客户取消了需求")
    mine.picture("actions-terminated")


def test_what_was_returned_step_by_step_is_done_anew_step_by_step(visit: Opener) -> None:
    mine, author = _enter(visit, "li"), _enter(visit, "zhao")
    page = _open(mine, "T01.05")
    project = page.locator(".job-path a").first.inner_text()
    assert _of(author, "T01.04", project) == 0
    dialog = _dialog(page, "驳回")
    expect(dialog.get_by_label("逐步重新办理")).to_be_checked()
    dialog.get_by_label(re.compile("T01.03")).check()
    dialog.get_by_label("理由").fill("现状调研漏了灾备机房")
    _confirm(page, dialog, "已驳回")
    page = _open(author, "T01.03", project)
    expect(page.locator(".why-before")).to_contain_text("现状调研漏了灾备机房")
    expect(page.locator(".why-before")).to_contain_text("李强")
    with page.expect_event("load"):
        page.get_by_role("button", name="提交", exact=True).click()
    assert _of(mine, "T01.05", project) == 0
    page = _open(author, "T01.04", project)
    page.get_by_label(re.compile("修订说明")).fill("补充灾备机房")
    with page.expect_event("load"):
        page.get_by_role("button", name="提交", exact=True).click()
    _open(mine, "T01.05", project)


@pytest.mark.parametrize(("handle", "step"), [("zhao", "T01.03"), ("wang", "T01.01"), ("feng", "T02.03")])
def test_in_english_no_task_is_wider_than_its_window(look: Opener, handle: str, step: str) -> None:
    person = look(locale="en")
    person.sign_in(handle)
    page = _open(person, step)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1360


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_on_a_phone_no_task_is_wider_than_it(look: Opener, locale: str) -> None:
    for handle, steps in (("zhao", ("T01.03", "T01.07")), ("feng", ("T02.03",)), ("wang", ("T01.08",))):
        person = look(locale=locale, width=390, height=844)
        person.sign_in(handle)
        for step in steps:
            page = _open(person, step)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") == 390, step
            assert page.evaluate(CLIPPED) == [], step
            page.locator(".bar summary").click()
            assert page.evaluate("document.documentElement.scrollWidth") == 390, step
            person.picture(f"actions-390-{step}-{locale}")


def _hand_in(person: Visit, step: str, form: str, handle: str = "") -> None:
    """Fill the form as the scenario does, and hand it in."""
    told = scenario("project-straight-through")
    names = {one["handle"]: one["name"] for one in told["people"]}
    data = next(
        one["data"]
        for one in told["steps"]
        if (one.get("do"), one.get("element")) == ("complete", form) and handle in ("", one["as"])
    )
    fill(page := _open(person, step), form, data, names)
    with page.expect_event("load"):
        page.get_by_role("button", name="提交", exact=True).click()
