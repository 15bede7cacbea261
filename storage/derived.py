"""What is kept beside a stream's entries, compared with what they make: its row, and its rows in the tables of open work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import BigInteger, Connection, Row, Select, bindparam, select

from engine import encoding, record, replay
from engine import stream as streams
from engine.case import Case
from engine.errors import EngineError, Text
from engine.instance import Instance
from engine.journal import Entry
from engine.milestone import Milestone
from engine.stream import State
from engine.words import StreamKind
from storage import journal, schema, staffing, subscriptions
from storage.moments import due
from storage.projection import inbox_rows
from storage.report import of_stream, said
from storage.shelf import StreamShelf

Rows = set[tuple[object, ...]]


class Followed:
    """A stream's entries as somebody reads them, and the state that those already read make."""

    def __init__(self, kind: StreamKind, stream: int, entries: Iterable[Entry]) -> None:
        self.state: State = streams.empty(kind, stream)
        self.window: str | None = None
        self.entries = self._following(entries)

    def and_then(self, more: Iterable[Entry]) -> State:
        """The state after what is left, and after what was written since."""
        for entries in (self.entries, self._following(more)):
            for _ in entries:
                pass
        return self.state

    def _following(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            yield entry  # whoever reads it judges it first
            self.state, self.window = replay.after(self.state, entry), entry.window


def differences(connection: Connection, number: int, followed: Followed, shelf: StreamShelf) -> list[Text]:
    """What is not as the entries say. The row may be further on than the entries that were read so far."""
    row = connection.execute(_ROW, {"number": number}).one_or_none()
    read = followed.and_then([]).revision
    if row is None or read == 0:
        return []  # disposed of meanwhile
    state = followed.and_then(journal.read(connection, number, shelf, after=read, until=row.revision))
    places = [*_of_row(row, state, followed.window, shelf), *_of_tables(connection, state)]
    return [said(said(of_stream(number), zh, en), "与其条目不符", " not what its entries make") for zh, en in places]


def bytes_of(state: State, shelf: StreamShelf) -> bytes:
    """A state as its stream's row has it."""
    return _spelled(state, shelf)


def _of_row(
    row: Row[int, int | None, bytes, bytes], state: State, window: str | None, shelf: StreamShelf
) -> Iterator[tuple[str, str]]:
    if not says(bytes(row.state), state, shelf):
        yield "的状态", ": its state is"
    if window is not None and hashlib.sha256(bytes(row.window)).hexdigest() != window:
        yield "的窗口", ": its window is"
    if row.case_no != (state.case if isinstance(state, Instance | Milestone) else None):
        yield "所属的服务项目", ": its case is"


def says(data: bytes, state: State, shelf: StreamShelf) -> bool:
    """The bytes of a row are this state, in our spelling or in that of an earlier release, which knew fewer fields."""
    written = bytes_of(state, shelf)
    if data == written:
        return True
    try:
        document = encoding.read(data)
        return isinstance(document, dict) and _spelled(record.read(type(state), document, shelf), shelf) == written
    except (EngineError, ValueError):
        return False  # of no release


def _spelled(state: object, shelf: StreamShelf) -> bytes:
    return encoding.write(record.write(state, shelf))


def _of_tables(connection: Connection, state: State) -> Iterator[tuple[str, str]]:
    for name, expected in _work(connection, state).items():
        found: Rows = {tuple(row) for row in connection.execute(_OPEN_WORK[name], {"number": state.stream})}
        if found != expected:
            yield f"在表 {name} 中的各行", f": its rows in table {name} are"


def _work(connection: Connection, state: State) -> dict[str, Rows]:
    match state:
        case Instance():
            return _open_work(state, staffing.kept(connection, state.case))
        case Case():
            return {"case_role": {(role, person.id) for role, persons in state.roles.items() for person in persons}}
        case Milestone():
            return {"milestone": {(state.version, state.status, due(state.due), state.count)}}
        case _:
            return {}


def _open_work(state: Instance, staff: staffing.Team) -> dict[str, Rows]:
    """The rows of everything that an instance waits for."""
    tasks, timers, waiting = state.tasks.values(), state.timers.values(), subscriptions.rows(state)
    inbox = [row for task in tasks for row in inbox_rows(task, state.case, staff)]
    return {
        "task": {(t.id, t.stage, None if t.holder is None else t.holder.id, t.opened) for t in tasks},
        "inbox": {tuple(row[column.name] for column in schema.inbox.columns) for row in inbox},
        "timer": {(t.id, t.activity, t.kind, due(t.due)) for t in timers},
        "incident": {(one.id, one.activity) for one in state.incidents.values()},
        "subscription": {(row["subscription"], row["kind"], row["name"], row["correlation"]) for row in waiting},
    }


_milestone, _team = schema.milestone.c, schema.case_role.c
_stream, _task, _inbox = schema.stream.c, schema.task.c, schema.inbox.c
_timer, _waiting, _incident = schema.timer.c, schema.subscription.c, schema.incident.c
_NUMBER = bindparam("number", type_=BigInteger())
_ROW = select(_stream.revision, _stream.case_no, _stream.state, _stream.window).where(_stream.stream_no == _NUMBER)
_OPEN = select(_task.task).where(_task.stream_no == _NUMBER, _task.closed_at.is_(None))
_OPEN_WORK: dict[str, Select[tuple[object, ...]]] = {
    "task": _OPEN.with_only_columns(_task.task, _task.stage, _task.holder, _task.opened),
    "inbox": select(schema.inbox).where(_inbox.task.in_(_OPEN)),
    "timer": select(_timer.timer, _timer.activity, _timer.kind, _timer.due).where(_timer.stream_no == _NUMBER),
    "incident": select(_incident.incident, _incident.activity).where(_incident.stream_no == _NUMBER),
    "subscription": select(_waiting.subscription, _waiting.kind, _waiting.name, _waiting.correlation).where(
        _waiting.stream_no == _NUMBER
    ),
    "case_role": select(_team.role, _team.person).where(_team.case_no == _NUMBER),
    "milestone": select(_milestone.version, _milestone.status, _milestone.due, _milestone.occurred).where(
        _milestone.stream_no == _NUMBER
    ),
}
