"""The keys under which programs asked: a key names one request, and what was no command is answered from here.

A command is answered from the journal for as long as it is kept; what stands here is forgotten after some time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.value import Person
from storage.database import Database
from storage.moments import micros
from storage.schema import request_key

KEPT = timedelta(days=30)
GIVEN_UP = timedelta(minutes=1)
"""After so long a request without an answer is taken for one whose process was killed."""

NONE_YET = 0
_row = request_key.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked under a key, and its answer if that is kept here."""

    fingerprint: str
    status: int
    answer: str


def find(connection: Connection, person: Person, key: str) -> Asked | None:
    """What this person asked under the key."""
    row = connection.execute(select(request_key).where(_of(person, key))).one_or_none()
    return None if row is None else Asked(fingerprint=row.fingerprint, status=row.status, answer=row.answer)


def keep(connection: Connection, person: Person, key: str, fingerprint: str, now: datetime) -> None:
    """Keep what was asked, in the transaction that did it; what stands there already stays."""
    connection.execute(delete(request_key).where(_row.at < micros(now - KEPT)))
    connection.execute(_new(connection, person, key, fingerprint, now).on_conflict_do_nothing())


def claim(database: Database, person: Person, key: str, fingerprint: str, now: datetime) -> bool:
    """Take the key before something is done that no journal keeps; False while somebody else does it."""
    given_up = and_(_row.status == NONE_YET, _row.fingerprint == fingerprint, _row.at < micros(now - GIVEN_UP))
    with database.write() as connection:
        connection.execute(delete(request_key).where(_row.at < micros(now - KEPT)))
        row = _new(connection, person, key, fingerprint, now)
        taken = row.on_conflict_do_update(
            index_elements=["person", "key"], set_={"at": micros(now)}, where=given_up
        ).returning(_row.key)
        return connection.execute(taken).first() is not None


def answered(database: Database, person: Person, key: str, status: int, answer: str) -> None:
    """Keep the answer to what was claimed."""
    with database.write() as connection:
        connection.execute(update(request_key).where(_of(person, key)).values(status=status, answer=answer))


def give_back(database: Database, person: Person, key: str) -> None:
    """Nothing was done under the key: it may be used again."""
    with database.write() as connection:
        connection.execute(delete(request_key).where(_of(person, key), _row.status == NONE_YET))


def _of(person: Person, key: str) -> ColumnElement[bool]:
    return and_(_row.person == person.id, _row.key == key)


def _new(
    connection: Connection, person: Person, key: str, fingerprint: str, now: datetime
) -> sqlite.Insert | postgresql.Insert:
    row = {"person": person.id, "key": key, "fingerprint": fingerprint, "at": micros(now)}
    return _insert(connection, request_key).values(**row, status=NONE_YET, answer="")


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
