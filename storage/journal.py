"""The journal on SQLAlchemy: entries are added, never changed; each carries the digest of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select

from engine import encoding, record
from engine.commands import Cause, Envelope
from engine.encoding import Json
from engine.errors import MalformedValue
from engine.events import Event, TaskClaimed, TaskCompleted
from engine.journal import Entry
from engine.record import Shelf
from engine.value import Person
from engine.words import Channel, Proof
from storage import codec
from storage.batch import Batch, Prepared
from storage.moments import micros, moment
from storage.schema import entry as entries
from storage.shelf import Recent, StreamShelf

ALGORITHM = b"\x01"
"""SHA-256; the first byte of every stored digest."""

ENTRY, REFUSAL = b"zhixing-entry-1\x00", b"zhixing-refusal-1\x00"


LAST = 2**62
"""Behind every revision."""

_ADD = Prepared(insert(entries), "stream_no", "revision", "envelope", "body", "digest")
_READ = (
    select(entries)
    .where(entries.c.stream_no == bindparam("stream"))
    .where(entries.c.revision > bindparam("after"), entries.c.revision <= bindparam("until"))
    .order_by(entries.c.revision)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry as bytes."""

    envelope: bytes
    body: bytes
    digest: bytes


def digest_of(purpose: bytes, previous: bytes, *parts: bytes) -> bytes:
    """Algorithm id and SHA-256 over purpose, the previous digest, and each part after its length (8 bytes)."""
    whole = hashlib.sha256(purpose + len(previous).to_bytes(8, "big") + previous)
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return ALGORITHM + whole.digest()


def write(entry: Entry, previous: bytes, recorded_at: datetime, version: str | None, shelf: Shelf) -> Written:
    """The bytes of an entry that follows the one with this digest."""
    envelope = encoding.write(_envelope(entry, recorded_at, version))
    body = encoding.write(record.write_entry(entry.command, entry.events, shelf))
    return Written(envelope=envelope, body=body, digest=digest_of(ENTRY, previous, envelope, body))


def add(batch: Batch, stream: int, revision: int, written: Written) -> None:
    """Add an entry; sending it raises IntegrityError when the revision is taken."""
    row = {"stream_no": stream, "revision": revision, "envelope": written.envelope}
    batch.add(_ADD, {**row, "body": written.body, "digest": written.digest})


def read(
    connection: Connection, stream: int, shelf: Shelf, *, after: int = 0, until: int | None = None
) -> Iterator[Entry]:
    """The entries of a stream behind one revision and up to another, oldest first."""
    for row in connection.execute(_READ, {"stream": stream, "after": after, "until": LAST if until is None else until}):
        yield decode(row, shelf)


def some(connection: Connection, spots: Collection[tuple[int, int]], recent: Recent) -> dict[tuple[int, int], Entry]:
    """The entries at these revisions of these streams, in one look."""
    if not spots:
        return {}
    shelves = {stream: StreamShelf(connection, stream, recent) for stream, _ in spots}
    return {(row.stream_no, row.revision): decode(row, shelves[row.stream_no]) for row in rows_at(connection, spots)}


def rows_at(connection: Connection, spots: Collection[tuple[int, int]]) -> Sequence[Row[tuple[object, ...]]]:
    """The rows of these entries, in one look; stream by stream, as SQLite reads all entries for IN of pairs."""
    by_stream: dict[int, list[int]] = {}
    for stream, revision in sorted(spots):
        by_stream.setdefault(stream, []).append(revision)
    here = (and_(entries.c.stream_no == stream, entries.c.revision.in_(found)) for stream, found in by_stream.items())
    return connection.execute(select(entries).where(or_(*here))).all()


def decode(row: Row[tuple[object, ...]], shelf: Shelf) -> Entry:
    """The entry of a row. Raises MalformedValue, UnknownKind."""
    outer, inner = _object(row.envelope), _object(row.body)
    envelope = _read_envelope(outer)
    command, values = codec.read_command(inner.get("command"), envelope, shelf)
    found = inner.get("events")
    if not isinstance(found, list):
        raise MalformedValue("expected the events of an entry")
    events = tuple(codec.read_event(event, values, shelf) for event in found)
    consulted = _part(outer, "consulted")
    return Entry(
        stream=envelope.stream,
        revision=int(str(outer["revision"])),
        at=envelope.at,
        command=command,
        events=events,
        window=None if outer.get("window") is None else str(outer["window"]),
        consulted={int(key): int(str(value)) for key, value in consulted.items()},
        performers=_performers(_part(outer, "performers")),
        semantics=str(outer["semantics"]),
    )


def _envelope(entry: Entry, recorded_at: datetime, version: str | None) -> Json:
    envelope, (role, principal) = entry.command.envelope, _capacity(entry.events)
    cause = envelope.cause
    found: dict[str, Json] = {
        "actor": None if envelope.actor is None else envelope.actor.id,
        "at": str(micros(entry.at)),
        "cause": None if cause is None else [str(cause.stream), str(cause.revision), str(cause.n)],
        "channel": str(envelope.channel),
        "command": envelope.id,
        "consulted": {str(key): str(value) for key, value in entry.consulted.items()},
        "kind": type(entry.command).__name__,
        "on_behalf_of": principal,
        "performers": {key: [person.id for person in found] for key, found in entry.performers.items()},
        "proof": None if envelope.proof is None else str(envelope.proof),
        "recorded_at": str(micros(recorded_at)),
        "revision": str(entry.revision),
        "role": role,
        "semantics": entry.semantics,
        "stream": str(entry.stream),
        "version": version,
        "window": entry.window,
    }
    return {name: part for name, part in found.items() if part is not None}


def _capacity(events: tuple[Event, ...]) -> tuple[str | None, str | None]:
    """In which role, and for whom, the actor acted."""
    for event in events:
        if isinstance(event, TaskClaimed | TaskCompleted):
            return event.role, None if event.on_behalf_of is None else event.on_behalf_of.id
    return None, None


def _read_envelope(outer: Mapping[str, object]) -> Envelope:
    cause = outer.get("cause")
    actor = outer.get("actor")
    return Envelope(
        id=str(outer["command"]),
        stream=int(str(outer["stream"])),
        at=moment(int(str(outer["at"]))),
        actor=None if actor is None else Person(str(actor)),
        channel=Channel(str(outer["channel"])),
        cause=_cause(cause),
        proof=None if outer.get("proof") is None else Proof(str(outer["proof"])),
    )


def _cause(found: object) -> Cause | None:
    if not isinstance(found, list):
        return None
    stream, revision, n = (int(str(part)) for part in found)
    return Cause(stream=stream, revision=revision, n=n)


def _performers(found: Mapping[str, object]) -> dict[str, tuple[Person, ...]]:
    return {
        key: tuple(Person(str(person)) for person in persons)
        for key, persons in found.items()
        if isinstance(persons, list)
    }


def _object(data: object) -> dict[str, object]:
    try:
        found = encoding.read(bytes(data)) if isinstance(data, bytes | memoryview) else None
    except ValueError as error:
        raise MalformedValue(f"expected JSON in the bytes of an entry, but {error}") from error
    if not isinstance(found, dict):
        raise MalformedValue("expected an object in the bytes of an entry")
    return found


def _part(document: Mapping[str, object], key: str) -> dict[str, object]:
    found = document.get(key)
    if not isinstance(found, dict):
        raise MalformedValue(f"expected {key} in the bytes of an entry")
    return found
