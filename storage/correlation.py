"""Where the sender of a message and who waits for it meet: one lock for each name and correlation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select, text, update

from engine import encoding
from engine.value import Value
from storage import schema
from storage.moments import NEVER

KEPT = timedelta(days=30)
"""How long a message without `zx:ttl` waits for a receiver."""

_MEETING = 0x7A78
"""The first of the two keys of PostgreSQL's lock: no other locks of ours but these have two."""

_PUBLISHING = 0x7A79
"""The lock that everybody who meets shares, and that a version which comes into force has alone: it may begin with what
nobody waited for a moment ago."""

_SHARE = text("SELECT pg_advisory_xact_lock_shared(:lock, 0)")
_ALONE = text("SELECT pg_advisory_xact_lock(:lock, 0)")
_job = schema.job.c


def of(case: int | None, correlation: Value) -> str:
    """Whose message it is: the case's and the declared keys', as a digest."""
    return encoding.digest((None if case is None else str(case), correlation))


def meet(connection: Connection, name: str, correlation: str) -> None:
    """Wait until whoever else sends or awaits this message has committed; SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(f"{name}\0{correlation}".encode()).digest()[:4], signed=True)
        connection.execute(_SHARE, {"lock": _PUBLISHING})
        connection.execute(text("SELECT pg_advisory_xact_lock(:first, :second)"), {"first": _MEETING, "second": key})


def meet_all(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Meet at several, in one order, so that no two wait for each other."""
    for name, correlation in sorted(set(keys)):
        meet(connection, name, correlation)


def wake(connection: Connection, keys: Iterable[tuple[str, str]], now: int) -> None:
    """Somebody waits from now on: for each, the first message that sleeps is to be delivered. Call it after `meet`."""
    for name, correlation in keys:
        first = select(func.min(_job.job_no)).where(of_key(name, correlation), sleeping(), _job.due > now)
        connection.execute(update(schema.job).where(_job.job_no == first.scalar_subquery()).values(due=now))


def queue(connection: Connection, name: str, correlation: str, now: int) -> None:
    """New messages sleep behind those that sleep already, so that none overtakes another. Call it after `meet`."""
    asleep = schema.job.alias("asleep")
    same = and_(asleep.c.kind == "message", asleep.c.name == name, asleep.c.correlation == correlation)
    earlier = exists().where(
        same, asleep.c.job_no < _job.job_no, asleep.c.due == asleep.c.expires, asleep.c.due > now, asleep.c.due < NEVER
    )
    change = update(schema.job).where(of_key(name, correlation), _job.due <= now, _job.tries == 0, earlier)
    connection.execute(change.values(due=_job.expires))


def awaken_all(connection: Connection, now: int) -> None:
    """A new version may start with what nobody waited for: every message that sleeps is looked at again."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ALONE, {"lock": _PUBLISHING})
    asleep = and_(_job.kind == "message", sleeping(), _job.due > now)
    connection.execute(update(schema.job).where(asleep).values(due=now))


def is_awaited(connection: Connection, name: str, correlation: str) -> bool:
    """An element waits for the message."""
    table = schema.subscription.c
    waits = select(table.subscription).where(
        table.kind == "message", table.name == name, table.correlation == correlation
    )
    return connection.execute(waits.limit(1)).one_or_none() is not None


def is_on_its_way(connection: Connection, name: str, correlation: str, but: Iterable[str] = ()) -> bool:
    """A message of the key, other than these jobs, may still be delivered: it waits, sleeps, or a person is to decide."""
    expired = and_(_job.due == NEVER, _job.expires.is_not(None))
    sent = select(_job.job).where(of_key(name, correlation), not_(expired), _job.job.not_in(list(but)))
    return connection.execute(sent.limit(1)).one_or_none() is not None


def sleep(connection: Connection, name: str, correlation: str) -> None:
    """Nobody waits: every message of the key sleeps until somebody does, or until it expires. Call it after `meet`."""
    awake = and_(of_key(name, correlation), _job.due < NEVER)
    connection.execute(update(schema.job).where(awake).values(due=_job.expires, leased_until=0, tries=0))


def of_key(name: str, correlation: str) -> ColumnElement[bool]:
    """The messages of one name and correlation."""
    return and_(_job.kind == "message", _job.name == name, _job.correlation == correlation)


def sleeping() -> ColumnElement[bool]:
    """The message is not to be tried before it expires."""
    return and_(_job.due == _job.expires, _job.due < NEVER)
