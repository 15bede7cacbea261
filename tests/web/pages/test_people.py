"""People and roles in the browser: who is found, added, appointed, represented and closed out, and what is refused."""

from __future__ import annotations

import re

import pytest

from engine.value import Person
from storage import accounts, appointments, people, recovery, verification
from storage.submission import Store
from tests.web.pages.browser import Browser, House
from web.cli.company import organisation_of
from web.sight import people as staff

ONE_TIME = re.compile(r'id="one-time">([a-z0-9-]+)<')
COMMAND = re.compile(r'name="command" value="([0-9a-f]{32})"')
NEW = {"name": "孙晓", "handle": "sunxiao", "roles": "L1", "reason": "入职通知 2026-118"}


def person(house: House, handle: str) -> Person:
    found = people.find(house.store, handle)
    assert found is not None, handle
    return found


def address(house: House, handle: str) -> str:
    return f"/people/{person(house, handle).id}"


def roles_of(house: House, handle: str) -> set[str]:
    who = person(house, handle)
    return {role for role, held in organisation_of(house.store).roles.items() if who in held}


def added(house: House, admin: Browser, **more: str) -> str:
    """The one-time password of one more person."""
    answer = admin.post("/people/new", {**NEW, **more}, at="/people/new")
    assert answer.status_code == 200, answer.text
    found = ONE_TIME.search(answer.text)
    assert found is not None
    return found[1]


# ------------------------------------------------------------------ found


@pytest.mark.parametrize(
    ("sought", "name"), [("李", "/people/"), ("li", "/people/"), ("系统管理", "陈明"), ("sys", "陈明")]
)
def test_people_are_found_by_name_handle_and_role(house: House, sought: str, name: str) -> None:
    admin = house.signed_in("admin")
    everybody = admin.page("/people/").count('class="person"')
    if sought == "sys":
        sought = "system administrator"
    page = admin.page("/people/", query_string={"q": sought})
    assert name in page
    assert 0 < page.count('class="person"') < everybody


def test_what_finds_nobody_says_what_to_try(house: House) -> None:
    page = house.signed_in("admin").page("/people/?q=没有这个人")
    assert "没有找到这样的人" in page
    assert 'class="person"' not in page


def test_the_list_comes_alone_when_a_script_asks_for_it(house: House) -> None:
    part = house.signed_in("admin").page("/people/?q=li", headers={"HX-Request": "true"})
    assert part.lstrip().startswith("<section")


# ------------------------------------------------------------------ added


def test_a_new_person_signs_in_with_the_password_shown_once_and_replaces_it(house: House) -> None:
    admin = house.signed_in("admin")
    password = added(house, admin)
    assert password not in admin.page(address(house, "sunxiao"))
    assert roles_of(house, "sunxiao") == {"L1"}
    browser = house.browser()
    assert browser.sign_in("sunxiao", password).status_code == 302
    assert browser.get("/").headers["Location"] == "/account/password"


def test_the_same_form_sent_twice_adds_one_person(house: House) -> None:
    admin = house.signed_in("admin")
    command = COMMAND.search(admin.page("/people/new"))
    assert command is not None
    before = len(organisation_of(house.store).persons)
    first, second = (added(house, admin, command=command[1]) for _ in range(2))
    assert len(organisation_of(house.store).persons) == before + 1
    assert first != second
    assert house.browser().sign_in("sunxiao", second).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "姓名应为"),
        ({"name": "孙" * 101}, "姓名应为"),
        ({"name": "孙\u0007晓"}, "姓名应为"),
        ({"handle": ""}, "账号应为"),
        ({"handle": "sun xiao"}, "账号中不能有空格"),
        ({"handle": "li"}, "已有人使用"),
        ({"handle": "LI"}, "已有人使用"),
        ({"reason": " "}, "授予角色要写明理由"),
        ({"roles": "NONE"}, "请从列表中选择角色"),
    ],
)
def test_a_new_person_who_does_not_fit_is_refused_in_place_and_nothing_is_kept(
    house: House, given: dict[str, str], said: str
) -> None:
    before = organisation_of(house.store).revision
    answer = house.signed_in("admin").post("/people/new", {**NEW, **given}, at="/people/new")
    assert answer.status_code == 422
    assert said in answer.text
    assert organisation_of(house.store).revision == before


@pytest.mark.parametrize("handle", ["li", "LI"])
def test_of_two_administrators_who_add_the_same_handle_at_once_one_is_refused(
    house: House, handle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, roles = organisation_of(house.store).revision, roles_of(house, "li")
    alike = people.alike

    def a_moment_ago(store: Store, sought: str) -> Person | None:
        monkeypatch.setattr(people, "alike", alike)
        return None

    admin = house.signed_in("admin")
    monkeypatch.setattr(people, "alike", a_moment_ago)
    answer = admin.post("/people/new", {**NEW, "handle": handle}, at="/people/new")
    assert answer.status_code == 422
    assert "已有人使用" in answer.text
    assert organisation_of(house.store).revision == before
    assert roles_of(house, "li") == roles
    assert house.browser().sign_in("li").status_code == 302


def test_a_name_with_a_script_is_shown_as_text(house: House) -> None:
    admin = house.signed_in("admin")
    added(house, admin, name="<script>alert(1)</script>")
    page = admin.page("/people/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# ------------------------------------------------------------------ roles


def test_a_role_is_granted_and_revoked_with_reasons_that_stay_in_the_record(house: House) -> None:
    admin, page = house.signed_in("admin"), address(house, "li")
    assert admin.post(f"{page}/roles", {"role": "QA", "reason": "任命书 12 号"}, at=page).status_code == 302
    assert "QA" in roles_of(house, "li")
    assert admin.post(f"{page}/roles/end", {"role": "QA", "reason": "岗位调整"}, at=page).status_code == 302
    assert "QA" not in roles_of(house, "li")
    shown = admin.page(page)
    assert shown.index("岗位调整") < shown.index("任命书 12 号")
    with house.store.database.read() as connection:
        newest, before = appointments.of(connection, person(house, "li"), 2)
    assert verification.verify(house.store).proven
    assert (newest.granted, newest.reason, newest.by) == (False, "岗位调整", person(house, "admin"))
    assert (before.granted, before.reason) == (True, "任命书 12 号")


@pytest.mark.parametrize(
    ("way", "given", "said"),
    [
        ("roles", {"role": "QA", "reason": ""}, "请写明理由"),
        ("roles", {"role": "", "reason": "任命"}, "请选择角色"),
        ("roles", {"role": "QA", "reason": "长" * 2001}, "应不超过"),
        ("roles", {"role": "NOSUCH", "reason": "任命"}, "请选择角色"),
        ("roles/end", {"role": "SMG", "reason": ""}, "请写明理由"),
    ],
)
def test_a_change_of_roles_without_what_it_needs_is_refused_in_place(
    house: House, way: str, given: dict[str, str], said: str
) -> None:
    page, before = address(house, "gu"), organisation_of(house.store).revision
    answer = house.signed_in("admin").post(f"{page}/{way}", given, at=page)
    assert answer.status_code == 422
    assert said in answer.text
    assert organisation_of(house.store).revision == before


def test_nobody_grants_a_role_to_themselves(house: House) -> None:
    admin, page = house.signed_in("admin"), address(house, "admin")
    assert 'name="reason" type="text"' not in admin.page(page)
    answer = admin.post(f"{page}/roles", {"role": "MR", "reason": "需要"}, at=page)
    assert answer.status_code == 422
    assert "不能给自己授予角色" in answer.text
    assert "MR" not in roles_of(house, "admin")


def test_the_last_administrator_is_told_who_must_be_one_first(house: House) -> None:
    admin, page = house.signed_in("admin"), address(house, "admin")
    answer = admin.post(f"{page}/roles/end", {"role": "SYS", "reason": "离任"}, at=page)
    assert answer.status_code == 422
    assert "最后一位" in answer.text
    assert "SYS" in roles_of(house, "admin")


def test_a_person_who_is_not_there_is_not_found(house: House) -> None:
    admin = house.signed_in("admin")
    assert admin.get("/people/1.999.1").status_code == 404
    for way in (
        "roles",
        "roles/end",
        "deputies",
        "deputies/end",
        "password",
        "enabled",
        "two-steps/end",
        "sessions/end",
    ):
        assert admin.post(f"/people/1.999.1/{way}", at="/account/").status_code == 404, way


# ------------------------------------------------------------------ deputies, teams


def test_the_administrator_appoints_a_deputy_who_then_has_the_tasks(house: House) -> None:
    admin, page = house.signed_in("admin"), address(house, "li")
    added(house, admin)
    deputy = person(house, "sunxiao")
    given = {"deputy": deputy.id, "first": "2026-11-24", "last": "2026-11-30"}
    assert admin.post(f"{page}/deputies", given, at=page).status_code == 302
    shown = admin.page(page)
    assert "孙晓代理" in shown
    assert "11月24日 至 11月30日" in shown
    assert "由孙晓代理" in admin.page("/people/?q=li")
    assert organisation_of(house.store).acts(deputy, roles_of(house, "li"), house.clock.now)
    assert admin.post(f"{page}/deputies/end", {"deputy": deputy.id}, at=page).status_code == 302
    assert not organisation_of(house.store).acts(deputy, roles_of(house, "li"), house.clock.now)


def test_teams_that_the_administrator_may_not_read_are_not_named(house: House) -> None:
    shown = house.signed_in("admin").page(address(house, "luo"))
    assert "您无权查阅的项目" in shown
    assert "江南水务" not in shown


# ------------------------------------------------------------------ accounts


def test_a_closed_account_ends_its_sessions_and_lets_nobody_in(house: House) -> None:
    admin, other, page = house.signed_in("admin"), house.signed_in("li"), address(house, "li")
    assert admin.post(f"{page}/enabled", {"enabled": "0"}, at=page).status_code == 302
    assert other.get("/").status_code == 302
    assert house.browser().sign_in("li").status_code == 422
    assert admin.post(f"{page}/enabled", {"enabled": "1"}, at=page).status_code == 302
    assert house.browser().sign_in("li").status_code == 302


def test_nobody_closes_their_own_account(house: House) -> None:
    admin, page = house.signed_in("admin"), address(house, "admin")
    admin.post(f"{page}/enabled", {"enabled": "0"}, at=page)
    with house.store.database.read() as connection:
        account = accounts.of(connection, person(house, "admin"))
    assert account is not None
    assert account.enabled


# ------------------------------------------------------------------ roles page


def test_the_page_of_roles_names_holders_rights_and_vacancies(house: House) -> None:
    page = house.signed_in("admin").page("/roles/")
    management = page[page.index("管理者代表") :][:1500]
    assert "梅雪" in management
    assert "发布新版本" in management
    assert ("空缺:没有人担任" in page.replace("\uff1a", ":")) == bool(_vacant(house))


def test_every_role_of_the_shipped_procedure_has_somebody_in_the_demonstration_who_can_sign_in(house: House) -> None:
    with house.store.database.read() as connection:
        procedure = house.store.procedures.in_force("service-planning", connection)
        handles = people.handles(connection)
    assert procedure is not None
    company, able = organisation_of(house.store), set()
    for person_id, handle in handles.items():
        answer = house.browser().sign_in(handle)
        if (answer.status_code, answer.headers.get("Location")) == (302, "/"):
            able.add(Person(person_id))
    assert len(procedure.roles) == 25
    assert [code for code in procedure.roles if not able & set(company.roles.get(code, ()))] == []
    assert "空缺" not in house.signed_in("admin").page("/roles/")


def test_a_role_whose_only_holder_cannot_sign_in_is_vacant(house: House) -> None:
    admin = house.signed_in("admin")
    added(house, admin)
    for handle in [handle for handle in _handles(house) if "L1" in roles_of(house, handle)]:
        where = address(house, handle)
        admin.post(f"{where}/enabled", {"enabled": "0"}, at=where)
    assert "担任者都不能登录" in admin.page("/roles/")


def test_an_auditor_reads_the_roles_without_links_to_people(house: House) -> None:
    page = house.signed_in("mei").page("/roles/")
    assert "梅雪" in page
    assert 'href="/people/' not in page


def _handles(house: House) -> list[str]:
    with house.store.database.read() as connection:
        return sorted(people.handles(connection).values())


def _vacant(house: House) -> list[str]:
    company = organisation_of(house.store)
    with house.app.test_request_context(), house.store.database.read() as connection:
        return [code for code, _title in staff.roles(connection) if not company.roles.get(code)]


# ------------------------------------------------------------------ mail


def mail_of(house: House, handle: str) -> str:
    with house.store.database.read() as connection:
        return recovery.address_of(connection, person(house, handle))


def test_an_administrator_sets_changes_and_removes_the_mail_address_of_somebody(house: House) -> None:
    admin, place = house.signed_in("admin"), address(house, "li")
    for given in ("li@example.com", "li.qiang@example.cn", ""):
        answer = admin.post(f"{place}/mail", {"mail": f" {given} "}, at=place)
        assert answer.status_code == 302
        assert mail_of(house, "li") == given
    admin.post(f"{place}/mail", {"mail": "li@example.com"}, at=place)
    assert "li@example.com" in admin.page(place)
    for other in ("wang", "feng"):
        assert "li@example.com" not in house.signed_in(other).get(place).text
        answer = house.signed_in(other).post(f"{place}/mail", {"mail": "x@example.com"}, at="/account/")
        assert answer.status_code == 403
    assert mail_of(house, "li") == "li@example.com"


@pytest.mark.parametrize("given", ["li", "li@", "a@b.c\nBcc: d@e.f", "<script>@x.cn", "x" * 300 + "@example.com"])
def test_what_is_no_mail_address_is_refused_beside_its_field_and_nothing_is_kept(house: House, given: str) -> None:
    admin, place = house.signed_in("admin"), address(house, "li")
    answer = admin.post(f"{place}/mail", {"mail": given}, at=place)
    assert answer.status_code == 422
    assert 'id="mail-fault"' in answer.text
    assert "<script>@" not in answer.text
    assert mail_of(house, "li") == ""


def test_ones_own_mail_address_is_not_changed_without_the_password(house: House) -> None:
    admin, place = house.signed_in("admin"), address(house, "admin")
    before = mail_of(house, "admin")
    admin.post(f"{place}/mail", {"mail": "other@example.com"}, at="/people/new")
    assert mail_of(house, "admin") == before
    assert f"{place}/mail" not in admin.page(place)


def test_a_link_for_a_new_password_that_went_to_the_address_before_ends(house: House) -> None:
    database, li = house.store.database, person(house, "li")
    recovery.set_address(database, li, "li@example.com")
    secret = recovery.give(database, li, house.clock.now)
    place = address(house, "li")
    house.signed_in("admin").post(f"{place}/mail", {"mail": "new@example.com"}, at=place)
    with database.read() as connection:
        assert recovery.holder(connection, secret, house.clock.now) is None
