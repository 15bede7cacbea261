"""Which streams changed so that moments may move: noted with the change itself, so that the clock looks at nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, CompoundSelect, Connection, Select, delete, literal, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import events
from engine.case import Case
from engine.events import Event
from engine.journal import Entry
from engine.organisation import Organisation
from engine.publication import Publications
from engine.stream import State
from engine.words import Status, StreamKind
from storage import schema
from storage.moments import micros

OF_CASE: tuple[type[Event], ...] = (
    events.CaseOpened,
    events.CaseDataSet,
    events.CaseRoleAssigned,
    events.CaseClosed,
)
PEOPLE: tuple[type[Event], ...] = (
    events.PersonAdded,
    events.PersonErased,
    events.RoleGranted,
    events.RoleRevoked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A stream that changed: of the organisation, what did."""

    stream: int
    kind: StreamKind
    mark: int
    people: bool
    settings: bool
    calendar: bool
    due: int = 0


def mark(connection: Connection, entry: Entry, after: State) -> None:
    """Note the entry's stream, when what it changed is read by rules about moments."""
    match after:
        case Case():
            if any(isinstance(event, OF_CASE) for event in entry.events):
                note(connection, entry.stream)
        case Publications():
            note(connection, entry.stream)
        case Organisation():
            people = any(isinstance(event, PEOPLE) for event in entry.events)
            settings = any(isinstance(event, events.SettingChanged) for event in entry.events)
            calendar = any(isinstance(event, events.CalendarChanged) for event in entry.events)
            if people or settings or calendar:
                note(connection, entry.stream, people=people, settings=settings, calendar=calendar)
        case _:
            pass


def note(
    connection: Connection, stream: int, *, people: bool = False, settings: bool = False, calendar: bool = False
) -> None:
    """The stream is to be reckoned anew; what was noted and not done yet is kept."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    kinds = {"people": people, "settings": settings, "calendar": calendar}
    new = dialect.insert(schema.reckoning).values(stream_no=stream, mark=secrets.randbits(62), due=0, **kinds)
    known = schema.reckoning.c
    both = {name: or_(known[name], new.excluded[name]) for name in kinds}
    connection.execute(
        new.on_conflict_do_update(index_elements=["stream_no"], set_={"mark": new.excluded.mark, "due": 0, **both})
    )


def changed(connection: Connection, most: int, now: datetime) -> list[Changed]:
    """What changed: the organisation first, then procedures and cases in the order in which they came."""
    known, stream = schema.reckoning.c, schema.stream.c
    query = select(schema.reckoning, stream.kind).join(schema.stream, stream.stream_no == known.stream_no)
    rows = connection.execute(query.where(known.due <= micros(now)).order_by(known.stream_no).limit(most))
    return [
        Changed(
            stream=row.stream_no,
            kind=StreamKind(row.kind),
            mark=row.mark,
            people=row.people,
            settings=row.settings,
            calendar=row.calendar,
            due=row.due,
        )
        for row in rows
    ]


def done(connection: Connection, found: Changed) -> None:
    """It was reckoned anew; what was noted meanwhile stays noted."""
    known = schema.reckoning.c
    connection.execute(delete(schema.reckoning).where(known.stream_no == found.stream, known.mark == found.mark))


def later(connection: Connection, found: Changed, moment: datetime) -> None:
    """It was reckoned anew, and is to be once more at a moment; what was noted meanwhile stays noted."""
    known = schema.reckoning.c
    change = update(schema.reckoning).where(known.stream_no == found.stream, known.mark == found.mark)
    connection.execute(change.values(due=micros(moment)))


def spread_to_cases(connection: Connection, procedures: Sequence[str]) -> None:
    """Every open case of these procedures is to be reckoned anew."""
    case = schema.case.c
    _spread(connection, select(case.stream_no).where(case.status == Status.RUNNING, case.procedure.in_(procedures)))


def spread_to_instances(connection: Connection) -> None:
    """Every instance in which a moment is waited for is to be reckoned anew."""
    timer, task = schema.timer.c, schema.task.c
    _spread(connection, select(timer.stream_no).union(select(task.stream_no).where(task.closed_at.is_(None))))


def _spread(connection: Connection, streams: Select[tuple[int]] | CompoundSelect[tuple[int]]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    those = streams.subquery()
    fresh = literal(secrets.randbits(62), BigInteger)
    no = literal(False)
    rows = select(those.c.stream_no, fresh, no, no, no, literal(0, BigInteger)).where(
        true()
    )  # SQLite takes ON for a join without a WHERE
    names = ["stream_no", "mark", "people", "settings", "calendar", "due"]
    new = dialect.insert(schema.reckoning).from_select(names, rows)
    connection.execute(
        new.on_conflict_do_update(index_elements=["stream_no"], set_={"mark": new.excluded.mark, "due": 0})
    )
