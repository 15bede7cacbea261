"""People by the API: added, given roles and passwords, closed; only by administrators, and nobody closes themselves out."""

from __future__ import annotations

from storage import people, second_factor
from tests.web.api.program import Program, program
from tests.web.pages.browser import House
from web.cli.showcase import PASSWORD


def _person(admin: Program, handle: str) -> dict[str, object]:
    found: dict[str, object] = admin.get(f"/organisation/people/{handle}")
    return found


def test_a_new_person_gets_roles_and_a_password_and_signs_in(house: House) -> None:
    admin = program(house, "admin")
    added = admin.post("/organisation/people", {"handle": "zhou", "name": "周敏"})
    assert (added["handle"], added["name"]) == ("zhou", "周敏")
    assert _person(admin, "zhou")["account"] is None
    granted = admin.ask("PUT", "/organisation/people/zhou/roles/SALES", {"reason": "入职"})
    assert granted.status_code == 200
    password = admin.post("/organisation/people/zhou/password")["password"]
    assert house.browser().sign_in("zhou", password).status_code == 302
    found = _person(admin, "zhou")
    assert found["roles"] == ["SALES"]
    assert found["account"] == {"enabled": True, "one_time": True, "two_steps": False, "sessions": 1}
    (change,) = found["changes"]  # type: ignore[misc]  # a list
    assert (change["granted"], change["reason"]) == (True, "入职")  # type: ignore[index]


def test_a_handle_that_somebody_has_is_refused_and_its_person_is_left_alone(house: House) -> None:
    admin = program(house, "admin")
    before = _person(admin, "wang")
    problem = admin.refused(422, "POST", "/organisation/people", {"handle": "wang", "name": "王新"})
    assert [fault["path"] for fault in problem["faults"]] == ["handle"]
    assert _person(admin, "wang") == before


def test_the_same_request_adds_one_person_also_after_its_key_was_forgotten(house: House) -> None:
    admin, body = program(house, "admin"), {"handle": "zhou", "name": "周敏"}
    first = admin.post("/organisation/people", body, Idempotency_Key="z-1")
    house.clock.pass_by(days=40)
    later = program(house, "admin")
    assert later.post("/organisation/people", body, Idempotency_Key="z-1") == first


def test_a_role_is_taken_with_a_reason_and_one_that_nobody_knows_is_not_there(house: House) -> None:
    admin = program(house, "admin")
    role = _person(admin, "wang")["roles"][0]  # type: ignore[index]
    address = f"/organisation/people/wang/roles/{role}"
    admin.refused(422, "DELETE", address)
    assert admin.ask("DELETE", f"{address}?reason=%E8%B0%83%E5%B2%97").status_code == 200
    assert role not in _person(admin, "wang")["roles"]  # type: ignore[operator]
    admin.refused(422, "PUT", address, {})
    admin.refused(404, "PUT", "/organisation/people/wang/roles/NOBODYS", {"reason": "x"})
    admin.refused(404, "PUT", "/organisation/people/nobody/roles/SALES", {"reason": "x"})


def test_a_closed_account_opens_no_page_and_ends_its_sessions(house: House) -> None:
    admin, wang = program(house, "admin"), house.signed_in("wang")
    closed = admin.ask("PUT", "/organisation/people/wang/account", {"enabled": False}).get_json()
    assert (closed["enabled"], closed["sessions"]) == (False, 0)
    assert wang.get("/").status_code == 302
    assert house.browser().sign_in("wang", PASSWORD).status_code == 422
    admin.ask("PUT", "/organisation/people/wang/account", {"enabled": True})
    assert house.browser().sign_in("wang", PASSWORD).status_code == 302


def test_nobody_closes_their_own_account_nor_ends_their_own_second_step_here(house: House) -> None:
    admin = program(house, "admin")
    own = admin.refused(403, "PUT", "/organisation/people/admin/account", {"enabled": False})
    assert own["reason"] == "not-allowed"
    admin.refused(403, "DELETE", "/organisation/people/admin/two-steps")
    admin.post("/organisation/people", {"handle": "zhou", "name": "周敏"})
    problem = admin.refused(409, "PUT", "/organisation/people/zhou/account", {"enabled": True})
    assert "one-time password" in problem["text"]["en"]


def test_sessions_and_second_steps_of_others_are_ended(house: House) -> None:
    admin, wang = program(house, "admin"), house.signed_in("wang")
    person, database = people.known(house.store, "wang"), house.store.database
    second_factor.propose(database, person, "JBSWY3DPEHPK3PXP")
    second_factor.confirm(database, person, "JBSWY3DPEHPK3PXP", 1, ["a-code"])
    assert _person(admin, "wang")["account"]["two_steps"]  # type: ignore[index]
    assert admin.ask("DELETE", "/organisation/people/wang/two-steps").status_code == 204
    assert admin.ask("DELETE", "/organisation/people/wang/sessions").get_json() == {"ended": 1}
    assert wang.get("/").status_code == 302
    assert _person(admin, "wang")["account"] == {"enabled": True, "one_time": False, "two_steps": False, "sessions": 0}


def test_a_person_has_the_same_deputies_and_teams_as_on_the_page(house: House) -> None:
    admin = program(house, "admin")
    body = {"person": "wang", "deputy": "li", "first": "2026-12-01", "last": "2026-12-05"}
    admin.post("/organisation/deputies", body)
    found = _person(admin, "wang")
    (one,) = (one for one in found["deputies"] if one["first"] == "2026-12-01")  # type: ignore[attr-defined]
    assert (one["person"]["handle"], one["deputy"]["handle"], one["last"]) == ("wang", "li", "2026-12-05")
    page = house.signed_in("admin").page(f"/people/{found['person']}")
    assert all(team["title"] in page for team in found["teams"])  # type: ignore[attr-defined]


def test_roles_are_sought_only_by_those_who_are_told_them(house: House) -> None:
    admin, wang = program(house, "admin"), program(house, "wang")
    role = "%E9%94%80%E5%94%AE"
    assert admin.get(f"/organisation/people?q={role}")["items"]
    assert wang.get(f"/organisation/people?q={role}")["items"] == []
    assert [one["handle"] for one in wang.get("/organisation/people?q=LI")["items"]].count("li") == 1
    others = [one for one in wang.get("/organisation/people?size=200")["items"] if one["handle"] != "wang"]
    assert len(others) > 20
    assert all(one["roles"] == [] for one in others)


def test_lists_are_read_to_their_end_page_by_page(house: House) -> None:
    admin = program(house, "admin")
    for address, key in (("/organisation/people", "person"), ("/organisation/roles", "role")):
        whole = [one[key] for one in admin.get(f"{address}?size=200")["items"]]
        found, after = [], ""
        while after is not None:
            page = admin.get(f"{address}?size=7&after={after}")
            found += [one[key] for one in page["items"]]
            after = page["next"]
        assert found == whole
        assert len(whole) > 7


def test_roles_say_who_holds_them_and_what_they_may_do(house: House) -> None:
    rows = {one["role"]: one for one in program(house, "li").get("/organisation/roles?size=200")["items"]}
    assert "li" in [one["handle"] for one in rows["SMO"]["holders"]]
    assert "resolve" in rows["SMO"]["rights"]["service-planning"]
    assert program(house, "wang").refused(403, "GET", "/organisation/roles")["reason"] == "not-allowed"


def test_the_mail_address_of_somebody_is_set_and_removed_and_refused_in_words(house: House) -> None:
    admin = program(house, "admin")
    place = "/organisation/people/li/mail"
    assert admin.ask("PUT", place, {"mail": "li@example.com"}).get_json() == {"mail": "li@example.com"}
    assert _person(admin, "li")["mail"] == "li@example.com"
    problem = admin.refused(422, "PUT", place, {"mail": "li@"})
    assert [fault["path"] for fault in problem["faults"]] == ["mail"]
    admin.refused(403, "PUT", "/organisation/people/admin/mail", {"mail": "x@example.com"})
    admin.refused(404, "PUT", "/organisation/people/nobody/mail", {"mail": "x@example.com"})
    assert _person(admin, "li")["mail"] == "li@example.com"
    admin.ask("PUT", place, {"mail": ""})
    assert _person(admin, "li")["mail"] == ""
