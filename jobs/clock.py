"""One pass of the clock: whatever is due, timer or milestone, becomes a command. Time never changes state by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Row, Table, select, tuple_, update

from engine.commands import Envelope, FailTimer, FireTimer
from engine.errors import EngineError, Reason, Refused
from engine.words import Channel
from jobs import milestones, reckoning
from storage import schema
from storage.moments import NEVER, micros
from storage.submission import Store

BATCH = 200
CLAIM = timedelta(minutes=1)
"""How long other nodes leave alone what one of them attends to; a page takes a few seconds."""

PASSED = (Reason.NOT_FOUND, Reason.WRONG_STATE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table of what comes due, with its key, and the key before all others."""

    table: Table
    key: Column[Any]
    before: str | int


TIMERS = Rows(table=schema.timer, key=schema.timer.c.timer, before="")
MILESTONES = Rows(table=schema.milestone, key=schema.milestone.c.stream_no, before=0)


def tick(store: Store, stopping: Callable[[], bool] = lambda: False) -> int:
    """Let what is due happen, earliest first; returns how many timers fired and milestones occurred.

    Nothing happens twice: the ids of the commands say which timer, and which revision of which milestone. What is due is
    settled before the first one happens: a timer that a step starts waits for the next pass, however short. Nodes that
    tick at once share the work page by page. What changed is reckoned anew before anything is met.
    """
    reckoning.reckon(store, stopping)
    fired = _each(store, TIMERS, stopping, lambda row: int(_fire(store, row)))
    return fired + _each(store, MILESTONES, stopping, lambda row: _meet(store, row))


def _each(
    store: Store, rows: Rows, stopping: Callable[[], bool], happen: Callable[[Row[tuple[object, ...]]], int]
) -> int:
    happened = 0
    for page in list(_due(store, rows)):
        if stopping():
            break
        claimed = _claim(store, rows, page)
        happened += sum([happen(row) for row in claimed])
        _release(store, rows, claimed)
    return happened


def _due(store: Store, rows: Rows) -> Iterator[list[Any]]:
    """The keys of what is due by now, each once, page by page, each behind the last one: a refused one is not met again."""
    due, key = rows.table.c.due, rows.key
    now, last = micros(store.now()), (-NEVER - 1, rows.before)  # a moment may lie before 1970
    while True:
        query = select(key.label("key"), due).where(due <= now, tuple_(due, key) > last)
        with store.database.read() as connection:
            found = connection.execute(query.order_by(due, key).limit(BATCH)).all()
        if not found:
            return
        yield [row.key for row in found]
        last = (found[-1].due, found[-1].key)


def _claim(store: Store, rows: Rows, page: list[Any]) -> Sequence[Row[tuple[object, ...]]]:
    """Those of the page that no other node attends to; until the claim ends they are this one's."""
    now, table = store.now(), rows.table
    free = select(table).where(rows.key.in_(page), table.c.claimed_until <= micros(now), table.c.due <= micros(now))
    with store.database.write() as connection:
        found = connection.execute(free.order_by(table.c.due, rows.key).with_for_update(skip_locked=True)).all()
        if found:
            mine = update(table).where(rows.key.in_([getattr(row, rows.key.name) for row in found]))
            connection.execute(mine.values(claimed_until=micros(now + CLAIM)))
    return found


def _release(store: Store, rows: Rows, claimed: Sequence[Row[tuple[object, ...]]]) -> None:
    """What did not happen is due for everybody again."""
    if claimed:
        left = update(rows.table).where(rows.key.in_([getattr(row, rows.key.name) for row in claimed]))
        with store.database.write() as connection:
            connection.execute(left.values(claimed_until=0))


def _meet(store: Store, row: Row[tuple[object, ...]]) -> int:
    try:
        return milestones.meet(store, row)
    except EngineError:  # one milestone that cannot go on must not keep the others waiting
        log.exception("milestone %s", row.stream_no)
        return 0


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
