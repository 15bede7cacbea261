"""Whoever asks, as lists and pages of cases know them: what they may read is decided by who they are, for whom they act, and rights."""

from __future__ import annotations

from flask import g
from sqlalchemy import Connection

from storage.registers import Reader
from web import reading
from web.identity import me

RIGHT = "read"
"""The right of a procedure whose holders read its cases."""


def who_reads(connection: Connection) -> Reader:
    """The person who asks, read once a request."""
    if "reader" not in g:
        mine = me()
        found = reading.procedures(connection)
        g.reader = Reader(
            person=mine.person.id,
            persons=[mine.person.id, *(person.id for person in mine.principals)],
            roles=sorted(mine.acting_roles),
            procedures=[one.key for one in found if mine.acting_roles & set(one.may(RIGHT))],
        )
    kept = g.reader
    assert isinstance(kept, Reader)
    return kept
