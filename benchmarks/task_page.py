"""The page of one task, with its form and everything around it: time in the server, for each kind of task in a project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from sqlalchemy import select

from benchmarks import servers
from benchmarks.house import NOW
from benchmarks.loader import Loader, Size
from benchmarks.office import HEADERS, Office, application, browser, logging_aside, signed_in
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from benchmarks.stopwatch import Contender, Spread, race
from engine.errors import Text
from engine.instance import Instance
from engine.value import Person
from engine.words import StreamKind
from storage import schema
from storage.database import Database

LIMIT = 60.0
"""Milliseconds of a page, p95."""

ROUNDS = {Scale.FULL: (20, 5), Scale.QUICK: (5, 3), Scale.TINY: (1, 1)}
SIZES = {
    Scale.FULL: Size(open=100_000, closed=100_000, crowd=10_000, teams=200),
    Scale.QUICK: Size(open=20_000, closed=10_000, crowd=10_000, teams=200),
    Scale.TINY: Size(open=120, closed=40, crowd=40, teams=4),
}


class TaskPage:
    """The page of a task, for somebody who may do it."""

    def __init__(self, office: Office, person: Person, task: str) -> None:
        self.client = browser(application(office.store), signed_in(office.store.database, person, NOW))
        self.address = f"/tasks/{task}"

    def prepare(self) -> None:
        """Nothing: the page is read anew from the database each time."""

    def run(self) -> None:
        """The page as a browser gets it, compressed."""
        answer = self.client.get(self.address, headers=HEADERS)
        assert answer.status_code == 200, (self.address, answer.status)


def measure(scale: Scale) -> Report:
    """Both databases; every open task of a project that is under way, among many others, and two that are done."""
    report = Report(
        name="task_page",
        title=Text(
            "任务页的服务器时间(毫秒,中位数 / p95)", "The page of a task: time in the server (ms, median / p95)"
        ),
        columns=("", "任务\ntask", "状态\nstage", "耗时\ntime", "处理器时间\nbusy"),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server, logging_aside():
            _server(report, server, scale)
    return report


def _server(report: Report, server: Server, scale: Scale) -> None:
    rounds, burst = ROUNDS[scale]
    contenders: dict[str, Contender] = {}
    with ExitStack() as stack:
        office = Office(stack.enter_context(server.database()))
        shown = list(_shown(office))
        Loader(office, SIZES[scale]).load()
        for task, name, person in shown:
            contenders[name] = TaskPage(office, person, task)
        found = race(contenders, rounds=rounds, burst=burst)
    for name, spread in found.items():
        _tell(report, server.name, name, spread)
    slowest = max(spread.p95 for spread in found.values())
    words = f"{server.name},最慢的任务页 p95,毫秒", f"{server.name}, the slowest task page, p95 in ms"
    report.target(*words, limit=LIMIT, found=slowest * 1_000)


def _tell(report: Report, server: str, name: str, spread: Spread) -> None:
    element, stage = name.split(".")
    report.line(server, element, stage, spread.words, spread.busy_words)
    report.figures |= spread.figures(f"{server}.{name}")


def _shown(office: Office) -> Iterator[tuple[str, str, Person]]:
    """Task, name and a person of the newest task at each element: open ones, and those handed in."""
    database, table = office.store.database, schema.task.c
    with database.read() as connection:
        rows = connection.execute(select(schema.task).order_by(table.offered_at, table.task)).all()
    named = {f"{row.element}.{'open' if row.closed_at is None else 'done'}": row for row in rows}
    for name, row in named.items():
        person = Person(row.closed_by) if row.closed_by else _somebody(office, database, row.stream_no, row.task)
        if person is not None:
            yield row.task, name, person


def _somebody(office: Office, database: Database, stream: int, key: str) -> Person | None:
    """Who may do an open task: whoever has it, else a holder of one of its roles."""
    table = schema.stream.c
    with database.read() as connection:
        revision = connection.execute(select(table.revision).where(table.stream_no == stream)).scalar_one()
        instance = office.store.states.at(connection, StreamKind.INSTANCE, stream, revision)
        teams = connection.execute(select(schema.case_role)).all()
    assert isinstance(instance, Instance)
    task = instance.tasks.get(key)
    if task is None:
        return None
    named = [task.holder, *task.persons, *(Person(row.person) for row in teams if row.role in task.roles)]
    return next((person for person in (*named, *office.holders(task.roles)) if person is not None), None)
