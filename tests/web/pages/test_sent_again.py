"""A form that is sent again: what was done is done once, what was refused is asked anew."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

import web
from storage import people, schema
from tests.web.pages.browser import Browser, House

QUIET = {"HX-Request": "true"}
COMMAND = "ab" * 16
PASSED = {"data.decision": "通过", "data.opinion": "同意"}
TEMPLATES = Path(web.__file__).parent / "templates"


def _task(house: House, element: str) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def _closed_by(house: House, task: str) -> str | None:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        found: str | None = connection.execute(select(tasks.closed_by).where(tasks.task == task)).scalar_one()
        return found


def _send(visitor: Browser, task: str, what: str, **data: Any) -> TestResponse:
    """Send the form of one page, however often it is sent."""
    command = hashlib.sha256(what.encode()).hexdigest()[:32]
    return visitor.post(f"/tasks/{task}/{what}", {"command": command, **data}, at="/account/", headers=QUIET)


def test_a_form_that_was_refused_is_handed_in_when_it_is_sent_again(house: House) -> None:
    slow, quick, task = house.signed_in("mei"), house.signed_in("li"), _task(house, "T01_05")
    assert _send(quick, task, "do/claim").status_code == 200
    refused = _send(slow, task, "complete", **PASSED)
    assert refused.status_code == 403
    assert re.fullmatch(r"[0-9a-f]{32}", refused.headers["X-Command"])
    assert _send(quick, task, "do/release").status_code == 200
    answers = [_send(slow, task, "complete", **PASSED) for _ in range(2)]
    assert answers[0].status_code == 200
    assert _closed_by(house, task) == people.known(house.store, "mei").id
    assert answers[1].status_code == 409, "the first of the two had an id of its own"
    assert "梅雪 已于 14:30 完成这项任务" in answers[1].text


def test_a_form_that_was_handed_in_is_handed_in_once(house: House) -> None:
    visitor, task = house.signed_in("li"), _task(house, "T01_05")
    answers = [_send(visitor, task, "complete", **PASSED) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["HX-Redirect"] for answer in answers}) == 1


def test_an_action_that_was_refused_is_corrected_in_its_dialog(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    gong, sun = (people.known(house.store, handle).id for handle in ("gong", "sun"))
    refused = _send(visitor, task, "do/transfer", to=gong, reason="请接手")
    assert (refused.status_code, refused.headers["X-About"]) == (403, "to")
    assert re.fullmatch(r"[0-9a-f]{32}", refused.headers["X-Command"])
    assert _send(visitor, task, "do/transfer", to=sun, reason="请接手").status_code == 200
    assert "孙悦" in house.signed_in("sun").page(f"/tasks/{task}")


def test_what_is_missing_in_a_dialog_is_told_at_its_control(house: House) -> None:
    visitor, signer, task = house.signed_in("zhao"), house.signed_in("wu"), _task(house, "T01_03")
    wu = people.known(house.store, "wu").id
    wanted = {"transfer": "to", "sign": "to", "copy": "to", "return": "target"}
    found = {act: _send(visitor, task, f"do/{act}").headers["X-About"] for act in wanted}
    assert found == wanted
    assert _send(visitor, task, "do/transfer", to=wu, reason=" ").headers["X-About"] == "reason"
    assert _send(visitor, task, "do/sign", to=wu, place="before", reason="请先看").status_code == 200
    refused = _send(signer, task, "do/resolve", opinion=" ")
    assert (refused.status_code, refused.headers["X-About"]) == (422, "opinion")
    assert "请写明您的意见" in refused.text


def test_a_refusal_that_no_control_is_to_blame_for_stands_at_the_head(house: House) -> None:
    visitor, task = house.signed_in("li"), _task(house, "T01_03")
    assert _send(visitor, task, "do/urge", message="请抓紧", command="cd" * 16).status_code == 200
    refused = _send(visitor, task, "do/urge", message="请抓紧")
    assert refused.status_code == 409
    assert "X-About" not in refused.headers
    assert 'role="alert"' in refused.text


def test_a_claim_that_was_refused_is_tried_again_once_the_task_is_free(house: House) -> None:
    first, second, task = house.signed_in("li"), house.signed_in("mei"), _task(house, "T01_05")
    assert _send(first, task, "do/claim").status_code == 200
    assert _send(second, task, "do/claim").status_code == 409
    assert _send(first, task, "do/release").status_code == 200
    assert _send(second, task, "do/claim").status_code == 200
    assert "正由 梅雪 办理" in first.page(f"/tasks/{task}")


def test_several_claims_are_tried_again_for_what_was_refused(house: House) -> None:
    first, second, task = house.signed_in("li"), house.signed_in("mei"), _task(house, "T01_05")
    given = {"task": task, "command": COMMAND}
    assert _send(first, task, "do/claim").status_code == 200
    assert second.post("/inbox/several/claim", given, at="/").status_code == 200
    assert _send(first, task, "do/release").status_code == 200
    assert second.post("/inbox/several/claim", given, at="/").status_code == 200
    assert "正由 梅雪 办理" in first.page(f"/tasks/{task}")


@pytest.mark.parametrize("form", ["deputies", "absences"])
def test_a_form_of_the_account_can_be_corrected(house: House, form: str) -> None:
    visitor = house.signed_in("li")
    mine = people.known(house.store, "li").id
    wrong = {"deputy": mine, "first": "2026-12-01", "last": "2026-12-05", "away_first": "x", "away_last": "2026-12-05"}
    refused = visitor.post(f"/account/{form}", {**wrong, "command": COMMAND}, at="/account/")
    assert refused.status_code == 422
    assert COMMAND not in refused.text
    right = {**wrong, "deputy": people.known(house.store, "mei").id, "away_first": "2026-12-01"}
    assert visitor.post(f"/account/{form}", {**right, "command": COMMAND}, at="/account/").status_code == 302


def test_no_page_keeps_the_id_of_a_command_that_was_refused() -> None:
    kept = re.compile(r"form(?:\.get\(|\[)\W*command")
    pages = {str(one.relative_to(TEMPLATES)): one.read_text() for one in TEMPLATES.rglob("*.html")}
    assert sum('name="command"' in text for text in pages.values()) >= 15
    assert [name for name, text in pages.items() if kept.search(text)] == []


def test_whoever_does_not_know_the_task_before_has_the_page_all_the_same(house: House) -> None:
    visitor, hidden = house.signed_in("feng"), _task(house, "T01_03")
    mine = re.search(r'href="/tasks/([\d.]+)"', visitor.page("/"))
    assert mine is not None
    assert visitor.get(f"/tasks/{hidden}").status_code == 404
    assert "dialog-undo" not in visitor.page(f"/tasks/{mine[1]}?done={hidden}")
