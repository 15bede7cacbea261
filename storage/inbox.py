"""What a person may do: open tasks by key, due first, page by page. Cost does not depend on what was ever closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from storage.schema import inbox, task
from storage.staffing import ROLE, TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an inbox; `kind` says why it is there: role, person, holder or watcher."""

    task: str
    stream: int
    case: int | None
    process: str
    element: str
    kind: str
    key: str
    due: int
    offered_at: int
    opened: bool


Place: TypeAlias = tuple[int, str]
"""Due moment and id of a task: the order of an inbox, and where a page ends."""

Why: TypeAlias = tuple[str, str]
Query: TypeAlias = Select[Any]


def page(
    connection: Connection, persons: Sequence[str], roles: Sequence[str], after: Place | None = None, size: int = 50
) -> list[Item]:
    """The next tasks for these persons (oneself and one's principals) and company-wide roles, behind the place seen last.

    A role held in a case counts there; where the case's team names a role, only the team sees its tasks.
    """
    found: dict[Place, Why] = {}
    for query in (_in_hand(persons), _of_company(roles), _of_team(persons)):
        for row in connection.execute(_behind(query, after).limit(size)):
            found.setdefault((row.due, row.task), (row.kind, row.key))
    return list(_items(connection, dict(sorted(found.items())[:size])))


def watched(connection: Connection, persons: Sequence[str], after: Place | None = None, size: int = 50) -> list[Item]:
    """The next tasks that these persons watch, as an escalation told them of."""
    mine = _first(inbox.c.kind, inbox.c.key).where(inbox.c.kind == "watcher", inbox.c.key.in_(persons))
    rows = connection.execute(_behind(mine, after).limit(size))
    return list(_items(connection, {(row.due, row.task): (row.kind, row.key) for row in rows}))


def _in_hand(persons: Sequence[str]) -> Query:
    """Tasks that are theirs, or offered to them by name."""
    return _first(inbox.c.kind, inbox.c.key).where(inbox.c.kind.in_(("person", "holder")), inbox.c.key.in_(persons))


def _of_company(roles: Sequence[str]) -> Query:
    return _first(literal(ROLE), inbox.c.role).where(inbox.c.kind == ROLE, inbox.c.key.in_(roles))


def _of_team(persons: Sequence[str]) -> Query:
    return _first(literal(ROLE), inbox.c.role).where(inbox.c.kind == TEAM, inbox.c.key.in_(persons))


def _first(kind: ColumnElement[str], key: ColumnElement[str]) -> Query:
    """Each task once, however many of its keys fit."""
    columns = func.min(kind).label("kind"), func.min(key).label("key"), inbox.c.due, inbox.c.task
    return select(*columns).select_from(inbox).group_by(inbox.c.due, inbox.c.task).order_by(inbox.c.due, inbox.c.task)


def _behind(query: Query, after: Place | None) -> Query:
    if after is None:
        return query
    due, number = after
    return query.where(or_(inbox.c.due > due, and_(inbox.c.due == due, inbox.c.task > number)))


def _items(connection: Connection, found: dict[Place, Why]) -> Iterator[Item]:
    query = select(task).where(task.c.task.in_([number for _, number in found]))
    rows = {row.task: row for row in connection.execute(query)}
    for (due, number), (kind, key) in found.items():
        row = rows[number]
        yield Item(
            task=number,
            stream=row.stream_no,
            case=row.case_no,
            process=row.process,
            element=row.element,
            kind=kind,
            key=key,
            due=due,
            offered_at=row.offered_at,
            opened=row.opened,
        )
