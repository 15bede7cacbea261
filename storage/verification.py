"""The proof: chains of digests, sealed heads, and re-execution. Each finding names the stream, entry and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from sqlalchemy import Connection, select

from engine.errors import Text
from engine.words import StreamKind
from storage import columns, evidence, journal, reexecution, removals, schema, sealed
from storage.reexecution import Stream
from storage.report import Report as Report
from storage.report import of_refusal, of_stream
from storage.submission import Store

Progress: TypeAlias = Callable[[int, int], None]
READ_AHEAD = 1_000
Reached: TypeAlias = tuple[int, bytes, Text | None]
_ENTRIES = select(schema.entry).order_by(schema.entry.c.stream_no, schema.entry.c.revision)


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


def verify(
    store: Store,
    only: int | None = None,
    *,
    execute: bool = True,
    processes: int = 1,
    progress: Progress = silent,
    kept_head: bytes | None = None,
    trusted: Collection[bytes] | None = None,
) -> Report:
    """Check one stream or everything, with the heads; re-execution may be spread over processes.

    `kept_head`: the digest of a head kept elsewhere, which must still be among the heads. `trusted`: the public keys
    (32 bytes) that may have signed heads; without them any key is accepted and named in the report.
    """
    report = Report()
    with store.database.read() as connection:
        if not columns.check(connection, report):
            return report
        whole = chains(connection, only, report)
        if only is None:
            _refusals(connection, report)
        sealed.check(connection, only, report, kept_head, trusted)
        gone = removals.read(connection)
        removals.check(connection, only, report, gone)
        evidence.check(store, connection, only, report, gone)
    done = 0
    for part in reexecution.run(store, whole if execute else [], processes):
        done += part.streams
        report.executed += part.entries
        report.findings += part.findings
        report.needs_release += part.needs_release
        progress(done, len(whole))
    return report


def chains(connection: Connection, only: int | None, report: Report) -> list[Stream]:
    """Check every stream's digests; returns the streams that are whole.

    A stream that was deleted altogether is missing here, but stands in a sealed position.
    """
    column = schema.stream.c
    query = select(column.stream_no, column.kind, column.revision, column.digest).order_by(column.stream_no)
    rows = connection.execute(query if only is None else query.where(column.stream_no == only))
    ends = {row.stream_no: row for row in rows}
    gone = {row.stream_no: row for row in connection.execute(select(schema.disposed))}
    whole: list[Stream] = []
    for number, (reached, digest, problem) in _reached(connection, only, report):
        end = ends.pop(number, None)
        report.streams += 1
        if problem is None and (end is None or end.revision != reached or bytes(end.digest) != digest):
            problem = Text(
                f":止于第 {reached} 条,与其末端记载不符", f": ends at entry {reached}, not where its head says"
            )
        if problem is not None:
            report.find(of_stream(number), problem.zh, problem.en)
        elif end is not None:
            whole.append((number, StreamKind(end.kind), reached))
    for number, end in ends.items():
        past = gone.get(number)
        if past is not None and (past.revision, past.digest) == (end.revision, end.digest):
            report.disposed.append(number)
        elif end.revision > 0:
            report.find(of_stream(number), ":应有第 1 条,但一条也没有", ": expected entry 1, but it has none")
    return whole


def _reached(connection: Connection, only: int | None, report: Report) -> Iterator[tuple[int, Reached]]:
    """How far each stream's chain holds: its last good revision, the digest there, and what is wrong behind it."""
    query = _ENTRIES if only is None else _ENTRIES.where(schema.entry.c.stream_no == only)
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(query)
    current, revision, previous = 0, 0, b""
    problem: Text | None = None
    for number, found, envelope, body, digest in rows:
        if number != current:
            if current:
                yield current, (revision, previous, problem)
            current, revision, previous, problem = number, 0, b"", None
        if problem is not None:
            continue
        if found != revision + 1:
            problem = Text(
                f":应为第 {revision + 1} 条,但为第 {found} 条", f": expected entry {revision + 1}, but found {found}"
            )
        elif journal.digest_of(journal.ENTRY, previous, envelope, body) != digest:
            problem = Text(f" 第 {found} 条被改动", f": entry {found} was changed")
        elif not _in_place(envelope, number, found):
            problem = Text(f" 第 {found} 条原属别处", f": entry {found} was written for another place")
        else:
            revision, previous = found, digest
            report.entries += 1
    if current:
        yield current, (revision, previous, problem)


def _in_place(envelope: bytes, stream: int, revision: int) -> bool:
    """The envelope names its place; quotation marks inside texts are escaped, so these bytes are its own keys."""
    return b'"stream":"%d"' % stream in envelope and b'"revision":"%d"' % revision in envelope


def _refusals(connection: Connection, report: Report) -> None:
    previous = b""
    for expected, row in enumerate(connection.execute(select(schema.refusal).order_by(schema.refusal.c.refusal_no)), 1):
        digest = journal.digest_of(journal.REFUSAL, previous, bytes(row.body))
        if row.refusal_no != expected or digest != bytes(row.digest):
            report.find(of_refusal(expected), "被改动或删除", " was changed or deleted")
            return
        previous = digest
        report.refusals += 1
