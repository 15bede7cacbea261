"""Names in sentences: of people instead of ids, and of the parts of a version."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from engine.errors import Text
from engine.procedure import Procedure
from web import reading
from web.telling.naming import Names

COUNTED = re.compile(r"[1-9]\d*\.[1-9]\d*\.[1-9]\d*")


def named(text: Text) -> Text:
    """A sentence of the engine with names of people instead of ids."""
    with reading.store().database.read() as connection:
        known = reading.names(connection)
    zh, en = (COUNTED.sub(lambda found: known.get(found[0], found[0]), one) for one in (text.zh, text.en))
    return Text(zh, en)


def names(connection: Connection, procedure: Procedure | None) -> Names:
    """The names of people, and of the parts of a version."""
    return Names(procedure, reading.names(connection), reading.organisation(connection).working.zone)
