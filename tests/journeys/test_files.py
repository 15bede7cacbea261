"""Files in a real browser: chosen, dropped, refused beside their field, sent again after an ended session, read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.test_inbox import _faults
from tests.journeys.test_task import _open, _saved
from web.cli.sample_file import content

Opener = Callable[..., Visit]
CHOOSE = "#field-proof input[data-choose]"
DROPPED = """name => {
  const data = new DataTransfer();
  data.items.add(new File(["%PDF-1.4 dropped"], name, { type: "application/pdf" }));
  return data;
}"""
PNG = b"\x89PNG\r\n\x1a\n0000"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "回执.pdf"
    path.write_bytes(content("回执.pdf"))
    return path


def _bytes(page: Page, name: str) -> bytes:
    """What a link to a file leads to, asked as the browser would."""
    address = page.get_by_role("link", name=name, exact=True).first.get_attribute("href")
    assert address is not None
    return page.request.get(page.evaluate("address => new URL(address, location.href).href", address)).body()


def test_a_file_is_chosen_handed_in_and_read_back_by_the_next(visit: Opener, scan: Path) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.07")
    page.locator(CHOOSE).first.set_input_files(scan)
    expect(page.locator("#field-proof .file-list a")).to_have_text("回执.pdf")
    _saved(page)
    page.reload()
    expect(page.locator("#field-proof .file-list a")).to_have_text("回执.pdf")
    person.picture("files-field")
    assert _faults(person) == []
    page.get_by_label("电子PDF").check()
    page.fill('[name="data.recipients"]', "刘建国")
    page.fill('[name="data.sent_on"]', "2026-11-20 10:00")
    address = page.url
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(lambda url: url != address)
    page.goto(address)
    assert _bytes(page, "回执.pdf") == scan.read_bytes()
    other = visit()
    other.sign_in("li")
    other.page.goto(address)
    assert _bytes(other.page, "回执.pdf") == scan.read_bytes()


def test_what_is_wrong_with_a_file_stands_beside_its_field(visit: Opener, tmp_path: Path) -> None:
    page = _open(visit(), "zhao", "T01.07")
    wrong = tmp_path / "回执.pdf"
    wrong.write_bytes(PNG)
    page.locator(CHOOSE).first.set_input_files(wrong)
    said = page.locator("#field-proof .file-refused [role=alert]")
    expect(said).to_contain_text("应为 PDF 文件")
    page.locator("#field-proof .file-refused [data-stop]").click()
    expect(page.locator("#field-proof .file-list li")).to_have_count(0)
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    page.locator(CHOOSE).first.set_input_files(tmp_path / "large.pdf")
    expect(said).to_contain_text("应不超过 50 MB")


def test_a_file_waits_in_its_field_while_nobody_can_keep_it(visit: Opener, scan: Path) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.07")
    away = {"X-Said": quote("存放文件的地方暂时无法访问,请稍后再试")}
    page.route("**/files?*", lambda route: route.fulfill(status=503, headers=away), times=1)
    page.locator(CHOOSE).first.set_input_files(scan)
    going = page.locator("#field-proof .file-going")
    expect(going.get_by_role("alert")).to_have_text("存放文件的地方暂时无法访问,请稍后再试")
    person.picture("files-away")
    going.get_by_role("button", name="重试").click()
    expect(page.locator("#field-proof .file-list a")).to_have_text("回执.pdf")


def test_a_file_is_dropped_and_survives_the_end_of_the_session(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.07")
    page.context.clear_cookies()
    dropped = page.evaluate_handle(DROPPED, "凭证.pdf")
    page.dispatch_event("#field-proof", "dragover", {"dataTransfer": dropped})
    expect(page.locator("#field-proof.files-over")).to_be_visible()
    page.dispatch_event("#field-proof", "drop", {"dataTransfer": dropped})
    going = page.locator("#field-proof .file-going")
    expect(going.locator("a")).to_contain_text("登录已过期")
    page.get_by_role("button", name="提交").click()
    expect(going).to_contain_text("文件还在上传")
    again = page.context.new_page()
    again.goto(f"{person.base}/sign-in")
    again.fill("#handle", "zhao")
    again.fill("#password", "zhixing-demo")
    again.click("button.btn-primary")
    again.wait_for_selector("#list")
    going.get_by_role("button", name="重试").click()
    expect(page.locator("#field-proof .file-list a")).to_have_text("凭证.pdf")
    _saved(page)


@pytest.mark.parametrize(("dark", "width"), [(False, 1360), (True, 390)])
def test_files_are_attached_to_a_case_several_at_once(
    visit: Opener, tmp_path: Path, scan: Path, dark: bool, width: int
) -> None:
    person = visit(dark=dark, width=width)
    page = _open(person, "zhao", "T01.07")
    page.locator(".job-path a").first.click()
    page.wait_for_url("**/cases/*")
    place = page.locator("[data-attach]")
    place.locator("summary").focus()
    page.keyboard.press("Enter")
    place.get_by_label("说明").fill("客户来函")
    (tmp_path / "照片.png").write_bytes(PNG)
    place.locator("input[data-choose]").first.set_input_files([scan, tmp_path / "照片.png"])
    expect(place.locator(".attached li")).to_have_count(2)
    expect(place).to_contain_text("客户来函")
    expect(page.locator(".say-good", has_text="照片.png")).to_be_visible()
    person.picture(f"files-case-{'dark' if dark else 'light'}")
    assert _faults(person) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    assert _bytes(page, "照片.png") == PNG
