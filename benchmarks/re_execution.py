"""Re-execution of the shipped scenarios' journals: commands a second in one process and in two, and the chain alone."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sqlalchemy import select

from benchmarks import servers
from benchmarks.report import Report, Scale
from engine.commands import ClaimTask, CompleteTask, OpenTask
from engine.errors import Text
from engine.events import ElementEntered
from engine.words import StreamKind
from storage import journal, reexecution, schema, verification
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
    Scale.FULL: Numbers(plays=30, rounds=3),
    Scale.QUICK: Numbers(plays=8, rounds=2),
    Scale.TINY: Numbers(plays=1, rounds=1),
}
BLOCK = 24
ONE, TWO, RUNNING = "one_process", "two_processes", "two_running_processes"
EVIDENCE, CHAIN = "without_execution", "chain_alone"
NAMES = {
    ONE: "一个进程 one process",
    TWO: "两个进程,含启动 two processes and their start",
    RUNNING: "两个已运行的进程 two processes already running",
    EVIDENCE: "不重新执行 all but execution",
    CHAIN: "只验摘要链 chain alone",
}
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


@contextmanager
def _two_processes() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        yield pool


def chain_of(store: Store) -> Proof:
    """The digests of all entries, and nothing else."""
    proof = Proof()
    with store.database.read() as connection:
        verification.chains(connection, None, proof)
    return proof


def verify_in(pool: ProcessPoolExecutor, store: Store) -> Proof:
    """Chains and heads here, re-execution by two processes that run already."""
    proof = verification.verify(store, execute=False)
    column = schema.stream.c
    query = select(column.stream_no, column.kind, column.revision).where(column.revision > 0).order_by(column.stream_no)
    with store.database.read() as connection:
        whole = [(row.stream_no, StreamKind(row.kind), row.revision) for row in connection.execute(query)]
    url = store.database.url.render_as_string(hide_password=False)
    dealt = [[stream for place, stream in enumerate(whole) if place // BLOCK % 2 == part] for part in (0, 1)]
    for executed in pool.map(_execute, [url, url], dealt):
        proof.executed += executed.entries
        proof.findings += executed.findings
        proof.needs_release += executed.needs_release
    return proof


def _execute(url: str, streams: Sequence[reexecution.Stream]) -> reexecution.Executed:
    database = Database(url)
    made = reexecution.Executed()
    for part in reexecution.run(Store(database), streams):
        made.entries += part.entries
        made.findings += part.findings
        made.needs_release += part.needs_release
    database.close()
    return made


def measure(scale: Scale) -> Report:
    """One process, two processes, and the chain alone, by turns."""
    numbers = NUMBERS[scale]
    report = Report(
        name="re_execution",
        title=Text("重新执行 P01 的日志", "Re-execution of P01's journal"),
        columns=("", "秒\ns", "条目/秒\nentries/s", "条目/核秒\nentries/core s", "流程步/核秒\nflow steps/core s"),
    )
    with servers.sqlite() as server, server.database() as database, _two_processes() as pool:
        fill(database, range(numbers.plays))
        held = content(database)
        ways: dict[str, Callable[[Store], Proof]] = {
            ONE: partial(verification.verify, execute=True, processes=1),
            TWO: partial(verification.verify, execute=True, processes=2),
            RUNNING: partial(verify_in, pool),
            EVIDENCE: partial(verification.verify, execute=False),
            CHAIN: chain_of,
        }
        spent = _race(database, ways, held, numbers.rounds)
    _tell(report, held, spent)
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
            wanted = (held.entries, 0 if name in (EVIDENCE, CHAIN) else held.entries, True)
            found = (proof.entries, proof.executed, proof.proven and not proof.needs_release)
            if found != wanted:
                raise AssertionError(f"{name}: expected {wanted}, but found {found}: {proof.findings[:3]}")
    return spent


def _cores() -> float:
    """The seconds that this process and those it started and awaited were on a core, in microseconds' steps.

    Not `os.times`: it counts in ticks of 10 ms, and a short verification would take none.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _per_core(held: Content, cores: Sequence[float], *, executed: bool) -> tuple[str, str]:
    """Entries and flow steps by time on a core; processes that run on do not tell theirs."""
    if not cores:
        return "–", "–"
    steps = f"{held.elements / median(cores):,.0f}" if executed else "–"
    return f"{held.entries / median(cores):,.0f}", steps


def _tell(report: Report, held: Content, spent: dict[str, list[Spent]]) -> None:
    rates = {name: held.entries / median(one.wall for one in found) for name, found in spent.items()}
    for name, found in spent.items():
        cores = [] if name == RUNNING else [one.cores for one in found]
        report.line(
            NAMES[name],
            f"{median(one.wall for one in found):.2f}",
            f"{rates[name]:,.0f}",
            *_per_core(held, cores, executed=name not in (EVIDENCE, CHAIN)),
        )
        report.figures[f"{name}.entries_per_s"] = rates[name]
        if cores:
            report.figures[f"{name}.entries_per_core_s"] = held.entries / median(cores)
    of_people = sum(held.commands[kind.__name__] for kind in PEOPLE)
    report.figures |= {"entries": held.entries, "flow_steps": held.elements, "claim_open_complete": of_people}
    for name, zh, en in ((RUNNING, "双核每秒命令", "commands/s on two cores"), (TWO, "含启动", "start included")):
        report.target(zh, en, limit=3_000, found=rates[name], at_least=True)
    report.target("只验摘要链,每秒条目", "chain alone, entries/s", limit=100_000, found=rates[CHAIN], at_least=True)
    mix = ", ".join(f"{name} {count}" for name, count in held.commands.most_common())
    report.note(f"命令构成(含摘要链与窗口摘要):{mix}", f"The mix, chain and window digests included: {mix}")
