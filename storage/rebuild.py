"""Tables made anew from the journal: states and projections by `apply`, windows by re-execution when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, Table, delete, select, update

from engine import replay
from engine import stream as streams
from engine.errors import Text
from engine.instance import Instance
from engine.milestone import Milestone
from engine.replay import Verdict
from engine.stream import State
from engine.words import StreamKind
from storage import derived, journal, projection, reexecution, schema, staffing
from storage.batch import Batch
from storage.report import of_stream, said
from storage.shelf import StreamShelf
from storage.states import States
from storage.submission import Store


@dataclass(kw_only=True)
class Rebuilt:
    """What a rebuild did, and where the tables had said something else."""

    streams: int = 0
    differences: list[Text] = field(default_factory=list)


def rebuild(store: Store, *, windows: bool = False) -> Rebuilt:
    """Make all projections and states anew, in one transaction."""
    made, states = Rebuilt(), reexecution.from_entries()
    with store.database.write() as connection:
        before = {table.name: _content(connection, table) for table in schema.PROJECTIONS}
        for table in schema.PROJECTIONS:
            connection.execute(delete(table))
        for row in connection.execute(select(schema.stream).order_by(schema.stream.c.stream_no)).all():
            _stream(store, connection, row, made)
            made.streams += 1
            if windows and row.kind == StreamKind.INSTANCE:
                _window(store, connection, row, states, made)
        for table in schema.PROJECTIONS:
            made.differences += _differences(table, before[table.name], _content(connection, table))
    return made


def _stream(store: Store, connection: Connection, row: Row[tuple[object, ...]], made: Rebuilt) -> None:
    shelf = StreamShelf(connection, row.stream_no, store.recent)
    state: State = streams.empty(StreamKind(row.kind), row.stream_no)
    staff: staffing.Team = {}
    for entry in journal.read(connection, row.stream_no, shelf):
        previous, state = state, replay.after(state, entry)
        if isinstance(state, Instance) and not previous.revision:  # a case is made anew before its instances
            staff = staffing.kept(connection, state.case)
        batch = Batch(connection)
        projection.project(batch, entry, previous, state, staff, jobs=False)
        batch.send()
    if state.revision == 0:
        return
    data = derived.bytes_of(state, shelf)
    shelf.flush()
    case = state.case if isinstance(state, Instance | Milestone) else None
    if not derived.says(bytes(row.state), state, shelf) or case != row.case_no:
        made.differences.append(
            said(of_stream(row.stream_no), "的状态与日志不符", ": state was not what the journal says")
        )
    if data != bytes(row.state) or case != row.case_no:
        change = update(schema.stream).where(schema.stream.c.stream_no == row.stream_no)
        connection.execute(change.values(state=data, case_no=case))


def _window(store: Store, connection: Connection, row: Row[tuple[object, ...]], states: States, made: Rebuilt) -> None:
    compared = reexecution.re_execute(store, connection, StreamKind.INSTANCE, row.stream_no, states=states)
    if compared.verdict is not Verdict.IDENTICAL:
        reason = compared.reason or Text("", "")
        what = said(of_stream(row.stream_no), "的窗口未重建", ": window was not made anew")
        made.differences.append(said(what, f":{reason.zh}", f": {reason.en}"))
    elif compared.window != bytes(row.window):
        made.differences.append(
            said(of_stream(row.stream_no), "的窗口与日志不符", ": window was not what the journal says")
        )
        change = update(schema.stream).where(schema.stream.c.stream_no == row.stream_no)
        connection.execute(change.values(window=compared.window))


def _differences(table: Table, before: set[str], after: set[str]) -> Iterator[Text]:
    name = table.name
    for row in sorted(before - after):
        yield Text(f"表 {name}:日志中没有的一行 {row}", f"table {name}: a row that the journal does not say: {row}")
    for row in sorted(after - before):
        yield Text(f"表 {name}:缺少的一行 {row}", f"table {name}: a row was missing: {row}")


def _content(connection: Connection, table: Table) -> set[str]:
    return {str(tuple(row)) for row in connection.execute(select(table))}
