"""Connections and transactions: one way to write, one way to read, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""A reader on PostgreSQL sees one moment throughout, as on SQLite."""


POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 20, "hide_parameters": True}
"""An error is logged with its statement, never with the values: they may be personal."""

IDLE = 1.0
"""Seconds after which a connection to a server is tried before it is used."""

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
        self.glancer = self._engine(read_only=True, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

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

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Questions that each see their own moment: for one alone, or where no answer leans on another.

        No transaction is begun and ended around them, which on PostgreSQL would be two round trips more.
        """
        with self.glancer.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()
        self.glancer.dispose()

    def _engine(self, *, read_only: bool, **options: Any) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self.url, **POOL, **options)
            event.listen(engine, "checkout", _ping)
            event.listen(engine, "checkin", _used)
            if read_only:
                event.listen(engine, "connect", _forbid_writing)
            return engine
        arguments = {"isolation_level": None, "timeout": 30, "check_same_thread": False}
        engine = create_engine(self.url, connect_args=arguments, **POOL, **options)
        event.listen(engine, "connect", _configure_reader if read_only else _configure_writer)
        if not options:
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


def _forbid_writing(connection: object, _record: object) -> None:
    connection.execute("SET default_transaction_read_only = on")  # type: ignore[attr-defined]  # one of psycopg
    connection.commit()  # type: ignore[attr-defined]  # the same


def _begin_writing(connection: Connection) -> None:
    _tell(connection, "BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    _tell(connection, "BEGIN")


def _tell(connection: Connection, text: str) -> None:
    """By the driver alone: every page begins several transactions."""
    try:
        connection.connection.driver_connection.execute(text)  # type: ignore[union-attr]  # SQLite's own
    except sqlite3.Error as error:
        raise DBAPIError.instance(text, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _ping(connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Whoever takes a connection that was idle for a while finds out whether the server still knows it."""
    if time.monotonic() - record.info.get("used", 0.0) < IDLE:
        return
    try:
        connection.execute("")  # type: ignore[attr-defined]  # a connection of psycopg
        connection.rollback()  # type: ignore[attr-defined]  # the same
    except psycopg.Error as error:
        raise DisconnectionError("the server has closed the connection") from error


def _used(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()
