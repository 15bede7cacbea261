"""Files by the API: sent, named in a form, attached, listed and given out; refused in a problem."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from werkzeug.test import TestResponse

from storage import schema
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from tests.web.pages.test_file import SCAN, case_of, task_of


def send(one: Program, data: bytes = SCAN, name: str = "scan.pdf", **more: Any) -> TestResponse:
    asked = "".join(f"&{key}={value}" for key, value in more.items())
    headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/pdf"}
    return one.client.post(f"{PREFIX}/files?name={name}{asked}", data=data, headers=headers)


def test_a_file_is_sent_attached_listed_and_given_out(house: House) -> None:
    zhao, task = program(house, "zhao"), task_of(house, "T01_07")
    case = case_of(house, task)
    sent = send(zhao, task=task)
    assert sent.status_code == 201
    file = sent.get_json()
    assert (file["name"], file["type"], file["size"]) == ("scan.pdf", "application/pdf", len(SCAN))
    zhao.post(f"/cases/{case}/files", {"file": file, "label": "来函", "task": task})
    page = zhao.get(f"/cases/{case}/files?size=1")
    assert [(one["file"], one["label"], one["there"]) for one in page["items"]] == [(file, "来函", True)]
    given = zhao.ask("GET", f"/files/{file['digest']}")
    assert given.data == SCAN
    assert given.headers["Content-Disposition"].startswith("attachment;")
    gong = program(house, "gong")
    gong.refused(404, "GET", f"/files/{file['digest']}")
    gong.refused(404, "GET", f"/cases/{case}/files")
    gong.refused(404, "POST", f"/cases/{case}/files", {"file": file})


def test_every_page_of_the_files_of_a_case_goes_on_where_the_one_before_ended(house: House) -> None:
    zhao, case = program(house, "zhao"), case_of(house, task_of(house, "T01_07"))
    names = ["first.pdf", "second.pdf", "third.pdf"]
    for name in names:
        zhao.post(f"/cases/{case}/files", {"file": send(zhao, name=name).get_json()})
    found, after = [], ""
    for _ in range(len(names)):
        page = zhao.get(f"/cases/{case}/files?size=1&after={after}")
        found += [one["file"]["name"] for one in page["items"]]
        after = page["next"]
    assert after is None
    assert sorted(found) == sorted(names)


def test_the_list_of_a_case_ends_where_its_files_end_however_many_there_are(house: House) -> None:
    zhao, case = program(house, "zhao"), case_of(house, task_of(house, "T01_07"))
    use = {"stream_no": case, "case_no": case, "task": "", "type": "application/pdf", "size": 1, "erasable": False}
    rows = [
        {**use, "digest": f"{number // 3:064x}", "name": f"{number}.pdf", "at": number // 7} for number in range(601)
    ]
    with house.store.database.write() as connection:
        connection.execute(insert(schema.file_use), [*rows, {**rows[0], "task": "1.1.1", "at": 999}])
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = zhao.get(f"/cases/{case}/files?size=200&after={after}")
        found += [one["file"]["name"] for one in page["items"]]
        after = page["next"]
    assert found[0] == "0.pdf"
    assert len(found) == 601
    assert set(found) == {row["name"] for row in rows}
    assert zhao.get(f"/cases/{case}/files?size=1&after=1.x")["items"][0]["file"]["name"] == "0.pdf"


def test_a_form_names_a_file_by_the_answer_and_made_up_ones_are_refused_beside_their_field(house: House) -> None:
    zhao, task = program(house, "zhao"), task_of(house, "T01_07")
    file = send(zhao).get_json()
    form = {"channel": "书面", "recipients": "刘建国", "sent_on": "2026-11-24T10:00"}
    made_up = {**file, "digest": "0" * 64}
    problem = zhao.refused(422, "POST", f"/tasks/{task}/complete", {"data": {**form, "proof": made_up}})
    (fault,) = problem["faults"]
    assert fault["path"] == "proof"
    zhao.post(f"/tasks/{task}/complete", {"data": {**form, "proof": file}})
    assert [one["file"] for one in zhao.get(f"/cases/{case_of(house, task)}/files")["items"]] == [file]


def test_a_file_that_is_too_large_or_not_what_it_is_called_is_a_problem(house: House) -> None:
    zhao = program(house, "zhao")
    wrong = send(zhao, b"\x89PNG\r\n\x1a\n")
    assert (wrong.status_code, wrong.mimetype) == (422, "application/problem+json")
    assert "its content is a PNG picture" in wrong.get_json()["text"]["en"]
    headers = {"Authorization": f"Bearer {zhao.token}"}
    large = zhao.client.post(f"{PREFIX}/files?name=a.pdf", headers=headers, content_length=2**30)
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")
    assert "at most 50 MB" in large.get_json()["text"]["en"]
