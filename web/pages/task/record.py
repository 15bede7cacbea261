"""What happened in the case so far, in short: the last things that people did, with what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from engine import events, target
from engine.commands import Command, CompleteTask
from engine.document import Document, DocumentStatus
from engine.errors import Text
from engine.journal import Entry
from storage import schema
from storage.handing import spot_of
from storage.moments import micros
from web import reading, texts
from web.sight.desk import Desk
from web.sight.entries import last
from web.telling.told import Teller
from web.translation import _, lazy

SHOWN = 12
STREAMS = 6
"""Runs of a case that are looked at, the newest."""
TOLD = (
    events.InstanceStarted,
    events.TaskCompleted,
    events.TaskSubmitted,
    events.TaskReturned,
    events.TaskWithdrawn,
    events.TaskTransferred,
    events.TaskReassigned,
    events.TaskDelegated,
    events.TaskResolved,
    events.TaskSigned,
    events.SignersAdded,
    events.TaskReleased,
    events.TaskUrged,
    events.TaskCopied,
    events.TaskEscalated,
    events.SeparationWaived,
    events.DocumentDrafted,
    events.DocumentReviewed,
    events.DocumentIssued,
    events.CaseOpened,
    events.ActivityStarted,
)
"""What is told here; the page of the case tells everything."""
WAY = (events.ElementEntered, events.TaskOffered, events.VariableSet)
"""What says which way a completed task led."""
STATUSES = {
    DocumentStatus.DRAFTED: (lazy("待审核"), "soon"),
    DocumentStatus.APPROVED: (lazy("已批准"), "accent"),
    DocumentStatus.REJECTED: (lazy("未通过"), "late"),
    DocumentStatus.ISSUED: (lazy("已发布"), "good"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened."""

    who: Text
    what: Text
    at: int
    said: str
    is_this: bool
    task: str
    """The task whose form was handed in, unless it is this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of the case."""

    title: Text
    document: Document
    status: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A task beside another of the same step: whose it is, and when it was done."""

    who: str
    done: str


def record(desk: Desk) -> list[Happened]:
    """The last things that happened, newest first."""
    with reading.store().database.read() as connection:
        streams = _streams(connection, desk)
        teller = Teller(desk.names)
        teller.steps.update(_steps(connection, streams))
        entries = [entry for stream in streams for entry in last(connection, stream)]
    entries.sort(key=lambda entry: (entry.at, entry.stream, entry.revision))
    told = [one for entry in entries for one in _told(teller, entry, desk.key)]
    return told[::-1][:SHOWN]


def papers(desk: Desk) -> list[Paper]:
    """The documents of the case, as they stand."""
    found = {} if desk.case is None else desk.case.documents
    return [
        Paper(
            title=desk.names.document(key), document=one, status=STATUSES[one.status][0], tone=STATUSES[one.status][1]
        )
        for key, one in found.items()
    ]


def beside(desk: Desk) -> list[Beside]:
    """The tasks of the same round of a step that several do, with who has done theirs."""
    if desk.element.loop is None:
        return []
    whole = None if desk.task is None else target.whole_of(desk.instance, desk.key)
    stream, since = spot_of(whole or desk.key)
    tasks = schema.task.c
    query = select(schema.task).where(tasks.stream_no == stream, tasks.element == desk.row.element)
    with reading.store().database.read() as connection:
        rows = connection.execute(query.order_by(tasks.offered_at, tasks.task)).all()
    again = {row.holder for row in rows if row.closed_at is None}  # whoever withdrew theirs has not done it
    told = [
        _beside(desk, row.task, row.closed_by, row.closed_at)
        for row in rows
        if spot_of(row.task)[1] >= since and (row.closed_at is None or row.closed_by not in again)
    ]
    return told if len(told) > 1 else []


def _beside(desk: Desk, key: str, by: str | None, at: int | None) -> Beside:
    task = desk.instance.tasks.get(key)
    if task is not None:
        return Beside(who=texts.said(desk.names.offered(task)), done="")
    who = desk.names.people.get(by or "", "")
    return Beside(who=who or _("已取消"), done=texts.at(at or 0))


def opinion(command: Command) -> str:
    """What a person said with it: the field of a form that is called so, or the words of an action."""
    said = command.data.get("opinion") if isinstance(command, CompleteTask) else None
    return said if isinstance(said, str) else ""


def _streams(connection: Connection, desk: Desk) -> list[int]:
    if desk.row.case_no is None:
        return [desk.instance.stream]
    runs = schema.instance.c
    query = select(runs.stream_no).where(runs.case_no == desk.row.case_no).order_by(runs.stream_no.desc())
    found = list(connection.execute(query.limit(STREAMS)).scalars())
    return list(dict.fromkeys([desk.instance.stream, *found, desk.row.case_no]))


def _steps(connection: Connection, streams: Sequence[int]) -> dict[str, tuple[str, str]]:
    """Where each task stands in its process: entries of before say it, and are not read."""
    tasks = schema.task.c
    query = select(tasks.task, tasks.process, tasks.element).where(tasks.stream_no.in_(streams))
    return {row.task: (row.process, row.element) for row in connection.execute(query)}


def _told(teller: Teller, entry: Entry, task: str) -> Iterator[Happened]:
    for place, event in enumerate(entry.events):
        if not isinstance(event, TOLD) or (isinstance(event, events.TaskEscalated) and not event.persons):
            continue
        after = [later for later in entry.events[place + 1 :] if isinstance(later, WAY)]
        told = teller.sentences(replace(entry, events=(event, *after)))[0]
        done = isinstance(event, events.TaskCompleted | events.TaskSubmitted)
        said = opinion(entry.command) if done else ""
        about = getattr(event, "task", "")
        yield Happened(
            who=told.who,
            what=told.what,
            at=micros(entry.at),
            said=said,
            is_this=about == task,
            task=about if done and about != task else "",
        )
