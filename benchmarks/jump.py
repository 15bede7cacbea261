"""Replay: the state of an instance at any of its events, made from the journal alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import func, select

from benchmarks import models, servers
from benchmarks.house import NOW, House
from benchmarks.report import Report, Scale
from benchmarks.step_cost import FIELDS, answer, ours
from benchmarks.stopwatch import Contender, race
from engine import replay
from engine.errors import Text
from engine.instance import Instance
from engine.stream import State
from engine.value import number
from engine.words import StreamKind
from storage import journal, schema
from storage.database import Database
from storage.shelf import Recent, StreamShelf
from storage.states import States
from storage.submission import Store

EVENTS = {Scale.FULL: 5_000, Scale.QUICK: 5_000, Scale.TINY: 40}
ROUNDS = {Scale.FULL: 10, Scale.QUICK: 3, Scale.TINY: 1}
LIMIT = 50.0
SEED = 7


@dataclass(kw_only=True)
class Jump:
    """A jump to a revision; `last` always to the end, else to one drawn at random."""

    database: Database
    stream: int
    end: int
    last: bool
    drawn: random.Random
    revision: int = 0

    def prepare(self) -> None:
        """A store that has nothing in memory, and where to jump."""
        self.store = Store(self.database, lambda: NOW)
        self.revision = self.end if self.last else self.drawn.randint(1, self.end)

    def run(self) -> None:
        """Read the entries and apply their events."""
        self._arrived(self._made())

    def _arrived(self, state: State) -> None:
        if not isinstance(state, Instance) or state.revision != self.revision:
            raise AssertionError(f"expected the instance at {self.revision}, but found {state}")

    def _made(self) -> State:
        with self.database.read() as connection:
            shelf = StreamShelf(connection, self.stream, self.store.recent)
            entries = journal.read(connection, self.stream, shelf, until=self.revision)
            return replay.at(StreamKind.INSTANCE, self.stream, entries, self.revision)


@dataclass(kw_only=True)
class Again(Jump):
    """A jump by a process that has looked at this instance before; its states are made from entries only, too."""

    states: States

    def prepare(self) -> None:
        """Where to jump."""
        self.revision = self.drawn.randint(1, self.end)

    def _made(self) -> State:
        with self.database.read() as connection:
            return self.states.at(connection, StreamKind.INSTANCE, self.stream, self.revision)


def measure(scale: Scale) -> Report:
    """Jumps anywhere and to the end of one long instance, on SQLite."""
    report = Report(
        name="jump",
        title=Text("重放:跳到任一事件(毫秒,中位数 / p95)", "Replay: jump to any event (ms, median / p95)"),
        columns=("", "事件 events", "条目 entries", "毫秒 ms"),
    )
    with servers.sqlite() as server, server.database() as database:
        house = House(database, models.loop(stock=False))
        stream, events, end = _instance(house, EVENTS[scale])
        drawn = random.Random(SEED)
        jumps = {
            key: Jump(database=database, stream=stream, end=end, last=key == "end", drawn=drawn)
            for key in ("any", "end")
        }
        states = States(Recent(), rows=False)
        with database.read() as connection:
            states.at(connection, StreamKind.INSTANCE, stream, end)
        again = Again(database=database, stream=stream, end=end, last=False, drawn=drawn, states=states)
        contenders: dict[str, Contender] = {**jumps, "again": again}
        found = race(contenders, rounds=ROUNDS[scale], burst=5)
    for key, title in (
        ("any", "任一处,首次 anywhere, at first"),
        ("end", "末尾(最远),首次 the end (farthest), at first"),
        ("again", "任一处,再次 anywhere, again"),
    ):
        report.line(title, f"{events:,}", f"{end:,}", found[key].words)
        report.figures |= found[key].figures(key)
    words = (f"跳到 {events} 个事件的末尾,p95 毫秒", f"jump to the end of {events} events, p95 ms")
    report.target(*words, limit=LIMIT, found=found["end"].p95 * 1000)
    words = (f"再次跳到 {events} 个事件的任一处,p95 毫秒", f"jump again to any of {events} events, p95 ms")
    report.target(*words, limit=LIMIT, found=found["again"].p95 * 1000)
    report.figures |= {"events": events, "entries": end}
    return report


def _instance(house: House, wanted: int) -> tuple[int, int, int]:
    """An instance with about so many events: its stream, its events, its last revision."""
    stream, task = house.start({**ours(FIELDS), "turns": number(0)})
    events = turn = 0
    while events < wanted:
        receipt = house.complete(stream, task, ours(answer(turn)))
        task, events, turn = house.next(receipt), events + len(receipt.events), turn + 1
    column = schema.entry.c
    with house.store.database.read() as connection:
        end = connection.execute(select(func.max(column.revision)).where(column.stream_no == stream)).scalar_one()
    return stream, events, int(end)
