"""Tables of a task's form to Excel and back over HTTP: who may, what comes, and that reading a file keeps nothing."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from storage import drafts, people
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_task import RESEARCH, _entries, _live, _send, _task

CSV = "资产编号,品牌,类别,型号,序列号,数量\nA-1,华为,网络,S5700,SN1,3\nA-2,思科,网络,C900,SN2,三台\n".encode()


def _take(visitor: Browser, task: str, content: bytes, field: str = "devices") -> TestResponse:
    page = visitor.get("/account/").text
    proof = page.split('name="csrf" value="')[1].split('"')[0]
    headers = {"HX-Request": "true", "X-CSRF": proof}
    return visitor.client.post(f"/tasks/{task}/tables/{field}", data=content, base_url=visitor.base, headers=headers)


def test_a_file_comes_as_what_its_cells_say_and_nothing_is_kept(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    before = _entries(house)
    found = json.loads(_take(visitor, task, CSV).text)
    assert [row["brand"] for row in found["rows"]] == [["华为"], ["思科"]]
    assert found["rows"][1]["count"] == ["三台"]
    assert _entries(house) == before
    assert drafts.read(house.store.database, task, people.known(house.store, "zhao")) is None


def test_what_was_read_is_checked_like_what_is_typed(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    rows = json.loads(_take(visitor, task, CSV).text)["rows"]
    typed = {f"data.devices[{place}].{key}": texts[0] for place, row in enumerate(rows) for key, texts in row.items()}
    found = _live(visitor, task, typed)
    assert "应为数字" in found["faults"]["devices[1].count"]
    assert "devices[0].count" not in found["faults"]


def test_a_draft_is_written_out_typed_and_read_again(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    row = {"asset_no": "=1+1", "brand": "华为", "count": "3", "warranty_end": "2027年1月1日"}
    _live(visitor, task, {f"data.devices[0].{key}": text for key, text in row.items()})
    answer = visitor.get(f"/tasks/{task}/tables/devices.xlsx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    found = {sheet.cell(1, place).value: sheet.cell(2, place) for place in range(1, sheet.max_column + 1)}
    assert (found["资产编号"].value, found["资产编号"].data_type) == ("=1+1", "s")
    assert found["数量"].value == 3
    assert found["保修到期"].is_date
    again = json.loads(_take(visitor, task, answer.data).text)
    assert again["rows"][0]["warranty_end"] == ["2027-01-01"]
    assert again["notes"] == []


def test_a_template_has_the_head_alone(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    _live(visitor, task, {"data.devices[0].brand": "华为"})
    answer = visitor.get(f"/tasks/{task}/tables/devices.xlsx?empty=1")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet.max_row == 1
    assert "品牌" in [cell.value for cell in sheet[1]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"%PDF-1.7\0", b"x" * (5 * 1024 * 1024 + 1)])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(house: House, content: bytes) -> None:
    answer = _take(house.signed_in("zhao"), _task(house, "T01_03"), content)
    assert answer.status_code in (413, 422)
    if answer.status_code == 422:
        assert json.loads(answer.text)["refused"]


def test_a_workbook_with_macros_is_refused(house: House) -> None:
    kept = io.BytesIO()
    Workbook().save(kept)
    content = kept.getvalue().replace(b"xl/theme/theme1.xml", b"xl/vbaProject.bin\0\0")
    answer = _take(house.signed_in("zhao"), _task(house, "T01_03"), content)
    assert answer.status_code == 422


def test_whoever_may_not_fill_a_table_in_gets_nothing(house: House) -> None:
    task = _task(house, "T01_03")
    for handle in ("li", "wai", "gong"):
        visitor = house.signed_in(handle)
        assert _take(visitor, task, CSV).status_code == 404, handle
        assert visitor.get(f"/tasks/{task}/tables/devices.xlsx").status_code == 404, handle
    zhao = house.signed_in("zhao")
    for field in ("nothing", "need_response", "devices.brand"):
        assert _take(zhao, task, CSV, field).status_code == 404
        assert zhao.get(f"/tasks/{task}/tables/{field}.xlsx").status_code == 404


def test_a_table_that_was_handed_in_is_written_out_and_takes_nothing(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    assert _send(visitor, task, "complete", **RESEARCH, **{"command": "ab" * 16}).status_code == 200
    answer = visitor.get(f"/tasks/{task}/tables/participants.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet["A2"].value == "李想"
    assert _take(visitor, task, CSV).status_code == 404
