"""What is due now, and how the nodes are: told from the tables, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import schema
from storage.database import Database
from storage.moments import NEVER, micros, moment

SILENT = timedelta(minutes=1)
"""A node that was not seen for so long is taken for dead."""

FORGOTTEN = timedelta(days=1)
LATE = timedelta(minutes=5)
_job, _timer, _milestone, _node = schema.job.c, schema.timer.c, schema.milestone.c, schema.node.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A process that serves jobs."""

    name: str
    started: datetime
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The queue and its nodes. `timers` counts milestones, too; `oldest` is the due moment of what has waited longest."""

    nodes: tuple[Node, ...]
    due: int
    timers: int
    parked: int
    expired: int
    sleeping: int
    oldest: datetime | None
    is_served: bool
    is_late: bool


def is_due(now: datetime) -> Select[bool, bool]:
    """The one query of a tick: is a timer or milestone due or to be reckoned anew, is a job; all answered by an index."""
    at = micros(now)
    timer = or_(
        exists().where(_timer.due <= at, _timer.claimed_until <= at),
        exists().where(_milestone.due <= at, _milestone.claimed_until <= at),
        exists().where(schema.reckoning.c.due <= at),
    )
    job = exists().where(_job.due <= at, _job.leased_until <= at)
    return select(timer.label("timers"), job.label("jobs"))


def of(database: Database, now: datetime) -> Health:
    """How it is now."""
    at = micros(now)
    with database.read() as connection:
        nodes = tuple(_nodes(connection))
        is_expired = _job.expires <= at
        parked = case((_job.due < NEVER, 0), (is_expired, 0), else_=1)
        counts = select(
            func.coalesce(func.sum(parked), 0).label("parked"),
            func.coalesce(func.sum(case((_job.due < NEVER, 0), (is_expired, 1), else_=0)), 0).label("expired"),
            func.coalesce(func.sum(case((_job.due <= at, 1), else_=0)), 0).label("due"),
            func.coalesce(func.sum(case((_job.due == _job.expires, 1), else_=0)), 0).label("sleeping"),
            func.min(_job.due).label("oldest"),
        )
        jobs = connection.execute(counts).one()
        clocked = [
            connection.execute(select(func.count(), func.min(due)).where(due <= at)).one()
            for due in (_timer.due, _milestone.due)
        ]
    waiting = [found for found in (jobs.oldest, *(row[1] for row in clocked)) if found is not None and found <= at]
    oldest = moment(min(waiting)) if waiting else None
    return Health(
        nodes=nodes,
        due=int(jobs.due),
        timers=sum(row[0] for row in clocked),
        parked=int(jobs.parked),
        expired=int(jobs.expired),
        sleeping=int(jobs.sleeping),
        oldest=oldest,
        is_served=any(now - node.seen < SILENT for node in nodes),
        is_late=oldest is not None and now - oldest > LATE,
    )


def begin(database: Database, name: str, now: datetime) -> None:
    """A node begins to serve; those that died long ago are forgotten."""
    table, at = schema.node, micros(now)
    with database.write() as connection:
        connection.execute(delete(table).where(_node.seen_at < micros(now - FORGOTTEN)))
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        row = dialect.insert(table).values(node=name, started_at=at, seen_at=at)
        change = {"started_at": at, "seen_at": at}
        connection.execute(row.on_conflict_do_update(index_elements=["node"], set_=change))


def seen(database: Database, name: str, now: datetime) -> None:
    """The node is alive."""
    with database.write() as connection:
        connection.execute(update(schema.node).where(_node.node == name).values(seen_at=micros(now)))


def end(database: Database, name: str) -> None:
    """The node stops in good order."""
    with database.write() as connection:
        connection.execute(delete(schema.node).where(_node.node == name))


def _nodes(connection: Connection) -> list[Node]:
    rows = connection.execute(select(schema.node).order_by(_node.node))
    return [Node(name=row.node, started=moment(row.started_at), seen=moment(row.seen_at)) for row in rows]
