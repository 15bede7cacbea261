"""Erasing what is personal, and disposing of what is past its retention; both leave the rest provable."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from engine.errors import Reason, Refused
from engine.stream import ORGANISATION
from engine.words import Status, StreamKind
from storage import evidence, personal, schema
from storage.database import Database
from storage.moments import micros
from storage.submission import Store

PART = 500
"""How many rows one statement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is gone: personal values, drafts, and the name of a person.

    `wiped` is False when SQLite's log could not be emptied because somebody was reading: its next checkpoint will.
    """

    values: int
    drafts: int
    wiped: bool
    person: str | None = None


def erase_person(store: Store, handle: str) -> Erased:
    """Erase a person's name and handle, and the drafts they began; their id stays in the journal and says nothing.

    Values that other people entered about this person stand in cases: `erase_case`. Raises Refused (NOT_FOUND)
    when nobody has the handle. Nothing in the journal changes, so everything verifies, rebuilds and re-executes as
    before. On SQLite the bytes are overwritten and the log is emptied; on PostgreSQL they go with the next VACUUM, and
    everywhere copies made earlier keep them: backups have their own retention.
    """
    with store.database.write() as connection:
        query = select(schema.handle.c.person).where(schema.handle.c.handle == handle)
        person = connection.execute(query).scalar_one_or_none()
        if person is None:
            raise Refused(Reason.NOT_FOUND, f"没有名为 {handle} 的人员", f"there is no person {handle}")
        revision = int(person.split(".")[1])
        found = evidence.of_entries(connection, [ORGANISATION], revision)
        values = _erase(connection, found)
        connection.execute(delete(schema.handle).where(schema.handle.c.handle == handle))
        drafts = connection.execute(delete(schema.draft).where(schema.draft.c.person == person)).rowcount
    return Erased(values=values, drafts=drafts, person=person, wiped=_wiped(store.database))


def erase_case(store: Store, case: int) -> Erased:
    """Erase every personal value that a case and its instances hold, and all drafts for their tasks.

    Raises Refused (NOT_FOUND) when there is no such case.
    """
    with store.database.write() as connection:
        streams = _of_case(connection, case)
        values = _erase(connection, evidence.of_entries(connection, streams))
        drafts = _drop_drafts(connection, streams)
    return Erased(values=values, drafts=drafts, wiped=_wiped(store.database))


def dispose(store: Store, stream: int, now: datetime) -> int:
    """Delete the entries of a case with its instances, or of one instance without a case, after its retention.

    Kept: the digest and revision of each stream's last entry (`disposed`), the sealed positions, the answers to
    command ids. Gone: entries, large and personal values, drafts, and everything made from them. Returns how many
    entries are gone. Raises Refused unless everything has ended and is sealed.
    """
    with store.database.write() as connection:
        streams = _past(connection, stream)
        _erase(connection, evidence.of_entries(connection, streams))
        _drop_drafts(connection, streams)
        rows = connection.execute(select(schema.stream).where(schema.stream.c.stream_no.in_(streams))).all()
        kept = [
            {"stream_no": r.stream_no, "kind": r.kind, "revision": r.revision, "digest": r.digest, "at": micros(now)}
            for r in rows
        ]
        connection.execute(insert(schema.disposed), kept)
        for table in (schema.instance, schema.case, schema.task, schema.timer, schema.subscription, schema.large_value):
            connection.execute(delete(table).where(table.c.stream_no.in_(streams)))
        connection.execute(delete(schema.performer).where(schema.performer.c.case_no.in_(streams)))
        empty = update(schema.stream).where(schema.stream.c.stream_no.in_(streams))
        connection.execute(empty.values(state=b"", window=b""))
        gone = connection.execute(delete(schema.entry).where(schema.entry.c.stream_no.in_(streams))).rowcount
    _wiped(store.database)
    return gone


def _wiped(database: Database) -> bool:
    """Empty the log of a SQLite file; False when a reader kept it from that. What is deleted is overwritten anyway."""
    if not database.is_sqlite:
        return True
    with closing(database.writer.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = cursor.fetchone()
    return found is not None and not found[0]  # busy, pages in the log, pages moved


def _erase(connection: Connection, references: Sequence[str]) -> int:
    parts = (references[start : start + PART] for start in range(0, len(references), PART))
    return sum(personal.erase(connection, part) for part in parts)


def _drop_drafts(connection: Connection, streams: Sequence[int]) -> int:
    tasks = select(schema.task.c.task).where(schema.task.c.stream_no.in_(streams))
    return connection.execute(delete(schema.draft).where(schema.draft.c.task.in_(tasks))).rowcount


def _of_case(connection: Connection, case: int) -> list[int]:
    table = schema.stream.c
    kind = connection.execute(select(table.kind).where(table.stream_no == case)).scalar_one_or_none()
    if kind != StreamKind.CASE:
        raise Refused(Reason.NOT_FOUND, f"没有服务项目 {case}", f"there is no case {case}")
    return [case, *connection.execute(select(table.stream_no).where(table.case_no == case)).scalars()]


def _past(connection: Connection, stream: int) -> list[int]:
    """The streams that go together. Raises Refused unless all have ended and are sealed."""
    instance = schema.instance.c
    alone = select(instance.case_no).where(instance.stream_no == stream)
    found = connection.execute(alone).one_or_none()
    if found is not None and found.case_no is not None:
        raise Refused(
            Reason.WRONG_STATE,
            f"实例 {stream} 属于服务项目 {found.case_no},应与其一并处置",
            f"expected case {found.case_no}, to which instance {stream} belongs",
        )
    streams = [stream] if found is not None else _of_case(connection, stream)
    running = select(instance.stream_no).where(instance.stream_no.in_(streams), instance.status == Status.RUNNING)
    case = schema.case.c
    open_case = select(case.stream_no).where(case.stream_no.in_(streams), case.status == Status.RUNNING)
    waiting = select(schema.unsealed.c.stream_no).where(schema.unsealed.c.stream_no.in_(streams))
    for query, zh, en in (
        (running.union(open_case), "尚未结束", "has not ended"),
        (waiting, "尚未封存", "is not sealed yet"),
    ):
        number = connection.execute(query.limit(1)).scalar_one_or_none()
        if number is not None:
            raise Refused(Reason.WRONG_STATE, f"流 {number} {zh}", f"stream {number} {en}")
    return streams
