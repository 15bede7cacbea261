"""One pass of the clock: every timer that is due becomes a command. Time never changes state by itself."""

from __future__ import annotations

from sqlalchemy import select

from engine.commands import Envelope, FireTimer
from engine.errors import Refused
from engine.words import Channel
from storage import schema
from storage.moments import micros
from storage.submission import Store

BATCH = 200


def tick(store: Store) -> int:
    """Fire the timers that are due, earliest first; returns how many fired. A timer fires once: its id is the command's."""
    table = schema.timer
    fired = 0
    passed: set[str] = set()
    while True:
        with store.database.read() as connection:
            query = select(table).where(table.c.due <= micros(store.now()), table.c.timer.not_in(passed))
            rows = connection.execute(query.order_by(table.c.due, table.c.timer).limit(BATCH)).all()
        if not rows:
            return fired
        for row in rows:
            passed.add(row.timer)
            envelope = Envelope(id=f"timer:{row.timer}", stream=row.stream_no, at=store.now(), channel=Channel.CLOCK)
            try:
                store.submit(FireTimer(envelope=envelope, timer=row.timer))
                fired += 1
            except Refused:
                continue  # another node fired it, or its task was just done
