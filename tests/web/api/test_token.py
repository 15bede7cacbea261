"""Tokens that are good for nothing, or not for this: exactly what is answered, and that nothing is done."""

from __future__ import annotations

import pytest

from storage import accounts, people
from storage.tokens import Scope
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from web.api import pace

INVALID = 'Bearer realm="zhixing", error="invalid_token"'


def _refused(visitor: Program, text: str, challenge: str = INVALID) -> None:
    """The answer that says this, on reading and on writing."""
    for method, address in (("GET", "/me"), ("POST", "/messages"), ("GET", "/nothing")):
        answer = visitor.ask(method, address)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == challenge
        problem = answer.get_json()
        assert text in problem["text"]["en"]
        assert problem["text"]["zh"]
        assert (problem["type"], problem["reason"]) == ("urn:zhixing:problem:401", None)


def test_without_a_token_one_is_asked_for(house: House) -> None:
    visitor = Program(house, "")
    answer = visitor.ask("GET", "/me")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="zhixing"'
    assert "expected a session or a token" in answer.get_json()["text"]["en"]


@pytest.mark.parametrize("text", ["zx_wrong", "x", "zx_" + "a" * 5000, "zx_%00", "' OR 1=1 --", "zx_é"])
def test_a_token_that_never_was_is_unknown(house: House, text: str) -> None:
    _refused(Program(house, text), "this one is wrong or was revoked")


def test_one_sign_more_or_less_is_another_token(house: House) -> None:
    text = program(house, "li").token
    for other in (text[:-1], f"{text}a", text.swapcase(), text[3:]):
        _refused(Program(house, other), "this one is wrong or was revoked")
    assert Program(house, f" {text} ").get("/me")["handle"] == "li"


def test_a_token_ends_to_the_moment(house: House) -> None:
    li = program(house, "li")
    house.clock.pass_by(days=30, microseconds=-1)
    assert li.get("/me")["handle"] == "li"
    house.clock.pass_by(microseconds=1)
    _refused(li, "the token has ended")


def test_a_revoked_token_is_unknown_at_once(house: House) -> None:
    li = program(house, "li")
    (mine,) = li.get("/me/tokens")["items"]
    assert li.ask("DELETE", f"/me/tokens/{mine['key']}").status_code == 204
    _refused(li, "this one is wrong or was revoked")


def test_a_closed_account_closes_its_tokens_until_it_is_opened(house: House) -> None:
    wang, admin = program(house, "wang"), program(house, "admin")
    assert admin.ask("PUT", "/organisation/people/wang/account", {"enabled": False}).status_code == 200
    _refused(wang, "the account of the token's person is closed")
    assert admin.ask("PUT", "/organisation/people/wang/account", {"enabled": True}).status_code == 200
    assert wang.get("/me")["handle"] == "wang"


def test_a_one_time_password_is_replaced_before_tokens_are_good_again(house: House) -> None:
    wang = program(house, "wang")
    program(house, "admin").post("/organisation/people/wang/password")
    _refused(wang, "expected the one-time password to be replaced")
    accounts.set_password(
        house.store.database, people.known(house.store, "wang"), "x", house.store.now(), one_time=False
    )
    assert wang.get("/me")["handle"] == "wang"


@pytest.mark.parametrize("header", ["Basic bGk6bGk=", "Digest x", "Token zx_1", "bearer"])
def test_another_scheme_is_told_how_a_token_is_written(house: House, header: str) -> None:
    answer = program(house, "li").client.get(f"{PREFIX}/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, INVALID)
    assert "Bearer" in answer.get_json()["text"]["en"] or header == "bearer"


def test_a_narrow_token_is_told_which_scope_would_do(house: House) -> None:
    reader, worker = program(house, "admin", Scope.READ), program(house, "admin", Scope.WORK)
    for visitor, address, body, scope in (
        (reader, "/messages", {"name": "x"}, "work"),
        (reader, "/organisation/people", {"handle": "new", "name": "新"}, "operate"),
        (worker, "/organisation/people", {"handle": "new", "name": "新"}, "operate"),
    ):
        answer = visitor.ask("POST", address, body)
        assert answer.status_code == 403
        challenge = f'Bearer realm="zhixing", error="insufficient_scope", scope="{scope}"'
        assert answer.headers["WWW-Authenticate"] == challenge
        assert answer.get_json()["text"]["en"] == f"expected a token of a wider scope: {scope}"
    assert people.find(house.store, "new") is None


def test_a_wider_scope_gives_no_right_that_its_person_has_not(house: House) -> None:
    problem = program(house, "li").refused(403, "POST", "/organisation/people", {"handle": "new", "name": "新"})
    assert problem["reason"] == "not-allowed"
    assert "WWW-Authenticate" not in program(house, "li").ask("POST", "/organisation/people").headers


def test_whoever_asks_too_often_is_told_when_to_come_again(house: House) -> None:
    house.app.config[pace.SETTING] = 3
    li, again, mei = program(house, "li"), program(house, "li"), program(house, "mei")
    assert [one.ask("GET", "/me").status_code for one in (li, again, li)] == [200, 200, 200]
    answer = again.ask("GET", "/me")
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == str(60 - int(house.clock.now.timestamp()) % 60)
    assert mei.get("/me")["handle"] == "mei"
    house.clock.pass_by(seconds=int(answer.headers["Retry-After"]))
    assert li.get("/me")["handle"] == "li"
