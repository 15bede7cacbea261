"""A contact outside by HTTP: what a link shows, what it takes, and that nothing tells a bad link from another."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine import encoding
from engine.events import InvitationAnswered
from engine.value import Context
from engine.words import Channel
from storage import accounts, journal, personal, schema, verification
from storage.shelf import StreamShelf
from tests.web.pages.browser import Browser, House
from web import logs

LINK = re.compile(r'id="link" value="([^"]+)"')
YES = {"data.result": "确认", "name": "李想", "agreed": "yes"}


def waiting(house: House) -> str:
    """The task that waits for a customer's confirmation."""
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_08", tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def given(house: House, handle: str = "wang", **more: str) -> tuple[str, str]:
    """The task, and a link for it as a path."""
    task, visitor = waiting(house), house.signed_in(handle)
    form = {"name": "李想", "organisation": "华东轨道", "days": "14", "way": "self", "message": "请确认", **more}
    answer = visitor.post(f"/tasks/{task}/invitation", form, at=f"/tasks/{task}/invitation")
    assert answer.status_code == 200, answer.text
    found = LINK.search(answer.text)
    assert found is not None
    return task, found[1].removeprefix("http://localhost")


def hand_in(
    house: House, path: str, data: dict[str, str] | None = None, visitor: Browser | None = None
) -> TestResponse:
    made = visitor or house.browser()
    return made.post(path, YES if data is None else data, at=path)


def last_entry(house: House, task: str) -> Any:
    stream = int(task.split(".")[0])
    with house.store.database.read() as connection:
        shelf = StreamShelf(connection, stream, house.store.recent)
        return list(journal.read(connection, stream, shelf))[-1]


def _narrow(text: str) -> str:
    """A page with the punctuation as it was written."""
    return text.translate({0xFF08: "(", 0xFF09: ")"})


def test_the_link_shows_what_is_asked_and_nobody_of_ours_but_who_asks(house: House) -> None:
    _task, path = given(house)
    page = house.browser().page(path)
    for wanted in ("客户确认", "服务策划与实施管理程序", "请确认", "王芳", "确认结果", "证据", "我确认以上填写属实"):
        assert wanted in page, wanted
    for hidden in ("未回复", "确认日期", "李强", "赵工", 'href="/people', "待办"):
        assert hidden not in page, hidden


def test_looking_changes_nothing_however_often(house: House) -> None:
    task, path = given(house)
    before = last_entry(house, task)
    for _ in range(3):
        house.browser().page(path)
    assert last_entry(house, task) == before


def test_an_answer_completes_the_task_with_its_evidence_and_the_link_is_used_up(house: House) -> None:
    proven = verification.verify(house.store).findings
    task, path = given(house)
    visitor = house.browser()
    answer = hand_in(house, path, visitor=visitor)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "已收到您的答复" in visitor.page(path)
    entry = last_entry(house, task)
    assert (entry.command.envelope.actor, entry.command.envelope.channel) == (None, Channel.LINK)
    assert isinstance(entry.events[0], InvitationAnswered)
    with house.store.database.read() as connection:
        evidence = personal.read(connection, entry.events[0].evidence)
        data = entry.command.data
        assert personal.read(connection, data["confirmed_by"]) == "李想"
    assert isinstance(evidence, Context)
    assert (evidence["name"], evidence["address"]) == ("李想", "127.0.0.1")
    assert str(evidence["browser"]).startswith("Werkzeug")
    assert (data["confirmed_on"].year, data["confirmed_on"].month, data["confirmed_on"].day) == (2026, 11, 24)
    again = hand_in(house, path, visitor=visitor)
    assert again.status_code in (303, 400)
    assert last_entry(house, task) == entry
    assert verification.verify(house.store).findings == proven


def test_the_history_names_the_contact(house: House) -> None:
    task, path = given(house)
    hand_in(house, path)
    with house.store.database.read() as connection:
        row = connection.execute(select(schema.task).where(schema.task.c.task == task)).one()
    page = house.signed_in("wang").page(f"/cases/{row.case_no}/history")
    assert "经一次性链接办理 T01.08 客户确认" in page
    assert "李想(华东轨道)" in _narrow(page)
    seen = house.signed_in("wang").page(f"/tasks/{task}")
    assert "李想(华东轨道)" in _narrow(seen)
    assert "已答复" in seen


def test_of_every_link_that_does_not_work_the_page_is_the_same(house: House) -> None:
    task, path = given(house)
    pages = {house.browser().get("/confirm/" + "x" * 43).text, house.browser().get("/confirm/1").text}
    _same, later = given(house)
    pages.add(house.browser().get(path).text)
    wang = house.signed_in("wang")
    assert wang.post(f"/tasks/{task}/invitation/revoke", at=f"/tasks/{task}").status_code == 302
    pages.add(house.browser().get(later).text)
    _same, short = given(house, days="1")
    house.clock.pass_by(days=1, seconds=1)
    pages.add(house.browser().get(short).text)
    assert len(pages) == 1
    assert house.browser().get(short).status_code == 404
    assert "这个链接现在不能使用" in pages.pop()


@pytest.mark.parametrize("secret", ["x", "x" * 5000, "%2500", "客户", "a%0Ab"])
def test_rubbish_for_a_secret_is_a_link_that_does_not_work(house: House, secret: str) -> None:
    _task, path = given(house)
    visitor = house.browser()
    answer = visitor.post(f"/confirm/{secret}", YES, at=path)
    assert answer.status_code == 404
    assert "这个链接现在不能使用" in answer.text


def test_without_name_or_statement_nothing_is_handed_in_and_nothing_is_lost(house: House) -> None:
    task, path = given(house)
    before = last_entry(house, task)
    for missing in ("name", "agreed"):
        data = {key: value for key, value in YES.items() if key != missing} | {"data.remarks": "没有问题"}
        answer = hand_in(house, path, data)
        assert answer.status_code == 422
        assert "没有问题" in answer.text
        assert f'id="{missing}-fault"' in answer.text
    assert last_entry(house, task) == before


def test_what_is_wrong_in_the_form_stands_beside_its_field(house: House) -> None:
    _task, path = given(house)
    answer = hand_in(house, path, {**YES, "data.result": "拒绝"})
    assert answer.status_code == 422
    assert 'href="#field-remarks"' in answer.text
    forged = hand_in(house, path, {**YES, "data.result": "未回复"})
    assert forged.status_code == 422
    assert hand_in(house, path).status_code == 303


def test_fields_that_are_ours_are_not_taken_from_a_contact(house: House) -> None:
    task, path = given(house)
    hand_in(house, path, {**YES, "data.confirmed_by": "别人", "data.confirmed_on": "2020-01-01"})
    data = last_entry(house, task).command.data
    assert data["confirmed_on"].year == 2026
    with house.store.database.read() as connection:
        assert personal.read(connection, data["confirmed_by"]) == "李想"


def test_html_in_a_name_is_shown_as_it_is(house: House) -> None:
    _task, path = given(house, name="<b>李</b>", message="<script>alert(1)</script>")
    page = house.browser().page(path)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    hand_in(house, path, {**YES, "name": "<img src=x>"})


def test_the_address_is_told_to_nobody(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    task, path = given(house)
    secret = path.rpartition("/")[2]
    answer = house.browser().get(path)
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "no-store"
    with house.app.test_request_context(path):
        assert secret not in logs._path()
    with house.app.test_request_context("/tasks/1.2.3"):
        assert logs._path() == "/tasks/1.2.3"
    hand_in(house, path)
    out = capsys.readouterr()
    assert secret not in caplog.text + out.out + out.err
    with house.store.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert secret not in str(tuple(row)), table.name
    assert secret not in house.signed_in("wang").page(f"/tasks/{task}")


def test_too_many_tries_from_one_address_are_stopped_for_a_while(house: House) -> None:
    visitor = house.browser()
    found = [visitor.get(f"/confirm/{'x' * 42}{number % 10}").status_code for number in range(70)]
    assert (found[0], found[-1]) == (404, 429)
    house.clock.pass_by(minutes=11)
    assert visitor.get("/confirm/x").status_code == 404


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def read(self, _size: int = -1) -> bytes:
        raise AssertionError("expected nothing to be read")


def _unread(visitor: Browser, address: str) -> TestResponse:
    """Send a form of some megabytes without any proof."""
    form = "application/x-www-form-urlencoded"
    body = {"CONTENT_LENGTH": "8000000", "CONTENT_TYPE": form, "wsgi.input": Unread()}
    found: TestResponse = visitor.client.post(address, environ_overrides=body, base_url=visitor.base)
    return found


@pytest.mark.parametrize("what", ["", "/check"])
def test_without_a_link_or_too_often_nothing_of_a_body_is_read(house: House, what: str) -> None:
    _task, path = given(house)
    visitor = house.browser()
    assert _unread(visitor, f"/confirm/{'x' * 43}{what}").status_code == 404
    store = house.store
    for kind in ("answer", "check"):
        for _ in range(600):
            accounts.admitted(store.database, f"link:{kind}:127.0.0.1", store.now(), 600, timedelta(minutes=10))
    assert _unread(visitor, f"{path}{what}").status_code == (404 if what else 429)


def test_whoever_may_not_do_the_task_gets_neither_link_nor_form(house: House) -> None:
    task = waiting(house)
    for handle in ("li", "feng"):
        visitor = house.signed_in(handle)
        assert visitor.get(f"/tasks/{task}/invitation").status_code == 404
        answer = visitor.post(f"/tasks/{task}/invitation", {"name": "x", "days": "1"}, at="/account/")
        assert answer.status_code == 404
        assert f"/tasks/{task}/invitation" not in visitor.get(f"/tasks/{task}").text
    assert f"/tasks/{task}/invitation" in house.signed_in("wang").page(f"/tasks/{task}")


def test_a_task_without_the_mark_has_no_such_page(house: House) -> None:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_03", tasks.closed_at.is_(None))
        task = str(connection.execute(query).scalars().first())
    visitor = house.signed_in("zhao")
    assert visitor.get(f"/tasks/{task}/invitation").status_code == 404
    assert "外部办理" not in visitor.page(f"/tasks/{task}")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 101), ("days", "0"), ("days", "61"), ("days", "二"), ("mail", "not-an-address"),
     ("mail", "a@b.c\nBcc: d@e.f"), ("organisation", "x" * 101), ("message", "x" * 1001)],
)  # fmt: skip
def test_what_is_wrong_with_an_invitation_is_said_and_nothing_is_kept(house: House, field: str, value: str) -> None:
    task, visitor = waiting(house), house.signed_in("wang")
    before = last_entry(house, task)
    form = {"name": "李想", "days": "14", "way": "self", field: value}
    answer = visitor.post(f"/tasks/{task}/invitation", form, at=f"/tasks/{task}/invitation")
    assert answer.status_code == 422
    assert "field-fault" in answer.text
    assert last_entry(house, task) == before


def test_the_same_form_sent_twice_makes_one_link_and_shows_it_once(house: House) -> None:
    task, visitor = waiting(house), house.signed_in("wang")
    form = {"name": "李想", "days": "14", "way": "self", "command": "a" * 32}
    first = visitor.post(f"/tasks/{task}/invitation", form, at=f"/tasks/{task}/invitation")
    again = visitor.post(f"/tasks/{task}/invitation", form, at=f"/tasks/{task}/invitation")
    assert (first.status_code, again.status_code) == (200, 302)
    found = LINK.search(first.text)
    assert found is not None
    assert house.browser().get(found[1].removeprefix("http://localhost")).status_code == 200


def test_a_contact_reads_english_too(house: House) -> None:
    _task, path = given(house)
    page = house.browser().page(f"{path}?language=en")
    assert "I confirm that the above is true" in page
    assert "This link does not work now" in house.browser().get("/confirm/x?language=en").text


def test_what_is_typed_is_checked_while_typing_and_kept_nowhere(house: House) -> None:
    task, path = given(house)
    before, visitor = last_entry(house, task), house.browser()
    answer = visitor.post(f"{path}/check", {"data.result": "拒绝"}, at=path)
    assert "remarks" in answer.json["missing"]
    assert visitor.post("/confirm/x/check", at=path).status_code == 404
    assert last_entry(house, task) == before


def test_evidence_is_stored_as_it_was_given() -> None:
    made = Context({"name": "李想", "address": "::1", "browser": ""})
    assert encoding.decode(encoding.encode(made)) == made
