"""Where a task stands, in a real browser: the drawing comes when it is unfolded, also on a phone, in the dark and on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.test_inbox import _faults
from tests.journeys.test_task import _open

Opener = Callable[..., Visit]


@pytest.mark.parametrize(("width", "dark"), [(1360, False), (390, True)], ids=["desk", "phone"])
def test_the_drawing_comes_when_it_is_unfolded(look: Opener, width: int, dark: bool) -> None:
    person = look(width=width, height=860, dark=dark)
    page = _open(person, "zhao", "T01.03")
    assert page.locator(".djs-container").count() == 0
    page.locator(".where > summary").click()
    expect(page.locator(".where .djs-element.mark-mine")).to_have_count(1, timeout=30_000)
    expect(page.locator(".case-mine")).to_have_text("本任务")
    expect(page.locator('.where [aria-current="step"]')).to_contain_text("需求调研")
    assert page.locator(".where .mark-done").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert _faults(person) == []
    person.picture(f"task-where-{width}")


def test_a_printed_task_is_a_document(look: Opener) -> None:
    person = look()
    page = _open(person, "zhao", "T01.03")
    page.emulate_media(media="print")
    for unprinted in (".bar", ".where > summary", ".side", ".grid-foot"):
        expect(page.locator(unprinted).first).to_be_hidden()
    expect(page.locator(".form-title")).to_be_visible()
    expect(page.locator(".job-side")).to_be_visible()
    person.picture("task-printed")


def test_a_draft_is_saved_when_asked(visit: Opener) -> None:
    page = _open(visit(), "zhao", "T01.03")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#saved")).to_contain_text("草稿已保存")


def test_whoever_holds_the_right_ends_the_process_with_a_reason(visit: Opener) -> None:
    person = visit()
    page = _open(person, "li", "T01.05")
    page.locator(".bar summary").click()
    page.get_by_role("button", name="终止流程").click()
    dialog = page.locator("#dialog-terminate")
    dialog.locator(".btn-primary").click()
    expect(dialog.locator(".field-fault")).to_contain_text("请写明理由")
    page.fill("#dialog-terminate-reason", "客户取消了项目")
    dialog.locator(".btn-primary").click()
    page.wait_for_load_state()
    expect(page.locator(".say-good")).to_contain_text("流程已终止")
    expect(page.locator(".job-title .status")).to_contain_text("已取消")
