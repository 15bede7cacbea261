"""Files in the browser: uploaded for a field, attached to a case, given to whoever may read it and to nobody else."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, func, insert, select
from werkzeug.test import TestResponse

from storage import people, schema
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_task import _send
from tests.web.pages.test_task_terminate import _of_lawyers
from web.cli.sample_file import content

SCAN = content("回执.pdf")
NAMED = re.compile(r'class="file-name"[^>]*>([^<]+)<')
ONWARD = re.compile(r'<li class="more"><a [^>]*href="([^"]*)"')
HEADER = re.compile(r'"X-CSRF": "([0-9a-f]+)"')


def task_of(house: House, element: str) -> str:
    """The open task of an element."""
    table = schema.task.c
    with house.store.database.read() as connection:
        query = select(table.task).where(table.element == element, table.closed_at.is_(None))
        return str(connection.execute(query.limit(1)).scalar_one())


def case_of(house: House, task: str) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(schema.task.c.case_no).where(schema.task.c.task == task)).scalar_one())


def send(
    visitor: Browser, address: str, data: bytes | None = SCAN, kind: str = "application/pdf", **more: Any
) -> TestResponse:
    proof = HEADER.search(visitor.page("/account/"))
    assert proof is not None
    headers = {"X-CSRF": proof[1], "Content-Type": kind}
    return visitor.client.post(address, data=data, headers=headers, base_url=visitor.base, **more)


def upload(visitor: Browser, task: str, name: str = "回执.pdf", data: bytes = SCAN, kind: str = "") -> TestResponse:
    return send(visitor, f"/tasks/{task}/files?field=proof&name={quote(name, safe='')}", data, kind)


def attach(visitor: Browser, case: int, data: bytes = SCAN, name: str = "附件.pdf", **given: str) -> TestResponse:
    asked = "".join(f"&{key}={quote(value)}" for key, value in given.items())
    return send(visitor, f"/cases/{case}/files?name={quote(name)}{asked}", data)


def kept(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.upload)).scalar_one())


def test_a_file_is_uploaded_handed_in_and_given_back_as_it_was(house: House) -> None:
    zhao, task = house.signed_in("zhao"), task_of(house, "T01_07")
    answer = upload(zhao, task)
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["file"]["digest"] == hashlib.sha256(SCAN).hexdigest()
    form = {
        "data.channel": "书面",
        "data.recipients": "刘建国",
        "data.sent_on": "2026-11-24 10:00",
        "data.proof": json.dumps(found["file"], ensure_ascii=False),
    }
    assert zhao.post(f"/tasks/{task}/complete", form, at=f"/tasks/{task}").status_code == 302
    saved = zhao.get(found["address"])
    assert saved.data == SCAN
    assert saved.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('回执.pdf')}"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Length"] == str(len(SCAN))
    assert f'href="/files/{found["file"]["digest"]}' in zhao.page(f"/cases/{case_of(house, task)}")
    assert "回执.pdf" in zhao.page(f"/tasks/{task}")


def test_only_pictures_and_pdf_are_shown_in_place_and_nothing_is_run(house: House) -> None:
    zhao, task = house.signed_in("zhao"), task_of(house, "T01_07")
    pdf = upload(zhao, task).get_json()
    shown = zhao.get(f"{pdf['address']}?show=1")
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert shown.mimetype == "application/pdf"
    evil = b"<!DOCTYPE html><script>alert(1)</script>"
    for name, data in (("page.html", evil), ("a.svg", b"<svg onload='alert(1)'/>"), ("b.txt", evil)):
        found = upload(zhao, task, name, data).get_json()
        answer = zhao.get(f"{found['address']}?show=1")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.mimetype == "application/octet-stream"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_same_bytes_under_two_names_are_saved_under_the_name_that_was_asked_for(house: House) -> None:
    case = case_of(house, task_of(house, "T01_07"))
    zhao, li = house.signed_in("zhao"), house.signed_in("li")
    for name in ("甲方.pdf", "乙方.pdf"):
        assert send(zhao, f"/cases/{case}/files?name={quote(name)}&label={quote(name)}").status_code == 200
    found = re.findall(r'href="(/files/[^"]+)"[^>]*>([^<]+)</a>', li.page(f"/cases/{case}"))
    assert {name for _address, name in found} >= {"甲方.pdf", "乙方.pdf"}
    for address, name in found:
        saved = li.get(address.replace("&amp;", "&")).headers["Content-Disposition"]
        assert saved.endswith(f"filename*=UTF-8''{quote(name)}")
    unheard = li.get(f"/files/{hashlib.sha256(SCAN).hexdigest()}?name={quote('丙方.pdf')}")
    assert unheard.headers["Content-Disposition"].split("''")[1] in (quote("甲方.pdf"), quote("乙方.pdf"))


def test_until_it_is_used_a_file_is_for_whoever_uploaded_it(house: House) -> None:
    task = task_of(house, "T01_07")
    address = upload(house.signed_in("zhao"), task).get_json()["address"]
    for handle in ("li", "wang", "admin"):
        assert house.signed_in(handle).get(address).status_code == 404
    assert house.browser().get(address).status_code == 302


def test_whoever_may_not_read_the_case_does_not_get_its_files(house: House) -> None:
    task = task_of(house, "T01_07")
    case = case_of(house, task)
    zhao = house.signed_in("zhao")
    assert attach(zhao, case).status_code == 200
    address = f"/files/{hashlib.sha256(SCAN).hexdigest()}"
    stranger = house.signed_in("gong")
    assert stranger.get(f"/cases/{case}").status_code == 404
    assert stranger.get(address).status_code == 404
    assert house.signed_in("li").get(address).data == SCAN
    assert attach(stranger, case, SCAN + b"1").status_code == 404
    assert upload(stranger, task).status_code == 404


def test_a_digest_that_somebody_knows_does_not_open_it_through_a_form(house: House) -> None:
    task = task_of(house, "T01_07")
    mine = attach(house.signed_in("li"), case_of(house, task_of(house, "T01_05")), SCAN + b"secret")
    assert mine.status_code == 200
    digest = hashlib.sha256(SCAN + b"secret").hexdigest()
    file = {"digest": digest, "name": "附件.pdf", "type": "application/pdf", "size": len(SCAN) + 6}
    form = {
        "data.channel": "书面",
        "data.recipients": "刘建国",
        "data.sent_on": "2026-11-24 10:00",
        "data.proof": json.dumps(file, ensure_ascii=False),
    }
    zhao = house.signed_in("zhao")
    refused = zhao.post(f"/tasks/{task}/complete", form, at=f"/tasks/{task}")
    assert refused.status_code == 422
    assert "没有上传" in refused.text
    assert "附件.pdf" in refused.text


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("a.pdf", b"", 422, "是空的"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", 422, "但内容是 PNG 图片"),
        ("..", SCAN, 422, "应有文件名"),
        ("汉" * 300, SCAN, 422, "应不超过 200 个字"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_kept(
    house: House, name: str, data: bytes, status: int, said: str
) -> None:
    before = kept(house)
    answer = upload(house.signed_in("zhao"), task_of(house, "T01_07"), name, data)
    assert answer.status_code == status
    assert said in answer.get_json()["said"]
    assert kept(house) == before


def test_a_gigabyte_is_refused_by_its_length_before_a_byte_is_read(house: House) -> None:
    class Unread(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("expected nothing to be read")

    zhao, task, before = house.signed_in("zhao"), task_of(house, "T01_07"), kept(house)
    announced = {"CONTENT_LENGTH": str(2**30), "wsgi.input": Unread()}
    answer = send(zhao, f"/tasks/{task}/files?field=proof&name=a.pdf", None, environ_overrides=announced)
    assert answer.status_code == 413
    assert answer.get_json()["said"].startswith("文件应不超过 50 MB")
    assert kept(house) == before


def test_a_stream_without_a_length_is_refused_at_the_first_byte_too_many(house: House) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readinto(self, room: bytearray) -> int:
            self.taken += len(room)
            return len(room)

    zhao, task, stream = house.signed_in("zhao"), task_of(house, "T01_07"), Endless()
    unending = {"CONTENT_LENGTH": "", "wsgi.input": stream, "wsgi.input_terminated": True}
    answer = send(zhao, f"/tasks/{task}/files?field=proof&name=a.pdf", None, environ_overrides=unending)
    assert answer.status_code == 413
    assert 50 * 2**20 < stream.taken < 60 * 2**20


def test_a_field_that_takes_no_files_takes_none(house: House) -> None:
    zhao, task = house.signed_in("zhao"), task_of(house, "T01_07")
    for field in ("recipients", "nothing", "proof.x"):
        assert send(zhao, f"/tasks/{task}/files?field={field}&name=a.pdf").status_code == 404


def test_an_attachment_stands_in_the_list_and_in_the_history(house: House) -> None:
    task = task_of(house, "T01_07")
    case, zhao = case_of(house, task), house.signed_in("zhao")
    answer = attach(zhao, case, label="客户来函", task=task, personal="1").get_json()
    assert "已添加附件“附件.pdf”" in answer["said"]
    for told in ("附件.pdf", "客户来函", "含个人信息", "赵磊", "报送"):
        assert told in answer["list"]
    assert "客户来函" in zhao.page(f"/cases/{case}")
    assert "客户来函" in zhao.page(f"/tasks/{task}")
    assert "添加附件“附件.pdf”" in zhao.page(f"/cases/{case}/history")
    assert attach(zhao, case).status_code == 409
    assert attach(zhao, case, SCAN + b"1", task=task_of(house, "T01_05")).status_code == 404


def test_a_list_of_more_files_than_fit_goes_on_to_the_last_of_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, case = house.signed_in("li"), case_of(house, task_of(house, "T01_07"))
    monkeypatch.setattr("web.sight.file.SIZE", 2)
    assert "更早的文件" not in attach(li, case, SCAN, "1.pdf").get_json()["list"]
    for number in range(2, 6):
        house.clock.pass_by(minutes=1)
        answer = attach(li, case, SCAN + bytes([number]), f"{number}.pdf").get_json()
        assert answer["count"] == number
    page = li.page(f"/cases/{case}")
    assert '<h2>附件</h2><span class="count">5</span>' in page
    seen, title = [*NAMED.findall(page)], page.partition("<h1>")[2].partition("</h1>")[0]
    while (onward := ONWARD.search(page)) is not None:
        address = html.unescape(onward[1])
        whole, page = li.page(address), li.get(address, headers={"HX-Request": "true"}).text
        assert NAMED.findall(whole) == NAMED.findall(page)
        assert ('<span class="count">5</span>' in whole, "<h1" in page) == (True, False)
        assert f'<p class="soft">{title}</p>' in whole
        seen += NAMED.findall(page)
    assert seen == [f"{number}.pdf" for number in (5, 4, 3, 2, 1)]
    assert NAMED.findall(li.page(f"/cases/{case}/files?after=nowhere")) == ["5.pdf", "4.pdf"]


def test_a_list_of_many_files_takes_no_more_statements_than_one_of_few(house: House) -> None:
    li, case = house.signed_in("li"), case_of(house, task_of(house, "T01_07"))
    statements: list[str] = []

    def asked() -> int:
        statements.clear()
        li.page(f"/cases/{case}")
        return len(statements)

    for number in range(2):
        assert attach(li, case, SCAN + bytes([number])).status_code == 200
    event.listen(house.store.database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    asked()
    few = asked()
    for number in range(2, 8):
        assert attach(li, case, SCAN + bytes([number])).status_code == 200
    asked()
    assert 0 < asked() <= few


def test_each_file_says_who_attached_it_there_whoever_has_the_same_elsewhere(house: House) -> None:
    first, second = case_of(house, task_of(house, "T01_07")), case_of(house, task_of(house, "T01_05"))
    zhao, li = house.signed_in("zhao"), house.signed_in("li")
    there = attach(li, second).get_json()["list"]
    here = attach(zhao, first).get_json()["list"]
    assert ("李强" in there, "赵磊" in there) == (True, False)
    assert ("李强" in here, "赵磊" in here) == (False, True)
    assert file_of(li, second) == there


def file_of(visitor: Browser, case: int) -> str:
    """The list of the files of a case, as its page shows it."""
    page = visitor.page(f"/cases/{case}")
    return page[page.index('<ul class="attached">') :].split("</ul>")[0] + "</ul>\n"


def test_what_is_said_of_a_file_is_said_of_that_name_alone(house: House) -> None:
    case, zhao = case_of(house, task_of(house, "T01_07")), house.signed_in("zhao")
    attach(zhao, case, label="客户来函", personal="1")
    answer = send(zhao, f"/cases/{case}/files?name={quote('副本.pdf')}").get_json()["list"]
    lines = {name: line for line in answer.split("<li>") for name in ("附件.pdf", "副本.pdf") if name in line}
    assert ("客户来函" in lines["附件.pdf"], "含个人信息" in lines["附件.pdf"]) == (True, True)
    assert ("客户来函" in lines["副本.pdf"], "含个人信息" in lines["副本.pdf"]) == (False, False)


def _used_elsewhere(house: House, digest: str, count: int) -> None:
    """As if the same file was used in so many cases that nobody of the demonstration may read."""
    row = {"digest": digest, "task": "", "name": "附件.pdf", "type": "application/pdf", "size": len(SCAN), "at": 1}
    rows = [{**row, "stream_no": -number, "case_no": -number, "erasable": False} for number in range(1, count + 1)]
    with house.store.database.write() as connection:
        connection.execute(insert(schema.file_use), rows)


def test_in_however_many_other_cases_a_file_is_used_whoever_may_gets_it_and_a_refusal_costs_the_same(
    house: House,
) -> None:
    digest = hashlib.sha256(SCAN).hexdigest()
    zhao, stranger = house.signed_in("zhao"), house.signed_in("gong")
    attach(zhao, case_of(house, task_of(house, "T01_07")))
    statements: list[str] = []

    def refused() -> int:
        statements.clear()
        assert stranger.get(f"/files/{digest}").status_code == 404
        return len(statements)

    event.listen(house.store.database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    refused()
    alone = refused()
    _used_elsewhere(house, digest, 600)
    assert house.signed_in("li").get(f"/files/{digest}").data == SCAN
    assert 0 < refused() <= alone


def test_whoever_knows_a_task_without_its_case_gets_the_files_of_the_task(house: House) -> None:
    task = task_of(house, "T01_07")
    address = upload(house.signed_in("zhao"), task).get_json()["address"]
    row = {"stream_no": int(task.split(".")[0]), "digest": address.split("/")[-1].split("?")[0], "task": task}
    more = {"name": "回执.pdf", "type": "application/pdf", "size": len(SCAN), "at": 1, "erasable": False}
    with house.store.database.write() as connection:
        connection.execute(insert(schema.file_use), [{**row, **more, "case_no": None}])
    handles = [
        handle
        for handle in ("li", "wang", "gong", "xu")
        if house.signed_in(handle).get(f"/tasks/{task}").status_code == 200
    ]
    assert handles
    for handle in ("li", "wang", "gong", "xu"):
        assert (house.signed_in(handle).get(address).status_code == 200) == (handle in handles)


def _same(house: House, task: str, address: str, handles: set[str]) -> None:
    """Of these, who sees the page of a task is given the file that stands there; everybody else of the four is not."""
    for handle in ("tang", "gong", "shi", "ning"):
        visitor, status = house.signed_in(handle), 200 if handle in handles else 404
        assert (visitor.get(f"/tasks/{task}").status_code, visitor.get(address).status_code) == (status, status), handle


def test_whoever_asked_for_signers_or_will_sign_gets_the_files_of_the_task(house: House) -> None:
    task, address = _at_the_lawyers(house)
    tang, gong, shi = (house.signed_in(handle) for handle in ("tang", "gong", "shi"))
    _same(house, task, address, {"tang"})
    assert _send(tang, task, "do/sign", **_to(house, "gong")).status_code == 200
    _same(house, task, address, {"tang", "gong"})
    assert _send(gong, task, "do/sign", **_to(house, "shi")).status_code == 200
    _same(house, task, address, {"tang", "gong", "shi"})
    assert _send(shi, task, "do/resolve", opinion="同意").status_code == 200
    _same(house, task, address, {"tang", "gong", "shi"})


def test_whoever_knows_but_a_task_finds_only_its_files_behind_its_list(house: House) -> None:
    task, _address = _at_the_lawyers(house)
    case, li = case_of(house, task), house.signed_in("li")
    assert attach(li, case, SCAN + b"1", "项目.pdf").status_code == 200
    assert attach(li, case, SCAN + b"2", "任务.pdf", task=task).status_code == 200
    assert _send(house.signed_in("tang"), task, "do/delegate", **_to(house, "gong")).status_code == 200
    assert _send(li, task, "do/terminate", reason="客户取消了项目").status_code == 200
    gong, address = house.signed_in("gong"), f"/cases/{case}/files"
    assert gong.get(address).status_code == 404
    assert "项目.pdf" not in NAMED.findall(gong.page(f"{address}?task={task}"))
    assert "任务.pdf" in NAMED.findall(gong.page(f"{address}?task={task}"))
    assert f'href="/tasks/{task}"' in gong.page(f"{address}?task={task}")
    assert {"任务.pdf", "项目.pdf"} <= {*NAMED.findall(li.page(f"{address}?task={task}"))}
    other = task_of(house, "T01_05")
    assert [visitor.get(f"{address}?task={other}").status_code for visitor in (gong, li)] == [404, 404]
    assert house.signed_in("bai").get(f"{address}?task={task}").status_code == 404


@pytest.mark.parametrize("act", ["claim", "delegate"])
def test_whoever_had_a_task_until_it_was_cancelled_gets_its_files(house: House, act: str) -> None:
    task, address = _at_the_lawyers(house)
    entered = {} if act == "claim" else _to(house, "gong")
    assert _send(house.signed_in("tang"), task, f"do/{act}", **entered).status_code == 200
    assert _send(house.signed_in("li"), task, "do/terminate", reason="客户取消了项目").status_code == 200
    _same(house, task, address, {"tang"} if act == "claim" else {"tang", "gong"})


def test_tasks_that_somebody_may_have_given_away_hide_none_that_certainly_are_theirs(house: House) -> None:
    task, address = _at_the_lawyers(house)
    digest = hashlib.sha256(SCAN).hexdigest()
    use = {"digest": digest, "name": "附件.pdf", "type": "application/pdf", "size": len(SCAN), "at": 1}
    gone = {"process": "p", "element": "e", "stage": "offered", "opened": False, "offered_at": 1, "closed_at": 2}
    keys = [(-number, f"{number}.900.1") for number in range(1, 60)]
    with house.store.database.write() as connection:
        rows = [{**use, "stream_no": no, "case_no": no, "task": key, "erasable": False} for no, key in keys]
        connection.execute(insert(schema.file_use), rows)
        connection.execute(
            insert(schema.task), [{**gone, "stream_no": no, "case_no": no, "task": key} for no, key in keys]
        )
    _same(house, task, address, {"tang"})


def _at_the_lawyers(house: House) -> tuple[str, str]:
    """A task offered to a role in a case of which its holders know no more, and a file that stands on its page."""
    task = _of_lawyers(house)
    assert attach(house.signed_in("li"), case_of(house, task), task=task).status_code == 200
    return task, f"/files/{hashlib.sha256(SCAN).hexdigest()}?name={quote('附件.pdf')}"


def _to(house: House, handle: str) -> dict[str, str]:
    return {"to": people.known(house.store, handle).id, "reason": "请看一下", "place": "before"}


def test_a_file_that_was_erased_is_named_and_no_longer_there(house: House) -> None:
    task = task_of(house, "T01_07")
    case, zhao = case_of(house, task), house.signed_in("zhao")
    attach(zhao, case, label="客户来函")
    house.store.files.remove(hashlib.sha256(SCAN).hexdigest())
    answer = zhao.get(f"/files/{hashlib.sha256(SCAN).hexdigest()}")
    assert answer.status_code == 404
    assert "文件的内容已按规定删除" in answer.text
