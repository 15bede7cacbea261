"""Many tasks, fast: rows of the projections alone, as the journal of a large company would have left them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from random import Random
from typing import Any, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, Table

from benchmarks.house import NOW
from benchmarks.office import Office
from engine.flow.elements import Kind
from engine.value import Person
from engine.words import Status
from storage import schema, staffing
from storage.database import Database
from storage.moments import NEVER, micros

Rows: TypeAlias = list[tuple[Any, ...]]

FIRST = 1_000_000
"""Number of the first loaded case; its instance has the next. All have as many digits."""

PEOPLE = 300
OPEN_PER_CASE, CLOSED_PER_CASE = 4, 20
TEAM = ("PM", "CSL", "L1", "L2", "QA")
"""Roles that a project's team names."""

CROWDED, ORDINARY, ELSEWHERE = "SUP", "BIZ", ("DEPT", "SEC", "LOGA", "DOCC", "SMG")
"""Company-wide roles that no team names: one with very many tasks, one with some, and others."""

BATCH = 5_000
DAY = 86_400_000_000
HOLDER, BY_NAME, BY_TEAM, BY_ROLE = 0.3, 0.4, 0.85, 0.99
"""Shares of the other open tasks, added up: in hand, offered by name, to a role of a team, to a company-wide role."""

TABLES = (schema.case, schema.case_role, schema.case_value, schema.instance, schema.task, schema.inbox, schema.entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is loaded: tasks, those of the crowded role, and cases in whose team one person is."""

    open: int
    closed: int
    crowd: int
    teams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Whose pages are measured: anybody, who has the crowded role, and who is in very many teams."""

    ordinary: Person
    crowd: Person
    team: Person

    def named(self) -> dict[str, Person]:
        """Each by a word for the figures."""
        return {"ordinary": self.ordinary, "crowd": self.crowd, "team": self.team}


class Loader:
    """Makes the rows of one database; the same every time."""

    def __init__(self, office: Office, size: Size) -> None:
        self.office, self.size, self.random, self.next = office, size, Random(7), FIRST
        self.now = micros(NOW)
        self.measured = Measured(
            ordinary=office.hire("ordinary", "欧阳", ORDINARY),
            crowd=office.hire("crowd", "钟群", CROWDED),
            team=office.hire("team", "段伍"),
        )
        self.people = [f"1.{900_000 + number}.1" for number in range(PEOPLE)]
        self.people += [self.measured.ordinary.id, self.measured.team.id]
        self.elements = [
            (key, element.id)
            for key, process in sorted(office.procedure.model.processes.items())
            for element in process.elements.values()
            if element.kind is Kind.USER_TASK
        ]
        said = office.said()
        self.said = (said.envelope, said.body, said.digest)

    def load(self) -> None:
        """Write them all, with a bar of progress on the standard error."""
        database = self.office.store.database
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        handles = [(f"p{number}", person, f"员工{number}") for number, person in enumerate(self.people[:PEOPLE])]
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("装入 loading", total=self.size.open + self.size.closed)
            with writing(database) as bulk:
                bulk.add(schema.handle, handles)
                tasks = chain(self._open_cases(), self._closed_cases())
                while batch := list(islice(tasks, BATCH // OPEN_PER_CASE)):
                    for table in TABLES:
                        bulk.add(table, [row for found in batch for row in found.get(table.name, ())])
                    progress.advance(bar, sum(len(found["task"]) for found in batch))
        _settle(database)

    def _open_cases(self) -> Iterator[dict[str, Rows]]:
        """First those with the measured roles, as their tasks need not differ from the rest."""
        left = {"crowd": self.size.crowd, "team": self.size.teams * OPEN_PER_CASE}
        left["other"] = max(self.size.open - sum(left.values()), 0)
        for kind, tasks in left.items():
            for _ in range(-(-tasks // OPEN_PER_CASE)):
                yield self._open_case(kind)

    def _open_case(self, kind: str) -> dict[str, Rows]:
        found = self._case(is_open=True, team=self.measured.team.id if kind == "team" else None)
        number = self.next - 2
        for place in range(1, OPEN_PER_CASE + 1):
            due = self._due()
            key, why, whose = f"{number + 1}.{place}.1", *self._whose(kind, found["case_role"])
            holder = whose if why == "holder" else None
            stage = "claimed" if holder else "offered"
            offered = self.now - self.random.randrange(9 * DAY)
            process, element = self.random.choice(self.elements)
            row = (key, number + 1, number, process, element, stage, holder, holder is not None)
            found["task"].append((*row, None if due == NEVER else due, offered, None, None))
            found["inbox"] += _waiting(key, number, due, (why, whose), found["case_role"])
            if kind != "other" or whose in (self.measured.ordinary.id, ORDINARY):
                found["entry"].append((number + 1, place, *self.said))
        return found

    def _closed_cases(self) -> Iterator[dict[str, Rows]]:
        for _ in range(-(-self.size.closed // CLOSED_PER_CASE)):
            found = self._case(is_open=False)
            number = self.next - 2
            for place in range(1, CLOSED_PER_CASE + 1):
                process, element = self.random.choice(self.elements)
                at = self.now - self.random.randrange(DAY, 900 * DAY)
                row = (f"{number + 1}.{place}.1", number + 1, number, process, element, "completed", None, True)
                found["task"].append((*row, at + DAY, at - DAY, at, self.random.choice(self.people)))
            yield found

    def _case(self, *, is_open: bool, team: str | None = None) -> dict[str, Rows]:
        """A case with its team, its names and its one instance."""
        number, self.next = self.next, self.next + 2
        version, opened = self.office.version, self.now - 30 * DAY
        status, ended = (Status.RUNNING, None) if is_open else (Status.COMPLETED, self.now - DAY)
        team = team if team is not None else self.random.choice(self.people)
        named = {
            "project_name": f"第{number}号系统运维服务项目",
            "project_no": f"P-{number}",
            "customer": f"customer:客户{number}",
        }
        return {
            "case_": [(number, self.office.procedure.key, version, str(status), opened, self.people[number % PEOPLE])],
            "case_role": [(number, TEAM[0], team)]
            + [
                (number, role, self.random.choice(self.people[:PEOPLE] if is_open else self.people))
                for role in TEAM[1:]
            ],
            "case_value": [(number, name, text, text.casefold()) for name, text in named.items()],
            "instance": [(number + 1, number, self.elements[0][0], version, str(status), opened, ended)],
            "task": [],
            "inbox": [],
            "entry": [],
        }

    def _whose(self, kind: str, team: Rows) -> tuple[str, str]:
        if kind != "other":
            return "role", CROWDED if kind == "crowd" else TEAM[0]
        drawn = self.random.random()
        if drawn < BY_NAME:
            return "holder" if drawn < HOLDER else "person", self.random.choice(self.people[: PEOPLE + 1])
        if drawn < BY_TEAM:
            return "role", self.random.choice(team)[1]
        return "role", self.random.choice(ELSEWHERE) if drawn < BY_ROLE else ORDINARY

    def _due(self) -> int:
        return NEVER if self.random.random() < 0.05 else self.now + self.random.randrange(-3 * DAY, 60 * DAY)


def _waiting(task: str, case: int, due: int, why: tuple[str, str], team: Rows) -> Rows:
    """The rows of a task in the inbox, as `storage/staffing.py` makes them."""
    if why[0] != "role":
        return [(task, case, *why, due, "")]
    staff = {role: [person for _, named, person in team if named == role] for _, role, _ in team}
    made = staffing.rows({"task": task, "case_no": case, "due": due}, [why[1]], staff)
    return [tuple(row[column.name] for column in schema.inbox.columns) for row in made]


@contextmanager
def writing(database: Database) -> Iterator[Bulk]:
    """One transaction for everything that is loaded."""
    with database.write() as connection:
        yield Bulk(connection)


def _settle(database: Database) -> None:
    """What PostgreSQL does by itself after a while, before anything is measured; SQLite does nothing of the kind."""
    if database.is_sqlite:
        return
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


class Bulk:
    """Rows by the driver alone, as fast as the database takes them."""

    def __init__(self, connection: Connection) -> None:
        self.cursor: Any = connection.connection.cursor()
        self.is_sqlite = connection.dialect.name == "sqlite"

    def add(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows in the order of these columns: all of the table, for its rows are complete."""
        if not rows:
            return
        names = [f'"{column.name}"' for column in table.columns][: len(rows[0])]
        if self.is_sqlite:
            marks = ", ".join("?" * len(names))
            self.cursor.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", rows)
            return
        with self.cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            _copied(copy, rows)


def _copied(copy: Any, rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        copy.write_row(row)
