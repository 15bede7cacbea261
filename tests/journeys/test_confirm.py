"""A customer on a telephone, without an account: gets a link, makes a mistake, confirms; the salesperson sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.test_inbox import _faults
from web.cli.sample_file import content
from web.cli.showcase import PASSWORD

Opener = Callable[..., Visit]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "盖章回执.pdf"
    path.write_bytes(content("盖章回执.pdf"))
    return path


def _task(person: Visit) -> Page:
    """The page of the task that waits for a customer."""
    page = person.sign_in("wang")
    page.locator(".task-name", has_text="客户确认").first.click()
    page.wait_for_url("**/tasks/*")
    return page


def _link(person: Visit, page: Page) -> str:
    """A link made by the salesperson, as a path."""
    page.get_by_role("link", name="生成链接").click()
    page.locator("#name").fill("李想")
    page.locator("#organisation").fill("华东轨道交通")
    page.locator("#message").fill("李经理,请确认附件中的《服务需求说明书》A/1。")
    person.picture("confirm-new")
    assert _faults(person) == []
    page.get_by_role("button", name="生成一次性链接").click()
    expect(page.locator("#link")).to_have_value(re.compile("/confirm/"))
    person.picture("confirm-given")
    assert _faults(person) == []
    return "/confirm/" + page.locator("#link").input_value().partition("/confirm/")[2]


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_customer_confirms_on_a_telephone_without_an_account(visit: Opener, scan: Path) -> None:
    seller = visit()
    at_work = _task(seller)
    address = at_work.url
    path = _link(seller, at_work)
    customer = visit(width=390, height=844)
    page = customer.go(path)
    expect(page.locator("h1")).to_have_text("客户确认")
    customer.picture("confirm-phone")
    assert _fits(page)
    assert _faults(customer) == []
    page.get_by_label("拒绝").check()
    page.locator("#field-evidence input[data-choose]").first.set_input_files(scan)
    expect(page.locator("#field-evidence .file-list .file-name")).to_have_text("盖章回执.pdf")
    expect(page.locator("#field-evidence .file-list progress")).to_have_count(0)
    page.get_by_role("button", name="确认并提交").click()
    expect(page.locator("#wrongs")).to_be_focused()
    expect(page.locator("#agreed-fault")).to_be_visible()
    expect(page.locator("#field-evidence .file-list .file-name")).to_have_text("盖章回执.pdf")
    customer.picture("confirm-mistakes")
    assert _faults(customer) == []
    page.locator("[name='data.result'][value='确认']").check(force=True)
    page.locator("#agreed").check()
    page.get_by_role("button", name="确认并提交").click()
    expect(page.locator("h1")).to_contain_text("已收到您的答复")
    customer.picture("confirm-done")
    assert _fits(page)
    assert _faults(customer) == []
    customer.go(path)
    expect(page.locator("h1")).to_contain_text("已收到您的答复")
    at_work.goto(address)
    expect(at_work.locator(".side-card", has_text="外部办理")).to_contain_text("已答复")
    file = at_work.get_by_role("link", name="盖章回执.pdf").first
    saved = at_work.request.get(urljoin(at_work.url, file.get_attribute("href") or ""))
    assert saved.body() == scan.read_bytes()
    seller.picture("confirm-answered")


def test_it_is_done_with_the_keyboard_alone_in_the_dark_and_in_english(visit: Opener) -> None:
    seller = visit()
    path = _link(seller, _task(seller))
    customer = visit(dark=True, locale="en-GB")
    page = customer.go(path)
    expect(page.locator("h1")).to_have_text("Customer confirmation")
    customer.picture("confirm-dark-english")
    assert _faults(customer) == []
    for _ in range(30):
        if page.evaluate("document.activeElement.name") == "data.result":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(30):
        if page.evaluate("document.activeElement.id") == "agreed":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you, your answer has arrived")
    customer.picture("confirm-done-dark")


def test_two_steps_show_a_square_for_the_telephone(visit: Opener) -> None:
    person = visit(width=390, height=844)
    page = person.sign_in("wang")
    person.go("/account/two-steps/")
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_role("button", name="生成密钥").click()
    expect(page.locator(".qr")).to_be_visible()
    person.picture("two-steps-square")
    assert _fits(page)
    assert _faults(person) == []
