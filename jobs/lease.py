"""Jobs of a database: leased for a while, then done, put off, or parked with what went wrong.

A follow-up waits for the earlier ones to the same stream, a message for the earlier ones of its name and correlation.
A message without a receiver sleeps and costs nothing: whoever begins to wait for it wakes it. A try is counted where a
call begins or fails, not with the lease: a worker that is killed costs the jobs that waited behind in its hands nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)

from engine.errors import Reason, Refused, Text
from storage import correlation as correlations
from storage import schema
from storage.database import Database
from storage.moments import NEVER, micros, moment
from storage.outgoing import payload_of

LEASE = timedelta(minutes=2)
LONGEST_PROBLEM = 1_000
_job = schema.job.c
_earlier = schema.job.alias("earlier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job in one worker's hands until a moment; `tries` counts this one, which its row does once it began or failed."""

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
    begun: bool = False
    expired: bool = False


Place: TypeAlias = tuple[int, int]
FIRST = -1
"""Where parked jobs stand among moments."""


class Standing(StrEnum):
    """Where a job stands."""

    PARKED = "parked"
    EXPIRED = "expired"
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
    place: Place
    due: datetime | None
    tries: int
    problem: Text


def take(database: Database, now: datetime, most: int) -> list[Job]:
    """Lease jobs that can be done now, earliest due first."""
    until = now + LEASE
    with database.write() as connection:
        rows = _free(connection, now, most)
        if rows:
            leased = {"leased_until": micros(until)}
            connection.execute(update(schema.job).where(_job.job_no.in_([row.job_no for row in rows])).values(**leased))
    return [_leased(row, until, now) for row in rows]


def begin(database: Database, job: Job, now: datetime) -> Job | None:
    """Renew the lease and note that a try begins which reaches outside; None when somebody else has the job."""
    mine = and_(_job.job_no == job.number, _job.leased_until == micros(job.until))
    begun = {"leased_until": micros(now + LEASE), "begun": micros(now), "tries": job.tries}
    with database.write() as connection:
        found = connection.execute(update(schema.job).where(mine).values(**begun)).rowcount
    return replace(job, until=now + LEASE) if found else None


def done(connection: Connection, job: Job) -> bool:
    """It is done: gone in the transaction of the entry that says so. False when it was gone already."""
    return connection.execute(delete(schema.job).where(_job.job_no == job.number)).rowcount > 0


def drop(database: Database, job: Job) -> None:
    """Nothing is left to do."""
    with database.write() as connection:
        done(connection, job)


def give_back(database: Database, job: Job) -> None:
    """It cannot be done now, and that is no failure."""
    _change(database, job, leased_until=0, begun=0, tries=job.tries - 1)


def fail(database: Database, job: Job) -> None:
    """The try failed in a way that nobody foresaw: it counts, and the lease runs out before the next."""
    _change(database, job, tries=job.tries)


def release(database: Database, job: Job) -> None:
    """It is to be tried again at once; the try counts."""
    _change(database, job, leased_until=0, tries=job.tries)


def put_off(database: Database, job: Job, until: datetime, problem: Text) -> None:
    """It is tried again later; the try counts."""
    _change(database, job, due=micros(until), leased_until=0, begun=0, tries=job.tries, **_said(problem))


def park(database: Database, job: Job, problem: Text) -> None:
    """It is not tried again; it stays, with what went wrong, until a person decides."""
    mine = and_(_job.job_no == job.number, _job.leased_until == micros(job.until))
    with database.write() as connection:
        _meet(connection, job)
        over = {} if job.expired else {"expires": None}
        parked = {"due": NEVER, "leased_until": 0, "tries": job.tries}
        connection.execute(update(schema.job).where(mine).values(**parked, **over, **_said(problem)))
        if job.kind == "message" and correlations.is_awaited(connection, job.name or "", job.correlation or ""):
            correlations.wake(connection, [(job.name or "", job.correlation or "")], micros(job.until - LEASE))


def put_to_sleep(database: Database, job: Job, begins: Callable[[Connection], bool]) -> bool:
    """Nobody waits for the message: it sleeps until somebody does.

    False when somebody came just now, or a version that begins with it came into force.
    """
    name, key = job.name or "", job.correlation or ""
    with database.write() as connection:
        _meet(connection, job)
        if correlations.is_awaited(connection, name, key) or begins(connection):
            return False
        correlations.sleep(connection, name, key)
    return True


def _meet(connection: Connection, job: Job) -> None:
    if job.kind == "message":
        correlations.meet(connection, job.name or "", job.correlation or "")


def listed(connection: Connection, now: datetime, most: int, after: Place | None = None) -> list[Listed]:
    """The jobs that are there behind a place: the parked ones first, then by when they are due."""
    order = case((_job.due == NEVER, literal(FIRST, BigInteger)), else_=_job.due)
    query = select(schema.job).order_by(order, _job.job_no).limit(most)
    if after is not None:
        query = query.where(or_(order > after[0], and_(order == after[0], _job.job_no > after[1])))
    return [_listed(row, micros(now)) for row in connection.execute(query)]


def _listed(row: Row[tuple[object, ...]], now: int) -> Listed:
    if row.due == NEVER:
        is_expired = row.expires is not None and row.expires <= now
        standing = Standing.EXPIRED if is_expired else Standing.PARKED
    elif row.leased_until > now:
        standing = Standing.LEASED
    elif row.due == row.expires:
        standing = Standing.AWAITED
    else:
        standing = Standing.DUE
    return Listed(
        key=row.job,
        stream=row.stream_no,
        kind=row.kind,
        standing=standing,
        place=(FIRST if row.due == NEVER else row.due, row.job_no),
        due=None if row.due == NEVER else moment(row.due),
        tries=row.tries,
        problem=Text(row.problem_zh or "", row.problem_en or ""),
    )


def try_again(database: Database, key: str, now: datetime) -> None:
    """Let a parked job be tried again, a message for as long as is usual. Raises Refused when it is not parked."""
    change = update(schema.job).where(_job.job == key, _job.due == NEVER)
    anew = {"due": micros(now), "tries": 0, "leased_until": 0, "begun": 0}
    later = case((_job.kind == "message", micros(now + correlations.KEPT)), else_=None)
    with database.write() as connection:
        found = connection.execute(change.values(**anew, expires=later)).rowcount
    if not found:
        raise Refused(
            Reason.NOT_FOUND, f"没有搁置的后台工作 {key}", f"expected a parked job, but found none named {key}"
        )


def _free(connection: Connection, now: datetime, most: int) -> Sequence[Row[tuple[object, ...]]]:
    due = micros(now)
    query = select(schema.job).where(_job.due <= due, _job.leased_until <= due, _ready())
    query = query.order_by(_job.due, _job.job_no).limit(most)
    return connection.execute(query.with_for_update(skip_locked=True, of=schema.job)).all()


def _ready() -> ColumnElement[bool]:
    """No earlier job of the same queue is still to be done; a parked one holds nobody up, nor an expired message."""
    same = and_(_earlier.c.kind == "message", _earlier.c.name == _job.name, _earlier.c.correlation == _job.correlation)
    behind = _preceded(and_(same, _earlier.c.due != _earlier.c.expires))
    message = or_(~behind, _job.due == _job.expires)
    return and_(~_preceded(_earlier.c.target == _job.target), or_(_job.kind != "message", message))


def _preceded(same: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(same, _earlier.c.job_no < _job.job_no, _earlier.c.due < NEVER)


def _leased(row: Row[tuple[object, ...]], until: datetime, now: datetime) -> Job:
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
        begun=bool(row.begun),
        expired=row.due == row.expires and row.due <= micros(now),
    )


def _said(problem: Text) -> dict[str, str]:
    return {"problem_zh": problem.zh[:LONGEST_PROBLEM], "problem_en": problem.en[:LONGEST_PROBLEM]}


def _change(database: Database, job: Job, **values: object) -> None:
    """Change a job that is still in these hands; whoever took it over since is left alone."""
    mine = and_(_job.job_no == job.number, _job.leased_until == micros(job.until))
    with database.write() as connection:
        connection.execute(update(schema.job).where(mine).values(**values))
