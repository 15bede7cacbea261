"""Days on which somebody is not there: said by oneself or an administrator, seen where people are chosen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import people, schema
from tests.web.api.program import program
from tests.web.pages.browser import House
from web.cli.company import organisation_of

AWAY = {"away_first": "2026-11-23", "away_last": "2026-11-30"}


def _task(house: House, element: str) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def test_everybody_says_it_of_themselves_and_is_back_again(house: House) -> None:
    li = house.signed_in("li")
    assert li.post("/account/absences", AWAY, at="/account/").status_code == 302
    page = li.page("/account/")
    assert "11月23日 至 11月30日" in page
    assert "缺勤中" in page
    assert [one.person for one in organisation_of(house.store).absences] == [people.known(house.store, "li")]
    assert li.post("/account/absences/end", at="/account/").status_code == 302
    assert "缺勤中" not in li.page("/account/")


def test_whoever_is_back_keeps_the_days_to_come_until_they_cancel_them(house: House) -> None:
    li = house.signed_in("li")
    later = {"away_first": "2026-12-07", "away_last": "2026-12-09"}
    for given in (AWAY, later):
        assert li.post("/account/absences", given, at="/account/").status_code == 302
    page = li.page("/account/")
    assert [page.count(one) for one in (">已回到岗位<", ">取消缺勤<", 'value="2026-12-07"')] == [1, 1, 1]
    assert li.post("/account/absences/end", {"away_first": "2026-11-23"}, at="/account/").status_code == 302
    page = li.page("/account/")
    assert ("缺勤中" in page, "12月7日 至 12月9日" in page) == (False, True)
    wrong = li.post("/account/absences/end", {"away_first": "soon"}, at="/account/")
    assert (wrong.status_code, len(organisation_of(house.store).absences)) == (422, 1)
    assert li.post("/account/absences/end", {"away_first": "2026-12-07"}, at="/account/").status_code == 302
    assert organisation_of(house.store).absences == ()


def test_an_administrator_says_it_of_others_and_sees_it_in_the_list(house: House) -> None:
    admin, li = house.signed_in("admin"), people.known(house.store, "li")
    assert admin.post(f"/people/{li.id}/absences", AWAY, at=f"/people/{li.id}").status_code == 302
    assert "缺勤至 11月30日" in admin.page("/people/")
    assert "缺勤中" in admin.page(f"/people/{li.id}")
    assert admin.post(f"/people/{li.id}/absences/end", at=f"/people/{li.id}").status_code == 302
    assert "缺勤至" not in admin.page("/people/")


def test_whoever_chooses_people_sees_who_is_away(house: House) -> None:
    house.signed_in("li").post("/account/absences", AWAY, at="/account/")
    page = house.signed_in("wang").page(f"/tasks/{_task(house, 'T01_08')}")
    assert "缺勤至 11月30日" in page
    house.clock.pass_by(days=7)
    assert "缺勤至" not in house.signed_in("wang").page(f"/tasks/{_task(house, 'T01_08')}")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"away_first": "", "away_last": "2026-11-30"}, "away_first-fault"),
        ({"away_first": "2026-11-30", "away_last": "2026-11-29"}, "away_last-fault"),
        ({"away_first": "2026-11-01", "away_last": "2026-11-02"}, "away_last-fault"),
        ({"away_first": "2026-11-25", "away_last": "2028-11-25"}, "away_first-fault"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(house: House, data: dict[str, str], fault: str) -> None:
    answer = house.signed_in("li").post("/account/absences", data, at="/account/")
    assert answer.status_code == 422
    assert f'id="{fault}"' in answer.text
    assert organisation_of(house.store).absences == ()


def test_days_with_an_absence_have_one_by_page_and_by_program(house: House) -> None:
    li, api = house.signed_in("li"), program(house, "li")
    assert li.post("/account/absences", AWAY, at="/account/").status_code == 302
    again = li.post("/account/absences", {**AWAY, "away_last": "2026-12-02"}, at="/account/")
    assert again.status_code == 422
    assert "请先结束它" in again.text
    asked = {"person": "li", "first": "2026-11-30", "last": "2026-12-02"}
    problem = api.refused(409, "POST", "/organisation/absences", asked)
    assert "end it first" in problem["text"]["en"]
    assert len(organisation_of(house.store).absences) == 1


def test_programs_say_it_too_and_see_their_own(house: House) -> None:
    li, admin, wang = program(house, "li"), program(house, "admin"), program(house, "wang")
    li.post("/organisation/absences", {"person": "li", "first": "2026-11-25", "last": "2026-11-27"})
    (mine,) = li.get("/organisation/absences")["items"]
    assert (mine["person"]["handle"], mine["first"], mine["last"]) == ("li", "2026-11-25", "2026-11-27")
    assert wang.get("/organisation/absences")["items"] == []
    assert len(admin.get("/organisation/absences")["items"]) == 1
    refused = {"person": "li", "first": "2026-12-25", "last": "2026-12-27"}
    assert wang.refused(403, "POST", "/organisation/absences", refused)["reason"] == "not-allowed"
    assert wang.refused(403, "DELETE", "/organisation/absences/li")["reason"] == "not-allowed"
    assert li.ask("DELETE", "/organisation/absences/li").status_code == 200
    assert len(li.get("/organisation/absences")["items"]) == 1
    assert li.ask("DELETE", "/organisation/absences/li?first=2026-11-25").status_code == 200
    assert li.get("/organisation/absences")["items"] == []
