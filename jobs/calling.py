"""A call of a connector that cannot keep anybody waiting: whoever does not answer in time is left behind."""

from __future__ import annotations

import logging
import threading
from collections import Counter

from engine.value import Value
from jobs.connector import Call, Connector, ConnectorFailed
from storage.database import Database

MOST_LEFT = 8
"""How many calls of one connector to one target may hang at once before no more are begun."""

log = logging.getLogger(__name__)
_left: Counter[str] = Counter()
_guard = threading.Lock()


class _Attempt:
    """One call in a thread of its own; its answer is taken once, or not at all."""

    def __init__(self, connector: Connector, call: Call, database: Database) -> None:
        self.connector, self.call, self.database = connector, call, database
        self.place = place(connector, call)
        self.answered, self.abandoned = threading.Event(), False
        self.result: Value = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            result = self.connector.run(self.call, self.database)
        except BaseException as error:  # it ends this thread only; whoever waits is told
            self.error = error
        else:
            self.result = result
        with _guard:
            self.answered.set()
            if self.abandoned:
                _left[self.place] -= 1
                log.warning(
                    "connector %s answered %s too late; its answer is dropped", self.connector.name, self.call.key
                )

    def abandon(self) -> bool:
        """Nobody waits any more. False when the answer came just now."""
        with _guard:
            if self.answered.is_set():
                return False
            self.abandoned = True
            _left[self.place] += 1
            return True


def place(connector: Connector, call: Call) -> str:
    """Where a call goes: one target that hangs must not keep calls from the others."""
    return f"{connector.name} {call.text('target')}"


def within(limit: float, connector: Connector, call: Call, database: Database) -> Value:
    """The connector's result, if it comes within so many seconds. Raises ConnectorFailed and what the connector raises."""
    with _guard:
        hanging = _left[place(connector, call)]
    if hanging >= MOST_LEFT:
        raise ConnectorFailed(
            f"{hanging} earlier calls of {place(connector, call)} still hang", permanent=False, code="timeout"
        )
    attempt = _Attempt(connector, call, database)
    threading.Thread(target=attempt.run, name=f"call {call.key}", daemon=True).start()
    if not attempt.answered.wait(limit) and attempt.abandon():
        raise ConnectorFailed(f"no answer within {limit:g} seconds", permanent=False, code="timeout")
    if attempt.error is not None:
        raise attempt.error
    return attempt.result
