"""Files that came in: whose they are, for which task, and how long they are kept.

A file that no entry names goes a week after it was uploaded, unless somebody's draft holds it. One that an entry names
stays until it is erased, or disposed of with the entry.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Delete, Row, delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Reason, Refused
from engine.form_input import accepts
from engine.value import File, Person
from storage import file_kind, file_name, removals, schema
from storage.files import Received
from storage.moments import micros
from storage.submission import Store

LOCK = 7_411_004
WEEK = timedelta(days=7)
MOST_UNUSED = 500
"""Files of one person that no entry names yet."""

PART = 500
OPERATOR = ""
"""In place of a person: the operator at the machine."""

_upload, _use, _personal = schema.upload.c, schema.file_use.c, schema.personal_file.c


def keep(
    store: Store,
    person: Person | None,
    came: Received,
    name: str,
    declared: str = "",
    task: str = "",
    accept: Sequence[str] = (),
    most: int = MOST_UNUSED,
) -> File:
    """Keep what came in from somebody, bytes first; the same again changes nothing. `most` may wait to be used.

    Raises Refused when the bytes are not what name, sender or field say, and for a name that cannot be saved.
    """
    plain = file_name.clean(name)
    kind = file_kind.media_type(came.path, plain, declared)
    if accept and not accepts(accept, plain.lower(), kind):
        raise Refused(
            Reason.INVALID_DATA,
            f"文件类型应为 {'、'.join(accept)},但“{plain}”不是",
            f"expected a file of the type {', '.join(accept)}, but “{plain}” is none",
        )
    whose = OPERATOR if person is None else person.id
    with store.database.read() as connection:  # before any byte is kept: whoever has too many fills no disk
        _not_too_many(connection, whose, came.digest, most)
    store.files.keep(came)
    with store.database.write() as connection:
        _lock(connection)
        _not_too_many(connection, whose, came.digest, most)
        if store.files.size(came.digest) is None:  # swept between the two
            store.files.keep(came)
        row = {"digest": came.digest, "person": whose, "task": task, "name": plain, "type": kind, "size": came.size}
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(schema.upload)
        changes = {"at": statement.excluded.at, "type": statement.excluded.type}
        keys = ["digest", "person", "task", "name"]
        values = {**row, "at": micros(store.now()), "used": False}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), values)
    return File(came.digest, plain, kind, came.size)


def of_person(connection: Connection, digest: str, person: str) -> Row[tuple[object, ...]] | None:
    """What this person uploaded under a digest, the newest first."""
    query = select(schema.upload).where(_upload.digest == digest, _upload.person == person)
    return connection.execute(query.order_by(_upload.at.desc()).limit(1)).first()


def sweep(store: Store) -> int:
    """Remove what nobody uses, a week after it came; returns how many files went. Safe at any moment, by any process."""
    before, gone = store.now() - WEEK, set[str]()
    with store.database.write() as connection:
        _lock(connection)
        old = connection.execute(select(schema.upload).where(_upload.used.is_(False), _upload.at < micros(before)))
        for row in old.all():
            if not _in_a_draft(connection, row.task, row.digest):
                connection.execute(_gone(row))
                gone.add(row.digest)
    store.files.tidy(before)
    return remove(store, gone | {digest for digest, since in store.files.all() if since < before})


def remove(store: Store, digests: Collection[str]) -> int:
    """Remove the bytes that no row names any more; returns how many files went."""
    found, count = sorted(digests), 0
    for start in range(0, len(found), PART):
        there = [digest for digest in found[start : start + PART] if store.files.size(digest) is not None]
        with store.database.write() as connection:  # others wait meanwhile: nothing is asked one by one over a network
            _lock(connection)
            named = _named(connection, there)
            gone = [digest for digest in there if digest not in named]
            store.files.remove_all(gone)
        count += len(gone)
    return count


def hold(connection: Connection, digests: Collection[str]) -> None:
    """Wait for whoever is beginning to use these, and let nobody begin before this transaction ends."""
    found = sorted(digests)
    for start in range(0, len(found), PART):
        part = select(_upload.digest).where(_upload.digest.in_(found[start : start + PART]))
        connection.execute(part.order_by(_upload.digest, _upload.person, _upload.task, _upload.name).with_for_update())


def forget(connection: Connection, digests: Sequence[str]) -> None:
    """No row of an upload names these any more; `remove` takes their bytes once that is committed."""
    for start in range(0, len(digests), PART):
        connection.execute(delete(schema.upload).where(_upload.digest.in_(digests[start : start + PART])))


def forget_unused_of(connection: Connection, person: Person) -> list[str]:
    """What a person uploaded and no entry names is theirs no more; returns the digests."""
    mine = (_upload.person == person.id) & _upload.used.is_(False)
    found = list(connection.execute(select(_upload.digest).where(mine)).scalars())
    connection.execute(delete(schema.upload).where(mine))
    return found


def _named(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those that a row of an upload names, or an entry that was not erased by right."""
    found = set(connection.execute(select(_upload.digest).where(_upload.digest.in_(digests))).scalars())
    used = set(connection.execute(select(_use.digest).where(_use.digest.in_(digests))).scalars())
    used |= set(connection.execute(select(_personal.digest).where(_personal.digest.in_(digests))).scalars())
    return found | (used - removals.read(connection).values.keys() if used - found else used)


def _not_too_many(connection: Connection, person: str, digest: str, most: int) -> None:
    query = select(func.count()).select_from(schema.upload)
    mine = query.where(_upload.person == person, _upload.used.is_(False), _upload.digest != digest)
    if person != OPERATOR and connection.execute(mine).scalar_one() >= most:
        raise Refused(
            Reason.WRONG_STATE,
            f"您已有 {most} 个上传后未使用的文件,请先提交任务,或等一周后自动清除",
            f"expected fewer than {most} files of yours that are not handed in yet; they are removed after a week",
        )


def _in_a_draft(connection: Connection, task: str, digest: str) -> bool:
    """Somebody is still filling in a form that holds it."""
    rows = connection.execute(select(schema.draft.c.content).where(schema.draft.c.task == task)) if task else None
    return rows is not None and any(digest.encode() in bytes(content) for content in rows.scalars())


def _gone(row: Row[tuple[object, ...]]) -> Delete:
    mine = (_upload.digest == row.digest) & (_upload.person == row.person) & (_upload.task == row.task)
    return delete(schema.upload).where(mine, _upload.name == row.name, _upload.used.is_(False))


def _lock(connection: Connection) -> None:
    """One at a time names bytes or removes them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
