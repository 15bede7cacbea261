"""Numbers for documents and projects: one sequence for each pattern with its fields filled in, no number given twice."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.encoding import format_number
from engine.value import Context, Value
from jobs.connector import Call, ConnectorFailed
from storage import schema
from storage.database import Database

FIELD = re.compile(r"\{([a-z_]+?)([0-9]?)\}")
MAX_NAME = 190


class NumberSequence:
    """`pattern` with `{field}` for each parameter, `{yyyy}` for the year, `{seq3}` for the number with three digits.

    `keep` is the number that the thing has already, or null: a document keeps its number in every version.
    """

    name = "number-sequence"

    def run(self, call: Call, database: Database) -> Value:
        """The number, as a context with `number` and `sequence`; the same one for the same key."""
        name, width = self._filled(call.parameters)
        if isinstance(kept := call.parameters.get("keep"), str):
            return Context({"number": kept, "sequence": name})
        with database.write() as connection:
            given = schema.sequence_given
            found = connection.execute(select(given.c.number).where(given.c.key == call.key)).scalar_one_or_none()
            if found is None:
                dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
                table = schema.sequence
                connection.execute(dialect.insert(table).values(name=name, next=1).on_conflict_do_nothing())
                query = select(table.c.next).where(table.c.name == name).with_for_update()
                found = connection.execute(query).scalar_one()
                connection.execute(update(table).where(table.c.name == name).values(next=found + 1))
                connection.execute(insert(given).values(key=call.key, name=name, number=found))
        return Context({"number": name.replace("{seq}", str(found).zfill(width)), "sequence": name})

    def _filled(self, parameters: Context) -> tuple[str, int]:
        """The pattern with everything but the number in it, and how many digits the number has."""
        pattern = parameters.get("pattern")
        if not isinstance(pattern, str) or "{seq" not in pattern:
            raise ConnectorFailed("expected a pattern with {seq3} for the number", permanent=True)
        width = 1

        def fill(match: re.Match[str]) -> str:
            nonlocal width
            field, digits = match.groups()
            if field == "seq":
                width = int(digits or "1")
                return "{seq}"
            found = parameters.get("year" if field == "yyyy" else field)
            if found is None:
                raise ConnectorFailed(f"expected a parameter {field}", permanent=True)
            return format_number(found) if isinstance(found, Decimal) else str(found)

        name = FIELD.sub(fill, pattern)
        if len(name) > MAX_NAME:
            raise ConnectorFailed(f"expected a number of at most {MAX_NAME} characters", permanent=True)
        return name, width


CONNECTOR = NumberSequence()
