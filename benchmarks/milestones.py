"""Milestones: rows that come, thousands due at once that start thousands of small instances, and an idle tick beside them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, select

from benchmarks import servers
from benchmarks.house import NOW, House
from benchmarks.models import NAMESPACES
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from benchmarks.stopwatch import percentile
from engine.errors import Text
from jobs import clock, health
from jobs.worker import Worker
from storage import schema
from storage.database import Database
from storage.submission import Store

ROWS = {Scale.FULL: 10_000, Scale.QUICK: 1_000, Scale.TINY: 10}
TICKS = {Scale.FULL: 500, Scale.QUICK: 100, Scale.TINY: 3}
IDLE = 5.0
"""Milliseconds of an idle tick's one query."""


def measure(scale: Scale) -> Report:
    """Both databases, one process."""
    report = Report(
        name="milestones",
        title=Text("里程碑:出现、到期、启动(每秒),空转(毫秒)", "Milestones: come, occur, start (a second), idle (ms)"),
        columns=("", "行 rows", "出现 come", "到期 occur", "启动 start", "空转 idle p50", "重复与遗漏 wrong"),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server, server.database() as database:
            _row(report, server, database, ROWS[scale], TICKS[scale])
    return report


def _row(report: Report, server: Server, database: Database, rows: int, ticks: int) -> None:
    house = House(database, _model(rows))
    with _timed() as came:
        clock.tick(house.store)
    idle = _idle(house.store, ticks)
    later = Store(database, lambda: NOW + timedelta(days=1))
    with _timed() as occurred:
        while clock.tick(later):
            pass
    with _timed() as started:
        Worker(later).run()
    wrong = _wrong(database, rows)
    figures = {
        "come": rows / came(),
        "occur": rows / occurred(),
        "start": rows / started(),
        "idle": idle,
        "wrong": float(wrong),
    }
    rates = (f"{figures[name]:,.0f}" for name in ("come", "occur", "start"))
    report.line(server.name, f"{rows:,}", *rates, f"{idle:.2f}", str(wrong))
    report.figures |= {f"{server.name}.{name}": figure for name, figure in figures.items()}
    words = f"{server.name},空转的一次查询,毫秒", f"{server.name}, the one query of an idle tick, ms"
    report.target(*words, limit=IDLE, found=idle)
    report.target(f"{server.name},重复与遗漏", f"{server.name}, doubles and gaps", limit=0, found=wrong)


def _idle(store: Store, ticks: int) -> float:
    """The median of the query by which a tick sees that nothing is due, in milliseconds."""
    found = []
    for _ in range(ticks):
        with store.database.read() as connection, _timed() as took:
            assert not any(connection.execute(health.is_due(store.now())).one())
        found.append(took() * 1_000)
    return percentile(found, 0.5)


def _wrong(database: Database, rows: int) -> int:
    """How far the occurrences and instances are from one for each row."""
    with database.read() as connection:
        counted = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (schema.occurrence, schema.instance)
        ]
    return sum(abs(number - rows) for number in counted)


def _model(rows: int) -> bytes:
    """A process that begins once for each of so many keys, and waits for a person."""
    order = ("s", "write", "e")
    flows = "".join(f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(order))
    nodes = "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in order)
    lanes = f'<bpmn:laneSet id="ls"><bpmn:lane id="l" zx:role="WORK">{nodes}</bpmn:lane></bpmn:laneSet>'
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>duration(&quot;PT1H&quot;)</bpmn:timeDuration></bpmn:timerEventDefinition>"
    keys = f"for n in 1..{rows} return string(n)"
    inner = (
        f'{lanes}<bpmn:startEvent id="s" zx:per="{keys}">{timer}</bpmn:startEvent><bpmn:userTask id="write"/>'
        f'<bpmn:endEvent id="e"/>{flows}'
    )
    return (
        f'<bpmn:definitions {NAMESPACES} id="d" targetNamespace="t">'
        f'<bpmn:process id="p" isExecutable="true">{inner}</bpmn:process></bpmn:definitions>'
    ).encode()


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    begun, ended = time.perf_counter(), 0.0
    yield lambda: ended - begun
    ended = time.perf_counter()
