"""One-time links by the API: given once, looked at, revoked; what is wrong is said by field."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage import schema
from tests.web.api.program import program
from tests.web.pages.browser import House


def _task(house: House) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_08", tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def test_a_link_is_told_once_also_under_one_key(house: House) -> None:
    wang, at = program(house, "wang"), f"/tasks/{_task(house)}/invitation"
    assert wang.get(at) == {"may_give": True, "newest": None}
    wanted = {"name": "李想", "organisation": "华东轨道", "mail": "lixiang@example.com", "message": "请确认"}
    first = wang.post(at, wanted, Idempotency_Key="link-1")
    again = wang.post(at, wanted, Idempotency_Key="link-1")
    assert first["link"].startswith("http://localhost/confirm/")
    assert (again["link"], again["revision"], first["sent"]) == (None, first["revision"], False)
    newest = wang.get(at)["newest"]
    assert (newest["name"], newest["mail"], newest["works"], newest["ending"]) == (
        "李想",
        "lixiang@example.com",
        True,
        None,
    )
    assert newest["by"]["handle"] == "wang"
    secret = first["link"].rpartition("/")[2]
    with house.store.database.read() as connection:
        assert not any(secret in str(tuple(row)) for row in connection.execute(select(schema.request_key)))
    assert house.browser().get(f"/confirm/{secret}").status_code == 200


def test_a_revoked_link_leads_nowhere(house: House) -> None:
    wang, at = program(house, "wang"), f"/tasks/{_task(house)}/invitation"
    link = wang.post(at, {"name": "李想"})["link"]
    wang.ask("DELETE", at)
    assert house.browser().get(link.removeprefix("http://localhost")).status_code == 404
    newest = wang.get(at)["newest"]
    assert (newest["works"], newest["ending"]) == (False, "revoked")
    assert wang.refused(409, "DELETE", at)["reason"] == "wrong-state"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202e"}, "name"),
        ({"name": "x", "days": 61}, "days"),
        ({"name": "x", "mail": "no address"}, "mail"),
        ({"name": "x", "mail": "a@b.cn", "mailed": True}, "mailed"),
        ({"name": "x", "mailed": True}, "mail"),
        ({"name": "x", "secret": "mine"}, "secret"),
    ],
)
def test_what_is_wrong_is_said_by_field(house: House, wanted: dict[str, Any], path: str) -> None:
    wang, at = program(house, "wang"), f"/tasks/{_task(house)}/invitation"
    assert path in [fault["path"] for fault in wang.refused(422, "POST", at, wanted)["faults"]]
    assert wang.get(at)["newest"] is None


def test_whoever_may_not_do_the_task_gives_no_link_for_it(house: House) -> None:
    at = f"/tasks/{_task(house)}/invitation"
    li = program(house, "li")
    assert li.get(at)["may_give"] is False
    assert li.refused(403, "POST", at, {"name": "李想"})["reason"] == "not-allowed"
    program(house, "admin").refused(404, "GET", at)


def test_a_task_that_is_not_for_outside_has_no_links(house: House) -> None:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == "T01_03", tasks.closed_at.is_(None))
        task = connection.execute(query).scalars().first()
    program(house, "zhao").refused(404, "POST", f"/tasks/{task}/invitation", {"name": "李想"})
