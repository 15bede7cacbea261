"""How a page asks for a change: one command in the name of whoever signed in, done once however often it is sent; refused, it may be sent again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import TypeAlias

from flask import abort, request

from engine.commands import Command, Envelope
from engine.words import Channel
from storage.answered import Answer, answer_to
from storage.attempt import Also, Receipt
from web import reading
from web.identity import me

FIELD = "command"
ID = re.compile(r"[0-9a-f]{32}")
COUNTED = re.compile(r"[1-9]\d{0,18}\.[1-9]\d{0,18}\.[1-9]\d{0,18}")
Build: TypeAlias = Callable[[Envelope], Command]


def new_id() -> str:
    """The id of the command that a form will make; sent twice, it is done once."""
    return uuid.uuid4().hex


def submit(build: Build, stream: int, also: Also | None = None) -> Receipt:
    """Submit a command of this person; `also` is asked in its transaction. Raises Refused."""
    return reading.store().submit(build(envelope(stream)), (), also)


def envelope(stream: int) -> Envelope:
    """The envelope of a command: who, when, by which way; its id came with the form."""
    given = _given()
    return Envelope(
        id=_own(new_id()) if given is None else untried(_own(given)),
        stream=stream,
        at=reading.store().now(),
        actor=me().person,
        channel=Channel.WEB,
    )


def untried(key: str) -> str:
    """The id; of a command that was refused a new one, as whoever sends the form again asks again."""
    return f"{key.rpartition(':')[0]}:{new_id()}" if _answer(key) is Answer.REFUSED else key


def is_done(key: str) -> bool:
    """The command with this id was done before: the second click of two."""
    return _answer(key) is Answer.DONE


def is_repeat() -> bool:
    """What the form asks for was done before."""
    given = _given()
    return given is not None and is_done(_own(given))


def stream_of(counted: str) -> int:
    """The stream that a counted id belongs to; 404 for what is none."""
    if not COUNTED.fullmatch(counted):
        abort(404)
    return int(counted.split(".")[0])


def _given() -> str | None:
    """What the form says of the id of its command."""
    given = request.form.get(FIELD, "")
    return given if ID.fullmatch(given) else None


def _own(given: str) -> str:
    """The id as one of this person's."""
    return f"web:{me().person.id}:{given}"


def _answer(key: str) -> Answer | None:
    return answer_to(reading.store().database, key)
