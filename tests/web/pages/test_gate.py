"""Sign-in: who comes in, for how long, and what whoever tries learns from it."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from storage import accounts, people, schema
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from web import passwords
from web.app import create_app
from web.cli.showcase import PASSWORD

NEW = "Kranich-über-See-7"


def test_who_knows_the_password_comes_to_the_inbox(house: House) -> None:
    answer = house.browser().sign_in("wang")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_whoever_was_on_the_way_to_a_page_comes_to_it(house: House) -> None:
    visitor = house.browser()
    assert visitor.get("/done?after=1~2").headers["Location"] == "/sign-in?next=/done?after%3D1~2"
    assert visitor.sign_in("wang", onward="/done?after=1~2").headers["Location"] == "/done?after=1~2"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:1",
    "/\t/evil.example",
    "/\n/evil",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_nobody_is_sent_to_a_page_of_others(house: House, elsewhere: str) -> None:
    visitor = house.browser()
    assert visitor.sign_in("wang", onward=elsewhere).headers["Location"] == "/"
    answer = visitor.post("/account/look", {"theme": "dark", "next": elsewhere}, at="/")
    assert answer.headers["Location"] == "/account/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(house: House) -> None:
    answers = [house.browser().sign_in(*tried) for tried in (("wang", "wrong"), ("nobody", "wrong"))]
    assert [answer.status_code for answer in answers] == [422, 422]
    said = [re.search(r'role="alert">.*?<span>(.*?)</span>', answer.text, re.DOTALL) for answer in answers]
    assert said[0] is not None
    assert said[1] is not None
    assert said[0][1] == said[1][1] != ""


def test_after_five_wrong_passwords_the_account_is_locked_for_a_quarter_of_an_hour(house: House) -> None:
    for _ in range(5):
        assert house.browser().sign_in("wang", "wrong").status_code == 422
    assert house.browser().sign_in("wang").status_code == 422
    assert house.browser().sign_in("li").status_code == 302
    house.clock.pass_by(minutes=14)
    assert house.browser().sign_in("wang").status_code == 422
    house.clock.pass_by(minutes=2)
    assert house.browser().sign_in("wang").status_code == 302


def test_a_right_password_lets_wrong_ones_be_forgotten(house: House) -> None:
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        house.browser().sign_in("wang", password)
    assert house.browser().sign_in("wang").status_code == 302


def test_tries_for_one_name_are_counted_whoever_it_is_and_by_every_process(house: House) -> None:
    other = create_app(house.app.config["SETTINGS"], house.store)
    tried = [Browser(app).sign_in("nobody", "x").status_code for app in (house.app, other) * 8]
    assert tried == [422] * 15 + [429]
    house.clock.pass_by(minutes=10)
    assert house.browser().sign_in("nobody", "x").status_code == 422


def test_tries_from_one_address_are_counted(house: House) -> None:
    tried = [house.browser().sign_in(f"nobody{number}", "x").status_code for number in range(61)]
    assert tried == [422] * 60 + [429]


def test_a_session_survives_a_restart(house: House) -> None:
    visitor = house.signed_in("wang")
    visitor.client.application = create_app(house.app.config["SETTINGS"], house.store)
    assert "王芳" in visitor.page("/")


def test_a_session_ends_after_half_a_day_of_rest_and_after_two_weeks_at_the_latest(house: House) -> None:
    visitor = house.signed_in("wang")
    for _ in range(27):
        house.clock.pass_by(hours=11)
        visitor.page("/")
    house.clock.pass_by(hours=13)
    assert visitor.get("/").status_code == 302
    busy = house.signed_in("wang")
    for _ in range(33):
        house.clock.pass_by(hours=10)
        busy.page("/")
    house.clock.pass_by(hours=10)
    assert busy.get("/").status_code == 302


def test_whoever_signs_out_is_out(house: House) -> None:
    visitor = house.signed_in("wang")
    cookie = visitor.client.get_cookie("zhixing").value
    assert visitor.post("/sign-out", at="/").status_code == 302
    visitor.client.set_cookie("zhixing", cookie)
    assert visitor.get("/").status_code == 302


def test_cookies_are_for_pages_of_ours_alone(house: House) -> None:
    (cookie,) = house.browser().sign_in("wang").headers.getlist("Set-Cookie")
    assert cookie.startswith("zhixing=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_under_tls_cookies_travel_by_tls_alone(house: House) -> None:
    house.app.config["SESSION_COOKIE_SECURE"] = True
    visitor = Browser(house.app, "https://localhost")
    (cookie,) = visitor.sign_in("wang").headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-zhixing=")
    assert "Secure" in cookie


def test_the_cookie_itself_is_nowhere_in_the_database(house: House) -> None:
    visitor = house.signed_in("wang")
    with house.store.database.read() as connection:
        kept = accounts.sessions(connection, people.known(house.store, "wang"), house.clock.now)
    assert visitor.client.get_cookie("zhixing").value not in repr(kept)


def test_a_new_password_ends_every_other_session(house: House) -> None:
    here, elsewhere = house.signed_in("wang"), house.signed_in("wang")
    form = {"now": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password", form, at="/account/password").status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert house.browser().sign_in("wang").status_code == 422
    assert house.browser().sign_in("wang", NEW).status_code == 302


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"now": "wrong", "new": NEW, "again": NEW}, "now"),
        ({"now": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"now": PASSWORD, "new": "x" * 201, "again": "x" * 201}, "new"),
        ({"now": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
        ({"now": PASSWORD, "new": "my-name-is-Wang", "again": "my-name-is-Wang"}, "new"),
        ({"now": PASSWORD, "new": NEW, "again": NEW + "x"}, "again"),
    ],
)
def test_an_unsuitable_password_is_refused_beside_its_field(house: House, form: dict[str, str], field: str) -> None:
    answer = house.signed_in("wang").post("/account/password", form, at="/account/password")
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-fault"', answer.text) == [field]
    assert house.browser().sign_in("wang").status_code == 302


def _guess(browser: Browser, way: str, password: str) -> TestResponse:
    forms = {
        "password": ("/account/password", {"now": password, "new": NEW, "again": NEW}),
        "mail": ("/account/mail", {"mail_now": password, "mail": "wang@example.com"}),
        "two-steps": ("/account/two-steps/begin", {"now": password}),
    }
    address, form = forms[way]
    return browser.post(address, form, at="/account/password")


def test_a_session_left_open_is_no_place_to_guess_its_password(house: House) -> None:
    here = house.signed_in("wang")
    for way in ["password"] * 8 + ["mail", "two-steps"]:
        answer = _guess(here, way, "wrong")
        assert answer.status_code == 422
        assert "现在的密码不正确" in answer.text
    for way in ("password", "mail", "two-steps"):
        answer = _guess(here, way, PASSWORD)
        assert answer.status_code == 422
        assert "尝试次数太多" in answer.text
    assert house.browser().sign_in("wang").status_code == 302
    house.clock.pass_by(minutes=10)
    assert _guess(here, "password", PASSWORD).status_code == 302


def test_a_one_time_password_opens_one_page_until_it_is_replaced(house: House) -> None:
    admin, person = house.signed_in("admin"), people.known(house.store, "wang").id
    before = house.signed_in("wang")
    shown = admin.post(f"/people/{person}/password", at=f"/people/{person}")
    made = re.search(r'id="one-time">([a-z2-9-]+)<', shown.text)
    assert made is not None
    assert made[1] not in admin.page(f"/people/{person}")
    assert before.get("/").status_code == 302
    visitor = house.browser()
    assert visitor.sign_in("wang", made[1]).status_code == 302
    assert visitor.get("/").headers["Location"] == "/account/password"
    form = {"now": made[1], "new": NEW, "again": NEW}
    assert visitor.post("/account/password", form, at="/account/password").status_code == 302
    assert visitor.get("/").status_code == 200


def test_an_administrator_ends_sessions_and_closes_accounts(house: House) -> None:
    admin, person = house.signed_in("admin"), people.known(house.store, "wang").id
    visitor = house.signed_in("wang")
    admin.post(f"/people/{person}/sessions/end", at=f"/people/{person}")
    assert visitor.get("/").status_code == 302
    visitor = house.signed_in("wang")
    admin.post(f"/people/{person}/enabled", {"enabled": "0"}, at=f"/people/{person}")
    assert visitor.get("/").status_code == 302
    assert house.browser().sign_in("wang").status_code == 422
    admin.post(f"/people/{person}/enabled", {"enabled": "1"}, at=f"/people/{person}")
    assert house.browser().sign_in("wang").status_code == 302


def test_no_administrator_closes_their_own_account(house: House) -> None:
    admin, person = house.signed_in("admin"), people.known(house.store, "admin").id
    answer = admin.post(f"/people/{person}/enabled", {"enabled": "0"}, at=f"/people/{person}")
    assert answer.status_code == 302
    assert admin.get("/").status_code == 200


def test_passwords_and_sessions_leave_nothing_in_the_journal_and_no_hash_in_an_answer(house: House) -> None:
    before, hashes = _entries(house), {_kept(house, "wang")}
    visitor, elsewhere, said = house.signed_in("wang"), house.signed_in("wang"), []
    said += [visitor.page("/account/"), visitor.page("/account/password")]
    form = {"now": PASSWORD, "new": NEW, "again": NEW}
    said.append(visitor.post("/account/password", form, at="/account/password").text)
    hashes.add(_kept(house, "wang"))
    assert elsewhere.get("/").status_code == 302
    said += [house.browser().sign_in("wang", "wrong").text for _ in range(5)]
    said.append(house.browser().sign_in("wang", NEW).text)
    said.append(visitor.post("/sign-out", at="/account/").text)
    admin, person = house.signed_in("admin"), people.known(house.store, "wang").id
    said.append(admin.post(f"/people/{person}/password", at=f"/people/{person}").text)
    hashes.add(_kept(house, "wang"))
    said += [admin.page(f"/people/{person}"), admin.page("/people/")]
    said.append(program(house, "admin").ask("GET", "/organisation/people/wang").text)
    assert len(hashes) == 3
    assert not [text for text in said if "$argon2" in text or any(kept in text for kept in hashes)]
    assert _entries(house) == before


def test_a_password_is_kept_as_argon2id_and_a_dated_one_is_made_anew_at_sign_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = _kept(house, "wang")
    assert re.match(r"\$argon2id\$v=\d+\$m=64,t=1,p=1\$", dated)
    assert house.browser().sign_in("wang").status_code == 302
    assert _kept(house, "wang") == dated
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    assert house.browser().sign_in("wang", "wrong").status_code == 422
    assert _kept(house, "wang") == dated
    assert house.browser().sign_in("wang").status_code == 302
    assert re.match(r"\$argon2id\$v=\d+\$m=64,t=2,p=1\$", _kept(house, "wang"))
    assert house.browser().sign_in("wang").status_code == 302


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _kept(house: House, handle: str) -> str:
    """What is kept of somebody's password."""
    with house.store.database.read() as connection:
        found = accounts.of(connection, people.known(house.store, handle))
    assert found is not None
    return str(found.password)
