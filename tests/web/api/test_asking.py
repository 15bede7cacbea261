"""Keys, revisions and sizes: what is asked twice is done once, who was slower is told, what is too large is not read."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import schema
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _first(visitor: Program) -> str:
    return str(visitor.get("/inbox")["items"][0]["task"])


def test_a_repeat_under_one_key_gets_the_first_answer_and_changes_nothing(house: House) -> None:
    li = program(house, "li")
    key = _first(li)
    first = li.ask("POST", f"/tasks/{key}/claim", Idempotency_Key="a-1")
    li.post(f"/tasks/{key}/release")
    count = _entries(house)
    again = li.ask("POST", f"/tasks/{key}/claim", Idempotency_Key="a-1")
    assert again.get_json() == first.get_json()
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)
    assert _entries(house) == count
    assert li.get(f"/tasks/{key}")["stage"] == "offered"


def test_a_refusal_is_repeated_too(house: House) -> None:
    wang = program(house, "wang")
    key = _first(program(house, "li"))
    first = wang.refused(403, "POST", f"/tasks/{key}/claim", Idempotency_Key="b-1")
    again = wang.refused(403, "POST", f"/tasks/{key}/claim", Idempotency_Key="b-1")
    assert again["text"] == first["text"]


def test_keys_of_two_people_are_two_keys(house: House) -> None:
    li, mei = program(house, "li"), program(house, "mei")
    key = _first(li)
    li.post(f"/tasks/{key}/claim", Idempotency_Key="same")
    assert mei.refused(409, "POST", f"/tasks/{key}/claim", Idempotency_Key="same")["reason"] == "wrong-state"


@pytest.mark.parametrize("key", ["", "x" * 101, "ключ"])
def test_a_key_that_cannot_be_one_is_refused(house: House, key: str) -> None:
    li = program(house, "li")
    problem = li.refused(422, "POST", f"/tasks/{_first(li)}/claim", Idempotency_Key=key)
    assert [fault["path"] for fault in problem["faults"]] == ["Idempotency-Key"]


def test_a_case_is_opened_once_under_its_key(house: House) -> None:
    wang = program(house, "wang")
    body = {"procedure": "service-planning", "process": "svc_lifecycle", "data": {"project_name": "新项目"}}
    first = wang.ask("POST", "/cases", body, Idempotency_Key="c-1")
    assert first.status_code == 201
    assert wang.ask("POST", "/cases", body, Idempotency_Key="c-1").get_json() == first.get_json()
    case = wang.get(f"/cases/{first.get_json()['stream']}")
    assert next(one["value"] for one in case["data"] if one["field"] == "project_name") == "新项目"
    assert sum(one["case"] == case["case"] for one in wang.get("/cases?mine=true")["items"]) == 1


def test_a_value_of_a_fixed_set_is_given_in_both_languages(house: House) -> None:
    li = program(house, "li")
    (number,) = [one["case"] for one in li.get("/cases")["items"] if "江南水务" in one["values"]["project_name"]]
    found = {one["field"]: (one["value"], one["words"]) for one in li.get(f"/cases/{number}")["data"]}
    assert found["state"] == ("已立项", {"zh": "已立项", "en": "Initiated"})
    assert found["project_no"][1] is None


def test_an_answer_that_is_known_is_not_sent_again(house: House) -> None:
    li = program(house, "li")
    key = _first(li)
    tag = li.ask("GET", f"/tasks/{key}").headers["ETag"]
    assert li.ask("GET", f"/tasks/{key}", If_None_Match=tag).status_code == 304
    li.post(f"/tasks/{key}/claim")
    assert li.ask("GET", f"/tasks/{key}", If_None_Match=tag).status_code == 200


def test_whoever_was_slower_changes_nothing(house: House) -> None:
    li = program(house, "li")
    key = _first(li)
    tag = li.ask("GET", f"/tasks/{key}").headers["ETag"]
    li.post(f"/tasks/{key}/claim", If_Match=tag)
    count = _entries(house)
    assert li.refused(412, "POST", f"/tasks/{key}/release", If_Match=tag)["reason"] == "wrong-state"
    assert _entries(house) == count


def test_what_replaces_what_was_read_needs_its_revision(house: House) -> None:
    admin = program(house, "admin")
    answer = admin.ask("GET", "/organisation/calendar")
    calendar, tag = answer.get_json(), answer.headers["ETag"]
    calendar["holidays"]["2027-01-01"] = "元旦"
    admin.refused(428, "PUT", "/organisation/calendar", calendar)
    assert admin.ask("PUT", "/organisation/calendar", calendar, If_Match=tag).status_code == 200
    assert admin.get("/organisation/calendar") == calendar
    admin.refused(412, "PUT", "/organisation/calendar", calendar, If_Match=tag)


def test_the_revision_is_asked_once_more_under_the_lock(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the case between the look and the lock."""
    from web.api import asking

    li = program(house, "li")
    key = _first(li)
    tag = li.ask("GET", f"/tasks/{key}").headers["ETag"]
    li.post(f"/tasks/{key}/claim")
    count = _entries(house)
    monkeypatch.setattr(asking, "matching", lambda *_, **__: None)
    li.refused(412, "POST", f"/tasks/{key}/release", If_Match=tag)
    assert _entries(house) == count
    assert li.get(f"/tasks/{key}")["stage"] == "claimed"


class Endless(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise AssertionError("expected nobody to read this")


def test_a_gigabyte_is_refused_before_it_is_read(house: House) -> None:
    li = program(house, "li")
    address = f"{PREFIX}/tasks/{_first(li)}/transfer"
    headers = {"Authorization": f"Bearer {li.token}"}
    body = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(2**30)}
    answer = li.client.post(address, content_type="application/json", headers=headers, environ_overrides=body)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"to": NaN}', "application/json", 422),
        (b'{"to": "\\ud800"}', "application/json", 422),
        (b'{"to": "a\\u0000b", "reason": "x"}', "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"a":' * 5000, "application/json", 422),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "application/json", 422),
        (b"to=wang&reason=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
def test_bodies_that_are_no_json_are_refused(house: House, data: bytes, kind: str, status: int) -> None:
    li = program(house, "li")
    headers = {"Authorization": f"Bearer {li.token}"}
    answer = li.client.post(f"{PREFIX}/tasks/{_first(li)}/transfer", data=data, content_type=kind, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert json.loads(answer.text)["text"]["zh"]


@pytest.mark.parametrize(
    "query", ["size=0", "size=201", "size=x", "size=1e3", "sort=random", "span=soon", "nothing=1", f"q={'x' * 61}"]
)
def test_queries_that_make_no_sense_are_refused(house: House, query: str) -> None:
    assert program(house, "li").refused(422, "GET", f"/inbox?{query}")["faults"]


@pytest.mark.parametrize("address", ["/inbox", "/inbox/done", "/inbox/told", "/inbox/sent", "/cases"])
@pytest.mark.parametrize("after", ["x", "1~1.2", "9" * 60, "1~" + "9" * 60, "~", "-1~1"])
def test_a_place_that_is_none_begins_at_the_top(house: House, address: str, after: str) -> None:
    assert "items" in program(house, "li").get(f"{address}?after={after}")
