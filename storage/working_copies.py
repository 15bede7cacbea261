"""Procedures that are being changed: one row a changed file, changed in place, outside the journal until it is published.

Whoever saves says which revision they have seen, so nobody overwrites what they do not know of. Publishing looks at the
working copy in the transaction of its command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine import xml
from engine.errors import Reason, Refused
from engine.value import Person
from storage import schema
from storage.database import Database
from storage.moments import micros

LONGEST = xml.MAX_BYTES
"""Bytes of a file: as large as the largest diagram that is read."""

MOST = 500
"""Files that differ from the version in force at once."""

TAKEN = "taken.json"
"""Beside the files of a draft that were taken away: the digest of each, as it was then. It is no part of a version."""

_copy, _file, _author = schema.working_copy.c, schema.working_file.c, schema.working_author.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A file as it was saved last; without content it is left out."""

    path: str
    content: bytes | None
    revision: int
    by: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """A procedure that is being changed; `mark` grows with every change, `authors` are all who saved something."""

    procedure: str
    base: str
    opened_by: str
    opened_at: int
    mark: int
    authors: frozenset[str]
    changed: Mapping[str, Changed]

    def files(self, base: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files of the procedure with the changes made."""
        found = {**base, **{path: one.content for path, one in self.changed.items() if one.content is not None}}
        return {path: data for path, data in found.items() if path not in self.changed or self._is_kept(path)}

    def revision(self, path: str) -> int:
        """The revision of a file; 0 while nobody changed it."""
        return self.changed[path].revision if path in self.changed else 0

    def _is_kept(self, path: str) -> bool:
        return self.changed[path].content is not None


class Overtaken(Exception):
    """Somebody else saved the file since it was read; `now` is how it stands."""

    def __init__(self, now: Changed) -> None:
        super().__init__(now.path)
        self.now = now


def of(connection: Connection, procedure: str) -> WorkingCopy | None:
    """The working copy of a procedure."""
    row = connection.execute(select(schema.working_copy).where(_copy.procedure == procedure)).one_or_none()
    if row is None:
        return None
    files = connection.execute(select(schema.working_file).where(_file.procedure == procedure)).all()
    authors = connection.execute(select(_author.person).where(_author.procedure == procedure)).scalars()
    return WorkingCopy(
        procedure=row.procedure,
        base=row.base,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        mark=row.mark,
        authors=frozenset(authors),
        changed={one.path: _changed(one) for one in files},
    )


def unpublished(connection: Connection) -> list[WorkingCopy]:
    """The working copies of procedures that no version was ever published of."""
    known = select(schema.publication.c.procedure)
    rows = connection.execute(select(_copy.procedure).where(_copy.procedure.not_in(known)).order_by(_copy.procedure))
    found = [of(connection, key) for key in rows.scalars()]
    return [copy for copy in found if copy is not None]


def is_unpublished(connection: Connection, procedure: str) -> bool:
    """No version of that name was ever published."""
    known = select(schema.publication.c.procedure).where(schema.publication.c.procedure == procedure)
    return connection.execute(known).first() is None


def begin(database: Database, procedure: str, base: str, person: Person, now: datetime) -> bool:
    """A working copy of the version `base`; False when there is one already."""
    row = {"procedure": procedure, "base": base, "opened_by": person.id, "opened_at": micros(now), "mark": 0}
    try:
        with database.write() as connection:
            connection.execute(insert(schema.working_copy), row)
    except IntegrityError:
        return False
    return True


def save(
    database: Database,
    procedure: str,
    contents: Mapping[str, tuple[bytes | None, int]],
    person: Person,
    now: datetime,
) -> dict[str, int]:
    """Keep files, all or none, each with the revision that was read; their new revisions.

    Raises Overtaken when somebody was faster, Refused when there is no working copy or too much of it.
    """
    for path, (content, _) in contents.items():
        _bounded(path, content)
    with database.write() as connection:
        copy = _locked(connection, procedure)
        if len(copy.changed.keys() | contents.keys()) > MOST:
            raise Refused(
                Reason.INVALID_DATA,
                f"草稿应不超过 {MOST} 个改动的文件",
                f"expected at most {MOST} changed files in a draft",
            )
        made: dict[str, int] = {}
        for path, (content, seen) in contents.items():
            if copy.revision(path) != seen and path not in copy.changed:
                raise Refused(
                    Reason.INVALID_DATA,
                    f"{path} 还没有改动过,应按修订号 0 保存",
                    f"expected revision 0 of {path}, which was not changed yet, but found {seen}",
                )
            if copy.revision(path) != seen:
                raise Overtaken(copy.changed[path])
            values = {"content": content, "revision": seen + 1, "changed_by": person.id, "changed_at": micros(now)}
            _write(connection, procedure, path, values, is_new=path not in copy.changed)
            made[path] = seen + 1
        _sign(connection, copy, person)
        connection.execute(update(schema.working_copy).where(_copy.procedure == procedure).values(mark=copy.mark + 1))
    return made


def discard(database: Database, procedure: str, mark: int) -> bool:
    """Forget the working copy, if it is still as it was seen."""
    with database.write() as connection:
        gone = delete(schema.working_copy).where(_copy.procedure == procedure, _copy.mark == mark)
        return bool(connection.execute(gone).rowcount)


def publish(connection: Connection, procedure: str, mark: int, base: str, persons: frozenset[str]) -> None:
    """Take the working copy away as its version is put in force, in the same transaction.

    `persons` are who publishes and those they act for. Raises Refused when it is not as it was seen, when one of these
    wrote of it, or when it was made from another version.
    """
    copy = _locked(connection, procedure)
    if copy.mark != mark:
        raise Refused(
            Reason.WRONG_STATE,
            "草稿在您查看之后又有改动,请再看一遍后发布",
            "expected the draft as you have seen it, but it was changed since; look again, then publish",
        )
    if persons & copy.authors:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            "发布应由没有改过这份草稿的人进行",
            "expected somebody to publish who did not change this draft",
        )
    if copy.base != base:
        raise Refused(
            Reason.WRONG_STATE,
            "草稿不是从现在生效的版本改起的,请从生效版本重新建立草稿",
            "expected a draft of the version in force, but another version came into force since; begin a draft anew",
        )
    connection.execute(delete(schema.working_copy).where(_copy.procedure == procedure))


def _locked(connection: Connection, procedure: str) -> WorkingCopy:
    lock = select(_copy.procedure).where(_copy.procedure == procedure).with_for_update()
    found = of(connection, procedure) if connection.execute(lock).one_or_none() is not None else None
    if found is None:
        raise Refused(
            Reason.NOT_FOUND,
            "没有这份草稿,它可能已经发布或放弃",
            "there is no such draft; it may have been published or given up",
        )
    return found


def _write(connection: Connection, procedure: str, path: str, values: Mapping[str, object], *, is_new: bool) -> None:
    if is_new:
        connection.execute(insert(schema.working_file).values(procedure=procedure, path=path, **values))
    else:
        row = update(schema.working_file).where(_file.procedure == procedure, _file.path == path)
        connection.execute(row.values(**values))


def _sign(connection: Connection, copy: WorkingCopy, person: Person) -> None:
    if person.id not in copy.authors:
        connection.execute(insert(schema.working_author).values(procedure=copy.procedure, person=person.id))


def _changed(row: Row[tuple[object, ...]]) -> Changed:
    content = None if row.content is None else bytes(row.content)
    return Changed(path=row.path, content=content, revision=row.revision, by=row.changed_by, at=row.changed_at)


def _bounded(path: str, content: bytes | None) -> None:
    if content is not None and len(content) > LONGEST:
        raise Refused(
            Reason.INVALID_DATA,
            f"{path} 应不超过 {LONGEST} 字节,但有 {len(content)} 字节",
            f"expected at most {LONGEST} bytes in {path}, but found {len(content)}",
        )
