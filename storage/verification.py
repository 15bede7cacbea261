"""The proof: chains of digests, sealed heads, and re-execution. Each finding names the stream, entry and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, func, select

from engine import replay
from engine.case import Case
from engine.commands import OpenCase, PublishVersion, StartInstance
from engine.errors import EngineError
from engine.instance import Instance
from engine.journal import Entry
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.replay import Comparison, Verdict
from engine.role import Surroundings
from engine.stream import ORGANISATION, State
from engine.words import StreamKind
from storage import checkpoint, journal, schema
from storage.shelf import StreamShelf
from storage.submission import Store

Progress = Callable[[int, int], None]


@dataclass(kw_only=True)
class Report:
    """What was proven, and what is wrong."""

    streams: int = 0
    entries: int = 0
    refusals: int = 0
    sealed: int = 0
    unsealed: int = 0
    heads: int = 0
    executed: int = 0
    findings: list[str] = field(default_factory=list)
    needs_release: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


def verify(
    store: Store, only: int | None = None, *, execute: bool = True, progress: Progress = lambda done, of: None
) -> Report:
    """Check one stream, or everything with the heads."""
    report = Report()
    with store.database.read() as connection:
        numbers = _streams(connection) if only is None else [only]
        for done, number in enumerate(numbers, 1):
            _chain(connection, number, report)
            if execute and not any(f.startswith(f"stream {number}:") for f in report.findings):
                _execution(store, connection, number, report)
            progress(done, len(numbers))
        if only is None:
            _refusals(connection, report)
            _heads(connection, report)
    return report


def _streams(connection: Connection) -> list[int]:
    """Every stream that any table knows of: one that was deleted is missing here but stands in a sealed position."""
    known = set(connection.execute(select(schema.stream.c.stream_no).where(schema.stream.c.revision > 0)).scalars())
    return sorted(known | set(connection.execute(select(schema.entry.c.stream_no).distinct()).scalars()))


def _chain(connection: Connection, number: int, report: Report) -> None:
    previous, expected = b"", 1
    table = schema.entry
    for row in connection.execute(select(table).where(table.c.stream_no == number).order_by(table.c.revision)):
        if row.revision != expected:
            report.findings.append(f"stream {number}: expected entry {expected}, but found {row.revision}")
            return
        digest = journal.digest_of(journal.ENTRY, previous, bytes(row.envelope), bytes(row.body))
        if digest != bytes(row.digest):
            report.findings.append(f"stream {number}: entry {row.revision} was changed")
            return
        previous, expected = digest, expected + 1
        report.entries += 1
    report.streams += 1
    query = select(schema.stream.c.revision, schema.stream.c.digest).where(schema.stream.c.stream_no == number)
    head = connection.execute(query).one_or_none()
    if head is None or head.revision != expected - 1 or bytes(head.digest) != previous:
        report.findings.append(f"stream {number}: ends at entry {expected - 1}, not where its head says")


def _refusals(connection: Connection, report: Report) -> None:
    previous = b""
    for expected, row in enumerate(connection.execute(select(schema.refusal).order_by(schema.refusal.c.refusal_no)), 1):
        digest = journal.digest_of(journal.REFUSAL, previous, bytes(row.body))
        if row.refusal_no != expected or digest != bytes(row.digest):
            report.findings.append(f"refusal {expected} was changed or deleted")
            return
        previous = digest
        report.refusals += 1


def _heads(connection: Connection, report: Report) -> None:
    heads = connection.execute(select(schema.head).order_by(schema.head.c.head_no)).all()
    previous, first = b"", 1
    for number, head in enumerate(heads, 1):
        chain = previous
        for row in _positions(connection, first, head.last_position):
            chain = checkpoint.running(chain, row._mapping)
            report.findings += _still_there(connection, row._mapping)
            report.sealed += 1
        digest = checkpoint.head_digest(number, head.last_position, head.at, previous, chain)
        if (
            head.head_no != number
            or digest != bytes(head.digest)
            or not _signed(bytes(head.key), head.signature, digest)
        ):
            report.findings.append(f"head {number} does not fit what it seals")
            return
        previous, first = digest, head.last_position + 1
        report.heads += 1
    report.unsealed = connection.execute(select(func.count()).select_from(schema.unsealed)).scalar_one()


def _positions(connection: Connection, first: int, last: int) -> Iterator[Row[Any]]:
    table = schema.position
    query = select(table).where(table.c.position >= first, table.c.position <= last).order_by(table.c.position)
    yield from connection.execute(query)


def _still_there(connection: Connection, item: Mapping[Any, Any]) -> list[str]:
    stream, revision, refusal = item["stream_no"], item["revision"], item["refusal_no"]
    table = schema.entry
    if refusal is not None:
        query = select(schema.refusal.c.digest).where(schema.refusal.c.refusal_no == refusal)
        what = f"refusal {refusal}"
    else:
        query = select(table.c.digest).where(table.c.stream_no == stream, table.c.revision == revision)
        what = f"stream {stream}: entry {revision}"
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        return [f"{what} was deleted after it was sealed"]
    return [] if bytes(found) == bytes(item["digest"]) else [f"{what} was changed after it was sealed"]


def _signed(key: bytes, signature: bytes, digest: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def _execution(store: Store, connection: Connection, number: int, report: Report) -> None:
    query = select(schema.stream.c.kind).where(schema.stream.c.stream_no == number)
    kind = StreamKind(connection.execute(query).scalar_one())
    try:
        compared = re_execute(store, connection, kind, number)
    except (EngineError, KeyError) as error:
        report.findings.append(f"stream {number}: cannot be read: {error}")
        return
    report.executed += compared.entries
    if compared.verdict is Verdict.DIFFERENT:
        report.findings.append(f"stream {number}: entry {compared.revision} {compared.reason}")
    elif compared.verdict is Verdict.NEEDS_RELEASE:
        report.needs_release.append(f"stream {number}: from entry {compared.revision} on: {compared.reason}")


def re_execute(store: Store, connection: Connection, kind: StreamKind, number: int) -> Comparison:
    """Execute a stream's commands again and compare."""
    shelf = StreamShelf(connection, number, store.recent)

    def procedure(entry: Entry, state: State) -> Procedure | None:
        command = entry.command
        if isinstance(command, StartInstance | OpenCase | PublishVersion):
            return store.procedures.get(command.version, connection)
        if isinstance(state, Instance | Case) and state.version:
            return store.procedures.get(state.version, connection)
        if hasattr(command, "procedure"):
            return store.procedures.in_force(str(command.procedure), connection)
        return None

    def surroundings(entry: Entry) -> Surroundings:
        organisation: State = Organisation(stream=ORGANISATION)
        case: State | None = None
        for other, revision in entry.consulted.items():
            if other == ORGANISATION:
                organisation = store.states.at(connection, StreamKind.ORGANISATION, other, revision)
            else:
                case = store.states.at(connection, StreamKind.CASE, other, revision)
        assert isinstance(organisation, Organisation)
        return Surroundings(
            organisation=organisation,
            case=case if isinstance(case, Case) else None,
            performers=entry.performers,
        )

    entries = journal.read(connection, number, shelf)
    return replay.re_execute(kind, number, entries, procedure=procedure, surroundings=surroundings)
