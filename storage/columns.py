"""What each column holds: SQLite keeps whatever it is given, and what is not of its column's type cannot be checked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, Table, func, or_, select

from engine.errors import Text
from engine.words import StreamKind
from storage import schema
from storage.report import Report

SHOWN = 20
"""How many rows of one table are named."""

NUMBERED = (schema.position, schema.head)
"""Tables whose numbers enter digests, as eight bytes without a sign."""

NAMES = {
    "blob": Text("字节", "bytes"),
    "text": Text("文本", "text"),
    "integer": Text("整数", "a whole number"),
    "real": Text("小数", "a number with a fraction"),
    "null": Text("空值", "nothing"),
}


def check(connection: Connection, report: Report) -> bool:
    """Whether every value is of its column's type; what is not is named, and nothing else can be checked then."""
    before = len(report.findings)
    for table in schema.metadata.sorted_tables:
        if connection.dialect.name == "sqlite":
            _types(connection, table, report)
    if len(report.findings) == before:
        _values(connection, report)
    return len(report.findings) == before


def _types(connection: Connection, table: Table, report: Report) -> None:
    columns = list(table.c)
    wrong = or_(*(func.typeof(column).not_in(_allowed(column)) for column in columns))
    keys = [func.quote(column) for column in table.primary_key]
    query = select(*keys, *(func.typeof(column) for column in columns)).where(wrong).limit(SHOWN)
    for row in connection.execute(query):
        key, kinds = row[: len(keys)], row[len(keys) :]
        for column, kind in zip(columns, kinds, strict=True):
            if kind not in _allowed(column):
                expected, there = NAMES[_allowed(column)[0]], NAMES[kind]
                problem = Text(f"应为{expected.zh},但为{there.zh}", f"expected {expected.en}, but found {there.en}")
                _say(report, column, key, problem)


def _allowed(column: Column[Any]) -> tuple[str, ...]:
    """The storage classes of SQLite that a column's values may have, the usual first."""
    if isinstance(column.type, LargeBinary):
        usual = "blob"
    elif isinstance(column.type, Integer | Boolean):
        usual = "integer"
    else:
        usual = "text"
    return (usual, "null") if column.nullable else (usual,)


def _values(connection: Connection, report: Report) -> None:
    """Kinds of streams there are; numbers that have eight bytes."""
    for kind in (schema.stream.c.kind, schema.disposed.c.kind):
        query = select(kind.table.c.stream_no, kind).where(kind.not_in([str(known) for known in StreamKind]))
        for number, found in connection.execute(query.limit(SHOWN)):
            _say(
                report,
                kind,
                (number,),
                Text(f"不是流的种类:「{found}」", f"expected a kind of stream, but found {found}"),
            )
    for table in NUMBERED:
        numbers = [column for column in table.c if isinstance(column.type, Integer)]
        for column in numbers:
            query = select(*table.primary_key, column).where(column < 0).limit(SHOWN)
            for *key, number in connection.execute(query):
                problem = Text(f"不应小于零,但为 {number}", f"expected no number below zero, but found {number}")
                _say(report, column, key, problem)


def _say(report: Report, column: Column[Any], key: Any, problem: Text) -> None:
    row = "/".join(str(part) for part in key)
    place = Text(
        f"表「{column.table.name}」行「{row}」列「{column.name}」",
        f"table {column.table.name}, row {row}, column {column.name}",
    )
    report.find(place, f":{problem.zh}", f": {problem.en}")
