"""The newest entries of a stream, and what was handed in for a task that is done."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.commands import CompleteTask
from engine.errors import EngineError
from engine.journal import Entry
from storage import journal, schema
from storage.shelf import StreamShelf
from web import reading
from web.sight.desk import Desk

READ = 14
"""Entries of a stream that are read from its end."""


def handed_in(desk: Desk) -> CompleteTask | None:
    """What was handed in for a task that is done: the command that did it."""
    with reading.store().database.read() as connection:
        entries = last(connection, desk.instance.stream, 200)
    found = [e.command for e in entries if isinstance(e.command, CompleteTask) and e.command.task == desk.key]
    return found[-1] if found else None


def last(connection: Connection, stream: int, count: int = READ) -> list[Entry]:
    """The newest entries of a stream, in their order; one that cannot be read is left out."""
    table = schema.entry
    query = select(table).where(table.c.stream_no == stream).order_by(table.c.revision.desc()).limit(count)
    shelf, found = StreamShelf(connection, stream, reading.store().recent), []
    for row in connection.execute(query).all():
        try:
            found.append(journal.decode(row, shelf))
        except EngineError:
            continue  # verification says what is wrong with it; a page does not fail for it
    return found[::-1]
