"""What a person has begun to enter for a task: one row, changed in place, outside the journal.

It may hold personal values; discarding it, or the end of the task, erases them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from engine import encoding
from engine.errors import Reason, Refused
from engine.value import Context, Person
from storage import schema
from storage.database import Database
from storage.moments import micros

LONGEST = 1_048_576
"""Bytes of a draft: as large as the largest form."""

_draft = schema.draft.c


def save(database: Database, task: str, person: Person, content: Context, now: datetime) -> None:
    """Keep what was entered so far. Raises Refused when it is too long, or the task is not open."""
    data = encoding.encode(content)
    if len(data) > LONGEST:
        raise Refused(
            Reason.INVALID_DATA,
            f"草稿最多 {LONGEST} 字节,但有 {len(data)} 字节",
            f"expected a draft of at most {LONGEST} bytes, but found {len(data)}",
        )
    row = {"task": task, "person": person.id, "content": data, "saved_at": micros(now)}
    with database.write() as connection:
        table = schema.task
        open_task = select(table.c.task).where(table.c.task == task, table.c.closed_at.is_(None))
        if connection.execute(open_task.with_for_update()).one_or_none() is None:
            raise Refused(
                Reason.WRONG_STATE, f"任务 {task} 不在办理中", f"expected an open task, but {task} is not open"
            )
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(schema.draft)
        changes = {"content": statement.excluded.content, "saved_at": statement.excluded.saved_at}
        connection.execute(statement.on_conflict_do_update(index_elements=["task", "person"], set_=changes), row)


def read(database: Database, task: str, person: Person) -> Context | None:
    """What the person entered so far, or None."""
    query = select(_draft.content).where(_draft.task == task, _draft.person == person.id)
    with database.read() as connection:
        content = connection.execute(query).scalar_one_or_none()
    found = None if content is None else encoding.decode(bytes(content))
    return found if isinstance(found, Context) else None


def discard(database: Database, task: str, person: Person) -> bool:
    """Forget it; says whether there was one."""
    with database.write() as connection:
        gone = delete(schema.draft).where(_draft.task == task, _draft.person == person.id)
        return bool(connection.execute(gone).rowcount)
