"""Ending a process from the page of one of its tasks: offered to whoever holds the right, with a reason, and to nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import people, schema
from tests.web.pages.browser import House
from tests.web.pages.test_task import _send, _task


def _status(house: House, task: str) -> str:
    table = schema.instance.c
    with house.store.database.read() as connection:
        query = select(table.status).where(table.stream_no == int(task.split(".")[0]))
        return str(connection.execute(query).scalar_one())


def test_it_is_offered_to_holders_of_the_right_alone(house: House) -> None:
    task = _task(house, "T01_03")
    assert 'id="dialog-terminate"' in house.signed_in("li").page(f"/tasks/{task}")
    assert 'id="dialog-terminate"' not in house.signed_in("zhao").page(f"/tasks/{task}")
    answer = _send(house.signed_in("zhao"), task, "do/terminate", reason="不做了")
    assert answer.status_code == 403
    assert _status(house, task) == "running"


def test_it_needs_a_reason_and_ends_the_process(house: House) -> None:
    visitor, task = house.signed_in("li"), _task(house, "T01_03")
    answer = _send(visitor, task, "do/terminate", reason=" ")
    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    answer = _send(visitor, task, "do/terminate", reason="客户取消了项目")
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == f"/tasks/{task}"
    assert _status(house, task) == "terminated"
    page = visitor.page(f"/tasks/{task}")
    assert "已取消" in page
    assert 'id="dialog-terminate"' not in page


def test_saving_and_printing_are_on_every_page_that_has_something_to_save_or_print(house: House) -> None:
    task = _task(house, "T01_03")
    mine, other = house.signed_in("zhao").page(f"/tasks/{task}"), house.signed_in("li").page(f"/tasks/{task}")
    assert "data-save" in mine
    assert "data-print" in mine
    assert "data-print" in other
    assert 'type="button" data-save' not in other


def _of_lawyers(house: House) -> str:
    """A task that is offered to a role, in a case of which its holders know no more."""
    inbox = schema.inbox.c
    with house.store.database.read() as connection:
        return str(connection.execute(select(inbox.task).where(inbox.key == "LEGAL")).scalars().one())


@pytest.mark.parametrize(
    ("acts", "readers"),
    [
        (("claim",), {"tang"}),
        (("claim", "release"), {"tang"}),
        (("delegate",), {"tang", "gong"}),
        (("sign",), {"tang", "gong"}),
        ((), set()),
    ],
)
def test_of_a_task_that_was_cancelled_those_read_the_page_who_had_it(
    house: House, acts: tuple[str, ...], readers: set[str]
) -> None:
    task, holder, to = _of_lawyers(house), house.signed_in("tang"), people.known(house.store, "gong").id
    for act in acts:
        entered = {} if act in ("claim", "release") else {"to": to, "reason": "请看一下", "place": "before"}
        assert _send(holder, task, f"do/{act}", **entered).status_code == 200, act
    assert _send(house.signed_in("li"), task, "do/terminate", reason="客户取消了项目").status_code == 200
    for handle in ("tang", "gong", "ning"):
        visitor = house.signed_in(handle)
        answer = visitor.get(f"/tasks/{task}")
        assert answer.status_code == (200 if handle in readers else 404), handle
        assert ("已取消" in answer.text) == (handle in readers)
        assert 'id="form"' not in answer.text
        assert 'id="dialog-' not in answer.text
        assert _send(visitor, task, "complete").status_code == (409 if handle in readers else 404)
    case = int(task.split(".")[0]) - 1
    assert holder.get(f"/cases/{case}").status_code == 404
