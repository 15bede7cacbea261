"""The operator's pages in a real browser: light and dark, phone, English, and what axe says of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import Visit

Opener = Callable[..., Visit]
PAGES = (
    "/operations/",
    "/operations/incidents",
    "/operations/jobs",
    "/operations/timers",
    "/operations/milestones",
    "/operations/messages",
    "/account/tokens/",
)


def _faults(visit: Visit) -> list[str]:
    found = Axe().run(visit.page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(visit: Opener, dark: bool) -> None:
    person = visit(dark=dark)
    person.sign_in("li")
    for page in PAGES:
        person.go(page)
        assert _faults(person) == [], page
        person.picture(f"operations-{page.strip('/').replace('/', '-')}-{'dark' if dark else 'light'}")


def test_a_phone_shows_them_without_scrolling_sideways(visit: Opener) -> None:
    person = visit(width=390)
    page = person.sign_in("li")
    for address in PAGES:
        person.go(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        person.picture(f"operations-{address.strip('/').replace('/', '-')}-390")


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
