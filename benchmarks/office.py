"""The product with the shipped procedure, a project that is under way, and browsers whose people have signed in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from sqlalchemy import Row, func, select

from benchmarks.house import NOW
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.value import Person
from engine.words import StreamKind
from storage import accounts, people, schema
from storage.database import Database
from storage.submission import Store
from web import settings
from web.app import create_app
from web.cli import scenario
from web.cli.demo import SHIPPED
from web.cli.play import SimulatedClock, play, publish
from web.cli.timetable import begin

if TYPE_CHECKING:
    from flask.testing import FlaskClient

STEPS = 14
"""Of the scenario: by then people have handed in forms with many fields, and others wait."""

NOBODY = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"
"""What no password fits: sessions are given here without one."""

HEADERS = {"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}


class Office:
    """A store with one project of the shipped procedure; the clock stands still."""

    def __init__(self, database: Database) -> None:
        clock = SimulatedClock(NOW)
        self.store = Store(database, clock)
        found = scenario.read(scenario.scenarios_in(SHIPPED, "whole-project")[0])
        found["steps"] = found["steps"][:STEPS]
        clock.now = min(begin(found, NOW), NOW - timedelta(days=1))
        self.version = publish(self.store, SHIPPED, "benchmark:publish")
        play(self.store, clock, found, self.version, lambda _: None)
        clock.now = NOW

    @property
    def procedure(self) -> Procedure:
        """The shipped procedure."""
        with self.store.database.read() as connection:
            return self.store.procedures.get(self.version, connection)

    def hire(self, handle: str, name: str, *roles: str) -> Person:
        """A person with company-wide roles."""
        return people.add(self.store, f"benchmark:{handle}", handle, name, roles)

    def holders(self, roles: Iterable[str]) -> list[Person]:
        """Who holds one of these roles company-wide."""
        with self.store.database.read() as connection:
            query = select(schema.stream.c.revision).where(schema.stream.c.stream_no == ORGANISATION)
            revision = connection.execute(query).scalar_one()
            found = self.store.states.at(connection, StreamKind.ORGANISATION, ORGANISATION, revision)
        assert isinstance(found, Organisation)
        return [person for role in roles for person in found.roles.get(role, ())]

    def session(self, person: Person) -> str:
        """The cookie of a browser in which the person has signed in."""
        return signed_in(self.store.database, person, self.store.now())

    def said(self) -> Row[tuple[object, ...]]:
        """The longest entry: of somebody who handed in a large form."""
        query = select(schema.entry).order_by(func.length(schema.entry.c.body).desc()).limit(1)
        with self.store.database.read() as connection:
            return connection.execute(query).one()


def signed_in(database: Database, person: Person, now: datetime) -> str:
    """The cookie of a new session of the person."""
    with database.read() as connection:
        known = accounts.of(connection, person) is not None
    if not known:
        accounts.set_password(database, person, NOBODY, now, one_time=False)
    return accounts.begin(database, person, now, "127.0.0.1", "benchmark")


def application(store: Store) -> Flask:
    """The product's pages on this store, wired as it is served."""
    return create_app(settings.read({}, Path("no such file")), store)


def browser(app: Flask, cookie: str) -> FlaskClient:
    """A client of the application with the cookie of a session."""
    client = app.test_client()
    client.set_cookie("zhixing", cookie)
    return client


@contextmanager
def logging_aside() -> Iterator[None]:
    """Logs are written as the product writes them, to where nobody reads."""
    before = structlog.get_config()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.PrintLoggerFactory(nowhere),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)
