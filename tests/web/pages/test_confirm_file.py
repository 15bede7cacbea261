"""Files of a contact outside: for one link and one answer alone, within the bounds that everybody has."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from storage import schema, uploads, verification
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_confirm import YES, given, hand_in, last_entry
from web.cli.sample_file import content

SCAN = content("回执.pdf")
HEADER = re.compile(r'"X-CSRF": "([0-9a-f]+)"')
GONE = {"said": "这个链接现在不能使用"}


def send(
    visitor: Browser, path: str, data: bytes = SCAN, name: str = "回执.pdf", field: str = "evidence"
) -> TestResponse:
    """Upload a file for a field by a link."""
    headers = {"X-CSRF": visitor.get("/confirm/proof").get_json()["proof"], "Content-Type": ""}
    address = f"{path}/files?field={quote(field)}&name={quote(name, safe='')}"
    found: TestResponse = visitor.client.post(address, data=data, headers=headers, base_url=visitor.base)
    return found


def kept(house: House) -> list[tuple[str, str, str, bool]]:
    table = schema.upload.c
    with house.store.database.read() as connection:
        rows = connection.execute(select(table.person, table.task, table.name, table.used).order_by(table.at))
        return [tuple(row) for row in rows if row.name == "回执.pdf"]


def written(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json()["file"], ensure_ascii=False)


def test_a_file_is_handed_in_with_the_answer_and_read_by_the_people_of_the_case(house: House) -> None:
    proven = verification.verify(house.store).findings
    task, path = given(house)
    visitor = house.browser()
    answer = send(visitor, path)
    found = answer.get_json()["file"]
    assert (found["name"], found["type"], found["size"]) == ("回执.pdf", "application/pdf", len(SCAN))
    assert "address" not in answer.get_json()
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert hand_in(house, path, {**YES, "data.evidence": written(answer)}, visitor).status_code == 303
    assert last_entry(house, task).command.data["evidence"].digest == found["digest"]
    (row,) = kept(house)
    assert row[1:] == ("", "回执.pdf", True)
    wang = house.signed_in("wang")
    assert wang.get(f"/files/{found['digest']}").data == SCAN
    page = wang.page(f"/tasks/{task}")
    assert "回执.pdf" in page
    assert "李想(华东轨道)" in page[page.index("回执.pdf") :].split("</li>")[0], "a contact handed it in"
    assert verification.verify(house.store).findings == proven


def test_it_is_for_the_link_alone_by_which_it_came(house: House) -> None:
    task, path = given(house)
    file = written(send(house.browser(), path))
    _same, later = given(house)
    refused = hand_in(house, later, {**YES, "data.evidence": file})
    assert refused.status_code == 422
    assert 'id="field-evidence-fault"' in refused.text
    assert "没有上传" in refused.text
    wang = house.signed_in("wang")
    form = {"data.result": "未回复", "data.evidence": file}
    assert wang.post(f"/tasks/{task}/complete", form, at=f"/tasks/{task}").status_code == 422
    assert [row[3] for row in kept(house)] == [False]


def test_a_digest_of_the_case_that_a_contact_knows_is_no_file_of_theirs(house: House) -> None:
    task, path = given(house)
    table = schema.file_use.c
    with house.store.database.read() as connection:
        case = connection.execute(select(schema.task.c.case_no).where(schema.task.c.task == task)).scalar_one()
    wang = house.signed_in("wang")
    proof = HEADER.search(wang.page("/account/"))
    assert proof is not None
    headers = {"X-CSRF": proof[1], "Content-Type": ""}
    sent = wang.client.post(f"/cases/{case}/files?name=a.pdf", data=SCAN, headers=headers, base_url=wang.base)
    assert sent.status_code == 200
    with house.store.database.read() as connection:
        row = connection.execute(select(schema.file_use).where(table.case_no == case, table.name == "a.pdf")).one()
    file = json.dumps({"digest": row.digest, "name": row.name, "type": row.type, "size": row.size})
    before = last_entry(house, task)
    assert hand_in(house, path, {**YES, "data.evidence": file}).status_code == 422
    forged = file.replace(row.digest, "0" * 64)
    assert hand_in(house, path, {**YES, "data.evidence": forged}).status_code == 422
    assert last_entry(house, task) == before


def test_of_every_link_that_does_not_work_the_answer_is_the_same(house: House) -> None:
    _task, replaced = given(house)
    task, revoked = given(house)
    wang = house.signed_in("wang")
    assert wang.post(f"/tasks/{task}/invitation/revoke", at=f"/tasks/{task}").status_code == 302
    _task, expired = given(house, days="1")
    house.clock.pass_by(days=1, seconds=1)
    _task, used = given(house)
    assert hand_in(house, used).status_code == 303
    visitor = house.browser()
    paths = ("/confirm/" + "x" * 43, "/confirm/1", "/confirm/proof", replaced, revoked, expired, used)
    answers = [send(visitor, path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert [answer.get_json() for answer in answers] == [GONE] * len(paths)
    assert kept(house) == []


@pytest.mark.parametrize("field", ["", "remarks", "result", "confirmed_by", "evidence[0]x", "nothing", "a.b"])
def test_a_field_that_takes_no_file_takes_none(house: House, field: str) -> None:
    _task, path = given(house)
    answer = send(house.browser(), path, field=field)
    assert (answer.status_code, answer.get_json()) == (404, GONE)
    assert kept(house) == []


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("回执.pdf", b"\x89PNG\r\n\x1a\n0000", 422), ("", SCAN, 422)],
)
def test_what_is_not_what_it_says_is_refused_in_words(house: House, name: str, data: bytes, status: int) -> None:
    _task, path = given(house)
    answer = send(house.browser(), path, data, name)
    assert answer.status_code == status, answer.text
    assert re.search(r"[一-鿿]{4}", answer.get_json()["said"])


def test_a_file_that_is_too_large_is_refused_before_it_is_read(house: House) -> None:
    _task, path = given(house)
    house.app.config["SETTINGS"] = replace(house.app.config["SETTINGS"], file_limit=len(SCAN) - 1)
    answer = send(house.browser(), path)
    assert answer.status_code == 413
    assert "应不超过" in answer.get_json()["said"]
    assert kept(house) == []


def test_what_is_never_handed_in_is_swept_after_a_week(house: House) -> None:
    _task, path = given(house)
    send(house.browser(), path)
    house.clock.pass_by(days=6)
    uploads.sweep(house.store)
    assert len(kept(house)) == 1
    house.clock.now += timedelta(days=2)
    uploads.sweep(house.store)
    assert kept(house) == []


def test_a_link_keeps_a_bounded_number_of_files_and_an_address_sends_so_many(house: House) -> None:
    _task, path = given(house)
    visitor = house.browser()
    statuses = [send(visitor, path, SCAN + b"%d" % number).status_code for number in range(52)]
    assert statuses == [200] * 50 + [409] * 2
    later = [send(visitor, path).status_code for _ in range(50)]
    assert (later[0], later[-1]) == (409, 429)
    house.clock.pass_by(minutes=11)
    assert send(visitor, path).status_code == 409


def test_without_the_proof_of_its_page_nothing_is_kept_and_a_new_proof_is_had(house: House) -> None:
    _task, path = given(house)
    visitor = house.browser()
    address = f"{path}/files?field=evidence&name=a.pdf"
    assert visitor.client.post(address, data=SCAN, base_url=visitor.base).status_code == 400
    proof = visitor.get("/confirm/proof").get_json()["proof"]
    headers = {"X-CSRF": proof, "Content-Type": ""}
    assert visitor.client.post(address, data=SCAN, headers=headers, base_url=visitor.base).status_code == 200


def test_files_stay_in_the_form_when_something_else_is_wrong_and_lead_nowhere(house: House) -> None:
    _task, path = given(house)
    visitor = house.browser()
    file = written(send(visitor, path))
    answer = hand_in(house, path, {**YES, "data.result": "拒绝", "data.evidence": file}, visitor)
    assert answer.status_code == 422
    assert "回执.pdf" in answer.text
    assert 'href="/files/' not in answer.text
