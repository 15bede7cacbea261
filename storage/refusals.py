"""Refusals by state or authority, in a digest chain of their own. They hold no form data."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from engine import encoding
from engine.commands import Command
from engine.encoding import Json
from engine.errors import Fault, Reason, Refused, Text
from storage import journal, schema
from storage.database import Database
from storage.moments import micros

LOCK = 7_411_001


def keep(database: Database, command: Command, refused: Refused, now: datetime) -> None:
    """Write a refusal in a transaction of its own; a command that was answered meanwhile is left alone."""
    try:
        with database.write() as connection:
            _write(connection, command, refused, now)
    except IntegrityError:
        return  # the same command id was answered by another process


def read(connection: Connection, number: int) -> Refused:
    """The refusal that was given."""
    body = connection.execute(select(schema.refusal.c.body).where(schema.refusal.c.refusal_no == number)).scalar_one()
    found = json.loads(body)
    faults = tuple(Fault(path, Text(zh, en)) for path, zh, en in found["faults"])
    return Refused(Reason(found["reason"]), found["zh"], found["en"], faults)


def _write(connection: Connection, command: Command, refused: Refused, now: datetime) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    table = schema.refusal
    last = connection.execute(select(table).order_by(table.c.refusal_no.desc()).limit(1)).one_or_none()
    number, previous = (1, b"") if last is None else (last.refusal_no + 1, bytes(last.digest))
    body = encoding.write(_body(command, refused, now, number))
    digest = journal.digest_of(journal.REFUSAL, previous, body)
    connection.execute(insert(table).values(refusal_no=number, body=body, digest=digest))
    envelope = command.envelope
    answer = {"key": envelope.id, "stream_no": envelope.stream, "revision": 0, "refusal_no": number}
    connection.execute(insert(schema.received).values(**answer))
    connection.execute(insert(schema.unsealed).values(refusal_no=number))


def _body(command: Command, refused: Refused, now: datetime, number: int) -> Json:
    envelope = command.envelope
    target = getattr(command, "task", None)
    return {
        "actor": None if envelope.actor is None else envelope.actor.id,
        "at": str(micros(max(envelope.at, now))),
        "channel": str(envelope.channel),
        "command": envelope.id,
        "en": refused.text.en,
        "faults": [[fault.path, fault.text.zh, fault.text.en] for fault in refused.faults],
        "kind": type(command).__name__,
        "number": str(number),
        "reason": str(refused.reason),
        "stream": str(envelope.stream),
        "task": target if isinstance(target, str) else None,
        "zh": refused.text.zh,
    }
