"""References of a form: what is offered is what one may know of, what is unknown is told at its field, and what is read leads on."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from storage import accounts, people, schema
from tests.web.pages.browser import Browser, House
from web import passwords
from web.cli.showcase import PASSWORD

QUIET = {"HX-Request": "true"}
SPECIFICATION = "service_requirements_specification"


def _task(house: House, element: str, *, is_open: bool = True) -> str:
    tasks = schema.task.c
    state = tasks.closed_at.is_(None) if is_open else tasks.closed_at.is_not(None)
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, state).order_by(tasks.stream_no, tasks.task)
        return str(connection.execute(query).scalars().first())


def _offered(visitor: Browser, task: str, field: str, text: str = "") -> dict[str, str]:
    found = json.loads(visitor.page(f"/tasks/{task}/references?field={field}&q={quote(text)}"))
    return {one["id"]: one["text"] for one in found["items"]}


def _send(visitor: Browser, task: str, what: str, **data: str) -> TestResponse:
    named = {f"data.{key}": value for key, value in data.items()}
    return visitor.post(f"/tasks/{task}/{what}", named, at="/account/", headers=QUIET)


def _live(visitor: Browser, task: str, **data: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_send(visitor, task, "draft", **data).text)
    return found


def test_cases_are_offered_by_number_and_told_by_name(house: House) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    every = _offered(wang, task, "predecessor")
    assert every["3"] == "FW20260001 · 江南水务集团调度系统综合运维 · 江南水务集团"
    assert list(every) == ["17", "15", "13", "11", "9", "7", "5", "3"]
    assert list(_offered(wang, task, "predecessor", "FW20260002")) == ["5"]
    assert _offered(wang, task, "predecessor", "没有这个项目") == {}


def test_customers_are_offered_as_cases_name_them(house: House) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    assert list(_offered(wang, task, "customer", "医院")) == ["市第一人民医院"]
    assert len(_offered(wang, task, "customer")) == 8


def test_documents_are_those_of_the_same_case(house: House) -> None:
    found = _offered(house.signed_in("wang"), _task(house, "T02_01", is_open=False), "requirement_spec")
    assert found[SPECIFICATION].startswith("服务需求说明书 · ZX-")
    assert set(found) <= {SPECIFICATION, "contract", "project_application"}


def _newcomer(house: House) -> Browser:
    """Somebody in sales who has had no part in anything."""
    person = people.add(house.store, "new", "neu", "新来", ("SALES",))
    accounts.set_password(house.store.database, person, passwords.hashed(PASSWORD), house.clock.now, one_time=False)
    return house.signed_in("neu")


def test_whoever_begins_a_case_is_offered_the_customers_they_may_know_of(house: House) -> None:
    every = re.findall(r'<option value="([^"]+)">', house.signed_in("wang").page("/cases/new"))
    assert "江南水务集团" in every
    assert len(every) == 8
    assert sorted(re.findall(r'<option value="([^"]+)">', _newcomer(house).page("/cases/new"))) == [
        "临港新区管委会",
        "滨江实验学校",
    ]


def test_only_what_one_may_know_of_is_offered_and_taken(house: House) -> None:
    fresh, task = _newcomer(house), _task(house, "T01_01")
    assert list(_offered(fresh, task, "predecessor")) == ["17", "9"]
    assert _offered(fresh, task, "customer", "江南水务") == {}
    live = _live(fresh, task, predecessor="3", is_renewal="true")
    assert "没有 3" in live["faults"]["predecessor"]
    assert "predecessor" not in _live(fresh, task, predecessor="9", is_renewal="true")["faults"]


def test_whoever_may_not_know_of_the_task_is_offered_nothing(house: House) -> None:
    task, admin = _task(house, "T01_01"), house.signed_in("admin")
    assert admin.get(f"/tasks/{task}/references?field=predecessor").status_code == 404


@pytest.mark.parametrize("field", ["", "nothing", "background", "customer_contacts", "customer_contacts.kind"])
def test_what_is_no_reference_has_none(house: House, field: str) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    assert wang.get(f"/tasks/{task}/references?field={field}").status_code == 404


@pytest.mark.parametrize("unknown", ["999", "2", "FW20260001", "9" * 30, "<b>3</b>", "三", "³"])
def test_an_unknown_case_is_told_at_its_field_and_nothing_is_handed_in(house: House, unknown: str) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    assert (
        "应从列表中选择您可以查阅的项目"
        in _live(wang, task, predecessor=unknown, is_renewal="true")["faults"]["predecessor"]
    )
    entries = _entries(house)
    answer = _send(wang, task, "complete", **_complete_answer(), predecessor=unknown, is_renewal="true")
    assert answer.status_code == 422
    place = answer.text.split('id="field-predecessor-fault"')[1].split("</div>")[0]
    assert "应从列表中选择您可以查阅的项目" in place
    assert "<b>3" not in answer.text
    assert _entries(house) == entries
    assert _send(wang, task, "complete", **_complete_answer(), predecessor="3", is_renewal="true").status_code == 200
    assert _entries(house) > entries


def test_what_a_condition_hides_refers_to_nothing(house: House) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    live = _live(wang, task, predecessor="999")
    assert "predecessor" in live["hidden"]
    assert "predecessor" not in live["faults"]


def test_a_name_that_no_case_has_is_told_and_may_be_new(house: House) -> None:
    wang, task = house.signed_in("wang"), _task(house, "T01_01")
    live = _live(wang, task, customer="江南水务团", predecessor="3", is_renewal="true")
    assert "您可以查阅的项目里还没有用过“江南水务团”" in live["notes"]["customer"]
    assert "customer" not in live["faults"]
    assert live["notes"]["predecessor"].startswith("FW20260001")
    assert _live(wang, task, customer="江南水务集团")["notes"]["customer"] == ""


def test_what_was_handed_in_leads_to_what_it_names(house: House) -> None:
    page = house.signed_in("wang").page(f"/tasks/{_task(house, 'T02_01', is_open=False)}")
    field = page.split('id="field-requirement_spec"')[1].split("</div>")[0]
    assert 'href="/cases/3"' in field
    assert "服务需求说明书" in field
    customer = page.split('id="field-customer"')[1].split("</div>")[0]
    assert f'href="/cases/?q={quote("江南水务集团")}"' in customer


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _complete_answer() -> dict[str, str]:
    contacts = (("职级主管", "刘建国"), ("技术联系人", "何清"))
    rows = {
        f"customer_contacts[{place}].{key}": value
        for place, (kind, name) in enumerate(contacts)
        for key, value in (("kind", kind), ("name", name), ("mobile", "13800010001"), ("email", "a@example.cn"))
    }
    return {
        "customer": "临港新区管委会",
        "opportunity": "巡检",
        "service_type": "综合",
        "background": "现有设备即将到期",
        "support_kind": "需求调研",
        "needed_by": "2026-12-20",
        "urgency": "普通",
        **rows,
    }
