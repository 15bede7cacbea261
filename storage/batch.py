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


Form = tuple[str, tuple[str, ...] | None, Values]
"""The text of a statement; the order in which it takes its values, None when it takes them by name; those it brings along."""


class Prepared:
    """A statement as each kind of database takes it, with the columns that an insert fills.

    One that holds lists of its own takes other values only by parameters that are not required: `bindparam(name, None)`.
    """

    def __init__(self, statement: ClauseElement, *columns: str) -> None:
        self.statement = statement.inline() if isinstance(statement, Insert) else statement
        self.columns = columns
        self._forms: dict[str, Form] = {}

    def form(self, dialect: Dialect) -> Form:
        """What the driver is told; made once."""
        found = self._forms.get(dialect.name)
        if found is None:
            columns, lists = list(self.columns) or None, {"render_postcompile": True}
            compiled: Any = self.statement.compile(dialect=dialect, column_keys=columns, compile_kwargs=lists)
            order = tuple(compiled.positiontup) if dialect.positional else None
            own = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._forms[dialect.name] = str(compiled), order, own
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

    def send(self, *, is_last: bool = False) -> None:
        """Write what was added. Raises SQLAlchemy's errors.

        Where nothing follows in the transaction, PostgreSQL is told to commit in the same round trip, so that locks are
        held no longer than they must be; the commit of the transaction then finds nothing left to do.
        """
        waiting, self._waiting = self._waiting, []
        if waiting:
            with _cursor(self.connection, len(waiting)) as cursor:
                for statement, rows in waiting:
                    _execute(self.connection, cursor, statement, rows)
                if is_last and self.connection.dialect.name == "postgresql":
                    cursor.connection.commit()


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
    text, order, own = statement.form(connection.dialect)
    full = [{**own, **given} if own else given for given in rows]
    told = full if order is None else [tuple(row[name] for name in order) for row in full]
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, text, told if len(told) > 1 else told[0], None, len(told) > 1)
    for one in told:
        cursor.execute(text, one)
