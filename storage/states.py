"""States of streams at a revision: decoded once, shared as the immutable values they are."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import OrderedDict
from threading import Lock
from typing import cast

from sqlalchemy import Connection, bindparam, select

from engine import encoding, record, replay
from engine import stream as streams
from engine.case import Case
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.publication import Publications
from engine.stream import State
from engine.words import StreamKind
from storage import journal, schema
from storage.shelf import Recent, StreamShelf

KEPT = 512
CLASSES: dict[StreamKind, type] = {
    StreamKind.INSTANCE: Instance,
    StreamKind.CASE: Case,
    StreamKind.ORGANISATION: Organisation,
    StreamKind.PROCEDURE: Publications,
    StreamKind.MILESTONE: Milestone,
}
STRIDE = 64
"""Of a long way back every so many states are kept, so that the next look anywhere on it is short."""


class States:
    """The states this process used last, by stream and revision.

    Without `rows` they are made from entries only: rows are not proven.
    """

    def __init__(self, recent: Recent, *, rows: bool = True) -> None:
        self.recent = recent
        self.rows = rows
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, int], State] = OrderedDict()
        self._revisions: dict[int, list[int]] = {}

    def remember(self, state: State) -> None:
        """Keep a committed state while it is among those used last."""
        key = (state.stream, state.revision)
        with self._lock:
            if key not in self._kept:
                insort(self._revisions.setdefault(state.stream, []), state.revision)
            self._kept[key] = state
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._forget(*self._kept.popitem(last=False)[0])

    def decode(self, kind: StreamKind, stream: int, revision: int, data: bytes, shelf: StreamShelf) -> State:
        """The state that these bytes of a stream's row hold."""
        found = self._recall(stream, revision)
        if found is not None:
            return found
        if revision == 0:
            return streams.empty(kind, stream)
        if not data:
            raise Refused(Reason.NOT_FOUND, f"流 {stream} 已按保存期限处置", f"stream {stream} was disposed of")
        document = cast("dict[str, object]", encoding.read(data))
        state = cast("State", record.read(CLASSES[kind], document, shelf))
        self.remember(state)
        return state

    def at(self, connection: Connection, kind: StreamKind, stream: int, revision: int) -> State:
        """The state of a stream at a revision: kept, in its row, or made from its entries."""
        found = self._recall(stream, revision)
        if found is not None:
            return found
        shelf = StreamShelf(connection, stream, self.recent)
        row = connection.execute(_ROW, {"number": stream}).one_or_none() if self.rows else None
        if row is not None and row.revision == revision:
            return self.decode(kind, stream, revision, bytes(row.state), shelf)
        state = self._nearest(kind, stream, revision)
        for entry in journal.read(connection, stream, shelf, after=state.revision, until=revision):
            state = replay.after(state, entry)
            if state.revision % STRIDE == 0:
                self.remember(state)
        self.remember(state)
        return state

    def _recall(self, stream: int, revision: int) -> State | None:
        key = (stream, revision)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def _nearest(self, kind: StreamKind, stream: int, revision: int) -> State:
        """The newest kept state not after a revision; so looking at one revision after another reads each entry once."""
        with self._lock:
            revisions = self._revisions.get(stream, [])
            place = bisect_right(revisions, revision)
            return self._kept[stream, revisions[place - 1]] if place else streams.empty(kind, stream)

    def _forget(self, stream: int, revision: int) -> None:
        revisions = self._revisions[stream]
        revisions.remove(revision)
        if not revisions:
            del self._revisions[stream]


_ROW = select(schema.stream.c.revision, schema.stream.c.state).where(schema.stream.c.stream_no == bindparam("number"))
