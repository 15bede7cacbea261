"""kill -9 at random moments: nothing is lost, nothing is done twice; on both databases."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, text

from engine.commands import AnswerService
from engine.events import Event, MessageReceived, ServiceAnswered, ServiceRequested, TaskCompleted, TimerFired
from engine.journal import Entry
from engine.value import Context
from engine.words import Status
from jobs import clock
from storage import journal, schema, verification
from storage.database import Database
from storage.milestones import STARTED
from storage.rebuild import rebuild
from storage.shelf import StreamShelf
from storage.submission import Store
from tests.storage.company import NOW, Company
from tests.storage.driver import Driver, OtherSystem, SharedClock, drive
from tests.storage.loaded import TURNS, telling

WORKERS = 4
ENTRIES = 6
"""Fewer than an instance makes."""

PATIENCE = 120.0
"""Seconds after which a run that makes no entries is called stuck."""

processes = get_context("forkserver")
processes.set_forkserver_preload(["tests.storage.driver"])


class Supervisor:
    """Keeps four processes at work, kills one after a drawn number of entries, and starts another."""

    def __init__(self, made: Company, folder: Path, instances: int, seed: int) -> None:
        self.company, self.folder, self.instances, self.random = made, folder, instances, Random(seed)
        self.clock = SharedClock(folder / "clock")
        self.clock.set(NOW)
        self.running: list[BaseProcess] = []
        self.at_work = 0

    def run(self, kills: int) -> None:
        """Kill so many processes, then let the rest come to an end."""
        try:
            for _ in range(WORKERS):
                self._begin()
            for _ in range(kills):
                self._await(self._entries() + self.random.randrange(1, self.instances * ENTRIES // kills))
                self._kill()
                self.clock.set(self.clock() + timedelta(minutes=self.random.randrange(12)))
                self._begin()
        finally:
            self.clock.stop()
            for process in self.running:
                process.join(PATIENCE)
        assert [process.exitcode for process in self.running] == [0] * WORKERS

    def driver(self) -> Driver:
        """A driver in this process."""
        return Driver(
            Store(self.company.database, self.clock),
            version=self.company.procedure.digest,
            person=self.company.people["wang"].id,
            instances=self.instances,
            key=self.folder / "seal.key",
            random=self.random,
        )

    def _begin(self) -> None:
        url = self.company.database.url.render_as_string(hide_password=False)
        person = self.company.people["wang"].id
        arguments = (url, self.folder / "clock", self.random.getrandbits(32), self.company.procedure.digest, person)
        process = processes.Process(target=drive, args=(*arguments, self.instances, self.folder / "seal.key"))
        process.start()
        self.running.append(process)

    def _kill(self) -> None:
        victim = self.running.pop(self.random.randrange(len(self.running)))
        self.at_work += not self._finished()
        victim.kill()
        victim.join()

    def _await(self, entries: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._entries() < entries and not self._finished():
            assert time.monotonic() < deadline, "the workers are stuck"
            assert wait([process.sentinel for process in self.running], 0.002) == [], "a worker ended by itself"

    def _entries(self) -> int:
        with self.company.database.read() as connection:
            return connection.execute(select(func.count()).select_from(schema.entry)).scalar_one()

    def _finished(self) -> bool:
        with self.company.database.read() as connection:
            table = schema.instance.c
            query = select(func.count()).where(table.status == Status.COMPLETED, table.process == "p")
            return connection.execute(query).scalar_one() == self.instances


def finish(supervisor: Supervisor) -> None:
    """What is left, done by one process in good order."""
    driver = supervisor.driver()
    for number in range(supervisor.instances):
        driver.start_one(number)
    for _ in range(10 * supervisor.instances):
        supervisor.clock.set(supervisor.clock() + timedelta(minutes=5))
        clock.tick(driver.store)
        driver.worker.run()
        driver.complete()
        driver.seal()


def entries_of(made: Company) -> list[Entry]:
    """Every entry of the instances that people work on."""
    with made.database.read() as connection:
        table = schema.instance.c
        streams = connection.execute(select(table.stream_no).where(table.process == "p")).scalars().all()
        return [
            entry
            for stream in streams
            for entry in journal.read(connection, stream, StreamShelf(connection, stream, made.store.recent))
        ]


def once(entries: list[Entry], kind: type[Event], name: str, each: int) -> None:
    """Every task, timer or message of this kind happened once, and each instance has so many."""
    happened = [
        (entry.stream, getattr(event, name)) for entry in entries for event in entry.events if isinstance(event, kind)
    ]
    assert max(Counter(happened).values()) == 1
    assert Counter(stream for stream, _ in happened) == dict.fromkeys({entry.stream for entry in entries}, each)


def numbers(entries: list[Entry]) -> list[str]:
    """The numbers that the instances were given."""
    commands = (entry.command for entry in entries)
    results = (command.result for command in commands if isinstance(command, AnswerService))
    return [str(result["number"]) for result in results if isinstance(result, Context) and "number" in result]


def keys(entries: list[Entry], connector: str) -> set[str]:
    """The ids of all requests to a connector."""
    happened = (event for entry in entries for event in entry.events if isinstance(event, ServiceRequested))
    return {event.request for event in happened if event.connector == connector}


def left_over(made: Company) -> list[tuple[object, ...]]:
    """Jobs, tasks and timers that nobody did, each with its stream and what is known of it."""
    jobs, tasks, timers = schema.job.c, schema.task.c, schema.timer.c
    with made.database.read() as connection:
        return [
            *map(tuple, connection.execute(select(jobs.stream_no, jobs.kind, jobs.tries, jobs.problem_en))),
            *map(tuple, connection.execute(select(tasks.stream_no, tasks.task).where(tasks.closed_at.is_(None)))),
            *map(tuple, connection.execute(select(timers.stream_no, timers.timer, timers.due))),
        ]


def milestones_are_whole(database: Database) -> None:
    """Every moment of the milestone came once, ten minutes after the one before, and began one instance."""
    table = schema.occurrence.c
    with database.read() as connection:
        rows = connection.execute(select(table.number, table.planned, table.outcome).order_by(table.number)).all()
        query = select(schema.instance.c.status, func.count()).where(schema.instance.c.process == "m")
        begun = connection.execute(query.group_by(schema.instance.c.status)).all()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert {row.outcome for row in rows} == {STARTED}
    assert {later.planned - earlier.planned for earlier, later in pairwise(rows)} == {600_000_000}
    assert [tuple(row) for row in begun] == [(Status.COMPLETED, len(rows))]


def kill_and_check(database: Database, folder: Path, instances: int, kills: int, seed: int) -> int:
    """The whole test; returns how many deadlocks PostgreSQL counted."""
    made = telling(database)
    supervisor = Supervisor(made, folder, instances, seed)
    supervisor.run(kills)
    assert supervisor.at_work >= kills // 2, "too few were killed while there was work to lose"
    finish(supervisor)
    fresh = Company.again(made)
    entries = entries_of(fresh)
    streams = {entry.stream for entry in entries}
    assert len(streams) == instances
    states = [fresh.instance(stream) for stream in streams]
    assert [i.message_en for state in states for i in state.incidents.values()] == []
    assert left_over(fresh) == []
    assert {(state.status, len(state.incidents)) for state in states} == {(Status.COMPLETED, 0)}
    assert sorted(numbers(entries)) == [f"N-{number:04}" for number in range(1, instances + 1)]
    once(entries, TaskCompleted, "task", TURNS + 1)
    once(entries, TimerFired, "timer", 1)
    once(entries, MessageReceived, "subscription", 1)
    once(entries, ServiceAnswered, "request", 2)
    assert set(OtherSystem(folder / "told").told()) == keys(entries, "webhook")
    milestones_are_whole(database)
    with database.read() as connection:
        entry = schema.entry.c
        gaps = select(entry.stream_no).group_by(entry.stream_no).having(func.max(entry.revision) != func.count())
        assert connection.execute(gaps).all() == []
        assert connection.execute(select(schema.job)).all() == []
        assert connection.execute(select(schema.unsealed)).all() == []
    report = verification.verify(fresh.store)
    assert (report.findings, report.unsealed) == ([], 0)
    assert report.sealed == report.entries + report.refusals
    assert rebuild(fresh.store, windows=True).differences == []
    return deadlocks(database)


def deadlocks(database: Database) -> int:
    if database.is_sqlite:
        return 0
    with database.write() as connection:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(text(query)).scalar_one())


@pytest.mark.parametrize("seed", [1])
def test_killed_processes_lose_nothing_and_do_nothing_twice(
    database: Database, tmp_path: Path, seed: int, record_property: Callable[[str, object], None]
) -> None:
    found = kill_and_check(database, tmp_path, instances=24, kills=8, seed=seed)
    record_property("deadlocks", found)
    assert found == 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_two_hundred_instances_survive_forty_kills(
    database: Database, tmp_path: Path, seed: int, record_property: Callable[[str, object], None]
) -> None:
    found = kill_and_check(database, tmp_path, instances=200, kills=40, seed=seed)
    record_property("deadlocks", found)
    assert found == 0
