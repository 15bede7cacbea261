"""What whoever runs the product looks at: incidents, timers, messages awaited, versions in use, how far it is sealed.

Lists are read by keyset, and none depends on what was ever closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, and_, func, or_, select

from engine.words import Status
from storage import schema
from storage.procedures import in_force

Place: TypeAlias = tuple[int, str]
"""Where a page ends: the moment it is ordered by, and the id."""

_incident, _timer, _waiting = schema.incident.c, schema.timer.c, schema.subscription.c
_instance, _case, _head = schema.instance.c, schema.case.c, schema.head.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that cannot go on, since when, and where."""

    incident: str
    stream: int
    case: int | None
    process: str
    version: str
    activity: str
    at: int

    @property
    def place(self) -> Place:
        """Where a page that ends with it ends."""
        return self.at, self.incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A timer and its moment."""

    timer: str
    stream: int
    case: int | None
    process: str
    version: str
    activity: str
    kind: str
    due: int

    @property
    def place(self) -> Place:
        """Where a page that ends with it ends."""
        return self.due, self.timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A message or signal that an instance waits for, which runs on the version."""

    subscription: str
    kind: str
    stream: int
    case: int | None
    version: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """A version with its running instances and open cases."""

    version: str
    procedure: str
    instances: int
    cases: int
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """How far the journal is sealed: the last position, when it was signed, and how many rows wait for it."""

    position: int
    at: int | None
    digest: str
    waiting: int


def incidents(connection: Connection, after: Place | None = None, size: int = 50) -> list[Failed]:
    """The open incidents, the oldest first."""
    query = _with_place(schema.incident, _incident.stream_no)
    if after is not None:
        query = query.where(_behind(_incident.at, _incident.incident, after))
    rows = connection.execute(query.order_by(_incident.at, _incident.incident).limit(size))
    return [
        Failed(
            incident=row.incident,
            stream=row.stream_no,
            case=row.case_no,
            process=row.process,
            version=row.version,
            activity=row.activity,
            at=row.at,
        )
        for row in rows
    ]


def is_open(connection: Connection, incident: str) -> bool:
    """It is one of the open incidents."""
    query = select(_incident.incident).where(_incident.incident == incident)
    return connection.execute(query).one_or_none() is not None


def timers(connection: Connection, after: Place | None = None, size: int = 50) -> list[Timed]:
    """The timers, the next first."""
    query = _with_place(schema.timer, _timer.stream_no)
    if after is not None:
        query = query.where(_behind(_timer.due, _timer.timer, after))
    rows = connection.execute(query.order_by(_timer.due, _timer.timer).limit(size))
    return [
        Timed(
            timer=row.timer,
            stream=row.stream_no,
            case=row.case_no,
            process=row.process,
            version=row.version,
            activity=row.activity,
            kind=row.kind,
            due=row.due,
        )
        for row in rows
    ]


def awaited(connection: Connection, after: str = "", size: int = 50) -> list[Awaited]:
    """The messages and signals that are waited for, by id."""
    query = select(schema.subscription, _instance.case_no, _instance.version).outerjoin(
        schema.instance, _instance.stream_no == _waiting.stream_no
    )
    rows = connection.execute(query.where(_waiting.subscription > after).order_by(_waiting.subscription).limit(size))
    return [
        Awaited(
            subscription=row.subscription,
            kind=row.kind,
            stream=row.stream_no,
            case=row.case_no,
            version=row.version,
            name=row.name,
        )
        for row in rows
    ]


def versions(connection: Connection, now: datetime) -> list[InUse]:
    """The versions that are in force now or that something runs on."""
    running = _counted(connection, select(_instance.version, func.count()).where(_instance.status == Status.RUNNING))
    opened = _counted(connection, select(_case.version, func.count()).where(_case.status == Status.RUNNING))
    force = {row.version for row in connection.execute(in_force(now))}
    table = schema.version.c
    known = sorted({*running, *opened, *force})
    rows = connection.execute(select(table.digest, table.procedure).where(table.digest.in_(known)))
    return sorted(
        (
            InUse(
                version=row.digest,
                procedure=row.procedure,
                instances=running.get(row.digest, 0),
                cases=opened.get(row.digest, 0),
                in_force=row.digest in force,
            )
            for row in rows
        ),
        key=lambda one: (one.procedure, not one.in_force, one.version),
    )


def sealed(connection: Connection) -> Sealed:
    """How far the journal is sealed."""
    last = connection.execute(select(schema.head).order_by(_head.head_no.desc()).limit(1)).one_or_none()
    waiting = connection.execute(select(func.count()).select_from(schema.unsealed)).scalar_one()
    if last is None:
        return Sealed(position=0, at=None, digest="", waiting=waiting)
    return Sealed(position=last.last_position, at=last.at, digest=bytes(last.digest).hex(), waiting=waiting)


def counts(connection: Connection) -> dict[str, int]:
    """How many rows there are of what is open."""
    tables = {"tasks": select(schema.inbox.c.task).distinct(), "incidents": select(_incident.incident)}
    tables |= {"timers": select(_timer.timer), "awaited": select(_waiting.subscription)}
    wanted: Sequence[Select[Any]] = [select(func.count()).select_from(q.subquery()) for q in tables.values()]
    return {name: int(connection.execute(query).scalar_one()) for name, query in zip(tables, wanted, strict=True)}


def _with_place(table: Any, stream: Any) -> Select[Any]:
    columns = _instance.case_no, _instance.process, _instance.version
    return select(table, *columns).join(schema.instance, _instance.stream_no == stream)


def _behind(order: Any, key: Any, after: Place) -> Any:
    return or_(order > after[0], and_(order == after[0], key > after[1]))


def _counted(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(query.selected_columns[0]))}


def is_there(connection: Connection, stream: int) -> bool:
    """There is, or was, a stream with this number."""
    entry, position = schema.entry.c, schema.position.c
    found = select(entry.stream_no).where(entry.stream_no == stream).limit(1)
    kept = select(position.position).where(position.stream_no == stream).limit(1)
    return any(connection.execute(query).first() is not None for query in (found, kept))
