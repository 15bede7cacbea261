"""One pass of the clock: every timer that is due becomes a command. Time never changes state by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import Row, select, tuple_, update

from engine.commands import Envelope, FailTimer, FireTimer
from engine.errors import EngineError, Reason, Refused
from engine.words import Channel
from storage import schema
from storage.moments import micros
from storage.submission import Store

BATCH = 200
CLAIM = timedelta(minutes=1)
"""How long other nodes leave alone the timers that one of them is firing; a page takes a few seconds."""

PASSED = (Reason.NOT_FOUND, Reason.WRONG_STATE)

log = logging.getLogger(__name__)
_timer = schema.timer.c


def tick(store: Store, stopping: Callable[[], bool] = lambda: False) -> int:
    """Fire the timers that are due, earliest first; returns how many fired. A timer fires once: its id is the command's.

    What fires is settled before the first one does: a timer that a step starts waits for the next pass, however short.
    Nodes that tick at once share the work page by page.
    """
    fired = 0
    for page in list(_due(store)):
        if stopping():
            break
        claimed = _claim(store, page)
        fired += sum([_fire(store, row) for row in claimed])
        _release(store, claimed)
    return fired


def _due(store: Store) -> Iterator[list[str]]:
    """The timers due by now, each once, page by page, each behind the last one: a refused one is not met again."""
    now, last = micros(store.now()), (-1, "")
    while True:
        query = select(_timer.timer, _timer.due)
        query = query.where(_timer.due <= now, tuple_(_timer.due, _timer.timer) > last)
        with store.database.read() as connection:
            rows = connection.execute(query.order_by(_timer.due, _timer.timer).limit(BATCH)).all()
        if not rows:
            return
        yield [row.timer for row in rows]
        last = (rows[-1].due, rows[-1].timer)


def _claim(store: Store, page: list[str]) -> Sequence[Row[tuple[object, ...]]]:
    """Those of the page that no other node is firing; until the claim ends they are this one's."""
    now = store.now()
    free = select(schema.timer).where(_timer.timer.in_(page), _timer.claimed_until <= micros(now))
    with store.database.write() as connection:
        rows = connection.execute(free.order_by(_timer.due, _timer.timer).with_for_update(skip_locked=True)).all()
        if rows:
            mine = update(schema.timer).where(_timer.timer.in_([row.timer for row in rows]))
            connection.execute(mine.values(claimed_until=micros(now + CLAIM)))
    return rows


def _release(store: Store, rows: Sequence[Row[tuple[object, ...]]]) -> None:
    """Those that did not fire are due for everybody again."""
    if rows:
        left = update(schema.timer).where(_timer.timer.in_([row.timer for row in rows]))
        with store.database.write() as connection:
            connection.execute(left.values(claimed_until=0))


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
