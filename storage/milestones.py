"""Milestones as rows: what is due next, and what was planned and happened; made from events alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from engine import events
from engine.errors import Text
from engine.journal import Entry
from engine.milestone import Milestone
from storage import schema
from storage.moments import due, micros

LONGEST_PROBLEM = 1_000
_milestone, _occurrence = schema.milestone.c, schema.occurrence.c

STARTED, PASSED, WAIVED = "started", "passed", "waived"
"""What came of a planned moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A planned moment that has come: what was done about it, when, by whom; `instance` is what it started."""

    number: int
    planned: int
    actual: int
    outcome: str
    person: str | None
    instance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A milestone as people see it."""

    stream: int
    procedure: str
    process: str
    start: str
    case: int | None
    key: str
    status: str
    due: int
    occurred: int
    problem: Text


def name_of(procedure: str, process: str, start: str, case: int | None, key: str) -> str:
    """The one name of a milestone: a digest of procedure, start event, scope and key."""
    text = json.dumps([procedure, process, start, case, key], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def project(connection: Connection, entry: Entry, after: Milestone) -> None:
    """Bring the rows to the state after an entry."""
    moving = {
        "version": after.version,
        "status": after.status,
        "due": due(after.due),
        "occurred": after.count,
        "problem_zh": after.problem_zh[:LONGEST_PROBLEM],
        "problem_en": after.problem_en[:LONGEST_PROBLEM],
    }
    if entry.revision == 1:
        place = {"procedure": after.procedure, "process": after.process, "start": after.start}
        named = name_of(after.procedure, after.process, after.start, after.case, after.key)
        row = {"stream_no": after.stream, "name": named, **place, "case_no": after.case, "key": after.key}
        connection.execute(insert(schema.milestone).values(**row, **moving))
    else:
        connection.execute(_MOVE, {"number": after.stream, **moving})
    rows = [row for event in entry.events for row in _happened(entry, event)]
    if rows:
        connection.execute(insert(schema.occurrence), rows)


def _happened(entry: Entry, event: events.Event) -> Iterator[dict[str, object]]:
    row: dict[str, object] = {"stream_no": entry.stream, "actual": micros(entry.at), "job": None, "person": None}
    match event:
        case events.MilestoneOccurred():
            yield {**row, "number": event.number, "planned": due(event.planned), "outcome": STARTED, "job": event.job}
        case events.MilestoneWaived():
            person = event.person.id
            yield {**row, "number": event.number, "planned": due(event.planned), "outcome": WAIVED, "person": person}
        case events.MilestonesPassed():
            for number, planned in enumerate(event.planned, event.number):
                yield {**row, "number": number, "planned": due(planned), "outcome": PASSED}
        case _:
            pass


def listed(connection: Connection, procedure: str | None, case: int | None, after: int, size: int) -> list[Listed]:
    """Milestones in the order of their streams, behind the one seen last."""
    query = select(schema.milestone).where(_milestone.stream_no > after)
    if procedure is not None:
        query = query.where(_milestone.procedure == procedure)
    if case is not None:
        query = query.where(_milestone.case_no == case)
    return [_listed(row) for row in connection.execute(query.order_by(_milestone.stream_no).limit(size))]


def _listed(row: Row[tuple[object, ...]]) -> Listed:
    return Listed(
        stream=row.stream_no,
        procedure=row.procedure,
        process=row.process,
        start=row.start,
        case=row.case_no,
        key=row.key,
        status=row.status,
        due=row.due,
        occurred=row.occurred,
        problem=Text(row.problem_zh, row.problem_en),
    )


def happened(connection: Connection, stream: int, size: int) -> list[Happened]:
    """What has happened in a milestone, the newest first; with the instance that each occurrence started."""
    started, job = schema.received, schema.received.c
    query = select(schema.occurrence, job.stream_no.label("instance"))
    query = query.outerjoin(started, job.key == "job:" + _occurrence.job).where(_occurrence.stream_no == stream)
    rows = connection.execute(query.order_by(_occurrence.number.desc()).limit(size))
    return [
        Happened(
            number=row.number,
            planned=row.planned,
            actual=row.actual,
            outcome=row.outcome,
            person=row.person,
            instance=row.instance,
        )
        for row in rows
    ]


_MOVE = (
    update(schema.milestone)
    .where(_milestone.stream_no == bindparam("number"))
    .values({name: bindparam(name) for name in ("version", "status", "due", "occurred", "problem_zh", "problem_en")})
    .values(claimed_until=0)  # whoever claimed it has met it, and may be killed before it says so
)
