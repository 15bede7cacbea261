"""Published procedures: their files by digest, loaded once in a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, func, insert, literal, select

from engine import procedure as procedures
from engine.check import check
from engine.check.finding import Finding
from engine.errors import Fault, Reason, Refused
from engine.procedure import Procedure
from storage import schema
from storage.database import Database
from storage.moments import micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A procedure's stream at a revision, and the version in force there."""

    stream: int
    revision: int
    version: str


class Procedures:
    """The versions of this database; a version never changes, so it is parsed once."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self.now = now
        self._lock = Lock()
        self._loaded: dict[str, Procedure] = {}

    def keep(self, files: Mapping[str, bytes]) -> Procedure:
        """Store the files of a version under their digest; a version that is stored already stays as it is.

        Raises Refused (INVALID_MODEL) with every finding of the check: whatever way it comes, nothing unchecked is kept.
        """
        if findings := check(files):
            raise _unsound(findings)
        procedure = procedures.load(files)
        with self.database.write() as connection:
            table = schema.version
            known = connection.execute(select(table).where(table.c.digest == procedure.digest)).one_or_none()
            if known is None:
                connection.execute(insert(table).values(digest=procedure.digest, procedure=procedure.key))
                rows = [{"version": procedure.digest, "path": p, "content": c} for p, c in sorted(files.items())]
                connection.execute(insert(schema.version_file), rows)
        with self._lock:
            return self._loaded.setdefault(procedure.digest, procedure)

    def get(self, digest: str, connection: Connection) -> Procedure:
        """The version with this digest. Raises Refused when there is none."""
        with self._lock:
            found = self._loaded.get(digest)
        if found is not None:
            return found
        table = schema.version_file
        rows = connection.execute(select(table.c.path, table.c.content).where(table.c.version == digest)).all()
        if not rows:
            raise Refused(Reason.NOT_FOUND, f"没有程序版本 {digest}", f"there is no procedure version {digest}")
        procedure = procedures.load({row.path: bytes(row.content) for row in rows})
        if procedure.digest != digest:
            raise Refused(
                Reason.INVALID_MODEL,
                f"程序版本 {digest} 的文件已被改动",
                f"the files of version {digest} were altered",
            )
        with self._lock:
            return self._loaded.setdefault(digest, procedure)

    def in_force(self, key: str, connection: Connection, at: datetime | None = None) -> Procedure | None:
        """The version of a procedure that is in force now, or was or will be at a moment."""
        place = self.place(key, connection, at)
        return None if place is None else self.get(place.version, connection)

    def place(self, key: str, connection: Connection, at: datetime | None = None) -> Place | None:
        """Where the procedure's stream says which version is in force."""
        found, stream = in_force(at or self.now()).subquery(), schema.stream.c
        query = select(found, stream.revision).join(schema.stream, stream.stream_no == found.c.stream_no)
        row = connection.execute(query.where(found.c.procedure == key)).one_or_none()
        return None if row is None else Place(stream=row.stream_no, revision=row.revision, version=row.version)


def in_force(at: datetime) -> Select[str, int, str]:
    """Of every procedure with a version in force at the moment: `procedure`, `stream_no`, `version`."""
    return _in_force(literal(micros(at)))


def versions_in_force(connection: Connection, at: datetime) -> list[str]:
    """The version of every procedure that is in force at the moment, by the key of the procedure."""
    return [row.version for row in connection.execute(_VERSIONS, {"at": micros(at)})]


def _in_force(at: ColumnElement[int]) -> Select[str, int, str]:
    table, newer = schema.published.c, schema.published.alias()
    newest = (
        select(func.max(newer.c.revision))
        .where(newer.c.procedure == table.procedure, newer.c.since <= at)
        .scalar_subquery()
    )
    place = schema.publication.c
    query = select(table.procedure, place.stream_no, table.version)
    return query.join(schema.publication, place.procedure == table.procedure).where(table.revision == newest)


_VERSIONS = _in_force(bindparam("at", type_=BigInteger)).order_by("procedure")


def _unsound(findings: Sequence[Finding]) -> Refused:
    first, count = findings[0], len(findings)
    where = "#".join(part for part in (first.file, first.element) if part)
    return Refused(
        Reason.INVALID_MODEL,
        f"程序有 {count} 处问题,不能发布:{where}:{first.text.zh}",
        f"the procedure has {count} findings, so it may not be published: {where}: {first.text.en}",
        tuple(Fault("#".join(part for part in (f.file, f.element) if part), f.text) for f in findings),
    )
