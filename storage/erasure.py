"""Erasing what is personal, and disposing of what is past its retention; both are entries, and leave the rest provable."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select, update

from engine.commands import DisposeStream, Envelope, EraseCase, ErasePerson, StreamEnd
from engine.errors import Reason, Refused
from engine.events import StreamDisposed
from engine.stream import ORGANISATION
from engine.value import Person
from engine.words import Status, StreamKind
from storage import accounts, evidence, file_removal, people, personal, schema, uploads
from storage.answered import is_answered
from storage.attempt import Receipt
from storage.database import Database
from storage.files import FilesAway, FilesStay
from storage.moments import micros
from storage.submission import Store

PART = 500
"""How many rows one statement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is gone: personal values, drafts, and the name of a person.

    `cases` and `tasks` are open and still name the person: somebody else should have them. `wiped` is False when
    SQLite's log could not be emptied because somebody was reading: its next checkpoint will. A repeat erases nothing.
    """

    values: int = 0
    drafts: int = 0
    wiped: bool = True
    person: str | None = None
    cases: tuple[int, ...] = ()
    tasks: tuple[str, ...] = ()
    files: int = 0
    repeated: bool = False


def erase_person(store: Store, envelope: Envelope, handle: str, reason: str) -> Erased:
    """Erase a person's name and handle, and the drafts they began; their id stays in the journal and says nothing.

    The envelope is for the organisation's stream. Values that other people entered about this person stand in cases:
    `erase_case`. Raises Refused (NOT_FOUND) when nobody has the handle. On SQLite the bytes are overwritten and the
    log is emptied; on PostgreSQL they go with the next VACUUM, and everywhere copies made earlier keep them: backups
    have their own retention.
    """
    repeated = is_answered(store.database, envelope.id)
    person = Person("") if repeated else people.known(store, handle)
    with store.database.read() as connection:
        values = () if repeated else _values(connection, [ORGANISATION], int(person.id.split(".")[1]))
    drafts, files = 0, list[str]()

    def erase(connection: Connection, _receipt: Receipt) -> None:
        nonlocal drafts
        _erase(connection, values)
        files.extend(uploads.forget_unused_of(connection, person))
        connection.execute(delete(schema.handle).where(schema.handle.c.person == person.id))
        accounts.forget(connection, person)
        drafts = connection.execute(delete(schema.draft).where(schema.draft.c.person == person.id)).rowcount

    command = ErasePerson(envelope=envelope, person=person, values=values, reason=reason)
    if store.submit(command, also=erase).repeated:
        return Erased(repeated=True)
    wiped, gone = _wiped(store.database), _bytes_gone(store, files)
    with store.database.read() as connection:
        cases, tasks = _still_named(connection, person)
    found = Erased(values=len(values), drafts=drafts, person=person.id, wiped=wiped, cases=cases, tasks=tasks)
    return replace(found, files=gone)


def erase_case(store: Store, envelope: Envelope, case: int, reason: str) -> Erased:
    """Erase every personal value that a case and its instances hold, and all drafts for their tasks.

    The envelope is for the organisation's stream. Raises Refused (NOT_FOUND) when there is no such case.
    """
    with store.database.read() as connection:
        values = _values(connection, _together(connection, case))
        files = file_removal.erasable(connection, case)
    drafts = 0

    def erase(connection: Connection, _receipt: Receipt) -> None:
        nonlocal drafts
        streams = _of_case(connection, case)
        _erase(connection, values)
        file_removal.erase(connection, case, files)
        drafts = _drop_drafts(connection, streams)

    command = EraseCase(envelope=envelope, case=case, values=(*values, *files), reason=reason)
    if store.submit(command, also=erase).repeated:
        return Erased(repeated=True)
    wiped, gone = _wiped(store.database), _bytes_gone(store, files)
    return Erased(values=len(values), drafts=drafts, files=gone, wiped=wiped)


def dispose(store: Store, envelope: Envelope, stream: int, reason: str) -> int:
    """Delete the entries of a case with its instances, or of one instance without a case, after its retention.

    The envelope is for the organisation's stream, whose entry keeps revision and digest of each stream's last entry,
    as `disposed` does. Kept: the sealed positions, the answers to command ids. Gone: entries, large and personal
    values, drafts, and everything made from them. Returns how many entries are gone. Raises Refused unless everything
    has ended and is sealed.
    """
    with store.database.read() as connection:
        streams = _together(connection, stream)
        values, ends = _values(connection, streams), _ends(connection, streams)
    files: list[str] = []

    def remove(connection: Connection, _receipt: Receipt) -> None:
        _past(connection, stream)
        if _ends(connection, _together(connection, stream), lock=True) != ends:
            raise Refused(
                Reason.WRONG_STATE,
                f"流 {stream} 刚刚有变动,请重试",
                f"expected stream {stream} as it was a moment ago, but it has moved; try again",
            )
        _erase(connection, values)
        files.extend(file_removal.dispose(connection, streams))
        _remove(connection, streams, micros(store.now()))

    command = DisposeStream(envelope=envelope, disposed=stream, ends=ends, values=values, reason=reason)
    receipt = store.submit(command, also=remove)
    _wiped(store.database)
    _bytes_gone(store, files)
    return sum(event.revision for event in receipt.events if isinstance(event, StreamDisposed))


def _bytes_gone(store: Store, files: Sequence[str]) -> int:
    """Remove bytes that no row names any more. Raises FilesStay: what was recorded stands."""
    try:
        return uploads.remove(store, files)
    except FilesAway as away:
        raise FilesStay(away, len(files)) from away


def _remove(connection: Connection, streams: Sequence[int], at: int) -> None:
    """Streams give up everything but where they ended."""
    _drop_drafts(connection, streams)
    rows = connection.execute(select(schema.stream).where(schema.stream.c.stream_no.in_(streams))).all()
    kept = [
        {"stream_no": row.stream_no, "kind": row.kind, "revision": row.revision, "digest": row.digest, "at": at}
        for row in rows
    ]
    connection.execute(insert(schema.disposed), kept)
    mine = select(schema.task.c.task).where(schema.task.c.stream_no.in_(streams))
    for table in (schema.task_copy, schema.task_read):
        connection.execute(delete(table).where(table.c.task.in_(mine)))
    for table in OF_STREAM:
        connection.execute(delete(table).where(table.c.stream_no.in_(streams)))
    for table in (schema.performer, schema.case_role, schema.case_value, schema.case_word):
        connection.execute(delete(table).where(table.c.case_no.in_(streams)))
    empty = update(schema.stream).where(schema.stream.c.stream_no.in_(streams))
    connection.execute(empty.values(state=b"", window=b""))
    connection.execute(delete(schema.entry).where(schema.entry.c.stream_no.in_(streams)))


OF_STREAM = (
    schema.instance,
    schema.case,
    schema.task,
    schema.timer,
    schema.incident,
    schema.subscription,
    schema.job,
    schema.large_value,
    schema.milestone,
    schema.occurrence,
    schema.reckoning,
    schema.invitation,
)


def _wiped(database: Database) -> bool:
    """Empty the log of a SQLite file; False when a reader kept it from that. What is deleted is overwritten anyway."""
    if not database.is_sqlite:
        return True
    with closing(database.writer.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = cursor.fetchone()
    return found is not None and not found[0]  # busy, pages in the log, pages moved


def _values(connection: Connection, streams: Sequence[int], revision: int | None = None) -> tuple[str, ...]:
    """The personal values of these streams (or of one entry) that are still there."""
    found, table = evidence.of_entries(connection, streams, revision), schema.personal.c
    there: set[str] = set()
    for start in range(0, len(found), PART):
        query = select(table.reference).where(table.reference.in_(found[start : start + PART]))
        there.update(connection.execute(query.where(table.content.is_not(None))).scalars())
    return tuple(sorted(there))


def _erase(connection: Connection, references: Sequence[str]) -> None:
    for start in range(0, len(references), PART):
        personal.erase(connection, references[start : start + PART])


def _drop_drafts(connection: Connection, streams: Sequence[int]) -> int:
    tasks = select(schema.task.c.task).where(schema.task.c.stream_no.in_(streams))
    return connection.execute(delete(schema.draft).where(schema.draft.c.task.in_(tasks))).rowcount


def _still_named(connection: Connection, person: Person) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The open cases in whose team a person is, and the open tasks they hold."""
    case, team, task = schema.case.c, schema.case_role.c, schema.task.c
    cases = select(team.case_no).join(schema.case, case.stream_no == team.case_no)
    cases = cases.where(team.person == person.id, case.status == Status.RUNNING).distinct().order_by(team.case_no)
    tasks = select(task.task).where(task.holder == person.id, task.closed_at.is_(None)).order_by(task.task)
    return tuple(connection.execute(cases).scalars()), tuple(connection.execute(tasks).scalars())


def _together(connection: Connection, stream: int) -> list[int]:
    """A stream with those of its instances, when it is a case."""
    table = schema.stream.c
    query = select(table.stream_no).where((table.stream_no == stream) | (table.case_no == stream))
    return list(connection.execute(query.order_by(table.stream_no)).scalars())


def _ends(connection: Connection, streams: Sequence[int], *, lock: bool = False) -> tuple[StreamEnd, ...]:
    """Where streams end; locked, so that nothing is added to them meanwhile."""
    table = schema.stream.c
    query = select(table.stream_no, table.revision, table.digest).where(table.stream_no.in_(streams))
    query = query.order_by(table.stream_no).with_for_update() if lock else query.order_by(table.stream_no)
    rows = connection.execute(query)
    return tuple(StreamEnd(stream=r.stream_no, revision=r.revision, digest=bytes(r.digest).hex()) for r in rows)


def _of_case(connection: Connection, case: int) -> list[int]:
    kind = connection.execute(select(schema.stream.c.kind).where(schema.stream.c.stream_no == case))
    if kind.scalar_one_or_none() != StreamKind.CASE:
        raise Refused(Reason.NOT_FOUND, f"没有服务项目 {case}", f"there is no case {case}")
    return _together(connection, case)


def _past(connection: Connection, stream: int) -> None:
    """Raises Refused unless the streams that go together have ended, are sealed, and are still there."""
    gone = select(schema.disposed.c.stream_no).where(schema.disposed.c.stream_no == stream)
    if connection.execute(gone).one_or_none() is not None:
        raise Refused(Reason.WRONG_STATE, f"流 {stream} 已经处置", f"stream {stream} was disposed of already")
    instance, case, waits = schema.instance.c, schema.case.c, schema.unsealed.c
    found = connection.execute(select(instance.case_no).where(instance.stream_no == stream)).one_or_none()
    if found is not None and found.case_no is not None:
        raise Refused(
            Reason.WRONG_STATE,
            f"实例 {stream} 属于服务项目 {found.case_no},应与其一并处置",
            f"expected case {found.case_no}, to which instance {stream} belongs",
        )
    streams = [stream] if found is not None else _of_case(connection, stream)
    running = select(instance.stream_no).where(instance.stream_no.in_(streams), instance.status == Status.RUNNING)
    open_case = select(case.stream_no).where(case.stream_no.in_(streams), case.status == Status.RUNNING)
    for query, zh, en in (
        (running.union(open_case), "尚未结束", "has not ended"),
        (select(waits.stream_no).where(waits.stream_no.in_(streams)), "尚未封存", "is not sealed yet"),
    ):
        number = connection.execute(query.limit(1)).scalar_one_or_none()
        if number is not None:
            raise Refused(Reason.WRONG_STATE, f"流 {number} {zh}", f"stream {number} {en}")
