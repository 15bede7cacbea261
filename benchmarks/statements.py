"""SQL statements and commits of one completion, counted where SQLAlchemy hands them to the driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, event

from benchmarks import models, servers
from benchmarks.house import House
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from benchmarks.step_cost import FIELDS, answer, ours
from engine.errors import Text
from engine.value import number
from storage.database import Database

STATEMENTS, COMMITS = 12, 1
TURNS = {Scale.FULL: 50, Scale.QUICK: 10, Scale.TINY: 2}


@dataclass(kw_only=True)
class Counted:
    """What went over the writing connections."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def counting(database: Database) -> Iterator[Counted]:
    """Count the statements and commits of a block, BEGIN not included."""
    counted = Counted()

    def statement(_connection: Connection, _cursor: object, text: str, *_rest: object) -> None:
        if not text.startswith("BEGIN"):
            counted.statements.append(text)

    def commit(_connection: Connection) -> None:
        counted.commits += 1

    engines = {database.writer, database.reader, database.glancer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
    try:
        yield counted
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)


def measure(scale: Scale) -> Report:
    """Both databases, the instance in memory and not."""
    report = Report(
        name="statements",
        title=Text("办结一项任务的 SQL 语句与提交(最多)", "SQL statements and commits to complete a task (at most)"),
        columns=("", "", "语句 statements", "提交 commits"),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server:
            _server(report, server, TURNS[scale])
    return report


def _server(report: Report, server: Server, turns: int) -> None:
    with server.database() as database:
        house = House(database, models.loop(stock=False))
        stream, task = house.start({**ours(FIELDS), "turns": number(0)})
        for key, title in (("cold", "冷 cold"), ("warm", "热 warm")):
            found: list[Counted] = []
            for turn in range(turns):
                door = house.forgetful() if key == "cold" else house
                with counting(database) as counted:
                    task = door.turn(stream, task, ours(answer(turn)))
                found.append(counted)
            _tell(report, server.name, key, title, found)


def _tell(report: Report, name: str, key: str, title: str, found: Sequence[Counted]) -> None:
    statements, commits = max(len(c.statements) for c in found), max(c.commits for c in found)
    report.line(name, title, str(statements), str(commits))
    report.figures |= {f"{name}.{key}.statements": statements, f"{name}.{key}.commits": commits}
    report.target(f"{name},语句,{title}", f"{name}, statements, {key}", limit=STATEMENTS, found=statements)
    report.target(f"{name},提交,{title}", f"{name}, commits, {key}", limit=COMMITS, found=commits)
