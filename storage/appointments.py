"""What was changed about the roles of a person, by whom and why, as the organisation's stream says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.commands import GrantRole, RevokeRole
from engine.errors import EngineError
from engine.stream import ORGANISATION
from engine.value import Person
from storage import journal, schema
from storage.shelf import Recent, StreamShelf

LOOKED_THROUGH = 5_000
"""So many of the newest entries are looked through."""

KINDS = tuple(f'"kind":"{kind.__name__}"'.encode() for kind in (GrantRole, RevokeRole))
"""Quotation marks inside texts are escaped, so these bytes are the envelope's own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One change: granted, or revoked. `by` is None for the operator at the machine."""

    role: str
    granted: bool
    at: datetime
    by: Person | None
    reason: str


def of(connection: Connection, person: Person, most: int) -> list[Appointment]:
    """The newest changes first; entries that cannot be read are for the verification to name."""
    found = []
    for one in _changes(connection, person):
        found.append(one)
        if len(found) == most:
            break
    return found


def _changes(connection: Connection, person: Person) -> Iterator[Appointment]:
    table = schema.entry
    query = select(table).where(table.c.stream_no == ORGANISATION).order_by(table.c.revision.desc())
    shelf, named = StreamShelf(connection, ORGANISATION, Recent()), person.id.encode()
    for row in connection.execute(query.limit(LOOKED_THROUGH)):
        if named not in bytes(row.body) or not any(kind in bytes(row.envelope) for kind in KINDS):
            continue
        try:
            entry = journal.decode(row, shelf)
        except (EngineError, KeyError):
            continue
        command = entry.command
        if isinstance(command, GrantRole | RevokeRole) and command.person == person and entry.events:
            yield Appointment(
                role=command.role,
                granted=isinstance(command, GrantRole),
                at=entry.at,
                by=command.envelope.actor,
                reason=command.reason or "",
            )
