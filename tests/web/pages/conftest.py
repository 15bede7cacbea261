"""The demonstration's database, made once and copied for each test; the clock stands still."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrations import upgrade
from storage.submission import Store
from tests.web.pages.browser import CHEAP, Building, Clock, House
from web import passwords, settings
from web.app import create_app
from web.cli import showcase
from web.cli.play import SimulatedClock

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Passwords that are quickly hashed and compared."""
    passwords.hasher = CHEAP


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Path:
    """The database of the demonstration."""
    path = tmp_path_factory.mktemp("house") / "zhixing.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    clock = SimulatedClock(NOW)
    showcase.build(Store(database, clock), clock, NOW, lambda _: None)
    database.close()
    return path


@pytest.fixture(scope="session")
def building(furnished: Path) -> Iterator[Building]:
    """The application: its routes, templates and description are the same for every database."""
    store = Store(Database(f"sqlite:///{furnished}"))
    yield Building(create_app(settings.read({}, furnished.parent / "none"), store))
    store.database.close()


@pytest.fixture
def house(furnished: Path, building: Building, tmp_path: Path) -> Iterator[House]:
    """The product, opened."""
    path = tmp_path / "zhixing.db"
    shutil.copyfile(furnished, path)
    shutil.copytree(furnished.with_suffix(".files"), path.with_suffix(".files"))
    clock, database = Clock(NOW), Database(f"sqlite:///{path}")
    store = Store(database, clock)
    yield building.house(settings.read({"ZHIXING_DATA": str(tmp_path)}, tmp_path / "none"), store, clock)
    database.close()
