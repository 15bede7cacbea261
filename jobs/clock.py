"""One pass of the clock: every timer that is due becomes a command. Time never changes state by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sqlalchemy import Row, select, tuple_

from engine.commands import Envelope, FailTimer, FireTimer
from engine.errors import EngineError, Reason, Refused
from engine.words import Channel
from storage import schema
from storage.moments import micros
from storage.submission import Store

BATCH = 200
PASSED = (Reason.NOT_FOUND, Reason.WRONG_STATE)

log = logging.getLogger(__name__)


def tick(store: Store) -> int:
    """Fire the timers that are due, earliest first; returns how many fired. A timer fires once: its id is the command's.

    What fires is settled before the first one does: a timer that a step starts waits for the next pass, however short.
    """
    return sum([_fire(store, row) for row in list(_due(store))])


def _due(store: Store) -> Iterator[Row[tuple[object, ...]]]:
    """The timers due by now, each once, read page by page behind the last one: a refused one is not met again."""
    table = schema.timer
    now, last = micros(store.now()), (-1, "")
    while True:
        query = select(table).where(table.c.due <= now, tuple_(table.c.due, table.c.timer) > last)
        with store.database.read() as connection:
            rows = connection.execute(query.order_by(table.c.due, table.c.timer).limit(BATCH)).all()
        if not rows:
            return
        yield from rows
        last = (rows[-1].due, rows[-1].timer)


def _fire(store: Store, row: Row[tuple[object, ...]]) -> bool:
    envelope = Envelope(id=f"timer:{row.timer}", stream=row.stream_no, at=store.now(), channel=Channel.CLOCK)
    try:
        return not store.submit(FireTimer(envelope=envelope, timer=row.timer)).repeated
    except Refused as refused:
        if refused.reason not in PASSED:  # PASSED: another node fired it, or its task was just done
            log.warning("timer %s: %s", row.timer, refused)
            _give_up(store, row, refused)
    except EngineError:  # one instance that cannot go on must not keep the others waiting
        log.exception("timer %s", row.timer)
    return False


def _give_up(store: Store, row: Row[tuple[object, ...]], refused: Refused) -> None:
    """A step that is refused now is refused at every tick: it becomes an incident, for a person to settle."""
    envelope = Envelope(id=f"timer-failed:{row.timer}", stream=row.stream_no, at=store.now(), channel=Channel.CLOCK)
    try:
        store.submit(FailTimer(envelope=envelope, timer=row.timer, zh=refused.text.zh, en=refused.text.en))
    except EngineError:  # somebody was faster
        log.exception("timer %s", row.timer)
