"""The list of cases: those a person may know of, the newest first. Read by keyset; cost does not depend on what was ever closed.

Somebody may know of a case who holds the right to read its procedure's cases, is in its team, opened it, has or had a
task in it, watches one, or was informed of one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select, union_all
from sqlalchemy import case as either

from storage import case_search, coming, schema
from storage.case_search import values_of
from storage.coming import Coming
from storage.schema import case_role, case_value, inbox, task
from storage.staffing import ROLE

Query: TypeAlias = Select[Any]
LONGEST_COUNT = 1_000
"""More cases than so many are not counted."""

MOST_VALUES = 5_000
"""So many rows are looked at for what may be chosen in a filter."""

_case = schema.case.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks: the person, with those for whom they act; their company-wide roles; the procedures whose cases they may read."""

    person: str
    persons: Sequence[str]
    roles: Sequence[str]
    procedures: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which cases: `status` as stored; `mine`: only those one has a part in; `values` that the case's data must have."""

    status: str = ""
    mine: bool = False
    late_at: int | None = None
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """How many tasks of a case are open, how many of them are late, what is due next, and what waits first, late or not."""

    count: int = 0
    late: int = 0
    coming: Coming | None = None
    waiting: Coming | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One case as a list shows it."""

    case: int
    procedure: str
    version: str
    status: str
    opened_at: int
    opened_by: str | None
    values: Mapping[str, str]
    open: Open


def page(
    connection: Connection, reader: Reader, wish: Wish, now: int, after: int | None = None, size: int = 50
) -> list[Registered]:
    """The next cases this person may know of, behind the one seen last."""
    query = _wanted(reader, wish)
    if after is not None:
        query = query.where(_case.stream_no < after)
    rows = connection.execute(query.order_by(_case.stream_no.desc()).limit(size)).all()
    numbers = [row.stream_no for row in rows]
    values, open_ones = values_of(connection, numbers), _open_tasks(connection, numbers, now)
    return [
        Registered(
            case=row.stream_no,
            procedure=row.procedure,
            version=row.version,
            status=row.status,
            opened_at=row.opened_at,
            opened_by=row.opened_by,
            values=values.get(row.stream_no, {}),
            open=open_ones.get(row.stream_no, Open()),
        )
        for row in rows
    ]


def count(connection: Connection, reader: Reader, wish: Wish) -> int:
    """How many there are; never more than `LONGEST_COUNT`."""
    found = _wanted(reader, wish).with_only_columns(_case.stream_no).limit(LONGEST_COUNT).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def may_see(connection: Connection, reader: Reader, case: int) -> bool:
    """The person may know of the case."""
    row = connection.execute(select(_case.procedure).where(_case.stream_no == case)).one_or_none()
    if row is None:
        return False
    if row.procedure in reader.procedures:
        return True
    parts = (query.where(column == case) for query, column in _parts(reader))
    return any(connection.execute(query.limit(1)).first() is not None for query in parts)


def those_seen(connection: Connection, reader: Reader, cases: Collection[int]) -> set[int]:
    """Those of these cases that the person may know of."""
    query = select(_case.stream_no).where(_case.stream_no.in_(cases), readable(reader))
    return set(connection.execute(query).scalars())


def choices(connection: Connection, reader: Reader, name: str) -> list[str]:
    """The values that the data of the cases this person may know of has under a name."""
    named = select(case_value.c.value).where(case_value.c.name == name)
    of_mine = (named.where(case_value.c.case_no.in_(query)) for query, _ in _parts(reader))
    of_procedures = named.join(schema.case, _case.stream_no == case_value.c.case_no)
    wanted = [*of_mine, of_procedures.where(_case.procedure.in_(reader.procedures))]
    some = union_all(*(select(query.limit(MOST_VALUES).subquery()) for query in wanted)).subquery()
    return list(connection.execute(select(some.c.value).distinct().order_by(some.c.value)).scalars())


def _wanted(reader: Reader, wish: Wish) -> Query:
    query = select(schema.case).where(readable(reader, only_mine=wish.mine))
    if wish.status:
        query = query.where(_case.status == wish.status)
    for name, value in wish.values.items():
        table = case_value.alias()
        same = and_(table.c.case_no == _case.stream_no, table.c.name == name, table.c.value == value)
        query = query.where(exists().where(same))
    if wish.late_at is not None:
        instance = schema.instance.c
        late = exists().where(
            instance.case_no == _case.stream_no,
            task.c.stream_no == instance.stream_no,
            task.c.closed_at.is_(None),
            task.c.due <= wish.late_at,
        )
        query = query.where(late)
    return query.where(_found(wish.text)) if wish.text else query


def _found(text: str) -> ColumnElement[bool]:
    """Its data says so, or it has that number."""
    cases = case_search.cases_with(text)
    said = false() if cases is None else _case.stream_no.in_(cases)
    return or_(said, _case.stream_no == int(text)) if text.isascii() and text.isdecimal() and len(text) < 19 else said


def readable(reader: Reader, *, only_mine: bool = False) -> ColumnElement[bool]:
    """The person may know of the case of a row; `only_mine`: has a part in it."""
    part = or_(*(_case.stream_no.in_(query) for query, _ in _parts(reader)))
    return part if only_mine or not reader.procedures else or_(_case.procedure.in_(reader.procedures), part)


def _parts(reader: Reader) -> Iterator[tuple[Query, ColumnElement[Any]]]:
    """The cases in which the person has a part, each way with the column of the case's number."""
    persons, open_ones = reader.persons, inbox.c.case_no
    yield select(case_role.c.case_no).where(case_role.c.person.in_(persons)), case_role.c.case_no
    yield select(_case.stream_no).where(_case.opened_by.in_(persons)), _case.stream_no
    yield select(task.c.case_no).where(task.c.closed_by.in_(persons), task.c.case_no.is_not(None)), task.c.case_no
    named = inbox.c.kind.in_(("person", "holder", "watcher")), inbox.c.key.in_(persons), open_ones.is_not(None)
    yield select(open_ones).where(*named), open_ones
    offered = inbox.c.kind == ROLE, inbox.c.key.in_(reader.roles), open_ones.is_not(None)
    yield select(open_ones).where(*offered), open_ones
    told = select(task.c.case_no).join(schema.task_copy, schema.task_copy.c.task == task.c.task)
    yield told.where(schema.task_copy.c.person == reader.person, task.c.case_no.is_not(None)), task.c.case_no


def _open_tasks(connection: Connection, cases: Sequence[int], now: int) -> dict[int, Open]:
    """By case: how many tasks are open and late, and what is due next, be it a task or a milestone."""
    instance = schema.instance.c
    late = func.sum(either((task.c.due <= now, 1), else_=0))
    query = (
        select(instance.case_no, func.count().label("waiting"), late.label("late"))
        .select_from(schema.instance.join(task, task.c.stream_no == instance.stream_no))
        .where(instance.case_no.in_(cases), task.c.closed_at.is_(None))
        .group_by(instance.case_no)
    )
    counts = {row.case_no: (int(row.waiting), int(row.late)) for row in connection.execute(query)}
    next_ones, first_ones = coming.first(connection, cases, now), coming.waiting(connection, cases)
    return {
        case: Open(
            count=counts.get(case, (0, 0))[0],
            late=counts.get(case, (0, 0))[1],
            coming=next_ones.get(case),
            waiting=first_ones.get(case),
        )
        for case in counts.keys() | next_ones.keys()
    }
