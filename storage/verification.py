"""The proof: chains of digests, sealed heads, and re-execution. Each finding names the stream, entry and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, RowMapping, bindparam, func, select

from engine.words import StreamKind
from storage import checkpoint, journal, reexecution, schema
from storage.reexecution import Stream
from storage.submission import Store

Progress: TypeAlias = Callable[[int, int], None]
READ_AHEAD = 1_000
Reached: TypeAlias = tuple[int, bytes, str | None]
_ENTRIES = select(schema.entry).order_by(schema.entry.c.stream_no, schema.entry.c.revision)

_position, _entry, _refusal = schema.position, schema.entry, schema.refusal
_SEALED = (
    select(_position, _entry.c.digest.label("entry_digest"), _refusal.c.digest.label("refusal_digest"))
    .select_from(
        _position.outerjoin(
            _entry, (_entry.c.stream_no == _position.c.stream_no) & (_entry.c.revision == _position.c.revision)
        ).outerjoin(_refusal, _refusal.c.refusal_no == _position.c.refusal_no)
    )
    .where(_position.c.position >= bindparam("first"), _position.c.position <= bindparam("last"))
    .order_by(_position.c.position)
)


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


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


def verify(
    store: Store, only: int | None = None, *, execute: bool = True, processes: int = 1, progress: Progress = silent
) -> Report:
    """Check one stream, or everything with the heads; re-execution may be spread over processes."""
    report = Report()
    with store.database.read() as connection:
        whole = _chains(connection, only, report)
        if only is None:
            _refusals(connection, report)
            _heads(connection, report)
    done = 0
    for part in reexecution.run(store, whole if execute else [], processes):
        done += part.streams
        report.executed += part.entries
        report.findings += part.findings
        report.needs_release += part.needs_release
        progress(done, len(whole))
    return report


def _chains(connection: Connection, only: int | None, report: Report) -> list[Stream]:
    """Check every stream's digests; returns the streams that are whole.

    A stream that was deleted altogether is missing here, but stands in a sealed position.
    """
    column = schema.stream.c
    query = select(column.stream_no, column.kind, column.revision, column.digest).order_by(column.stream_no)
    rows = connection.execute(query if only is None else query.where(column.stream_no == only))
    ends = {row.stream_no: row for row in rows}
    whole: list[Stream] = []
    for number, (reached, digest, problem) in _reached(connection, only, report):
        end = ends.pop(number, None)
        report.streams += 1
        if problem is None and (end is None or end.revision != reached or bytes(end.digest) != digest):
            problem = f"ends at entry {reached}, not where its head says"
        if problem is not None:
            report.findings.append(f"stream {number}: {problem}")
        elif end is not None:
            whole.append((number, StreamKind(end.kind), reached))
    for number, end in ends.items():
        if end.revision > 0:
            report.findings.append(f"stream {number}: expected entry 1, but it has none")
    return whole


def _reached(connection: Connection, only: int | None, report: Report) -> Iterator[tuple[int, Reached]]:
    """How far each stream's chain holds: its last good revision, the digest there, and what is wrong behind it."""
    query = _ENTRIES if only is None else _ENTRIES.where(schema.entry.c.stream_no == only)
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(query)
    current, revision, previous, problem = 0, 0, b"", None
    for number, found, envelope, body, digest in rows:
        if number != current:
            if current:
                yield current, (revision, previous, problem)
            current, revision, previous, problem = number, 0, b"", None
        if problem is not None:
            continue
        if found != revision + 1:
            problem = f"expected entry {revision + 1}, but found {found}"
        elif journal.digest_of(journal.ENTRY, previous, envelope, body) != digest:
            problem = f"entry {found} was changed"
        else:
            revision, previous = found, digest
            report.entries += 1
    if current:
        yield current, (revision, previous, problem)


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
            chain = checkpoint.running(chain, row)
            if (finding := _still_there(row)) is not None:
                report.findings.append(finding)
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


def _positions(connection: Connection, first: int, last: int) -> Iterator[RowMapping]:
    """Sealed positions, each with the digest that stands there today."""
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(_SEALED, {"first": first, "last": last})
    yield from rows.mappings()


def _still_there(item: RowMapping) -> str | None:
    refusal = item["refusal_no"]
    what = f"stream {item['stream_no']}: entry {item['revision']}" if refusal is None else f"refusal {refusal}"
    today = item["entry_digest"] if refusal is None else item["refusal_digest"]
    if today is None:
        return f"{what} was deleted after it was sealed"
    return None if today == item["digest"] else f"{what} was changed after it was sealed"


def _signed(key: bytes, signature: bytes, digest: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True
