"""A process that works a company's instances until it is stopped or killed: it starts, completes, ticks, works, seals."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Protocol

from sqlalchemy import select

from engine.commands import CompleteTask, Envelope, StartInstance
from engine.errors import Refused
from engine.value import Context, Person, Value, number
from engine.words import StreamKind
from jobs import clock
from jobs.connector import Call
from jobs.connectors import connectors
from jobs.worker import Worker
from storage import checkpoint, schema
from storage.database import Database
from storage.moments import micros, moment
from storage.submission import Store


class Barrier(Protocol):
    """A barrier of threads or of processes."""

    def wait(self) -> object: ...


class Answers(Protocol):
    """A queue of threads or of processes."""

    def put(self, item: tuple[str, str, str]) -> object: ...


class SharedClock:
    """A moment in a file that all processes map; only the supervisor moves it. A second word says stop."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(16))
        with path.open("r+b") as file:
            self._words = mmap.mmap(file.fileno(), 16)

    def __call__(self) -> datetime:
        return moment(struct.unpack_from("<q", self._words, 0)[0])

    def set(self, now: datetime) -> None:
        struct.pack_into("<q", self._words, 0, micros(now))

    @property
    def stopped(self) -> bool:
        return bool(struct.unpack_from("<q", self._words, 8)[0])

    def stop(self) -> None:
        struct.pack_into("<q", self._words, 8, 1)


class OtherSystem:
    """A connector to another system, which is a file: it notes every call, and does not know which it had before."""

    name = "webhook"

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, call: Call, database: Database) -> Value:
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{call.key}\n".encode())
        return Context({"status": number(200)})

    def told(self) -> list[str]:
        """The keys of all calls, in order."""
        return self.path.read_text(encoding="utf-8").split()


class Driver:
    """One process's hands on the database; `names` makes its command ids its own."""

    def __init__(self, store: Store, *, version: str, person: str, instances: int, key: Path, random: Random) -> None:
        self.worker = Worker(store, {**connectors(), "webhook": OtherSystem(key.with_name("told"))})
        self.store, self.version, self.person = store, version, Person(person)
        self.instances, self.key, self.random = instances, key, random
        self.names = f"{random.getrandbits(64):x}"
        self.count = 0

    def act(self) -> None:
        """One thing at random."""
        actions: list[Callable[[], object]] = [self.start, self.complete, self.complete, self.complete]
        actions += [lambda: clock.tick(self.store), self.worker.run, self.seal]
        self.random.choice(actions)()

    def start(self) -> None:
        """Start one of the instances."""
        self.start_one(self.random.randrange(self.instances))

    def start_one(self, number: int) -> None:
        """Start an instance; a repeat starts nothing."""
        key = f"start:{number}"
        self.store.open_stream(StreamKind.INSTANCE, key, lambda stream: self._start(key, stream))

    def complete(self) -> None:
        """Complete an open task, which somebody else may be completing, too."""
        table = schema.task.c
        with self.store.database.read() as connection:
            open_tasks = connection.execute(select(table.task, table.stream_no).where(table.closed_at.is_(None))).all()
        if not open_tasks:
            return
        task, stream = self.random.choice(open_tasks[:6])
        self.count += 1
        envelope = Envelope(id=f"{self.names}:{self.count}", stream=stream, at=self.store.now(), actor=self.person)
        try:
            self.store.submit(CompleteTask(envelope=envelope, task=task, data=Context({"by": self.names})))
        except Refused as refused:
            if f"was already completed by {self.person.id}" not in refused.text.en:
                raise

    def seal(self) -> None:
        """Seal what there is."""
        checkpoint.seal(self.store.database, checkpoint.key_at(self.key), self.store.now())

    def _start(self, key: str, stream: int) -> StartInstance:
        envelope = Envelope(id=key, stream=stream, at=self.store.now(), actor=self.person)
        return StartInstance(envelope=envelope, case=None, version=self.version, process="p", input=Context())


def drive(url: str, words: Path, seed: int, version: str, person: str, instances: int, key: Path) -> None:
    """Work until told to stop."""
    now = SharedClock(words)
    store = Store(Database(url), now)
    driver = Driver(store, version=version, person=person, instances=instances, key=key, random=Random(seed))
    while not now.stopped:
        driver.act()


def race(
    url: str,
    barrier: Barrier,
    answers: Answers,
    person: str,
    tasks: Sequence[str],
    name: str,
    store: Store | None = None,
) -> None:
    """Complete tasks of one instance in the given order, at once with others; each answer goes into a queue."""
    store = store or Store(Database(url))
    barrier.wait()
    for task in tasks:
        stream = int(task.split(".")[0])
        envelope = Envelope(id=f"{name}:{task}", stream=stream, at=store.now(), actor=Person(person))
        try:
            store.submit(CompleteTask(envelope=envelope, task=task, data=Context({"by": name})))
            answers.put((name, task, "won"))
        except Refused as refused:
            answers.put((name, task, refused.text.en))
