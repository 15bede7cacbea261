"""What the journal points to: large and personal values, files of versions, versions in force, kept command ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from engine import procedure as procedures
from engine.errors import EngineError, Text
from engine.publication import Publications
from engine.stream import ORGANISATION
from engine.words import StreamKind
from storage import answers, file_evidence, personal, removals, roster, schema
from storage.file_evidence import Named
from storage.moments import micros
from storage.removals import Removals
from storage.report import Report, of_entry, of_stream, said
from storage.submission import Store

READ_AHEAD = 1_000
TAG = b'"$personal"'
"""Quotation marks inside texts are escaped, so these bytes are a reference wherever they stand."""

Pending: TypeAlias = dict[str, tuple[str, Text, bool]]
"""By reference the salted digest, the place, and whether its release kept the bytes of files."""


def check(store: Store, connection: Connection, only: int | None, report: Report, gone: Removals) -> None:
    """Check what entries point to, of one stream or of everything; `gone` is what was erased by right."""
    files = Named()
    _entries(connection, only, report, gone, files)
    _large(connection, only, report, gone, files)
    file_evidence.check(store.files, connection, report, files, gone)
    answers.check(connection, only, report)
    if only in (None, ORGANISATION):
        roster.check(connection, report, gone)
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


def _entries(connection: Connection, only: int | None, report: Report, gone: Removals, files: Named) -> None:
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
    pending: Pending = {}
    for stream, revision, envelope, body, key in rows:
        what = of_entry(stream, revision)
        command, kept = _of_envelope(envelope)
        if command != key:
            en = ": its command id is not kept, so the command could be done again"
            report.find(what, ":命令编号未保留,该命令可能被重做", en)
        with suppress(ValueError):  # a changed body, which the chain names
            pending.update({reference: (digest, what, kept) for reference, digest in references(bytes(body))})
            files.note(bytes(body), what, kept=kept)
    _personal(connection, pending, report, gone, files)


def _of_envelope(envelope: bytes) -> tuple[str | None, bool]:
    """The command's id, and whether the release that wrote it kept the bytes of files."""
    try:
        found = json.loads(bytes(envelope))
        execution = int(str(found["semantics"]).partition(".")[0])
        return str(found["command"]), execution >= file_evidence.KEEPS_BYTES
    except (ValueError, KeyError, TypeError):
        return None, True


def _personal(connection: Connection, pending: Pending, report: Report, gone: Removals, files: Named) -> None:
    table = schema.personal
    keys = sorted(pending)
    for start in range(0, len(keys), READ_AHEAD):
        part = keys[start : start + READ_AHEAD]
        found = {row.reference: row for row in connection.execute(select(table).where(table.c.reference.in_(part)))}
        for key in part:
            digest, place, kept = pending[key]
            report.personal += 1
            row = found.get(key)
            report.erased += row is not None and row.content is None
            problem = _wrong(row, digest, gone.values.get(key))
            if problem is None and row is not None and row.content is not None:
                files.note(bytes(row.content), said(place, f":个人信息 {key}", f": personal value {key}"), kept=kept)
            if problem is not None:
                what = said(place, f":个人信息 {key}", f": personal value {key}")
                report.find(what, problem.zh, f" {problem.en}")


def _wrong(row: Row[Any] | None, digest: str, erased_by: int | None) -> Text | None:
    """What is wrong with a personal value, if anything."""
    if row is None:
        return Text("缺失,且不是依规删除", "is missing, and not by erasure")
    if row.content is None:
        return None if erased_by is not None else Text("已删除,但没有条目为证", "was erased, but no entry says so")
    if erased_by is not None:
        place = removals.entry_of_organisation(erased_by)
        return Text(f"仍在,而{place.zh}记载已删除", f"is still there, though {place.en} says that it was erased")
    if personal.salted(bytes(row.salt or b""), bytes(row.content)) != digest:
        return Text("被改动", "was changed")
    return None


def _large(connection: Connection, only: int | None, report: Report, gone: Removals, files: Named) -> None:
    table = schema.large_value
    query = select(table) if only is None else select(table).where(table.c.stream_no == only)
    pending: Pending = {}
    for row in connection.execution_options(yield_per=READ_AHEAD).execute(query):
        short, content = f"{row.digest[:16]}…", bytes(row.content)
        what = said(of_stream(row.stream_no), f":大值 {short}", f": large value {short}")
        if hashlib.sha256(content).hexdigest() != row.digest:
            report.find(what, "被改动", " was changed")
            continue
        with suppress(ValueError):  # bytes that nobody wrote under a digest that fits: no entry points to them
            pending.update({reference: (digest, what, True) for reference, digest in references(content)})
            files.note(content, what)
    _personal(connection, pending, report, gone, files)


def _versions(connection: Connection, report: Report) -> None:
    files: dict[str, dict[str, bytes]] = {}
    for row in connection.execute(select(schema.version_file)):
        files.setdefault(row.version, {})[row.path] = bytes(row.content)
    rows = {row.digest: row.procedure for row in connection.execute(select(schema.version))}
    for digest in sorted(rows.keys() | files.keys()):
        report.versions += 1
        place = Text(f"程序版本 {digest[:16]}…", f"version {digest[:16]}…")
        found = files.get(digest, {})
        if procedures.version_digest(found) != digest:
            report.find(place, ":文件被改动", ": its files were changed")
        elif (key := _key(found)) is None or key != rows.get(digest):
            report.find(place, f":属于程序 {key or '(无)'}", f": belongs to procedure {key or '(none)'}")


def _key(files: dict[str, bytes]) -> str | None:
    """The procedure of a version; None when its files describe none."""
    try:
        return procedures.load(files).key
    except EngineError:
        return None


def _in_force(store: Store, connection: Connection, report: Report) -> None:
    column = schema.stream.c
    streams = connection.execute(
        select(column.stream_no, column.revision).where(column.kind == StreamKind.PROCEDURE, column.revision > 0)
    )
    said: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    for number, revision in streams.all():
        try:
            state = store.states.at(connection, StreamKind.PROCEDURE, number, revision)
        except EngineError:
            continue  # re-execution names it
        if isinstance(state, Publications):
            said[state.procedure] = (number, [(one.digest, micros(one.since)) for one in state.versions])
    table, published = schema.publication, schema.published
    kept = {row.procedure: (row.stream_no, list[tuple[str, int]]()) for row in connection.execute(select(table))}
    for row in connection.execute(select(published).order_by(published.c.procedure, published.c.revision)):
        kept.setdefault(row.procedure, (0, []))[1].append((row.version, row.since))
    for key in sorted(said.keys() | kept.keys()):
        if said.get(key) != kept.get(key):
            place = Text(f"程序 {key}", f"procedure {key}")
            report.find(place, ":其流记载生效的是另一版本", ": its stream says another version is in force")
