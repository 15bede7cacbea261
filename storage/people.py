"""People by handle and name: personal values, kept beside the journal that knows them by opaque ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from engine.commands import AddPerson, Envelope, GrantRole
from engine.errors import Reason, Refused
from engine.stream import ORGANISATION
from engine.value import Person
from storage import personal, schema
from storage.attempt import Receipt
from storage.submission import Store


class Taken(Exception):
    """The handle is another's."""


def add(store: Store, key: str, handle: str, name: str, roles: Sequence[str], *, by: Envelope | None = None) -> Person:
    """A new person with roles; one who has the handle already is left as they are and gets the missing roles.

    `by` is the envelope of whoever asks; without it the operator at the machine does.
    """
    first = by or Envelope(id=key, stream=ORGANISATION, at=store.now())
    person = find(store, handle)
    if person is None:
        person = _add(store, first, handle, name) or alike(store, handle) or known(store, handle)
    for role in roles:
        envelope = replace(first, id=f"{key}:{role}")
        store.submit(GrantRole(envelope=envelope, person=person, role=role))
    return person


def find(store: Store, handle: str) -> Person | None:
    """The person with this handle."""
    with store.database.read() as connection:
        query = select(schema.handle.c.person).where(schema.handle.c.handle == handle)
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Person(found)


def alike(store: Store, handle: str) -> Person | None:
    """The person whose handle differs from this one in capitals at most: two such would be taken for each other."""
    with store.database.read() as connection:
        found = connection.execute(_alike(handle)).scalar_one_or_none()
    return None if found is None else Person(found)


def _alike(handle: str) -> Select[Any]:
    return select(schema.handle.c.person).where(func.lower(schema.handle.c.handle) == handle.lower()).limit(1)


def known(store: Store, handle: str) -> Person:
    """The person with this handle. Raises Refused."""
    found = find(store, handle)
    if found is None:
        raise Refused(Reason.NOT_FOUND, f"没有名为 {handle} 的人员", f"there is no person {handle}")
    return found


def names(connection: Connection) -> dict[str, str]:
    """The names of all people by id; somebody erased has none."""
    return {row.person: row.name for row in connection.execute(select(schema.handle))}


def handles(connection: Connection) -> dict[str, str]:
    """The handles of all people by id; somebody erased has none."""
    return {row.person: row.handle for row in connection.execute(select(schema.handle))}


def _add(store: Store, first: Envelope, handle: str, name: str) -> Person | None:
    """The new person, or None when somebody else gave the handle, or one like it, to another a moment ago."""
    rows = [personal.separate(name), personal.separate(handle)]

    command = AddPerson(envelope=first, name=rows[0].personal, handle=rows[1].personal)

    def remember(connection: Connection, receipt: Receipt) -> None:
        person = f"{receipt.stream}.{receipt.revision}.1"
        if connection.execute(_alike(handle)).first() is not None:
            raise Taken
        connection.execute(insert(schema.handle).values(handle=handle, person=person, name=name))

    try:
        receipt = store.submit(command, rows, remember)
    except Taken:
        return None
    return Person(f"{receipt.stream}.{receipt.revision}.1")
