"""Re-execution of the shipped scenarios' journals: commands a second in one process and in two, and the chain alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks import servers
from benchmarks.report import Report, Scale
from engine.commands import ClaimTask, CompleteTask, OpenTask
from engine.errors import Text
from engine.events import ElementEntered
from storage import journal, schema, verification
from storage.database import Database
from storage.report import Report as Proof
from storage.shelf import StreamShelf
from storage.submission import Store
from web.cli.play import SimulatedClock, play, publish, scenarios
from web.cli.timetable import begin

SHIPPED = Path(__file__).parents[1] / "bpmn" / "service-planning"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How often every scenario is played, and how often the whole journal is verified."""

    plays: int
    rounds: int


NUMBERS = {
    Scale.FULL: Numbers(plays=40, rounds=5),
    Scale.QUICK: Numbers(plays=6, rounds=3),
    Scale.TINY: Numbers(plays=1, rounds=1),
}
ONE, TWO, CHAIN = "one_process", "two_processes", "chain_alone"
NAMES = {ONE: "一个进程 one process", TWO: "两个进程 two processes", CHAIN: "只验摘要链 chain alone"}
PEOPLE = (ClaimTask, OpenTask, CompleteTask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a journal holds: commands by name, and elements a token entered."""

    commands: Counter[str]
    elements: int

    @property
    def entries(self) -> int:
        """One entry is one command."""
        return self.commands.total()


def fill(database: Database, plays: int) -> None:
    """Play every shipped scenario so many times, each a case of its own."""
    clock = SimulatedClock(NOW)
    store = Store(database, clock)
    found = list(scenarios(SHIPPED))
    version = publish(store, SHIPPED, "publish")
    for number in range(plays):
        for scenario in found:
            clock.now = begin(scenario, NOW) + timedelta(microseconds=number)
            play(store, clock, scenario, version, lambda _: None)


def content(database: Database) -> Content:
    """Count what the journal holds."""
    commands: Counter[str] = Counter()
    elements, store = 0, Store(database)
    with database.read() as connection:
        for number in streams(database):
            for entry in journal.read(connection, number, StreamShelf(connection, number, store.recent)):
                commands[type(entry.command).__name__] += 1
                elements += sum(1 for event in entry.events if isinstance(event, ElementEntered))
    return Content(commands=commands, elements=elements)


def streams(database: Database) -> list[int]:
    """Every stream with entries."""
    with database.read() as connection:
        return list(connection.execute(select(schema.entry.c.stream_no).distinct().order_by("stream_no")).scalars())


def measure(scale: Scale) -> Report:
    """One process, two processes, and the chain alone, by turns."""
    numbers = NUMBERS[scale]
    report = Report(
        name="re_execution",
        title=Text("重新执行 P01 的日志", "Re-execution of P01's journal"),
        columns=("", "秒 s", "条目/秒 entries/s", "流程步/秒 flow steps/s"),
    )
    with servers.sqlite() as server, server.database() as database:
        fill(database, numbers.plays)
        held = content(database)
        ways: dict[str, Callable[[Store], Proof]] = {
            ONE: partial(verification.verify, execute=True, processes=1),
            TWO: partial(verification.verify, execute=True, processes=2),
            CHAIN: partial(verification.verify, execute=False),
        }
        seconds = _race(database, ways, held, numbers.rounds)
    _tell(report, held, seconds)
    return report


def _race(
    database: Database, ways: dict[str, Callable[[Store], Proof]], held: Content, rounds: int
) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-1, rounds):
        for name, way in ways.items():
            store = Store(database, lambda: NOW)
            begun = time.perf_counter()
            proof = way(store)
            if number >= 0:
                seconds[name].append(time.perf_counter() - begun)
            wanted = (held.entries, 0 if name == CHAIN else held.entries, True)
            found = (proof.entries, proof.executed, proof.proven and not proof.needs_release)
            if found != wanted:
                raise AssertionError(f"{name}: expected {wanted}, but found {found}: {proof.findings[:3]}")
    return seconds


def _tell(report: Report, held: Content, seconds: dict[str, list[float]]) -> None:
    for name, found in seconds.items():
        rate, steps = held.entries / median(found), held.elements / median(found)
        shown = "–" if name == CHAIN else f"{steps:,.0f}"
        report.line(NAMES[name], f"{median(found):.2f}", f"{rate:,.0f}", shown)
        report.figures |= {f"{name}.entries_per_s": rate, f"{name}.flow_steps_per_s": steps}
    of_people = sum(held.commands[kind.__name__] for kind in PEOPLE)
    report.figures |= {"entries": held.entries, "flow_steps": held.elements, "claim_open_complete": of_people}
    two = held.entries / median(seconds[TWO])
    report.target("双核每秒命令", "commands/s on two cores", limit=3_000, found=two, at_least=True)
    chain = held.entries / median(seconds[CHAIN])
    report.target("只验摘要链,每秒条目", "chain alone, entries/s", limit=100_000, found=chain, at_least=True)
    mix = ", ".join(f"{name} {count}" for name, count in held.commands.most_common())
    report.note(f"命令构成(含摘要链与窗口摘要):{mix}", f"The mix, chain and window digests included: {mix}")
