"""A signed task by the API: the password or a code in the body, and a problem of its own without; a token alone signs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from storage import people, schema
from tests.web.api.program import Program, program
from tests.web.pages import signed
from tests.web.pages.browser import House
from tests.web.pages.test_task_signed import _open, _telephone
from web.cli.showcase import PASSWORD

DATA = {"data": {"decision": "yes"}}
TYPE = "urn:zhixing:problem:not-proven"


@pytest.fixture
def orders(house: House, tmp_path: Path) -> list[str]:
    """Two approvals that wait."""
    return signed.approvals(house.store, tmp_path / "orders")


def _refused(visitor: Program, task: str, body: dict[str, object], act: str = "complete") -> str:
    """What is said of the proof; the task is as it was."""
    problem = visitor.refused(403, "POST", f"/tasks/{task}/{act}", body)
    assert (problem["type"], problem["reason"]) == (TYPE, "not-proven")
    assert [fault["path"] for fault in problem["faults"]] == ["password"]
    return str(problem["text"]["en"])


def _failures(house: House) -> int:
    """How many wrong ones in a row."""
    query = select(schema.account.c.failures).where(schema.account.c.person == people.known(house.store, "yi").id)
    with house.store.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def test_a_program_is_told_that_it_is_signed_and_by_what(house: House, orders: list[str]) -> None:
    yi = program(house, "yi")
    assert yi.get(f"/tasks/{orders[0]}")["signed"] is True
    other = program(house, "li")
    assert [other.get(f"/tasks/{one['task']}")["signed"] for one in other.get("/inbox")["items"][:1]] == [False]
    assert _refused(yi, orders[0], DATA) == "expected your password or a code"
    assert "after five wrong ones" in _refused(yi, orders[0], {**DATA, "password": "falsch"})
    assert "after five wrong ones" in _refused(yi, orders[0], {**DATA, "code": "123456"})
    assert _open(house, orders[0])
    yi.post(f"/tasks/{orders[0]}/complete", {**DATA, "password": PASSWORD})
    stream = orders[0].partition(".")[0]
    entry = yi.get(f"/instances/{stream}/history")["items"][-1]
    assert (entry["command"], entry["proof"]) == ("CompleteTask", "password")
    assert entry["sentences"][0]["what"]["en"].endswith("signed (identity confirmed again)")
    assert entry["sentences"][0]["what"]["zh"].endswith("签名(已再次验证身份)")
    assert yi.get(f"/instances/{stream}/history")["items"][0]["proof"] is None


def test_a_code_signs_and_an_opinion_is_signed_too(house: House, orders: list[str]) -> None:
    yi, zhao = program(house, "yi"), program(house, "zhao")
    yi.post(f"/tasks/{orders[0]}/signers", {"to": ["zhao"], "reason": "请先看"})
    _refused(zhao, orders[0], {"opinion": "可以"}, "resolve")
    zhao.post(f"/tasks/{orders[0]}/resolve", {"opinion": "可以", "password": PASSWORD})
    yi.post(f"/tasks/{orders[0]}/complete", {**DATA, "code": _telephone(house, "yi")})
    entry = yi.get(f"/instances/{orders[0].partition('.')[0]}/history")["items"][-1]
    assert entry["proof"] == "code"


def test_wrong_ones_lock_the_account_as_at_the_sign_in(house: House, orders: list[str]) -> None:
    yi = program(house, "yi")
    for _ in range(5):
        _refused(yi, orders[0], {**DATA, "password": "falsch"})
    assert "locked" in _refused(yi, orders[0], {**DATA, "password": PASSWORD})
    assert house.browser().sign_in("yi").status_code == 422


def test_who_may_not_do_it_now_is_asked_for_nothing(house: House, orders: list[str]) -> None:
    yi = program(house, "yi")
    yi.post(f"/tasks/{orders[0]}/signers", {"to": ["er"], "reason": "请先看"})
    problem = yi.refused(409, "POST", f"/tasks/{orders[0]}/complete", {**DATA, "password": "falsch"})
    assert problem["reason"] == "wrong-state"
    assert _failures(house) == 0


def test_a_key_is_good_for_the_same_request_whatever_was_typed_to_sign_it(house: House, orders: list[str]) -> None:
    yi = program(house, "yi")
    address = f"/tasks/{orders[0]}/complete"
    yi.refused(403, "POST", address, {**DATA, "password": "falsch"}, Idempotency_Key="order-1")
    first = yi.post(address, {**DATA, "password": PASSWORD}, Idempotency_Key="order-1")
    again = yi.ask("POST", address, {**DATA, "password": "anderes"}, Idempotency_Key="order-1")
    assert (again.status_code, again.get_json()) == (200, first)
    assert _failures(house) == 0


def test_several_at_once_are_refused_one_by_one(house: House, orders: list[str]) -> None:
    yi = program(house, "yi")
    told = yi.post(
        "/inbox/several/complete",
        {
            "tasks": orders,
            "data": {"decision": "yes"},
        },
    )
    assert "signature" in str(told)
    assert all(_open(house, one) for one in orders)
