"""What a person may do: open tasks by key, due first, page by page. Cost does not depend on what was ever closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select

from storage.schema import inbox, task


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an inbox; `kind` says why it is there: role, person or holder."""

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


def page(
    connection: Connection,
    persons: Sequence[str],
    roles: Sequence[str],
    after: tuple[int, str] | None = None,
    size: int = 50,
) -> list[Item]:
    """The next tasks for these persons (oneself and one's principals) and roles, after a (due, task) seen last."""
    mine = and_(inbox.c.kind.in_(("person", "holder")), inbox.c.key.in_(persons))
    query = select(inbox.c.kind, inbox.c.key, inbox.c.due.label("moment"), task).join(task, task.c.task == inbox.c.task)
    query = query.where(or_(mine, and_(inbox.c.kind == "role", inbox.c.key.in_(roles))))
    if after is not None:
        due, key = after
        query = query.where(or_(inbox.c.due > due, and_(inbox.c.due == due, inbox.c.task > key)))
    found: dict[str, Item] = {}
    for row in connection.execute(query.order_by(inbox.c.due, inbox.c.task).limit(size * 2)):
        item = Item(
            task=row.task,
            stream=row.stream_no,
            case=row.case_no,
            process=row.process,
            element=row.element,
            kind=row.kind,
            key=row.key,
            due=row.moment,
            offered_at=row.offered_at,
            opened=row.opened,
        )
        found.setdefault(item.task, item)
    return list(found.values())[:size]
