"""What somebody keeps for themselves, by the API as on the pages: filters, look, marks, address, sessions."""

from __future__ import annotations

import pytest

from tests.web.api.program import program
from tests.web.pages.browser import House
from web.cli.showcase import PASSWORD


def test_filters_are_those_of_the_pages(house: House) -> None:
    li, browser = program(house, "li"), house.signed_in("li")
    before = li.get("/me/filters/inbox")
    assert li.ask("PUT", "/me/filters/inbox", {"sort": "newest", "why": "role"}).status_code == 200
    assert li.get("/me/filters/inbox") == {"why": "role", "process": "", "sort": "newest"} != before
    browser.post("/inbox/wish", {"why": "mine", "sort": "due"}, at="/account/")
    assert li.get("/me/filters/inbox") == {"why": "mine", "process": "", "sort": "due"}
    browser.post("/cases/wish", {"show": "late"}, at="/account/")
    assert li.get("/me/filters/cases") == {"show": "late", "level": ""}
    li.ask("PUT", "/me/filters/cases", {})
    assert li.get("/me/filters/cases") == {"show": "", "level": ""}


@pytest.mark.parametrize("body", [{"sort": "random"}, {"why": "x"}, {"process": "x" * 101}, {"q": "x"}, {"sort": None}])
def test_filters_that_make_no_sense_are_refused_and_the_old_stay(house: House, body: dict[str, object]) -> None:
    li = program(house, "li")
    before = li.get("/me/filters/inbox")
    assert li.refused(422, "PUT", "/me/filters/inbox", body)["faults"]
    assert li.get("/me/filters/inbox") == before


def test_language_and_look_are_those_of_the_pages(house: House) -> None:
    li = program(house, "li")
    assert li.ask("PATCH", "/me/look", {"language": "en"}).get_json() == li.get("/me/look")
    assert '<html lang="en' in house.signed_in("li").page("/")
    theme = li.ask("PATCH", "/me/look", {"theme": "dark"}).get_json()
    assert theme == li.get("/me/look") == {"language": "en", "theme": "dark"}
    assert li.ask("PATCH", "/me/look", {}).get_json() == theme
    for body in ({"language": "fr"}, {"theme": "pink"}, {"language": None}):
        li.refused(422, "PATCH", "/me/look", body)


def test_a_task_looks_new_until_it_is_marked_and_again_when_it_is_not(house: House) -> None:
    li, browser = program(house, "li"), house.signed_in("li")
    task = li.get("/inbox")["items"][0]["task"]
    fresh = browser.page("/")
    assert li.ask("PUT", f"/tasks/{task}/read").status_code == 204
    seen = browser.page("/")
    assert li.ask("DELETE", f"/tasks/{task}/read").status_code == 204
    assert fresh.count("task-new") > seen.count("task-new")
    assert browser.page("/").count("task-new") == fresh.count("task-new")


def test_a_task_that_is_not_in_ones_inbox_is_not_there_to_be_marked(house: House) -> None:
    task = program(house, "li").get("/inbox")["items"][0]["task"]
    for method in ("PUT", "DELETE"):
        answer = program(house, "admin").ask(method, f"/tasks/{task}/read")
        assert (answer.status_code, answer.get_json()["type"]) == (404, "urn:zhixing:problem:not-found")


def test_ones_own_mail_address_is_said_with_the_password(house: House) -> None:
    li, address = program(house, "li"), "li@example.com"
    assert li.get("/me/mail") == {"mail": ""}
    for body, field in (
        ({"mail": address, "password": "wrong"}, "password"),
        ({"mail": "no address", "password": PASSWORD}, "mail"),
        ({"mail": address}, "password"),
    ):
        problem = li.refused(422, "PUT", "/me/mail", body)
        assert [fault["path"] for fault in problem["faults"]] == [field]
    assert li.get("/me/mail") == {"mail": ""}
    assert li.ask("PUT", "/me/mail", {"mail": f" {address} ", "password": PASSWORD}).get_json() == {"mail": address}
    assert li.get("/me/mail") == {"mail": address}
    assert address in house.signed_in("li").page("/account/")
    assert program(house, "wang").get("/me/mail") == {"mail": ""}
    assert li.ask("PUT", "/me/mail", {"mail": "", "password": PASSWORD}).get_json() == {"mail": ""}
    assert address not in house.signed_in("li").page("/account/")


def test_a_password_is_not_guessed_by_programs_without_limit(house: House) -> None:
    li, body = program(house, "li"), {"mail": "li@example.com", "password": "wrong"}
    said = [li.refused(422, "PUT", "/me/mail", body)["text"]["en"] for _ in range(11)]
    assert ["ten minutes" in text for text in said] == [False] * 10 + [True]
    li.refused(422, "PUT", "/me/mail", {**body, "password": PASSWORD})
    house.clock.pass_by(minutes=10)
    assert li.ask("PUT", "/me/mail", {**body, "password": PASSWORD}).status_code == 200


def test_of_a_password_that_was_sent_not_even_a_digest_is_kept(house: House) -> None:
    li = program(house, "li")
    for mail in ("a@example.com", "b@example.com"):
        body = {"mail": mail, "password": PASSWORD}
        assert li.ask("PUT", "/me/mail", body, Idempotency_Key=mail).status_code == 200
    again = li.ask("PUT", "/me/mail", {**body, "password": "another"}, Idempotency_Key=mail)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    li.refused(422, "PUT", "/me/mail", {**body, "mail": "c@example.com"}, Idempotency_Key=mail)
    assert li.get("/me/mail") == {"mail": "b@example.com"}


def test_sessions_are_seen_and_ended_one_by_one_or_together(house: House) -> None:
    li, wang = program(house, "li"), program(house, "wang")
    first, second, third = (house.signed_in("li") for _ in range(3))
    rows = li.get("/me/sessions")["items"]
    assert len(rows) == 3
    assert not any(one["present"] for one in rows)
    wang.refused(404, "DELETE", f"/me/sessions/{rows[0]['key']}")
    assert li.ask("DELETE", f"/me/sessions/{rows[0]['key']}").status_code == 204
    li.refused(404, "DELETE", f"/me/sessions/{rows[0]['key']}")
    assert [one.get("/").status_code for one in (first, second, third)].count(200) == 2
    assert li.ask("DELETE", "/me/sessions").get_json() == {"ended": 2}
    assert [one.get("/").status_code for one in (first, second, third)] == [302, 302, 302]
    assert li.get("/me")["handle"] == "li"
