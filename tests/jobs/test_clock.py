"""The clock: a timer fires once, whoever ticks; on both databases."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select, update

from engine.commands import FireTimer
from engine.events import TimerFired
from engine.value import Date, DateTime, Time
from jobs import clock
from storage import journal, schema
from storage.database import Database
from storage.moments import NEVER, due
from storage.shelf import StreamShelf
from tests.storage.company import Company
from tests.storage.loaded import WAIT
from tests.storage.loaded import company as loaded


@pytest.fixture
def company(database: Database) -> Company:
    return loaded(database)


def fired(company: Company) -> Counter[str]:
    """How often each timer fired."""
    found: Counter[str] = Counter()
    with company.database.read() as connection:
        for stream in connection.execute(select(schema.instance.c.stream_no)).scalars().all():
            for entry in journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent)):
                found.update(event.timer for event in entry.events if isinstance(event, TimerFired))
    return found


def test_a_timer_fires_when_its_moment_has_come_and_once(company: Company) -> None:
    company.start()
    assert clock.tick(company.store) == 0
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 1
    assert clock.tick(company.store) == 0
    assert list(fired(company).values()) == [1]


def test_four_clocks_at_once_fire_each_timer_once(company: Company) -> None:
    for _ in range(10):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    counted: list[int] = []
    threads = [threading.Thread(target=lambda: counted.append(clock.tick(company.store))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == 10
    assert set(fired(company).values()) == {1}


def test_more_timers_than_a_page_all_fire(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "BATCH", 3)
    for _ in range(8):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 8


def test_a_timer_that_is_refused_ends_the_pass_and_fires_when_it_is_right(company: Company) -> None:
    """A row that says due too early (a clock that was set back): the engine refuses, and that is no answer for ever."""
    company.start()
    with company.database.write() as connection:
        connection.execute(update(schema.timer).values(due=0))
    assert clock.tick(company.store) == 0
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 1


def test_a_moment_between_two_microseconds_is_due_at_the_later_one() -> None:
    moment = DateTime(Date(1970, 1, 1), Time(0, 0, 1, 1, offset=0))
    assert due(moment) == 1_000_001
    assert due(None) == NEVER


def test_the_command_of_a_timer_names_it(company: Company) -> None:
    stream = company.start()
    (timer,) = company.instance(stream).timers
    company.later(seconds=WAIT.total_seconds())
    clock.tick(company.store)
    with company.database.read() as connection:
        entries = list(journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent)))
    (command,) = [entry.command for entry in entries if isinstance(entry.command, FireTimer)]
    assert (command.timer, command.envelope.id) == (timer, f"timer:{timer}")
