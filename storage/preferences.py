"""What a person keeps for themselves: which tasks they have looked at, and how they left a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.value import Person
from storage.database import Database
from storage.schema import preference, task_read

LONGEST = 2000


def read_by(connection: Connection, person: Person, tasks: Sequence[str]) -> frozenset[str]:
    """Which of these tasks the person has looked at."""
    query = select(task_read.c.task).where(task_read.c.person == person.id, task_read.c.task.in_(tasks))
    return frozenset(connection.execute(query).scalars())


def mark_read(database: Database, person: Person, tasks: Sequence[str], *, read: bool = True) -> None:
    """Keep that the person has looked at these tasks, or wants them to look new again."""
    with database.write() as connection:
        if not read:
            gone = delete(task_read).where(task_read.c.person == person.id, task_read.c.task.in_(tasks))
            connection.execute(gone)
        elif tasks:
            rows = [{"task": one, "person": person.id} for one in tasks]
            connection.execute(_insert(connection, task_read).on_conflict_do_nothing(), rows)


def kept(connection: Connection, person: Person, page: str) -> dict[str, str]:
    """How the person left a page."""
    query = select(preference.c.content).where(preference.c.person == person.id, preference.c.page == page)
    found = connection.execute(query).scalar_one_or_none()
    return {} if found is None else {str(key): str(value) for key, value in json.loads(found).items()}


def keep(database: Database, person: Person, page: str, content: Mapping[str, str]) -> None:
    """Keep how the person leaves a page; what is too long is not kept."""
    text = json.dumps(dict(content), ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST:
        return
    with database.write() as connection:
        row = _insert(connection, preference).values(person=person.id, page=page, content=text)
        connection.execute(row.on_conflict_do_update(index_elements=["person", "page"], set_={"content": text}))


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
