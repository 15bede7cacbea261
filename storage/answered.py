"""Whether a command id was answered before, and with what: an entry, or a refusal."""

from __future__ import annotations

from enum import Enum, auto

from sqlalchemy import bindparam, select

from storage import schema
from storage.batch import Prepared, find
from storage.database import Database

_received = schema.received.c
_ANSWER = Prepared(select(_received.refusal_no).where(_received.key == bindparam("key")))


class Answer(Enum):
    """What a command id was answered with."""

    DONE = auto()
    REFUSED = auto()


def answer_to(database: Database, key: str) -> Answer | None:
    """The first answer to a command with this id; None while there is none."""
    with database.read() as connection:
        found = find(connection, (_ANSWER, {"key": key}))
    if found is None:
        return None
    (refusal,) = found
    return Answer.DONE if refusal is None else Answer.REFUSED


def is_answered(database: Database, key: str) -> bool:
    """A command with this id is a repeat, which gets the first answer."""
    return answer_to(database, key) is not None
