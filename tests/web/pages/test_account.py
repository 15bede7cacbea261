"""One's own account: deputies, language and look, and the second step of the sign-in."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from engine.value import Person
from storage import accounts, people, schema, second_factor
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from web import telephone_codes
from web.cli.company import organisation_of
from web.cli.showcase import PASSWORD

SECRET = re.compile(r'id="secret">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</li>")
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
PAGE = "/account/two-steps/"


def person(house: House, handle: str) -> Person:
    found = people.find(house.store, handle)
    assert found is not None, handle
    return found


def telephone(house: House, secret: str, away: int = 0) -> str:
    """What the telephone shows now."""
    return telephone_codes.code(secret, telephone_codes.step_at(house.clock.now) + away)


def protected(house: House, browser: Browser) -> tuple[str, list[str]]:
    """Begin the second step: the secret, and the recovery codes."""
    assert browser.post(f"{PAGE}begin", {"now": PASSWORD}, at=PAGE).status_code == 302
    found = SECRET.search(browser.page(PAGE))
    assert found is not None
    secret = found[1].replace(" ", "")
    shown = browser.post(f"{PAGE}confirm", {"code": telephone(house, secret)}, at=PAGE)
    assert shown.status_code == 200
    house.clock.pass_by(seconds=60)
    return secret, CODES.findall(shown.text)


def half_way(browser: Browser, handle: str) -> str:
    """The ticket of somebody who gave the right password."""
    answer = browser.sign_in(handle)
    assert answer.status_code == 200
    found = TICKET.search(answer.text)
    assert found is not None
    return html.unescape(found[1])


def give(browser: Browser, ticket: str, code: str) -> int:
    return browser.post("/sign-in/code", {"ticket": ticket, "code": code}).status_code


# ------------------------------------------------------------------ deputies


def test_i_appoint_my_deputy_and_end_it(house: House) -> None:
    li, gu = house.signed_in("li"), person(house, "gu")
    given = {"deputy": gu.id, "first": "2026-12-01", "last": "2026-12-05"}
    assert li.post("/account/deputies", given, at="/account/").status_code == 302
    shown = li.page("/account/")
    assert "顾平代理" in shown
    assert "12月1日 至 12月5日" in shown
    assert "尚未开始" in shown
    assert any(one.deputy == gu for one in organisation_of(house.store).deputies)
    assert li.post("/account/deputies/end", {"deputy": gu.id}, at="/account/").status_code == 302
    assert not any(
        one.deputy == gu and one.person == person(house, "li") for one in organisation_of(house.store).deputies
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"deputy": ""}, "请选择代理人"),
        ({"deputy": "1.999.1"}, "没有编号为 1.999.1 的人员"),
        ({"deputy": "<b>"}, "没有编号为 &lt;b&gt; 的人员"),
        ({"first": "下周一"}, "日期应写作"),
        ({"last": ""}, "日期应写作"),
        ({"first": "2026-12-06"}, "最后一天应不早于第一天"),
        ({"first": "2026-11-01", "last": "2026-11-23"}, "最后一天应不早于今天"),
        ({"last": "2028-12-05"}, "代理应不超过"),
    ],
)
def test_a_deputy_who_does_not_fit_is_refused_in_place_and_what_was_typed_stays(
    house: House, given: dict[str, str], said: str
) -> None:
    fits = {"deputy": person(house, "gu").id, "first": "2026-12-01", "last": "2026-12-05"}
    before = organisation_of(house.store).revision
    answer = house.signed_in("li").post("/account/deputies", {**fits, **given}, at="/account/")
    assert answer.status_code == 422
    assert said in answer.text.replace("\uff0c", ",")
    assert given.get("first", "2026-12-01") in answer.text
    assert organisation_of(house.store).revision == before


def test_i_am_no_deputy_of_myself(house: House) -> None:
    li = house.signed_in("li")
    given = {"deputy": person(house, "li").id, "first": "2026-12-01", "last": "2026-12-05"}
    answer = li.post("/account/deputies", given, at="/account/")
    assert answer.status_code == 422
    assert "代理人应为另一个人" in answer.text


def test_a_deputy_of_these_days_is_no_deputy_of_them_twice_by_page_and_by_program(house: House) -> None:
    li, api, gu = house.signed_in("li"), program(house, "li"), person(house, "gu")
    given = {"deputy": gu.id, "first": "2026-12-01", "last": "2026-12-05"}
    assert li.post("/account/deputies", given, at="/account/").status_code == 302
    again = li.post("/account/deputies", {**given, "first": "2026-12-05", "last": "2026-12-09"}, at="/account/")
    assert again.status_code == 422
    assert "请先结束原来的代理" in again.text
    asked = {"person": "li", "deputy": "gu", "first": "2026-11-30", "last": "2026-12-01"}
    problem = api.refused(409, "POST", "/organisation/deputies", asked)
    assert "end that deputyship first" in problem["text"]["en"]
    assert len([one for one in organisation_of(house.store).deputies if one.deputy == gu]) == 1


# ------------------------------------------------------------------ look


def test_language_and_look_are_chosen_on_the_page_of_the_account(house: House) -> None:
    li = house.signed_in("li")
    assert li.post("/account/look", {"language": "en", "theme": "dark"}, at="/account/").status_code == 302
    page = li.page("/account/")
    assert "My account" in page
    assert 'data-bs-theme="dark"' in page


def test_a_language_that_is_none_is_refused_in_words(house: House) -> None:
    answer = house.signed_in("li").post("/account/look", {"language": "xx"}, at="/account/")
    assert answer.status_code == 422
    assert "请从列表中选择" in answer.text


# ------------------------------------------------------------------ the second step


def test_with_a_second_step_the_password_alone_lets_nobody_in(house: House) -> None:
    secret, codes = protected(house, house.signed_in("li"))
    assert len(set(codes)) == 8
    browser = house.browser()
    ticket = half_way(browser, "li")
    assert browser.get("/").status_code == 302
    assert give(browser, ticket, "000000") == 422
    code = telephone(house, secret)
    assert give(browser, ticket, f"{code[:3]} {code[3:]}") == 302
    assert browser.get("/").status_code == 200


def test_a_code_is_taken_once(house: House) -> None:
    secret, _codes = protected(house, house.signed_in("li"))
    code = telephone(house, secret)
    first, second = house.browser(), house.browser()
    assert give(first, half_way(first, "li"), code) == 302
    assert give(second, half_way(second, "li"), code) == 422
    assert give(second, half_way(second, "li"), telephone(house, secret, away=-1)) == 422


def test_a_recovery_code_is_taken_once(house: House) -> None:
    _secret, codes = protected(house, house.signed_in("li"))
    first, second = house.browser(), house.browser()
    assert give(first, half_way(first, "li"), codes[0].upper()) == 302
    assert "还有 7 个恢复码" in first.page("/account/")
    assert give(second, half_way(second, "li"), codes[0]) == 422
    assert give(second, half_way(second, "li"), codes[1]) == 302


def test_five_wrong_codes_lock_the_account(house: House) -> None:
    secret, _codes = protected(house, house.signed_in("li"))
    browser = house.browser()
    ticket = half_way(browser, "li")
    assert [give(browser, ticket, "000000") for _ in range(5)] == [422] * 5
    assert give(browser, ticket, telephone(house, secret)) == 302
    assert browser.get("/").status_code == 302
    assert browser.sign_in("li").status_code == 422


def test_a_ticket_serves_five_minutes_and_one_sign_in(house: House) -> None:
    secret, _codes = protected(house, house.signed_in("li"))
    browser = house.browser()
    ticket = half_way(browser, "li")
    house.clock.pass_by(minutes=6)
    give(browser, ticket, telephone(house, secret))
    assert browser.get("/").status_code == 302
    ticket = half_way(browser, "li")
    assert give(browser, ticket, telephone(house, secret)) == 302
    other = house.browser()
    house.clock.pass_by(seconds=60)
    give(other, ticket, telephone(house, secret))
    assert other.get("/").status_code == 302


@pytest.mark.parametrize("ticket", ["", "made up", "\u0000"])
def test_a_made_up_ticket_leads_back_to_the_form(house: House, ticket: str) -> None:
    browser = house.browser()
    answer = browser.post("/sign-in/code", {"ticket": ticket, "code": "123456"})
    assert (answer.status_code, answer.headers["Location"][:8]) == (302, "/sign-in")


def test_the_second_step_begins_only_with_the_password_and_a_code_that_fits(house: House) -> None:
    li = house.signed_in("li")
    assert li.post(f"{PAGE}begin", {"now": "wrong"}, at=PAGE).status_code == 422
    assert SECRET.search(li.page(PAGE)) is None
    li.post(f"{PAGE}begin", {"now": PASSWORD}, at=PAGE)
    answer = li.post(f"{PAGE}confirm", {"code": "12"}, at=PAGE)
    assert answer.status_code == 422
    assert "六位数字" in answer.text
    assert house.browser().sign_in("li").status_code == 302


def test_the_secret_is_not_shown_again_and_not_replaced_once_it_is_confirmed(house: House) -> None:
    li = house.signed_in("li")
    secret, codes = protected(house, li)
    li.post(f"{PAGE}begin", {"now": PASSWORD}, at=PAGE)
    page = li.page(PAGE)
    assert SECRET.search(page) is None
    assert codes[0] not in page
    with house.store.database.read() as connection:
        factor = second_factor.of(connection, person(house, "li"))
    assert factor is not None
    assert (factor.secret, factor.confirmed) == (secret, True)


def test_the_second_step_is_ended_with_the_password(house: House) -> None:
    li = house.signed_in("li")
    protected(house, li)
    assert li.post(f"{PAGE}end", {"now": "wrong"}, at=PAGE).status_code == 422
    assert house.browser().sign_in("li").status_code == 200
    assert li.post(f"{PAGE}end", {"now": PASSWORD}, at=PAGE).status_code == 302
    assert house.browser().sign_in("li").status_code == 302


def test_the_administrator_ends_it_for_somebody_whose_telephone_is_lost_but_not_their_own(house: House) -> None:
    protected(house, house.signed_in("li"))
    admin, page = house.signed_in("admin"), f"/people/{person(house, 'li').id}"
    assert "两步验证:已开启" in admin.page(page).replace("\uff1a", ":")
    assert admin.post(f"{page}/two-steps/end", at=page).status_code == 302
    assert house.browser().sign_in("li").status_code == 302
    protected(house, admin)
    own = f"/people/{person(house, 'admin').id}"
    admin.post(f"{own}/two-steps/end", at=own)
    assert house.browser().sign_in("admin").status_code == 200


def test_who_is_erased_leaves_neither_secret_nor_recovery_codes(house: House) -> None:
    protected(house, house.signed_in("li"))
    with house.store.database.write() as connection:
        accounts.forget(connection, person(house, "li"))
    with house.store.database.read() as connection:
        assert second_factor.of(connection, person(house, "li")) is None
        assert connection.execute(select(schema.recovery_code)).all() == []
