"""Tables of a task's form in a real browser: from Excel and back, very many rows, clicks that change nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.test_inbox import _faults
from tests.journeys.test_task import PASTE, _open, _saved

Opener = Callable[..., Visit]
HEAD = ["资产编号", "类别", "品牌", "型号", "序列号", "数量", "保修到期", "合同内", "颜色"]
SHEET = "#field-devices [data-sheet]"


def _book(folder: Path, count: int) -> str:
    book = Workbook()
    book.active.append(HEAD)
    for number in range(1, count + 1):
        amount = "三台" if number == 2 else number
        book.active.append([f"A-{number}", "网络", "华为", "S5700", f"SN{number}", amount, "2027-01-01", "是", "红"])
    path = folder / "devices.xlsx"
    book.save(path)
    return str(path)


def test_rows_come_from_excel_with_what_is_wrong_beside_each_cell(visit: Opener, tmp_path: Path) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    page.set_input_files(SHEET, _book(tmp_path, 3))
    note = page.locator("#field-devices .grid-note")
    expect(note).to_contain_text("读入 3 行")
    expect(note).to_contain_text("没有采用的列:“颜色”".replace(":", "："))
    expect(page.locator("#field-devices [data-computed]")).to_have_text(["1", "2", "3"])
    expect(note).to_contain_text("格需要更正")
    wrong = page.locator('[name="data.devices[1].count"]')
    expect(wrong).to_have_value("三台")
    expect(page.locator('[data-field="devices[1].count"]')).to_contain_text("应为数字")
    assert _faults(person) == []
    person.picture("table-imported")
    wrong.fill("3")
    page.locator('[name="data.need_response"]').focus()
    expect(page.locator('[data-field="devices[1].count"] .field-fault')).to_be_hidden()
    _saved(page)
    with page.expect_download() as kept:
        page.locator("#field-devices [data-export]").click()
    kept.value.save_as(tmp_path / "out.xlsx")
    sheet = load_workbook(io.BytesIO((tmp_path / "out.xlsx").read_bytes())).worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == ["A-1", "A-2", "A-3"]
    note.get_by_role("button", name="撤销导入").click()
    expect(page.locator("#field-devices tbody tr")).to_have_count(0)


def test_imported_rows_stand_behind_those_that_were_there_or_instead_of_them(visit: Opener, tmp_path: Path) -> None:
    page = _open(visit(), "zhao", "T01.03")
    page.locator("#field-devices [data-add]").click()
    page.fill('[name="data.devices[0].brand"]', "思科")
    page.set_input_files(SHEET, _book(tmp_path, 2))
    expect(page.locator("#field-devices .grid-note")).to_contain_text("接在原有的 1 行之后")
    expect(page.locator("#field-devices tbody tr")).to_have_count(3)
    page.get_by_role("button", name="替换原有的行").click()
    expect(page.locator("#field-devices tbody tr")).to_have_count(2)
    expect(page.locator("#field-devices tbody tr").first.locator("[name$='.brand']")).to_have_value("华为")


def test_a_file_that_is_no_sheet_is_refused_beside_the_table(visit: Opener, tmp_path: Path) -> None:
    page = _open(visit(), "zhao", "T01.03")
    (tmp_path / "photo.xlsx").write_bytes(b"\x89PNG\r\n\0\0")
    page.set_input_files(SHEET, str(tmp_path / "photo.xlsx"))
    expect(page.locator("#field-devices .grid-note")).to_contain_text("应为 Excel 工作簿")
    expect(page.locator("#field-devices tbody tr")).to_have_count(0)


def test_a_thousand_rows_are_pasted_shown_a_hundred_at_a_time_and_all_kept(visit: Opener) -> None:
    person = visit()
    page = _open(person, "zhao", "T01.03")
    page.locator("#field-devices [data-add]").click()
    rows = "".join(f"A-{number}\t网络\t华为\n" for number in range(1, 1001))
    page.evaluate(PASTE, ['[name="data.devices[0].asset_no"]', rows])
    pages = page.locator("#field-devices .grid-pages")
    expect(pages).to_contain_text("第 1–100 行", timeout=60_000)
    assert page.locator("#field-devices tbody tr:visible").count() == 100
    pages.get_by_role("button", name="后一百行").click()
    expect(pages).to_contain_text("第 101–200 行")
    person.picture("table-thousand")
    expect(page.locator("#saved")).to_contain_text("草稿已保存", timeout=60_000)
    page.reload()
    expect(page.locator("#field-devices tbody tr")).to_have_count(1000, timeout=60_000)
    expect(page.locator('[name="data.devices[999].asset_no"]')).to_have_value("A-1000")


def test_a_click_into_a_cell_removes_nothing(visit: Opener) -> None:
    page = _open(visit(), "zhao", "T01.03")
    page.locator("#field-devices [data-add]").click()
    page.locator("#field-devices [data-add]").click()
    page.locator('[name="data.devices[0].brand"]').click()
    page.locator('[name="data.devices[1].model"]').click()
    expect(page.locator("#field-devices tbody tr")).to_have_count(2)
    page.locator("#field-devices button[data-remove]").last.click()
    expect(page.locator("#field-devices tbody tr")).to_have_count(1)


def test_a_day_of_a_row_is_chosen_in_the_calendar(visit: Opener) -> None:
    page = _open(visit(), "zhao", "T01.03")
    page.locator("#field-devices [data-add]").click()
    cell = page.locator('[data-field="devices[0].warranty_end"]')
    cell.get_by_role("button", name="打开日历").click()
    cell.locator(".day-picker").evaluate(
        "(picker) => { picker.value = '2027-05-01'; picker.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
    expect(page.locator('[name="data.devices[0].warranty_end"]')).to_have_value("2027-05-01")
