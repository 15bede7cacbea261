"""Links by which contacts do a task once: what became of each, and what those were called who used them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from engine import events
from engine.instance import Instance
from engine.journal import Entry
from engine.stream import ORGANISATION, State
from engine.value import Context, Person, Personal
from storage import personal, schema
from storage.moments import due, micros, moment

_link = schema.invitation.c
ENDED = (events.TaskCompleted, events.TaskSubmitted, events.TaskCancelled)
Reading = Callable[[], AbstractContextManager[Connection]]


class Ending(StrEnum):
    """How a link ended before its time was up."""

    ANSWERED = "answered"
    REPLACED = "replaced"
    REVOKED = "revoked"
    GONE = "gone"
    """The task was done by others, or is no longer needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who got a link, or used it; empty where that was erased."""

    name: str = ""
    organisation: str = ""
    mail: str = ""

    @property
    def full(self) -> str:
        """Name and organisation."""
        return f"{self.name}({self.organisation})" if self.organisation else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A link that was given."""

    id: str
    stream: int
    task: str
    at: datetime
    by: Person
    until: datetime
    contact: Contact
    message: str
    name: str
    ended: datetime | None
    ending: Ending | None

    def works(self, now: datetime) -> bool:
        """It can be used."""
        return self.ended is None and now < self.until


class WithContacts(Mapping[str, str]):
    """The names of people, and of contacts who did a task by a link; those are read when they are asked for."""

    def __init__(self, people: Mapping[str, str], reading: Reading) -> None:
        self.people, self.reading = people, reading
        self.known: dict[str, str | None] = {}

    def __getitem__(self, key: str) -> str:
        """The name under an id. Raises KeyError."""
        if key in self.people or key.startswith(f"{ORGANISATION}."):
            return self.people[key]
        if key not in self.known:
            with self.reading() as connection:
                self.known[key] = name_of(connection, key)
        found = self.known[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        """The ids of people of the organisation."""
        return iter(self.people)

    def __len__(self) -> int:
        """How many people there are."""
        return len(self.people)


def project(connection: Connection, entry: Entry, before: State) -> None:
    """Bring the table to the state after an entry of an instance."""
    for event in entry.events:
        if isinstance(event, events.ContactInvited):
            _end(connection, event.task, Ending.REPLACED, entry)
            connection.execute(insert(schema.invitation).values(_row(entry, event)))
        elif isinstance(event, events.InvitationRevoked):
            _end(connection, event.task, Ending.REVOKED, entry)
        elif isinstance(event, events.InvitationAnswered):
            _end(connection, event.task, Ending.ANSWERED, entry)
            used = update(schema.invitation).where(_link.invitation == event.invitation)
            connection.execute(used.values(evidence=event.evidence.reference))
    ended = {event.task for event in entry.events if isinstance(event, ENDED)}
    gone = sorted(key for key in ended if _had_link(before, key))
    if gone:
        mine = update(schema.invitation).where(_link.task.in_(gone), _link.ended_at.is_(None))
        connection.execute(mine.values(ended_at=micros(entry.at), ending=Ending.GONE))


def _had_link(before: State, task: str) -> bool:
    found = before.tasks.get(task) if isinstance(before, Instance) else None
    return found is not None and found.invitation is not None


def by_digest(connection: Connection, digest: str) -> Given | None:
    """The link with this digest, whatever became of it."""
    return _found(connection, _row_of(connection, digest))


def good(connection: Connection, digest: str, now: datetime) -> Given | None:
    """The link with this digest, if it works or was used; for any other the same is asked, and nothing more."""
    row = _row_of(connection, digest)
    if row is None or not (row.ending == Ending.ANSWERED or (row.ended_at is None and micros(now) < row.until)):
        return None
    return _found(connection, row)


def of_task(connection: Connection, task: str) -> Given | None:
    """The newest link of a task."""
    newest = (
        select(schema.invitation)
        .where(_link.task == task)
        .order_by(_link.given_at.desc(), _link.ended_at.is_(None).desc())
    )
    return _found(connection, connection.execute(newest.limit(1)).first())


def name_of(connection: Connection, key: str) -> str | None:
    """The name that a contact typed, or was called by who gave the link; None when there is none (any more)."""
    found = _found(connection, connection.execute(select(schema.invitation).where(_link.invitation == key)).first())
    if found is None or not (found.name or found.contact.name):
        return None
    contact = found.contact
    return Contact(name=found.name or contact.name, organisation=contact.organisation).full


def _row(entry: Entry, event: events.ContactInvited) -> dict[str, object]:
    return {
        "invitation": event.invitation,
        "digest": event.digest,
        "stream_no": entry.stream,
        "task": event.task,
        "given_at": micros(entry.at),
        "given_by": event.person.id,
        "until": due(event.until),
        "contact": event.contact.reference,
        "message": event.message,
    }


def _end(connection: Connection, task: str, ending: Ending, entry: Entry) -> None:
    mine = update(schema.invitation).where(_link.task == task, _link.ended_at.is_(None))
    connection.execute(mine.values(ended_at=micros(entry.at), ending=ending))


def _row_of(connection: Connection, digest: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(select(schema.invitation).where(_link.digest == digest)).first()


def _found(connection: Connection, row: Row[tuple[object, ...]] | None) -> Given | None:
    if row is None:
        return None
    contact = _read(connection, row.contact)
    return Given(
        id=row.invitation,
        stream=row.stream_no,
        task=row.task,
        at=moment(row.given_at),
        by=Person(row.given_by),
        until=moment(row.until),
        contact=Contact(**{name: str(contact.get(name) or "") for name in ("name", "organisation", "mail")}),
        message=row.message,
        name="" if row.evidence is None else str(_read(connection, row.evidence).get("name") or ""),
        ended=None if row.ended_at is None else moment(row.ended_at),
        ending=None if row.ending is None else Ending(row.ending),
    )


def _read(connection: Connection, reference: str) -> Context:
    found = personal.read(connection, Personal(reference=reference, present=True, digest=""))
    return found if isinstance(found, Context) else Context()
