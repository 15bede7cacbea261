"""Connections and transactions: one way to write, one way to read, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""A reader on PostgreSQL sees one moment throughout, as on SQLite."""


WRITER = (
    "page_size=8192",  # an entry with a 1 kB form takes 2.6 kB: a page of 4 kB would hold one and waste the rest
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",  # pages that move leave no copies of what may be erased later
)


class Database:
    """One database of one organisation.

    Writers on SQLite take turns behind one lock of the process and begin IMMEDIATE; pages read on connections of
    their own that cannot write.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = threading.Lock()
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.writer = self._engine(read_only=False)
        self.reader = self._engine(read_only=True) if self.is_sqlite else self.writer.execution_options(**SNAPSHOT)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes: committed at the end, rolled back on any exception."""
        if not self.is_sqlite:
            with self.writer.begin() as connection:
                yield connection
            return
        with self._turn, self.writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads."""
        with self.reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()

    def _engine(self, *, read_only: bool) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=10, max_overflow=20, pool_pre_ping=True)
        arguments = {"isolation_level": None, "timeout": 30, "check_same_thread": False}
        engine = create_engine(self.url, connect_args=arguments, pool_size=10, max_overflow=20)
        event.listen(engine, "connect", _configure_reader if read_only else _configure_writer)
        event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
        return engine


def _configure_writer(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in WRITER:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _configure_reader(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in ("query_only=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
