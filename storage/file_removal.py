"""Which files go when a case is erased or disposed of: those that nothing else uses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, or_, select

from storage import schema, uploads

_upload, _use, _personal = schema.upload.c, schema.file_use.c, schema.personal_file.c


def erasable(connection: Connection, case: int) -> tuple[str, ...]:
    """The files in the personal values of a case, and its personal attachments, that nothing else uses."""
    mine, attached = _of(case), (_use.stream_no == case) & _use.erasable
    found = set(connection.execute(select(_personal.digest).where(mine)).scalars())
    found |= set(connection.execute(select(_use.digest).where(attached)).scalars())
    there = set(connection.execute(select(_upload.digest).where(_upload.digest.in_(found))).scalars())
    held = set(connection.execute(select(_use.digest).where(_use.digest.in_(there), ~attached)).scalars())
    held |= set(connection.execute(select(_personal.digest).where(_personal.digest.in_(there), ~mine)).scalars())
    return tuple(sorted(there - held))


def erase(connection: Connection, case: int, files: Collection[str]) -> None:
    """No row names these any more, unless somebody began to use one meanwhile."""
    uploads.hold(connection, files)
    gone = [digest for digest in erasable(connection, case) if digest in files]
    connection.execute(delete(schema.personal_file).where(_of(case)))
    uploads.forget(connection, gone)


def dispose(connection: Connection, streams: Sequence[int]) -> list[str]:
    """Streams use no files any more; returns those that nothing else uses."""
    found: set[str] = set()
    for table in (schema.file_use, schema.personal_file):
        found |= set(connection.execute(select(table.c.digest).where(table.c.stream_no.in_(streams))).scalars())
        connection.execute(delete(table).where(table.c.stream_no.in_(streams)))
    uploads.hold(connection, found)
    held = set(connection.execute(select(_use.digest).where(_use.digest.in_(found))).scalars())
    held |= set(connection.execute(select(_personal.digest).where(_personal.digest.in_(found))).scalars())
    gone = sorted(found - held)
    uploads.forget(connection, gone)
    return gone


def _of(case: int) -> ColumnElement[bool]:
    """What the personal values of a case hold."""
    return or_(_personal.stream_no == case, _personal.case_no == case)
