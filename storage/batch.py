"""What one transaction asks of the database without waiting for each answer: prepared once, sent together by the driver alone.

A statement through SQLAlchemy costs ten times what the driver takes, and on PostgreSQL each would be a round trip of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Insert
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, object]


class Prepared:
    """A statement as each kind of database takes it, with the columns that an insert fills."""

    def __init__(self, statement: ClauseElement, *columns: str) -> None:
        self.statement = statement.inline() if isinstance(statement, Insert) else statement
        self.columns = columns
        self._texts: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def text(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        """The text, and in which order it takes its values; None when it takes them by name."""
        found = self._texts.get(dialect.name)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=list(self.columns) or None)
            order = compiled.positiontup if dialect.positional else None  # type: ignore[attr-defined]  # of an SQLCompiler
            found = self._texts[dialect.name] = str(compiled), None if order is None else tuple(order)
        return found


class Batch:
    """Statements that write, in order; nothing is sent before `send`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._waiting: list[tuple[Prepared, Sequence[Values]]] = []

    def add(self, statement: Prepared, *rows: Values) -> None:
        """Once for each of these rows."""
        if rows:
            self._waiting.append((statement, rows))

    def send(self) -> None:
        """Write what was added. Raises SQLAlchemy's errors."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            with _cursor(self.connection, len(waiting)) as cursor:
                for statement, rows in waiting:
                    _execute(self.connection, cursor, statement, rows)


def find(connection: Connection, *asked: tuple[Prepared, Values]) -> tuple[Any, ...] | None:
    """The only row of the last of these queries, which are sent together. Raises SQLAlchemy's errors."""
    with _cursor(connection, len(asked)) as cursor:
        for statement, values in asked:
            _execute(connection, cursor, statement, (values,))
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


@contextmanager
def _cursor(connection: Connection, statements: int) -> Iterator[Any]:
    """A cursor of the driver; PostgreSQL answers all its statements at once."""
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    together = driver.pipeline() if dialect.name == "postgresql" and statements > 1 else nullcontext()
    try:
        with together, closing(driver.cursor()) as cursor:
            yield cursor
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error


def _execute(connection: Connection, cursor: Any, statement: Prepared, rows: Sequence[Values]) -> None:
    text, order = statement.text(connection.dialect)
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, text, rows, None, len(rows) > 1)
    for row in rows:
        cursor.execute(text, row if order is None else [row[name] for name in order])
