"""What is due at once: timers fired by one node and by two, messages delivered; none twice, none forgotten."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from typing import Protocol

from sqlalchemy import func, select

from benchmarks import servers
from benchmarks.house import NOW, House
from benchmarks.models import NAMESPACES
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from engine.errors import Text
from engine.words import StreamKind
from jobs import clock
from jobs.worker import Worker
from storage import schema
from storage.database import Database
from storage.submission import Store

DUE = {Scale.FULL: 20_000, Scale.QUICK: 1_000, Scale.TINY: 10}
MESSAGES = {Scale.FULL: 2_000, Scale.QUICK: 500, Scale.TINY: 5}
LIMIT = 300.0
"""Seconds for 20,000 timers."""

KEYS = ("timers_1", "timers_2", "messages")
LATER = NOW + timedelta(minutes=1)
PATIENCE = 1_800.0
TIMER = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1M"</bpmn:timeDuration></bpmn:timerEventDefinition>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
processes = get_context("spawn")


class Barrier(Protocol):
    """Where processes wait for each other."""

    def wait(self) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """How long it took, and what came of it."""

    seconds: float
    done: int
    doubles: int
    gaps: int

    @property
    def rate(self) -> float:
        """So many a second."""
        return self.done / self.seconds


def measure(scale: Scale) -> Report:
    """Both databases, timers by one process and by two, messages by one."""
    report = Report(
        name="burst",
        title=Text("同时到期:触发与送达(每秒)", "Due at once: fired and delivered (a second)"),
        columns=("", "", "数量 number", "秒 s", "每秒 a second", "重复 doubles", "遗漏 gaps"),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server:
            for nodes in (1, 2):
                with server.database() as database:
                    timers = _timers(database, DUE[scale], nodes)
                _tell(report, server, f"timers_{nodes}", f"定时,节点 timers, nodes: {nodes}", timers)
            with server.database() as database:
                messages = _messages(database, MESSAGES[scale])
            _tell(report, server, "messages", "消息,进程 messages, processes: 1", messages)
    for name in ("SQLite", "PostgreSQL"):
        needed = DUE[Scale.FULL] / report.figures[f"{name}.timers_2.rate"]
        words = f"{name},两个节点触发 20,000 个定时,秒", f"{name}, 20,000 timers by two nodes, s"
        report.target(*words, limit=LIMIT, found=needed)
        counted = [f"{name}.{key}.{what}" for key in KEYS for what in ("doubles", "gaps")]
        wrong = sum(report.figures[figure] for figure in counted)
        report.target(f"{name},重复与遗漏", f"{name}, doubles and gaps", limit=0, found=wrong)
    return report


def _tell(report: Report, server: Server, key: str, title: str, found: Burst) -> None:
    cells = f"{found.done:,}", f"{found.seconds:.2f}", f"{found.rate:,.0f}", str(found.doubles), str(found.gaps)
    report.line(server.name, title, *cells)
    figures = {"seconds": found.seconds, "rate": found.rate, "doubles": found.doubles, "gaps": found.gaps}
    report.figures |= {f"{server.name}.{key}.{name}": figure for name, figure in figures.items()}


# ------------------------------------------------------------------ timers


def _timers(database: Database, number: int, nodes: int) -> Burst:
    """So many instances whose timers are due at once, and processes that do nothing but fire them."""
    house = House(
        database, _model(f'<bpmn:intermediateCatchEvent id="wait">{TIMER}</bpmn:intermediateCatchEvent>', "wait")
    )
    streams = [_begin(house) for _ in range(number)]
    seconds = _together(database, nodes)
    return _counted(database, streams, seconds, entries=2)


def _together(database: Database, nodes: int) -> float:
    """Seconds from the moment when all processes are ready until the last has found nothing more."""
    barrier = processes.Barrier(nodes + 1)
    url = database.url.render_as_string(hide_password=False)
    running = [processes.Process(target=tick, args=(url, barrier)) for _ in range(nodes)]
    for process in running:
        process.start()
    barrier.wait(PATIENCE)
    begun = time.perf_counter()
    for process in running:
        process.join(PATIENCE)
    seconds = time.perf_counter() - begun
    if any(process.exitcode != 0 for process in running):
        raise AssertionError("expected every node to come to its end")
    return seconds


def tick(url: str, barrier: Barrier) -> None:
    """A node: it fires what is due until nothing is left that another is not firing."""
    store = Store(Database(url), _later)
    with store.database.read() as connection:
        connection.execute(select(func.count()).select_from(schema.timer))
    barrier.wait()
    while clock.tick(store):
        pass


def _later() -> datetime:
    return LATER


# ------------------------------------------------------------------ messages


def _messages(database: Database, number: int) -> Burst:
    """So many instances, each of which has sent a message and waits for one."""
    body = (
        f'<bpmn:intermediateThrowEvent id="say" zx:correlation="instance.id">{MESSAGE}</bpmn:intermediateThrowEvent>'
        f'<bpmn:intermediateCatchEvent id="hear" zx:correlation="instance.id">{MESSAGE}</bpmn:intermediateCatchEvent>'
    )
    house = House(database, _model(body, "say", "hear"))
    streams = [_begin(house) for _ in range(number)]
    with _timed() as seconds:
        Worker(house.store).run()
    return _counted(database, streams, seconds(), entries=2)


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    begun, ended = time.perf_counter(), 0.0
    yield lambda: ended - begun
    ended = time.perf_counter()


# ------------------------------------------------------------------ both


def _model(body: str, *ids: str) -> bytes:
    """A process of these elements, one after the other."""
    order = ("s", *ids, "e")
    pairs = pairwise(order)
    flows = "".join(f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)
    nodes = "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in order)
    lanes = f'<bpmn:laneSet id="ls"><bpmn:lane id="l" zx:role="WORK">{nodes}</bpmn:lane></bpmn:laneSet>'
    inner = f'{lanes}<bpmn:startEvent id="s"/>{body}<bpmn:endEvent id="e"/>{flows}'
    return (
        f'<bpmn:definitions {NAMESPACES} id="d" targetNamespace="t"><bpmn:message id="m" name="m"/>'
        f'<bpmn:process id="p" isExecutable="true">{inner}</bpmn:process></bpmn:definitions>'
    ).encode()


def _begin(house: House) -> int:
    key = house.key()
    return house.store.open_stream(StreamKind.INSTANCE, key, lambda number: house.starting(key, number, {})).stream


def _counted(database: Database, streams: list[int], seconds: float, entries: int) -> Burst:
    """An instance that was told twice has an entry too many, one that was forgotten has one too few."""
    column = schema.entry.c
    with database.read() as connection:
        here = column.stream_no.between(min(streams), max(streams))
        query = select(column.stream_no, func.count()).where(here).group_by(column.stream_no)
        found = Counter({row[0]: row[1] for row in connection.execute(query)})
    doubles = sum(max(0, found[stream] - entries) for stream in streams)
    gaps = sum(max(0, entries - found[stream]) for stream in streams)
    return Burst(seconds=seconds, done=len(streams) - gaps, doubles=doubles, gaps=gaps)
