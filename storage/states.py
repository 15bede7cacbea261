"""States of streams at a revision: decoded once, shared as the immutable values they are."""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import cast

from sqlalchemy import Connection, select

from engine import record, replay
from engine import stream as streams
from engine.case import Case
from engine.instance import Instance
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
}


class States:
    """The newest states of this process by stream and revision."""

    def __init__(self, recent: Recent) -> None:
        self.recent = recent
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, int], State] = OrderedDict()

    def remember(self, state: State) -> None:
        """Keep a committed state while it is among the newest."""
        with self._lock:
            self._kept[state.stream, state.revision] = state
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def decode(self, kind: StreamKind, stream: int, revision: int, data: bytes, shelf: StreamShelf) -> State:
        """The state that these bytes of a stream's row hold."""
        with self._lock:
            found = self._kept.get((stream, revision))
        if found is not None:
            return found
        if revision == 0 or not data:
            return streams.empty(kind, stream)
        state = cast("State", record.read(CLASSES[kind], json.loads(data), shelf))
        self.remember(state)
        return state

    def at(self, connection: Connection, kind: StreamKind, stream: int, revision: int) -> State:
        """The state of a stream at a revision: kept, in its row, or made from its entries."""
        with self._lock:
            found = self._kept.get((stream, revision))
        if found is not None:
            return found
        shelf = StreamShelf(connection, stream, self.recent)
        table = schema.stream
        row = connection.execute(
            select(table.c.revision, table.c.state).where(table.c.stream_no == stream)
        ).one_or_none()
        if row is not None and row.revision == revision:
            return self.decode(kind, stream, revision, bytes(row.state), shelf)
        state = replay.at(kind, stream, journal.read(connection, stream, shelf, until=revision), revision)
        self.remember(state)
        return state
