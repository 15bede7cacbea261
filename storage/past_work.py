"""What a person did, was told of, and began: the newest first, read by keyset as `worklist.py` reads what is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, false, func, or_, select, tuple_

from storage import case_search, schema
from storage.schema import inbox, task
from storage.task_line import Line, Place, lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for: a text that the data of a case has, or elements whose name has it."""

    text: str = ""
    steps: Sequence[str] = ()


ALL = Sought()


def _said(column: ColumnElement[Any], sought: Sought) -> ColumnElement[bool]:
    """The case of a row has the text; none has one that is too short."""
    cases = case_search.cases_with(sought.text)
    return false() if cases is None else column.in_(cases)


def _found(sought: Sought) -> ColumnElement[bool]:
    """The step of a task is called so, or its case has the text."""
    return or_(task.c.element.in_(sought.steps), _said(task.c.case_no, sought))


def done(
    connection: Connection, person: str, after: Place | None = None, size: int = 50, sought: Sought = ALL
) -> list[Line]:
    """What the person completed, the newest first."""
    order = -task.c.closed_at
    query = select(task.c.task, order.label("order")).where(task.c.closed_by == person)
    if sought.text:
        query = query.where(_found(sought))
    if after is not None:
        query = query.where(tuple_(task.c.closed_at, task.c.task) < (-after[0], after[1]))
    ordered = query.order_by(task.c.closed_at.desc(), task.c.task.desc()).limit(size)
    rows: list[Row[Any]] = list(connection.execute(ordered))
    return list(lines(connection, {row.task: row for row in rows}))


def told(
    connection: Connection, person: str, after: Place | None = None, size: int = 50, sought: Sought = ALL
) -> list[Line]:
    """The tasks the person was informed of, the newest first."""
    copy = schema.task_copy.c
    columns = copy.task, copy.by, copy.message, copy.at.label("told_at"), (-copy.at).label("order")
    query = select(*columns).where(copy.person == person)
    if sought.text:
        query = query.where(exists().where(task.c.task == copy.task, _found(sought)))
    if after is not None:
        query = query.where(tuple_(copy.at, copy.task) < (-after[0], after[1]))
    rows: list[Row[Any]] = list(connection.execute(query.order_by(copy.at.desc(), copy.task.desc()).limit(size)))
    return list(lines(connection, {row.task: row for row in rows}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case somebody opened, and how many of its tasks are open."""

    case: int
    version: str
    status: str
    at: int
    waiting: int

    @property
    def place(self) -> Place:
        """Where a page that ends with this case ends."""
        return -self.at, str(self.case)


def opened(
    connection: Connection, person: str, after: Place | None = None, size: int = 50, sought: Sought = ALL
) -> list[Opened]:
    """The cases the person opened, the newest first."""
    found = schema.case.c
    waiting = select(func.count(inbox.c.task.distinct())).where(inbox.c.case_no == found.stream_no).scalar_subquery()
    query = select(found.stream_no, found.version, found.status, found.opened_at, waiting.label("waiting"))
    query = query.where(found.opened_by == person)
    if sought.text:
        query = query.where(_said(found.stream_no, sought))
    if after is not None:
        query = query.where(tuple_(found.opened_at, found.stream_no) < (-after[0], int(after[1])))
    rows = connection.execute(query.order_by(found.opened_at.desc(), found.stream_no.desc()).limit(size))
    return [
        Opened(case=row.stream_no, version=row.version, status=row.status, at=row.opened_at, waiting=row.waiting)
        for row in rows
    ]
