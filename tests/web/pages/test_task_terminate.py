"""Ending a process from the page of one of its tasks: offered to whoever holds the right, with a reason, and to nobody else."""

from __future__ import annotations

from sqlalchemy import select

from storage import schema
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
