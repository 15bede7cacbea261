"""What changed so that moments may move: versions, people, settings, the calendar, the data of a case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from engine import milestone_rule as rules
from engine.commands import Envelope, ReckonTimers
from engine.errors import EngineError, Refused
from engine.procedure import Procedure
from engine.publication import Publications
from engine.words import Channel, StreamKind
from jobs import milestones
from storage import correlation, reckoning, schema
from storage.moments import micros
from storage.reckoning import Changed
from storage.submission import Store

LOOKS = 1_000
"""How many changed streams one tick looks at; the others wait for the next."""

log = logging.getLogger(__name__)
_stream = schema.stream.c


def reckon(store: Store, stopping: Callable[[], bool]) -> None:
    """Look again at every milestone whose case, procedure or organisation changed since."""
    left = LOOKS
    while left > 0:
        with store.database.read() as connection:
            found = reckoning.changed(connection, left, store.now())
        if not found:
            return
        for one in found:
            if stopping():
                return
            _look(store, one)
        left -= len(found)


def _look(store: Store, found: Changed) -> None:
    again: datetime | None = None
    try:
        again = _reckon(store, found)
    except EngineError:  # one case that cannot be read must not keep the others waiting
        log.exception("stream %s", found.stream)
    with store.database.write() as connection:
        if again is None:
            reckoning.done(connection, found)
        else:
            reckoning.later(connection, found, again)


def _reckon(store: Store, found: Changed) -> datetime | None:
    """Look at what a stream changed; the moment at which it is to be looked at again."""
    match found.kind:
        case StreamKind.CASE:
            with store.database.read() as connection:
                case = schema.case.c
                query = select(case.procedure).where(case.stream_no == found.stream)
                key = connection.execute(query).scalar_one_or_none()
            if key is not None:
                milestones.follow(store, key, found.stream)
        case StreamKind.PROCEDURE:
            return _published(store, found)
        case StreamKind.ORGANISATION:
            _organisation(store, found)
        case StreamKind.INSTANCE:
            _timers(store, found.stream)
        case StreamKind.MILESTONE:
            pass
    return None


def _timers(store: Store, stream: int) -> None:
    """The calendar changed: what an instance waits for is reckoned anew, by a command of its own stream."""
    with store.database.read() as connection:
        revision = connection.execute(select(_stream.revision).where(_stream.stream_no == stream)).scalar_one()
    envelope = Envelope(id=f"reckon:{stream}.{revision}", stream=stream, at=store.now(), channel=Channel.CLOCK)
    try:
        store.submit(ReckonTimers(envelope=envelope))
    except Refused as refused:  # it has ended meanwhile
        log.info("instance %s: %s", stream, refused)


def _published(store: Store, found: Changed) -> datetime | None:
    """A version came into force: the milestones of the organisation follow it now, those of cases as they come.

    One that comes into force later is looked at again at its moment, and may then begin with what nobody waited for.
    """
    now = store.now()
    with store.database.write() as connection:
        row = connection.execute(select(_stream.revision).where(_stream.stream_no == found.stream)).one()
        state = store.states.at(connection, StreamKind.PROCEDURE, found.stream, row.revision)
        assert isinstance(state, Publications)
        reckoning.spread_to_cases(connection, [state.procedure])
        if found.due:
            correlation.awaken_all(connection, micros(now))
    milestones.follow(store, state.procedure, None)
    return next((version.since for version in state.planned(now)), None)


def _organisation(store: Store, found: Changed) -> None:
    """People, settings or calendar changed: whatever reads them is looked at again."""
    with store.database.read() as connection:
        keys = connection.execute(select(schema.publication.c.procedure)).scalars().all()
        touched = [
            key
            for key in sorted(keys)
            if (procedure := store.procedures.in_force(key, connection)) and _is_touched(procedure, found)
        ]
    for key in touched:
        milestones.follow(store, key, None)
    with store.database.write() as connection:
        if touched:
            reckoning.spread_to_cases(connection, touched)
        if found.calendar:
            reckoning.spread_to_instances(connection)


def _is_touched(procedure: Procedure, found: Changed) -> bool:
    read = [rules.reads(start) for start in rules.timed_starts(procedure)]
    return any(
        (found.people and one.people) or (found.settings and one.settings) or (found.calendar and one.calendar)
        for one in read
    )
