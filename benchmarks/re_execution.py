"""Re-execution of the shipped scenarios' journals: commands a second in one process and in two, and the chain alone."""

from __future__ import annotations

import os
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
    """How often every scenario is played before the first and the second measurement, and rounds of each."""

    plays: tuple[int, int]
    rounds: int


NUMBERS = {
    Scale.FULL: Numbers(plays=(12, 24), rounds=3),
    Scale.QUICK: Numbers(plays=(3, 3), rounds=2),
    Scale.TINY: Numbers(plays=(1, 1), rounds=1),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of one verification: of waiting, and of all its processes on a core."""

    wall: float
    cores: float


Measured = tuple[Content, dict[str, list[Spent]]]


def fill(database: Database, plays: range) -> None:
    """Play every shipped scenario once for each number, each time a case of its own."""
    clock = SimulatedClock(NOW)
    store = Store(database, clock)
    found = list(scenarios(SHIPPED))
    version = publish(store, SHIPPED, "publish")
    for number in plays:
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
        columns=("", "秒\ns", "条目/秒\nentries/s", "条目/核秒\nentries/core s", "流程步/核秒\nflow steps/core s"),
    )
    with servers.sqlite() as server, server.database() as database:
        ways: dict[str, Callable[[Store], Proof]] = {
            ONE: partial(verification.verify, execute=True, processes=1),
            TWO: partial(verification.verify, execute=True, processes=2),
            CHAIN: partial(verification.verify, execute=False),
        }
        measured: list[Measured] = []
        done = 0
        for plays in numbers.plays:
            fill(database, range(done, done + plays))
            done += plays
            held = content(database)
            measured.append((held, _race(database, ways, held, numbers.rounds)))
    _tell(report, *measured[-1])
    _running(report, *measured)
    return report


def _race(
    database: Database, ways: dict[str, Callable[[Store], Proof]], held: Content, rounds: int
) -> dict[str, list[Spent]]:
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for number in range(-1, rounds):
        for name, way in ways.items():
            store = Store(database, lambda: NOW)
            wall, cores = time.perf_counter(), _cores()
            proof = way(store)
            if number >= 0:
                spent[name].append(Spent(wall=time.perf_counter() - wall, cores=_cores() - cores))
            wanted = (held.entries, 0 if name == CHAIN else held.entries, True)
            found = (proof.entries, proof.executed, proof.proven and not proof.needs_release)
            if found != wanted:
                raise AssertionError(f"{name}: expected {wanted}, but found {found}: {proof.findings[:3]}")
    return spent


def _cores() -> float:
    """The seconds that this process and those it started and awaited were on a core."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _tell(report: Report, held: Content, spent: dict[str, list[Spent]]) -> None:
    rates = {name: held.entries / median(one.wall for one in found) for name, found in spent.items()}
    for name, found in spent.items():
        wall, cores = median(one.wall for one in found), median(one.cores for one in found)
        steps, rate = held.elements / cores, held.entries / cores
        shown = "–" if name == CHAIN else f"{steps:,.0f}"
        report.line(NAMES[name], f"{wall:.2f}", f"{rates[name]:,.0f}", f"{rate:,.0f}", shown)
        report.figures |= {f"{name}.entries_per_s": rates[name], f"{name}.entries_per_core_s": rate}
        report.figures |= {f"{name}.flow_steps_per_core_s": steps}
    of_people = sum(held.commands[kind.__name__] for kind in PEOPLE)
    report.figures |= {"entries": held.entries, "flow_steps": held.elements, "claim_open_complete": of_people}
    report.target("双核每秒命令", "commands/s on two cores", limit=3_000, found=rates[TWO], at_least=True)
    report.target("只验摘要链,每秒条目", "chain alone, entries/s", limit=100_000, found=rates[CHAIN], at_least=True)
    mix = ", ".join(f"{name} {count}" for name, count in held.commands.most_common())
    report.note(f"命令构成(含摘要链与窗口摘要):{mix}", f"The mix, chain and window digests included: {mix}")


def _running(report: Report, small: Measured, large: Measured) -> None:
    """What two processes do once they run: the second measurement against the first, which paid for the same start."""
    walls = [median(one.wall for one in spent[TWO]) for _, spent in (small, large)]
    added, longer = large[0].entries - small[0].entries, walls[1] - walls[0]
    rate = added / longer if longer > 0 else 0.0
    report.line("两个进程,启动之外 two processes, start-up aside", f"{longer:.2f}", f"{rate:,.0f}", "–", "–")
    report.figures["two_processes.running_entries_per_s"] = rate
