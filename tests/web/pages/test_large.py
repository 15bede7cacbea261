"""Large forms are taken as far as the engine takes them, and what is too large is refused in words, with nothing kept."""

from __future__ import annotations

import random
from urllib.parse import unquote, urlencode

import pytest

from storage import drafts, people
from tests.web.api.program import program
from tests.web.pages.browser import PROOF, House
from tests.web.pages.test_confirm import given, hand_in
from tests.web.pages.test_studio_archive import _begun, _changes, _take, _zip
from tests.web.pages.test_task import RESEARCH, _live, _send, _task
from web.app import LARGEST
from web.bounds import CELLS, FORM, URLENCODED

COLUMNS = [
    "asset_no",
    "category",
    "brand",
    "model",
    "sn",
    "location",
    "owner_system",
    "count",
    "service_level",
    "warranty_end",
    "running_years",
    "eos",
    "remark",
]


def test_a_draft_of_three_hundred_thousand_characters_is_kept(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    text = "长" * 300_000
    assert "草稿已保存" in _live(visitor, task, {"data.constraints": text})["saved"]
    kept = drafts.read(house.store.database, task, people.known(house.store, "zhao"))
    assert kept is not None
    assert kept["constraints"] == text


def test_a_sheet_of_two_thousand_rows_is_kept_checked_and_drawn(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    rows = {f"data.devices[{place}].{key}": "机房内的设备" for place in range(2_000) for key in COLUMNS}
    assert len(urlencode(rows)) > LARGEST
    assert _live(visitor, task, {**RESEARCH, **rows})["faults"]["devices[0].count"]
    kept = drafts.read(house.store.database, task, people.known(house.store, "zhao"))
    assert kept is not None
    assert len(kept["devices"]) == 2_000  # type: ignore[arg-type]  # a table is a list


def test_a_form_that_is_sent_without_a_script_is_as_large(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    answer = visitor.post(f"/tasks/{task}/complete", {"data.constraints": "长" * 300_000}, at=f"/tasks/{task}")
    assert answer.status_code == 422
    assert "应不超过 100000 个字,现有 300000 个" in answer.text.replace("\uff0c", ",")


def test_a_contact_outside_writes_as_much_as_a_colleague(house: House) -> None:
    _, path = given(house)
    answer = hand_in(house, path, {"data.result": "确认", "data.remarks": "长" * 300_000, "agreed": "yes"})
    assert answer.status_code == 422
    assert "请填写您的姓名" in answer.text


def test_what_is_larger_than_any_draft_is_told_in_words(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    answer = _send(visitor, task, "draft", **{"data.constraints": "长" * 400_000})
    assert answer.status_code == 422
    assert "草稿最多" in answer.text
    answer = _send(visitor, task, "draft", **{"data.constraints": "x" * (FORM + 1)})
    assert answer.status_code == 413
    assert "应不超过 8.0 MB。请减小" in unquote(answer.headers["X-Said"])
    assert drafts.read(house.store.database, task, people.known(house.store, "zhao")) is None
    page = visitor.page(f"/tasks/{task}")
    assert 'data-oversized="没有保存' in page
    assert 'data-refused="没有保存' in page


def test_a_visitor_without_an_account_may_send_no_large_form(house: House) -> None:
    found = PROOF.search(house.browser().page("/sign-in"))
    assert found
    sent = {"csrf": found[1], "handle": "x" * 3_000_000, "password": "x"}
    visitor = house.browser()
    refused = visitor.client.post("/sign-in", data=sent)
    assert (refused.status_code, "应不超过 2.0 MB。" in refused.text) == (413, True)
    english = visitor.client.post("/sign-in?language=en", data=sent)
    assert "At most 2.0 MB are expected." in english.text


@pytest.mark.parametrize(("count", "status"), [(2_000, 400), (2_001, 413), (500_000, 413)])
def test_a_form_of_more_fields_than_its_page_takes_is_refused_before_they_are_taken_apart(
    house: House, count: int, status: int
) -> None:
    answer = house.browser().client.post("/sign-in", data="&".join(["a="] * count), content_type=URLENCODED)
    assert answer.status_code == status
    said = f"应不超过 2000 项,现有 {count} 项。".replace(",", "\uff0c")
    assert (said in answer.text.replace(",", "\uff0c")) == (status == 413)


def test_a_form_in_parts_of_more_fields_than_its_page_takes_is_refused_with_their_number(house: House) -> None:
    sent = {f"f{number}": "1" for number in range(2_001)}
    answer = house.browser().client.post("/sign-in", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, "应不超过 2000 项。" in answer.text) == (413, True)


def test_a_sheet_of_more_cells_than_a_form_may_have_is_refused_with_their_number(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    rows = {f"d{place}": "" for place in range(CELLS)}
    answer = _send(visitor, task, "draft", **rows)
    assert answer.status_code == 413
    assert f"应不超过 {CELLS} 项" in unquote(answer.headers["X-Said"])


def test_a_program_is_told_how_large_a_body_may_be(house: House) -> None:
    asking = program(house, "zhao")
    headers = {"Authorization": f"Bearer {asking.token}"}
    address = f"/api/v1/tasks/{_task(house, 'T01_03')}/draft"
    sent = f'{{"data": {{"constraints": "{"x" * FORM}"}}}}'
    answer = asking.client.put(address, data=sent, headers=headers, content_type="application/json")
    assert (answer.status_code, answer.get_json()["text"]["en"][-16:]) == (413, ": at most 8.0 MB")


def test_a_zip_as_large_as_a_procedure_may_be_is_taken_in(house: House) -> None:
    visitor = _begun(house)
    noise = random.Random(1)
    answer = _take(visitor, _zip({f"documents/{name}.docx": noise.randbytes(1_900_000) for name in "ab"}))
    assert "读入了 2 个有变化的文件" in answer.text
    assert "a.docx" in _changes(visitor)


def test_a_zip_larger_than_that_is_refused(house: House) -> None:
    visitor = _begun(house)
    assert _take(visitor, bytes(20_000_001)).status_code == 413
    assert "还没有任何改动" in _changes(visitor)


@pytest.mark.parametrize("written", ["草稿", "\\u8349\\u7a3f"])
def test_a_program_keeps_as_large_a_draft_however_it_writes_it(house: House, written: str) -> None:
    asking, task = program(house, "zhao"), _task(house, "T01_03")
    sent = f'{{"data": {{"constraints": "{written * 174_000}"}}}}'
    headers = {"Authorization": f"Bearer {asking.token}"}
    answer = asking.client.put(
        f"/api/v1/tasks/{task}/draft", data=sent, headers=headers, content_type="application/json"
    )
    assert answer.status_code == 200
    kept = drafts.read(house.store.database, task, people.known(house.store, "zhao"))
    assert kept is not None
    assert kept["constraints"] == "草稿" * 174_000
