"""What the journal points to: large and personal values, files of versions, versions in force, kept command ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from engine import procedure as procedures
from engine.errors import EngineError
from engine.publication import Publications
from engine.words import StreamKind
from storage import personal, schema
from storage.report import Report
from storage.submission import Store

READ_AHEAD = 1_000
TAG = b'"$personal"'
"""Quotation marks inside texts are escaped, so these bytes are a reference wherever they stand."""


def check(store: Store, connection: Connection, only: int | None, report: Report) -> None:
    """Check what entries point to, of one stream or of everything."""
    _entries(connection, only, report)
    _large(connection, only, report)
    if only is None:
        _versions(connection, report)
        _in_force(store, connection, report)


def of_entries(connection: Connection, streams: Sequence[int], revision: int | None = None) -> list[str]:
    """The references that the entries (or one entry) of these streams and their large values hold."""
    entry, large = schema.entry.c, schema.large_value.c
    bodies = select(entry.body).where(entry.stream_no.in_(streams))
    found: set[str] = set()
    if revision is not None:
        bodies = bodies.where(entry.revision == revision)
    else:
        for content in connection.execute(select(large.content).where(large.stream_no.in_(streams))).scalars():
            found.update(reference for reference, _ in references(bytes(content)))
    for body in connection.execute(bodies).scalars():
        found.update(reference for reference, _ in references(bytes(body)))
    return sorted(found)


def references(data: bytes) -> Iterator[tuple[str, str]]:
    """The personal values that bytes of the journal refer to: reference and salted digest."""
    if TAG in data:
        yield from _references(json.loads(data))


def _references(document: object) -> Iterator[tuple[str, str]]:
    if isinstance(document, list):
        for item in document:
            yield from _references(item)
    elif isinstance(document, dict):
        found = document.get("$personal")
        if isinstance(found, list) and len(document) == 1 and len(found) == 3:
            yield str(found[0]), str(found[2])
            return
        for item in document.values():
            yield from _references(item)


def _entries(connection: Connection, only: int | None, report: Report) -> None:
    table, received = schema.entry, schema.received
    query = select(table.c.stream_no, table.c.revision, table.c.envelope, table.c.body, received.c.key)
    query = query.select_from(
        table.outerjoin(
            received, (received.c.stream_no == table.c.stream_no) & (received.c.revision == table.c.revision)
        )
    )
    if only is not None:
        query = query.where(table.c.stream_no == only)
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(query)
    pending: dict[str, tuple[str, str]] = {}
    for stream, revision, envelope, body, key in rows:
        what = f"stream {stream}: entry {revision}"
        if _command_id(envelope) != key:
            report.findings.append(f"{what}: its command id is not kept, so the command could be done again")
        for reference, digest in references(bytes(body)):
            pending[reference] = (digest, what)
    _personal(connection, pending, report)


def _command_id(envelope: bytes) -> str | None:
    try:
        return str(json.loads(bytes(envelope))["command"])
    except (ValueError, KeyError, TypeError):
        return None


def _personal(connection: Connection, pending: Mapping[str, tuple[str, str]], report: Report) -> None:
    table = schema.personal
    keys = sorted(pending)
    for start in range(0, len(keys), READ_AHEAD):
        part = keys[start : start + READ_AHEAD]
        found = {row.reference: row for row in connection.execute(select(table).where(table.c.reference.in_(part)))}
        for key in part:
            digest, what = pending[key]
            report.personal += 1
            row = found.get(key)
            if row is None:
                report.findings.append(f"{what}: personal value {key} is missing, and not by erasure")
            elif row.content is None:
                report.erased += 1
            elif personal.salted(bytes(row.salt or b""), bytes(row.content)) != digest:
                report.findings.append(f"{what}: personal value {key} was changed")


def _large(connection: Connection, only: int | None, report: Report) -> None:
    table = schema.large_value
    query = select(table) if only is None else select(table).where(table.c.stream_no == only)
    pending: dict[str, tuple[str, str]] = {}
    for row in connection.execution_options(yield_per=READ_AHEAD).execute(query):
        what, content = f"stream {row.stream_no}: large value {row.digest[:16]}…", bytes(row.content)
        if hashlib.sha256(content).hexdigest() != row.digest:
            report.findings.append(f"{what} was changed")
            continue
        pending.update({reference: (digest, what) for reference, digest in references(content)})
    _personal(connection, pending, report)


def _versions(connection: Connection, report: Report) -> None:
    files: dict[str, dict[str, bytes]] = {}
    for row in connection.execute(select(schema.version_file)):
        files.setdefault(row.version, {})[row.path] = bytes(row.content)
    rows = {row.digest: row.procedure for row in connection.execute(select(schema.version))}
    for digest in sorted(rows.keys() | files.keys()):
        report.versions += 1
        found = files.get(digest, {})
        if procedures.version_digest(found) != digest:
            report.findings.append(f"version {digest[:16]}…: its files were changed")
        elif procedures.load(found).key != rows.get(digest):
            report.findings.append(f"version {digest[:16]}…: belongs to procedure {procedures.load(found).key}")


def _in_force(store: Store, connection: Connection, report: Report) -> None:
    column = schema.stream.c
    streams = connection.execute(
        select(column.stream_no, column.revision).where(column.kind == StreamKind.PROCEDURE, column.revision > 0)
    )
    said: dict[str, tuple[int, str | None]] = {}
    for number, revision in streams.all():
        try:
            state = store.states.at(connection, StreamKind.PROCEDURE, number, revision)
        except EngineError:
            continue  # re-execution names it
        if isinstance(state, Publications):
            said[state.procedure] = (number, None if state.in_force is None else state.in_force.digest)
    table = schema.publication
    kept = {row.procedure: (row.stream_no, row.version) for row in connection.execute(select(table))}
    for key in sorted(said.keys() | kept.keys()):
        if said.get(key) != kept.get(key):
            report.findings.append(f"procedure {key}: its stream says another version is in force")
