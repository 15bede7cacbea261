"""What is due next in cases: the open task or the milestone that comes first. What is late already is not next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from engine.words import Status
from storage import schema
from storage.moments import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A step that is to be done, or a start event that is to happen, by a moment; names are those of the version."""

    at: int
    version: str
    process: str
    element: str
    is_milestone: bool


def first(connection: Connection, cases: Sequence[int], now: int) -> dict[int, Coming]:
    """By case: what is due next; two queries, however many cases."""
    found: dict[int, Coming] = {}
    for query, is_milestone in ((_tasks(cases, now), False), (_milestones(cases, now), True)):
        for row in connection.execute(query):
            one = Coming(
                at=row.due, version=row.version, process=row.process, element=row.element, is_milestone=is_milestone
            )
            if row.case_no not in found or one.at < found[row.case_no].at:
                found[row.case_no] = one
    return found


def waiting(connection: Connection, cases: Sequence[int]) -> dict[int, Coming]:
    """By case: the open task that is due first, late or not, without a due date last."""
    return {
        row.case_no: Coming(
            at=row.due, version=row.version, process=row.process, element=row.element, is_milestone=False
        )
        for row in connection.execute(_nearest(_open(cases)))
    }


def _tasks(cases: Sequence[int], now: int) -> Select[Any]:
    return _nearest(_open(cases).where(*_ahead(schema.task.c.due, now)))


def _open(cases: Sequence[int]) -> Select[Any]:
    task, instance = schema.task.c, schema.instance.c
    due = func.coalesce(task.due, NEVER).label("due")
    columns = (instance.case_no, instance.version, task.process, task.element, due)
    query = select(*columns, _place(instance.case_no, due, task.task))
    query = query.join(schema.instance, instance.stream_no == task.stream_no)
    return query.where(instance.case_no.in_(cases), task.closed_at.is_(None))


def _milestones(cases: Sequence[int], now: int) -> Select[Any]:
    table = schema.milestone.c
    columns = (table.case_no, table.version, table.process, table.start.label("element"), table.due)
    query = select(*columns, _place(table.case_no, table.due, table.stream_no))
    running = table.case_no.in_(cases), table.status == Status.RUNNING
    return _nearest(query.where(*running, *_ahead(table.due, now)))


def _place(case: Any, *order: Any) -> Any:
    """The place of a row among those of its case."""
    return func.row_number().over(partition_by=case, order_by=order).label("place")


def _ahead(due: Any, now: int) -> tuple[Any, Any]:
    return due > now, due < NEVER


def _nearest(query: Select[Any]) -> Select[Any]:
    rows = query.subquery()
    return select(rows).where(rows.c.place == 1)
