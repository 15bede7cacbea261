"""What the clock attends to beside timers: milestones that come, move, happen and go."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select

from engine import milestone as milestones
from engine import milestone_rule as rules
from engine import temporal
from engine.case import Case
from engine.commands import Envelope, ReviewMilestone
from engine.errors import Reason, Refused
from engine.events import MilestoneOccurred, MilestonePlanned
from engine.flow.host import ExpressionFailed
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.publication import Publications
from engine.role import Surroundings
from engine.stream import ORGANISATION
from engine.value import DateTime
from engine.words import Channel, StreamKind
from storage import schema
from storage.milestones import name_of
from storage.moments import due, micros
from storage.submission import Store

IN_A_ROW = 100
"""How many occurrences of one milestone a tick catches up at most, so that the others have their turn."""

log = logging.getLogger(__name__)
_milestone, _stream = schema.milestone.c, schema.stream.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A milestone: its start event in a version, its case, its key."""

    version: str
    procedure: str
    process: str
    start: str
    case: int | None
    key: str

    def review(self, envelope: Envelope) -> ReviewMilestone:
        """The command to look at it."""
        return ReviewMilestone(
            envelope=envelope,
            procedure=self.procedure,
            version=self.version,
            process=self.process,
            start=self.start,
            case=self.case,
            key=self.key,
        )


def state(store: Store, connection: Connection, stream: int) -> Milestone:
    """A milestone as it is. Raises Refused for a stream that is none."""
    row = connection.execute(select(_stream.kind, _stream.revision).where(_stream.stream_no == stream)).one_or_none()
    if row is None or row.kind != StreamKind.MILESTONE:
        raise Refused(Reason.NOT_FOUND, f"没有里程碑 {stream}", f"there is no milestone {stream}")
    found = store.states.at(connection, StreamKind.MILESTONE, stream, row.revision)
    assert isinstance(found, Milestone)
    return found


def planned(store: Store, stream: int, until: datetime) -> list[DateTime]:
    """The moments of a milestone up to one, by the rules in force. Raises Refused when they fail."""
    with store.database.read() as connection:
        found = state(store, connection, stream)
        procedure = store.procedures.in_force(found.procedure, connection)
        around = _around(store, connection, found.case)
    if procedure is None:
        return []
    end = temporal.in_zone(temporal.from_datetime(until), around.organisation.working.zone)
    try:
        return milestones.planned(procedure, found, around, end)
    except ExpressionFailed as error:
        raise Refused(Reason.INVALID_DATA, error.text.zh, error.text.en) from error


def meet(store: Store, row: Row[tuple[object, ...]], before: datetime | None = None) -> int:
    """Let happen what is due in a milestone, occurrence by occurrence; returns how many.

    Only what was due before a moment, by the version that was in force until then, if one is given.
    """
    by = None if before is None else before - timedelta(microseconds=1)
    until = micros(store.now()) if by is None else micros(by)
    with store.database.read() as connection:
        procedure = store.procedures.in_force(row.procedure, connection, by)
        revision = connection.execute(select(_stream.revision).where(_stream.stream_no == row.stream_no)).scalar_one()
    if procedure is None:
        return 0
    place = _place(procedure, row, row.case_no)
    occurred = 0
    for _ in range(IN_A_ROW):
        receipt = store.submit(place.review(_envelope(store, row.stream_no, revision)))
        if receipt.repeated or not receipt.events:
            break
        occurred += sum(isinstance(event, MilestoneOccurred) for event in receipt.events)
        planned = [event.due for event in receipt.events if isinstance(event, MilestonePlanned)]
        if not planned or due(planned[-1]) > until:
            break
        revision = receipt.revision
    return occurred


def _meet_before(store: Store, key: str, case: int | None) -> None:
    """Nobody looked while a version came into force that was announced: what was due until then happens by the one before."""
    now = store.now()
    with store.database.read() as connection:
        rows = [row for row in _rows(connection, key, case) if row.due is not None and row.due <= micros(now)]
        place = store.procedures.place(key, connection, now) if rows else None
        if place is None:
            return
        state = store.states.at(connection, StreamKind.PROCEDURE, place.stream, place.revision)
        assert isinstance(state, Publications)
        version = state.in_force(now)
    if version is None or version.effective is None:
        return  # one published at once replaces what nobody has met yet
    for row in rows:
        if row.due < micros(version.since):
            meet(store, row, version.since)


def follow(store: Store, key: str, case: int | None) -> None:
    """Bring the milestones of a case, or of the organisation, to what the version in force says."""
    _meet_before(store, key, case)
    with store.database.read() as connection:
        procedure = store.procedures.in_force(key, connection)
        if procedure is None:
            return
        rows = _rows(connection, key, case)
        starts = list(rules.timed_starts(procedure))
        if not rows and not starts:
            return
        around = _around(store, connection, case)
        known = {(row.process, row.start, row.key): row for row in rows}
        new = [
            place for place in _wanted(procedure, case, around) if (place.process, place.start, place.key) not in known
        ]
        changed = [row for row in rows if _differs(store, connection, procedure, around, row)]
    for place in new:
        _open(store, place)
    for row in changed:
        _submit(store, _place(procedure, row, case), row)


def _wanted(procedure: Procedure, case: int | None, around: Surroundings) -> Iterator[Place]:
    for start in rules.timed_starts(procedure):
        try:
            keys = list(rules.keys(procedure, start, around))
        except ExpressionFailed as error:
            log.warning("milestone %s: %s", start.id, error.text)
            continue
        for key in keys:
            yield Place(
                version=procedure.digest,
                procedure=procedure.key,
                process=start.process,
                start=start.id,
                case=case,
                key=key,
            )


def _rows(connection: Connection, key: str, case: int | None) -> Sequence[Row[tuple[object, ...]]]:
    query = select(schema.milestone, _stream.revision).join(schema.stream, _stream.stream_no == _milestone.stream_no)
    query = query.where(_milestone.procedure == key, _milestone.case_no == case)
    return connection.execute(query.order_by(_milestone.stream_no)).all()


def _around(store: Store, connection: Connection, case: int | None) -> Surroundings:
    revisions = {ORGANISATION: 0} | ({} if case is None else {case: 0})
    query = select(_stream.stream_no, _stream.revision).where(_stream.stream_no.in_(revisions))
    revisions |= {row.stream_no: row.revision for row in connection.execute(query)}
    organisation = store.states.at(connection, StreamKind.ORGANISATION, ORGANISATION, revisions[ORGANISATION])
    assert isinstance(organisation, Organisation)
    found = None if case is None else store.states.at(connection, StreamKind.CASE, case, revisions[case])
    return Surroundings(organisation=organisation, case=found if isinstance(found, Case) else None, performers={})


def _differs(
    store: Store,
    connection: Connection,
    procedure: Procedure,
    around: Surroundings,
    row: Row[tuple[object, ...]],
) -> bool:
    """The engine would change the milestone: asked without a lock first, as most stay as they are."""
    known = store.states.at(connection, StreamKind.MILESTONE, row.stream_no, row.revision)
    assert isinstance(known, Milestone)
    command = _place(procedure, row, row.case_no).review(_envelope(store, row.stream_no, row.revision))
    try:
        return bool(milestones.execute(procedure, known, command, around))
    except Refused:
        return False


def _place(procedure: Procedure, row: Row[tuple[object, ...]], case: int | None) -> Place:
    return Place(
        version=procedure.digest,
        procedure=procedure.key,
        process=row.process,
        start=row.start,
        case=case,
        key=row.key,
    )


def _open(store: Store, place: Place) -> None:
    """A key is there for the first time: the name of the milestone is its command's id, so that there is one."""
    key = f"milestone:{name_of(place.procedure, place.process, place.start, place.case, place.key)}"
    try:
        store.open_stream(
            StreamKind.MILESTONE,
            key,
            lambda number: place.review(Envelope(id=key, stream=number, at=store.now(), channel=Channel.CLOCK)),
        )
    except Refused as refused:  # the key went away again, or the rules fail
        log.warning("milestone %s of %s: %s", place.start, place.key, refused)


def _submit(store: Store, place: Place, row: Row[tuple[object, ...]]) -> None:
    try:
        store.submit(place.review(_envelope(store, row.stream_no, row.revision)))
    except Refused as refused:
        log.warning("milestone %s: %s", row.stream_no, refused)


def _envelope(store: Store, stream: int, revision: int) -> Envelope:
    """Whoever looks at the same revision at once asks the same: it happens once."""
    return Envelope(id=f"milestone:{stream}.{revision}", stream=stream, at=store.now(), channel=Channel.CLOCK)
