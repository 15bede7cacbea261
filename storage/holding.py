"""Who had a task in hand while it was open: read from the entries since it was offered, which never change."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select

from engine import events
from engine.errors import EngineError
from engine.events import Event
from engine.value import Person
from storage import journal
from storage.handing import spot_of
from storage.schema import entry as entries
from storage.shelf import Recent, StreamShelf

CLOSING = (events.TaskCompleted, events.TaskCancelled)


def held(connection: Connection, recent: Recent, task: str, persons: Collection[str]) -> bool:
    """One of these persons took the task, was given it by somebody, or was asked to sign it."""
    stream, revision = spot_of(task)
    since = entries.c.stream_no == stream, entries.c.revision >= revision
    shelf = StreamShelf(connection, stream, recent)
    for row in connection.execute(select(entries).where(*since).order_by(entries.c.revision)):
        try:
            found = journal.decode(row, shelf).events
        except EngineError:
            continue  # verification says what is wrong with it; a page does not fail for it
        for event in found:
            if getattr(event, "task", None) != task:
                continue
            if isinstance(event, CLOSING):
                return False
            if any(person.id in persons for person in _holders(event) if person is not None):
                return True
    return False


def _holders(event: Event) -> Iterator[Person | None]:
    """Who has the task in hand by an event, or will have it in turn."""
    match event:
        case events.TaskClaimed() | events.TaskSubmitted():
            yield from (event.person, event.on_behalf_of)
        case events.TaskTransferred():
            yield event.to
        case events.TaskDelegated():
            yield from (event.person, event.to)
        case events.SignersAdded():
            yield from (event.person, *event.signers)
        case _:
            return
