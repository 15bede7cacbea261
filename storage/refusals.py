"""Refusals by state or authority, in a digest chain of their own. They hold no form data."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, text
from sqlalchemy.exc import IntegrityError

from engine import encoding
from engine.commands import Command
from engine.encoding import Json
from engine.errors import Fault, Reason, Refused, Text
from engine.value import Person
from engine.words import Channel
from storage import journal, schema
from storage.database import Database
from storage.moments import micros, moment

LOCK = 7_411_001
LONGEST, MOST_FAULTS = 2_000, 200
FEW = 200
"""So many refusals are read at once rather than sought among."""

_known = schema.received.c


def keep(database: Database, command: Command, refused: Refused, now: datetime, *, nowhere: bool = False) -> bool:
    """Write a refusal in a transaction of its own; False when the command was answered meanwhile.

    `nowhere`: the command was for a stream that is not there, or would have been the first of a new one. That number
    may become another stream's, so the refusal names none.
    """
    try:
        with database.write() as connection:
            _write(connection, command, refused, now, None if nowhere else command.envelope.stream)
    except IntegrityError:
        return False  # the same command id was answered by another process
    return True


def read(connection: Connection, number: int, command: Command) -> Refused | None:
    """The refusal that was given to a command, or None when it was given to another one."""
    body = connection.execute(select(schema.refusal.c.body).where(schema.refusal.c.refusal_no == number)).scalar_one()
    found = json.loads(body)
    actor = None if command.envelope.actor is None else command.envelope.actor.id
    if (found["kind"], found["actor"], found["task"]) != (type(command).__name__, actor, _target(command)):
        return None
    faults = tuple(Fault(path, Text(zh, en)) for path, zh, en in found["faults"])
    return Refused(Reason(found["reason"]), found["zh"], found["en"], faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A refusal as it stands in its chain: who asked for what, when, and why not."""

    number: int
    stream: int
    at: datetime
    actor: Person | None
    channel: Channel
    kind: str
    task: str | None
    refused: Refused


def of_streams(
    connection: Connection, streams: Sequence[int], *, after: int = 0, most: int | None = None
) -> list[Kept]:
    """The refusals to commands for these streams behind one of them, oldest first."""
    query = _numbers(streams).where(_known.refusal_no > after).limit(most)
    return _read(connection, list(connection.execute(query).scalars()))


def between(
    connection: Connection, streams: Sequence[int], low: datetime | None, high: datetime | None, most: int
) -> tuple[list[Kept], int]:
    """The newest refusals from one moment up to another, oldest first, and how many older ones there are besides.

    Numbers rise with time: of those outside only a few are read, however many there are.
    """
    numbers = list(connection.execute(_numbers(streams)).scalars())
    known = {one.number: one for one in _read(connection, numbers if len(numbers) <= FEW else [])}

    def at(number: int) -> datetime:
        return (known.get(number) or _read(connection, [number])[0]).at

    first = 0 if low is None else bisect_left(numbers, low, key=at)
    last = len(numbers) if high is None else bisect_left(numbers, high, lo=first, key=at)
    begin = max(first, last - most)
    chosen = numbers[begin:last]
    return [known[number] for number in chosen] if known else _read(connection, chosen), begin - first


def _numbers(streams: Sequence[int]) -> Select[Any]:
    query = select(_known.refusal_no).where(_known.stream_no.in_(streams), _known.refusal_no.is_not(None))
    return query.order_by(_known.refusal_no)


def _read(connection: Connection, numbers: Sequence[int]) -> list[Kept]:
    if not numbers:
        return []
    table = schema.refusal.c
    query = select(table.body).where(table.refusal_no.in_(numbers)).order_by(table.refusal_no)
    return [_kept(json.loads(body)) for body in connection.execute(query).scalars()]


def _kept(found: dict[str, Any]) -> Kept:
    return Kept(
        number=int(found["number"]),
        stream=int(found["stream"]),
        at=moment(int(found["at"])),
        actor=None if found["actor"] is None else Person(found["actor"]),
        channel=Channel(found["channel"]),
        kind=found["kind"],
        task=found["task"],
        refused=Refused(Reason(found["reason"]), found["zh"], found["en"]),
    )


def _write(connection: Connection, command: Command, refused: Refused, now: datetime, stream: int | None) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    table = schema.refusal
    last = connection.execute(select(table).order_by(table.c.refusal_no.desc()).limit(1)).one_or_none()
    number, previous = (1, b"") if last is None else (last.refusal_no + 1, bytes(last.digest))
    body = encoding.write(_body(command, refused, now, number, stream))
    digest = journal.digest_of(journal.REFUSAL, previous, body)
    connection.execute(insert(table).values(refusal_no=number, body=body, digest=digest))
    answer = {"key": command.envelope.id, "stream_no": stream or 0, "revision": 0, "refusal_no": number}
    connection.execute(insert(schema.received).values(**answer))
    connection.execute(insert(schema.unsealed).values(refusal_no=number))


def _body(command: Command, refused: Refused, now: datetime, number: int, stream: int | None) -> Json:
    envelope = command.envelope
    return {
        "actor": None if envelope.actor is None else envelope.actor.id,
        "at": str(micros(max(envelope.at, now))),
        "channel": str(envelope.channel),
        "command": envelope.id,
        "en": _short(refused.text.en),
        "faults": [[_short(f.path), _short(f.text.zh), _short(f.text.en)] for f in refused.faults[:MOST_FAULTS]],
        "kind": type(command).__name__,
        "number": str(number),
        "reason": str(refused.reason),
        "stream": None if stream is None else str(stream),
        "task": _target(command),
        "zh": _short(refused.text.zh),
    }


def _target(command: Command) -> str | None:
    target = getattr(command, "task", None)
    return _short(target) if isinstance(target, str) else None


def _short(text: str) -> str:
    """What may stand in a chain that nobody can shorten later."""
    return text[:LONGEST].encode("utf-8", "replace").decode()
