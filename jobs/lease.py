"""Jobs of a database: leased for a while, then done, put off, or parked with what went wrong.

A follow-up waits for the earlier ones to the same stream, a message for the earlier ones of its name and correlation.
A message without a receiver costs nothing: it is found by whoever begins to wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, and_, case, delete, exists, select, update

from engine.errors import Reason, Refused, Text
from storage import schema
from storage.database import Database
from storage.moments import NEVER, micros, moment
from storage.projection import payload_of

LEASE = timedelta(minutes=2)
LONGEST_PROBLEM = 1_000
_job = schema.job.c
_earlier = schema.job.alias("earlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job in one worker's hands until a moment; `tries` counts this one."""

    number: int
    key: str
    stream: int
    revision: int
    kind: str
    target: int | None
    name: str | None
    correlation: str | None
    payload: dict[str, object]
    tries: int
    until: datetime


class Standing(StrEnum):
    """Where a job stands."""

    PARKED = "parked"
    LEASED = "leased"
    AWAITED = "awaited"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A job as people see it: nobody tries a parked one again until a person says so; an awaited message has no receiver yet."""

    key: str
    stream: int
    kind: str
    standing: Standing
    due: datetime | None
    tries: int
    problem: Text


def take(database: Database, now: datetime, most: int) -> list[Job]:
    """Lease jobs that can be done now, earliest due first, and messages that somebody waits for."""
    until = now + LEASE
    with database.write() as connection:
        ready = _free(connection, now, most, _ready())
        rows = [*ready, *(_free(connection, now, most - len(ready), _awaited()) if len(ready) < most else ())]
        if rows:
            leased = {"leased_until": micros(until), "tries": _job.tries + 1}
            connection.execute(update(schema.job).where(_job.job_no.in_([row.job_no for row in rows])).values(**leased))
    return [_leased(row, until) for row in rows]


def done(connection: Connection, job: Job) -> None:
    """It is done: gone in the transaction of the entry that says so."""
    connection.execute(delete(schema.job).where(_job.job_no == job.number))


def drop(database: Database, job: Job) -> None:
    """Nothing is left to do."""
    with database.write() as connection:
        done(connection, job)


def give_back(database: Database, job: Job) -> None:
    """It cannot be done now, and that is no failure."""
    _change(database, job, leased_until=0, tries=job.tries - 1)


def put_off(database: Database, job: Job, until: datetime, problem: Text) -> None:
    """It is tried again later."""
    _change(database, job, due=micros(until), leased_until=0, **_said(problem))


def park(database: Database, job: Job, problem: Text) -> None:
    """It is not tried again; it stays, with what went wrong, until a person decides."""
    _change(database, job, due=NEVER, leased_until=0, **_said(problem))


def listed(connection: Connection, now: datetime, most: int) -> list[Listed]:
    """The jobs that are there: the parked ones first, then by when they are due."""
    order = (case((_job.due == NEVER, 0), else_=1), _job.due, _job.job_no)
    query = select(schema.job, _received().label("received")).order_by(*order).limit(most)
    return [_listed(row, micros(now)) for row in connection.execute(query)]


def _listed(row: Row[tuple[object, ...]], now: int) -> Listed:
    if row.due == NEVER:
        standing = Standing.PARKED
    elif row.leased_until > now:
        standing = Standing.LEASED
    elif row.kind == "message" and not row.received:
        standing = Standing.AWAITED
    else:
        standing = Standing.DUE
    return Listed(
        key=row.job,
        stream=row.stream_no,
        kind=row.kind,
        standing=standing,
        due=None if row.due == NEVER else moment(row.due),
        tries=row.tries,
        problem=Text(row.problem_zh or "", row.problem_en or ""),
    )


def try_again(database: Database, key: str, now: datetime) -> None:
    """Let a parked job be tried again. Raises Refused when it is not parked."""
    change = update(schema.job).where(_job.job == key, _job.due == NEVER)
    with database.write() as connection:
        found = connection.execute(change.values(due=micros(now), tries=0, leased_until=0)).rowcount
    if not found:
        raise Refused(
            Reason.NOT_FOUND, f"没有搁置的后台工作 {key}", f"expected a parked job, but found none named {key}"
        )


def _free(
    connection: Connection, now: datetime, most: int, ready: ColumnElement[bool]
) -> Sequence[Row[tuple[object, ...]]]:
    query = select(schema.job).where(_job.due <= micros(now), _job.leased_until <= micros(now), ready)
    query = query.order_by(_job.due, _job.job_no).limit(most)
    return connection.execute(query.with_for_update(skip_locked=True, of=schema.job)).all()


def _ready() -> ColumnElement[bool]:
    return and_(_job.kind != "message", ~_preceded(_earlier.c.target == _job.target))


def _awaited() -> ColumnElement[bool]:
    same = and_(_earlier.c.name == _job.name, _earlier.c.correlation == _job.correlation)
    return and_(_job.kind == "message", _received(), ~_preceded(same))


def _received() -> ColumnElement[bool]:
    """Somebody waits for the message."""
    waits = schema.subscription.c
    return exists().where(waits.name == _job.name, waits.correlation == _job.correlation)


def _preceded(same: ColumnElement[bool]) -> ColumnElement[bool]:
    """An earlier job of the same kind of queue is still to be done; a parked one holds nobody up."""
    return exists().where(same, _earlier.c.job_no < _job.job_no, _earlier.c.due < NEVER)


def _leased(row: Row[tuple[object, ...]], until: datetime) -> Job:
    return Job(
        number=row.job_no,
        key=row.job,
        stream=row.stream_no,
        revision=row.revision,
        kind=row.kind,
        target=row.target,
        name=row.name,
        correlation=row.correlation,
        payload=payload_of(bytes(row.payload)),
        tries=row.tries + 1,
        until=until,
    )


def _said(problem: Text) -> dict[str, str]:
    return {"problem_zh": problem.zh[:LONGEST_PROBLEM], "problem_en": problem.en[:LONGEST_PROBLEM]}


def _change(database: Database, job: Job, **values: object) -> None:
    """Change a job that is still in these hands; whoever took it over since is left alone."""
    mine = and_(_job.job_no == job.number, _job.leased_until == micros(job.until))
    with database.write() as connection:
        connection.execute(update(schema.job).where(mine).values(**values))
