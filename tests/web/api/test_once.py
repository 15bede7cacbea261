"""A key names one request: a repeat is not done again, another request is refused, secrets are told once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from storage import people, request_keys, schema
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from web.api import once

KEY = {"Idempotency_Key": "k-1"}


def _first(visitor: Program) -> str:
    return str(visitor.get("/inbox")["items"][0]["task"])


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _refused_as_anothers(problem: Any) -> bool:
    return [fault["path"] for fault in problem["faults"]] == ["Idempotency-Key"]


def test_another_body_under_the_key_of_a_command_is_refused(house: House) -> None:
    li = program(house, "li")
    address, body = f"/tasks/{_first(li)}/copy", {"to": ["wang"], "message": "请知悉"}
    first = li.post(address, body, **KEY)
    count = _entries(house)
    assert li.ask("POST", address, dict(reversed(body.items())), **KEY).get_json() == first
    assert _refused_as_anothers(li.refused(422, "POST", address, {**body, "message": "别的"}, **KEY))
    assert _refused_as_anothers(li.refused(422, "POST", f"/tasks/{_first(li)}/urge", {}, **KEY))
    assert _refused_as_anothers(li.refused(422, "PUT", "/me/filters/inbox", {}, **KEY))
    assert _entries(house) == count


def test_another_body_under_the_key_of_a_refusal_is_refused(house: House) -> None:
    wang = program(house, "wang")
    address = f"/tasks/{_first(program(house, 'li'))}/transfer"
    first = wang.refused(403, "POST", address, {"to": "mei", "reason": "休假"}, **KEY)
    assert wang.refused(403, "POST", address, {"to": "mei", "reason": "休假"}, **KEY)["text"] == first["text"]
    assert _refused_as_anothers(wang.refused(422, "POST", address, {"to": "mei", "reason": "病假"}, **KEY))


def test_a_request_that_was_never_a_command_leaves_its_key(house: House) -> None:
    li = program(house, "li")
    address = f"/tasks/{_first(li)}/transfer"
    before = _entries(house)
    li.refused(422, "POST", address, {"to": "nobody-here", "reason": "休假"}, **KEY)
    assert _entries(house) == before
    li.post(address, {"to": "mei", "reason": "休假"}, **KEY)
    assert _entries(house) == before + 1


def test_another_case_is_not_opened_under_the_same_key(house: House) -> None:
    wang = program(house, "wang")
    body = {"procedure": "service-planning", "process": "svc_lifecycle", "data": {"project_name": "一"}}
    wang.post("/cases", body, **KEY)
    assert _refused_as_anothers(wang.refused(422, "POST", "/cases", {**body, "data": {"project_name": "二"}}, **KEY))


def test_whoever_was_faster_under_the_same_key_with_something_else_is_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look at the key before either is done; the second must not get the answer of the first."""
    li = program(house, "li")
    address = f"/tasks/{_first(li)}/copy"
    real, looked = request_keys.find, []

    def blind(*wanted: Any) -> Any:
        looked.append(wanted)
        return None if len(looked) == 1 else real(*wanted)

    li.post(address, {"to": ["wang"], "message": "一"}, **KEY)
    monkeypatch.setattr(request_keys, "find", blind)
    assert _refused_as_anothers(li.refused(422, "POST", address, {"to": ["wang"], "message": "二"}, **KEY))
    assert len(looked) == 2


def test_the_key_is_kept_with_the_command_or_not_at_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    li = program(house, "li")
    key, count = _first(li), _entries(house)

    def broken(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(request_keys, "keep", broken)
    assert li.ask("POST", f"/tasks/{key}/claim", **KEY).status_code == 500
    monkeypatch.undo()
    assert _entries(house) == count
    assert li.get(f"/tasks/{key}")["stage"] == "offered"
    li.post(f"/tasks/{key}/claim", **KEY)


def test_what_is_no_command_is_done_once_too(house: House) -> None:
    li = program(house, "li")
    draft = f"/tasks/{_first(li)}/draft"
    first = li.ask("PUT", draft, {"data": {"opinion": "一"}}, **KEY)
    li.ask("PUT", draft, {"data": {"opinion": "二"}})
    again = li.ask("PUT", draft, {"data": {"opinion": "一"}}, **KEY)
    assert (again.status_code, again.get_json(), first.get_json()) == (
        200,
        {"draft": None},
        {"draft": {"opinion": "一"}},
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert li.get(draft)["draft"] == {"opinion": "二"}


def test_a_repeat_of_something_removed_says_so_again(house: House) -> None:
    li = program(house, "li")
    (mine,) = li.get("/me/tokens")["items"]
    program(house, "li")
    other = next(one["key"] for one in li.get("/me/tokens")["items"] if one["key"] != mine["key"])
    answers = [li.ask("DELETE", f"/me/tokens/{other}", **KEY) for _ in range(2)]
    assert [one.status_code for one in answers] == [204, 204]
    li.refused(404, "DELETE", f"/me/tokens/{other}")


def test_what_fails_leaves_its_key_and_is_tried_again(house: House) -> None:
    li = program(house, "li")
    assert li.refused(404, "DELETE", "/me/tokens/nothing", **KEY)["reason"] == "not-found"
    assert li.refused(404, "DELETE", "/me/tokens/nothing-else", **KEY)["reason"] == "not-found"


def test_while_the_first_is_under_way_the_second_is_told_so(house: House) -> None:
    li = program(house, "li")
    person, address = people.known(house.store, "li"), "/me/tokens/nothing"
    with house.app.test_request_context(PREFIX + address, method="DELETE"):
        fingerprint = once._fingerprint()
    assert request_keys.claim(house.store.database, person, "k-1", fingerprint, house.store.now())
    assert li.refused(409, "DELETE", address, **KEY)["reason"] == "wrong-state"
    house.clock.pass_by(minutes=2)
    li.refused(404, "DELETE", address, **KEY)


def test_no_answer_is_kept_that_tells_of_people_or_of_what_was_typed(house: House) -> None:
    li, admin = program(house, "li"), program(house, "admin")
    li.ask("PUT", f"/tasks/{_first(li)}/draft", {"data": {"opinion": "机密内容"}}, **KEY)
    body = {"handle": "zhou", "name": "周敏"}
    added = admin.post("/organisation/people", body, **KEY)
    assert admin.post("/organisation/people", body, **KEY) == added
    assert _refused_as_anothers(admin.refused(422, "POST", "/organisation/people", {**body, "name": "周明"}, **KEY))
    with house.store.database.read() as connection:
        kept = connection.execute(select(schema.request_key.c.answer)).scalars().all()
    assert sorted(kept) == ["", '{"draft": null}']


def test_what_changes_nothing_is_done_again(house: House) -> None:
    li = program(house, "li")
    answers = [li.ask("POST", "/operation/streams/1/verify", **KEY) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert not any("Idempotency-Replayed" in one.headers for one in answers)


def test_a_secret_is_told_once(house: House) -> None:
    admin = program(house, "admin")
    first = admin.post("/organisation/people/wang/password", **KEY)
    again = admin.ask("POST", "/organisation/people/wang/password", **KEY)
    assert first["password"]
    assert again.get_json() == {**first, "password": None}
    with house.store.database.read() as connection:
        kept = " ".join(map(str, connection.execute(select(schema.request_key)).all()))
    assert first["password"] not in kept


def test_keys_of_two_people_are_two_keys(house: House) -> None:
    li, mei = program(house, "li"), program(house, "mei")
    for visitor, sort in ((li, "due"), (mei, "newest")):
        assert visitor.ask("PUT", "/me/filters/inbox", {"sort": sort}, **KEY).status_code == 200


def test_a_key_is_free_again_after_thirty_days_but_a_command_is_known_for_ever(house: House) -> None:
    li = program(house, "li")
    address = f"/tasks/{_first(li)}/copy"
    body = {"to": ["wang"], "message": "一"}
    first = li.post(address, body, **KEY)
    house.clock.pass_by(days=29)
    li.post(address, {"to": ["wang"], "message": "三"}, Idempotency_Key="k-2")
    assert _refused_as_anothers(li.refused(422, "POST", address, {**body, "message": "二"}, **KEY))
    later = program(house, "li")
    house.clock.pass_by(days=2)
    later.post(address, {"to": ["wang"], "message": "四"}, Idempotency_Key="k-3")
    assert later.post(address, body, **KEY) == first
