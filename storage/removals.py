"""What the organisation's entries say was erased or disposed of, compared with what is gone.

Whoever owns the database can empty a personal value or enter a stream into `disposed`; without an entry that says so it
is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.commands import DisposeStream, EraseCase, ErasePerson
from engine.errors import EngineError, Text
from engine.events import StreamDisposed
from engine.stream import ORGANISATION
from storage import journal, schema
from storage.report import Report, of_stream
from storage.shelf import Recent, StreamShelf

KINDS = tuple(f'"kind":"{kind.__name__}"'.encode() for kind in (ErasePerson, EraseCase, DisposeStream))
"""Quotation marks inside texts are escaped, so these bytes are the envelope's own key."""


@dataclass(kw_only=True)
class Removals:
    """The revision of the organisation's entry by personal reference and by stream; where disposed streams ended."""

    values: dict[str, int] = field(default_factory=dict)
    streams: dict[int, int] = field(default_factory=dict)
    ends: dict[int, tuple[int, bytes]] = field(default_factory=dict)


def read(connection: Connection) -> Removals:
    """All that was erased or disposed of; entries that cannot be read are for the chain and re-execution to name."""
    found, table = Removals(), schema.entry
    query = select(table).where(table.c.stream_no == ORGANISATION).order_by(table.c.revision)
    shelf = StreamShelf(connection, ORGANISATION, Recent())
    for row in connection.execute(query):
        if not any(kind in bytes(row.envelope) for kind in KINDS):
            continue
        try:
            entry = journal.decode(row, shelf)
        except (EngineError, KeyError):
            continue
        if isinstance(entry.command, ErasePerson | EraseCase | DisposeStream):
            found.values.update(dict.fromkeys(entry.command.values, entry.revision))
        for event in entry.events:
            if isinstance(event, StreamDisposed):
                found.streams[event.disposed] = entry.revision
                found.ends[event.disposed] = (event.revision, bytes.fromhex(event.digest))
    return found


def check(connection: Connection, only: int | None, report: Report, removals: Removals) -> None:
    """Each stream that was disposed of has an entry that says so, and the other way round."""
    rows = connection.execute(select(schema.disposed)).all()
    gone = {row.stream_no: (row.revision, bytes(row.digest)) for row in rows}
    for number in sorted(gone.keys() | removals.ends.keys() if only is None else {only}):
        if gone.get(number) == removals.ends.get(number):
            continue
        if number not in removals.ends:
            report.find(of_stream(number), "已处置,但没有条目为证", " was disposed of, but no entry says so")
        else:
            place = entry_of_organisation(removals.streams[number])
            report.find(of_stream(number), f"未如{place.zh}所记处置", f" was not disposed of as {place.en} says")


def entry_of_organisation(revision: int) -> Text:
    """The organisation's entry that says so."""
    return Text(f"流 {ORGANISATION} 第 {revision} 条", f"entry {revision} of stream {ORGANISATION}")
