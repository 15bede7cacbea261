"""What is kept: how many rows stand in each table, and what is in them; to see that a refusal left nothing behind."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from storage import schema
from tests.web.pages.browser import House

NOTED = {"refusal", "received", "unsealed", "attempt", "upload"}
"""Tables in which is noted that somebody was refused, what they were answered, and which files came: unused, they are swept."""


_TABLES = [table for table in schema.metadata.sorted_tables if table.name not in NOTED]
_COUNTS = select(*(select(func.count()).select_from(table).scalar_subquery() for table in _TABLES))


def counts(house: House) -> tuple[int, ...]:
    """How many rows there are in every table."""
    with house.store.database.read() as connection:
        return tuple(connection.execute(_COUNTS).one())


def contents(house: House) -> dict[str, str]:
    """What stands in every table, as a digest."""
    with house.store.database.read() as connection:
        return {table.name: _of(str(sorted(map(repr, connection.execute(select(table)))))) for table in _TABLES}


def _of(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
