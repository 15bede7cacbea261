"""Stored bytes of a completed task with a form of 1 kB: growth of the whole database, journal and indexes included."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from benchmarks import models, servers
from benchmarks.house import House
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from engine.errors import Text
from engine.value import Context, Value, number
from storage import schema
from storage.database import Database

LIMIT = 3_000
COMPLETIONS = {Scale.FULL: 2_000, Scale.QUICK: 400, Scale.TINY: 5}
WARM_UP = 20
FIELDS, CHARACTERS = 12, 75
LETTERS = "abcdefghijklmnopqrstuvwxyz     "


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The bytes of a database, and of its tables and indexes where the database tells."""

    whole: int
    parts: Mapping[str, int] = field(default_factory=dict)


def form(turn: int) -> Context:
    """Between 600 and 1,400 bytes of what people write, 1,000 in the mean, names of the fields included.

    Nothing repeats, so nothing is compressed away; no two are as long, so a page is filled as it is in real use.
    """
    drawn = random.Random(turn)
    length = round(CHARACTERS * drawn.uniform(0.55, 1.45))
    found: dict[str, Value] = {f"field{n:02}": "".join(drawn.choices(LETTERS, k=length)) for n in range(FIELDS)}
    return Context(found)


def measure(scale: Scale) -> Report:
    """Both databases; many instances of a few turns, as cases are."""
    report = Report(
        name="stored_bytes",
        title=Text("办结一项任务(表单 1 kB)所存字节", "Stored bytes per completed task with a 1 kB form"),
        columns=("", "表或索引\ntable or index", "字节\nbytes"),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server:
            _server(report, server, COMPLETIONS[scale])
    report.note(
        "办结即“提供—办结”各一项:条目、状态、任务行、回执、未封存标记,以及全部索引。",
        "A completion is all that one task leaves behind: entry, state, task row, receipt, unsealed mark, every index.",
    )
    return report


def _server(report: Report, server: Server, completions: int) -> None:
    with server.database() as database:
        house = House(database, models.loop(stock=False))
        stream, task = house.start({"turns": number(0)})
        for turn in range(WARM_UP):
            task = house.turn(stream, task, form(turn))
        before = size(database)
        for turn in range(completions):
            task = house.turn(stream, task, form(WARM_UP + turn))
        after = size(database)
        lengths = _lengths(database, WARM_UP)
    _tell(report, server.name, before, after, completions, lengths)


def size(database: Database) -> Size:
    """The size after everything was brought to the main file, without compaction."""
    if database.is_sqlite:
        return _sqlite_size(str(database.url.database))
    admin = create_engine(make_url(database.url), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        parts = _postgresql_parts(connection)
    admin.dispose()
    return Size(whole=whole, parts=parts)


def _sqlite_size(file: str) -> Size:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (pages,), (page,) = (
        connection.execute("PRAGMA page_count").fetchone(),
        connection.execute("PRAGMA page_size").fetchone(),
    )
    try:
        parts = dict(connection.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name").fetchall())
    except sqlite3.OperationalError:
        parts = {}
    connection.close()
    return Size(whole=pages * page, parts=parts)


def _postgresql_parts(connection: Connection) -> dict[str, int]:
    query = (
        "SELECT c.relname, pg_relation_size(c.oid) + COALESCE(pg_relation_size(NULLIF(c.reltoastrelid, 0)), 0) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i')"
    )
    return {str(name): int(found) for name, found in connection.execute(text(query))}


def _lengths(database: Database, after: int) -> dict[str, float]:
    """The mean bytes of an entry's parts, behind the first entries."""
    column = schema.entry.c
    query = "SELECT AVG(LENGTH(envelope)), AVG(LENGTH(body)), AVG(LENGTH(digest)) FROM entry WHERE revision > :after"
    with database.read() as connection:
        row = connection.execute(text(query), {"after": after}).one()
    return {
        f"{column.envelope.table.name}.{name}": float(found)
        for name, found in zip(("envelope", "body", "digest"), row, strict=True)
    }


def _mean_form(completions: int) -> float:
    forms = (form(WARM_UP + turn) for turn in range(completions))
    return sum(len(key) + len(str(value)) for one in forms for key, value in one.items()) / completions


def _tell(report: Report, name: str, before: Size, after: Size, completions: int, lengths: Mapping[str, float]) -> None:
    grown = (after.whole - before.whole) / completions
    report.line(name, "全部 all", f"{grown:,.0f}")
    parts = Counter({key: (found - before.parts.get(key, 0)) / completions for key, found in after.parts.items()})
    for key, found in parts.most_common():
        if found > 0:
            report.line(name, key, f"{found:,.0f}")
            report.figures[f"{name}.{key}"] = found
    for key, mean in lengths.items():
        report.line(name, f"  {key}(均值 mean)", f"{mean:,.0f}")
        report.figures[f"{name}.{key}"] = mean
    report.figures |= {
        f"{name}.all": grown,
        f"{name}.form": _mean_form(completions),
    }
    report.target(f"{name},每项任务字节", f"{name}, bytes per task", limit=LIMIT, found=grown)
