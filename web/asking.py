"""How a page asks for a change: one command in the name of whoever signed in, the same however often it is sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import TypeAlias

from flask import abort, request
from sqlalchemy import select

from engine.commands import Command, Envelope
from engine.words import Channel
from storage import schema
from storage.submission import Receipt
from web import reading
from web.identity import me

FIELD = "command"
ID = re.compile(r"[0-9a-f]{32}")
COUNTED = re.compile(r"[1-9]\d{0,18}\.[1-9]\d{0,18}\.[1-9]\d{0,18}")
Build: TypeAlias = Callable[[Envelope], Command]


def new_id() -> str:
    """The id of the command that a form will make; sent twice, it is done once."""
    return uuid.uuid4().hex


def submit(build: Build, stream: int) -> Receipt:
    """Submit a command of this person. Raises Refused."""
    return reading.store().submit(build(envelope(stream)))


def envelope(stream: int) -> Envelope:
    """The envelope of a command: who, when, by which way; its id came with the form."""
    given = request.form.get(FIELD, "")
    key = given if ID.fullmatch(given) else new_id()
    return Envelope(
        id=f"web:{me().person.id}:{key}",
        stream=stream,
        at=reading.store().now(),
        actor=me().person,
        channel=Channel.WEB,
    )


def is_answered(key: str) -> bool:
    """A command with this id was answered before: the second click of two."""
    table = schema.received.c
    with reading.store().database.read() as connection:
        return connection.execute(select(table.key).where(table.key == key)).first() is not None


def stream_of(counted: str) -> int:
    """The stream that a counted id belongs to; 404 for what is none."""
    if not COUNTED.fullmatch(counted):
        abort(404)
    return int(counted.split(".")[0])
