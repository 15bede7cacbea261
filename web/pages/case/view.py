"""What the pages of a case show beside its drawing: head, tasks, team, documents, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.errors import Text
from engine.instance import Instance
from engine.task import Task
from engine.temporal import to_datetime
from engine.value import Person
from engine.words import Status
from storage import schema, worklist
from storage.moments import due as due_of
from storage.moments import micros
from web import reading, texts
from web.identity import me
from web.pages.case import moment, record
from web.pages.case.moment import Moment
from web.sight import drawing, team, values
from web.sight.dossier import Dossier, person_name
from web.telling.course import AWAITED, RECEIVED, SENT
from web.telling.naming import Names
from web.telling.paper import versions
from web.telling.sentences import DOCUMENT_STATUS, STAGES
from web.translation import _

NEWEST = 8
"""So many entries of the history stand on the first page of a case."""

MOST = 100
"""More tasks or messages than so many are not shown at once."""

TONES = {"drafted": "soon", "approved": "good", "rejected": "late", "issued": "accent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What names a case."""

    title: str
    number: str
    party: str
    state: str
    level: str
    manager: str
    procedure: Text
    label: str
    opened: str
    status: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A task that waits, and with whom."""

    task: str
    number: str
    name: Text
    stage: Text
    whom: str
    due: str
    tone: str
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task that was done: by whom and when."""

    task: str
    number: str
    name: Text
    by: str
    at: str
    spot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One version of a document."""

    key: str
    name: Text
    version: str
    status: Text
    tone: str
    number: str
    author: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that left, is waited for, or came."""

    what: str
    word: str
    tone: str
    name: Text
    step: Text | None
    at: str
    spot: str


def head(found: Dossier) -> Head:
    """The head of a case at that moment."""
    case, names = found.case, found.names(found.number)
    procedure = found.procedure(case.version)
    fields = reading.shown_fields(procedure)
    shown = {what: values.fact(names, name, case.data.get(name)) for what, name in fields.items()}
    over = case.status is not Status.RUNNING
    return Head(
        title=shown.get("title") or shown.get("party") or _("尚未命名的项目"),
        number=shown.get("number", ""),
        party=shown.get("party", ""),
        state=shown.get("state", ""),
        level=shown.get("level", ""),
        manager=shown.get("manager", ""),
        procedure=procedure.title,
        label=procedure.label,
        opened=texts.at(micros(found.moment_of(1))),
        status=_("已结束") if over else _("进行中"),
        is_over=over,
    )


def view(found: Dossier) -> dict[str, Any]:
    """The first page of a case."""
    return {
        "groups": _groups(found),
        "phases": _phases(found),
        "open_tasks": list(_open(found)),
        "done_tasks": list(_done(found)),
        "team": list(_team(found)),
        "may_change_team": team.may_change(found),
        "papers": list(_papers(found)),
        "messages": list(_messages(found)),
        "data": moment.data(found),
        "record": record.newest(found, NEWEST),
        "count": len(found.order),
    }


def then(found: Dossier, happened: Moment) -> dict[str, Any]:
    """A case as it was: for the page of a moment."""
    before = found.order[found.place - 2] if found.place > 1 else None
    after = None if found.is_now else found.order[found.place]
    return {
        "groups": _groups(found),
        "phases": _phases(found),
        "open_tasks": list(_open(found)),
        "data": moment.data(found),
        "happened": happened,
        "refused": record.refused_after(found),
        "before": None if before is None else f"{before[0]}.{before[1]}",
        "after": None if after is None else f"{after[0]}.{after[1]}",
    }


def _groups(found: Dossier) -> list[drawing.Drawing]:
    return [one for instance in found.instances for one in drawing.drawings(found, instance)]


def _phases(found: Dossier) -> list[drawing.Phase]:
    for instance in found.instances:
        if phases := drawing.phases(found, instance):
            return phases
    return []


def _open(found: Dossier) -> Iterator[Open]:
    """What waits, the first due first."""
    waiting = [(instance, task) for instance in found.instances for task in instance.tasks.values()]
    now = micros(found.moment_of(found.place))
    first = sorted(waiting, key=lambda pair: due_of(pair[1].due))[:MOST]
    keys = [task.id for _, task in first] if found.is_now else []
    mine = worklist.those_seen(found.connection, me().wish(), keys)
    for instance, task in first:
        yield _waiting(found, instance, task, now, is_mine=task.id in mine)


def _waiting(found: Dossier, instance: Instance, task: Task, then: int, *, is_mine: bool) -> Open:
    procedure, names = found.procedure(instance.version), found.names(instance.stream)
    number, name = reading.step(procedure, task.process, task.element)
    when = due_of(task.due)
    due, tone = texts.due(when) if found.is_now else _due_then(task, when, then)
    return Open(
        task=task.id,
        number=number,
        name=name,
        stage=STAGES[task.stage],
        whom=texts.said(names.offered(task)),
        due=due,
        tone=tone,
        is_mine=is_mine,
    )


def _due_then(task: Task, when: int, then: int) -> tuple[str, str]:
    if task.due is None:
        return "", ""
    return texts.at(micros(to_datetime(task.due))), "late" if when <= then else ""


def _done(found: Dossier) -> Iterator[Done]:
    """What was done, the newest first."""
    table, instance = schema.task.c, schema.instance.c
    query = (
        select(schema.task, instance.version)
        .join(schema.instance, instance.stream_no == table.stream_no)
        .where(instance.case_no == found.number, table.closed_by.is_not(None))
        .order_by(table.closed_at.desc(), table.task.desc())
        .limit(MOST)
    )
    left = {
        move.activity: f"{course.stream}.{mark.revision}"
        for course in found.courses.values()
        for mark in course.marks
        for move in mark.moves
        if not move.entered
    }
    for row in found.connection.execute(query):
        number, name = reading.step(found.procedure(row.version), row.process, row.element)
        by = person_name(found, Person(row.closed_by))
        yield Done(
            task=row.task, number=number, name=name, by=by, at=texts.at(row.closed_at), spot=left.get(row.task, "")
        )


def _team(found: Dossier) -> Iterator[tuple[str, str]]:
    """Who has which part: the team of the case, and persons named in its data, each part once."""
    names = found.names(found.number)
    told = {
        texts.said(names.role(role)): _("、").join(person_name(found, person) for person in persons)
        for role, persons in found.case.roles.items()
    }
    yield from told.items()
    fields: Mapping[str, Any] = found.procedure(found.case.version).case_fields
    for name, value in found.case.data.items():
        if isinstance(value, Person) and name in fields:
            title, person = texts.said(fields[name].title), person_name(found, value)
            if told.get(title) != person:
                yield title, person


def _papers(found: Dossier) -> Iterator[Paper]:
    """Documents version by version, the newest first."""
    names = found.names(found.number)
    marks = found.courses[found.number].marks[: found.case.revision]
    entries = found.entries([(found.number, mark.revision) for mark in marks if mark.papers])
    for one in reversed(versions([entries[spot] for spot in sorted(entries)])):
        yield Paper(
            key=one.key,
            name=names.document(one.key),
            version=one.version,
            status=DOCUMENT_STATUS[one.status],
            tone=TONES.get(str(one.status), ""),
            number=(one.number or "") if one.issued_version == one.version else "",
            author=person_name(found, one.author),
            digest=one.digest,
        )


def _messages(found: Dossier) -> Iterator[Message]:
    """Messages, the newest first; one that came is no longer waited for."""
    words = {SENT: (_("已发出"), "accent"), AWAITED: (_("等待中"), "soon"), RECEIVED: (_("已收到"), "good")}
    told = 0
    for place in range(found.place, 0, -1):
        stream, revision = found.order[place - 1]
        for said in found.courses[stream].marks[revision - 1].words:
            if said.what == AWAITED and not _still_waits(found, said.activity):
                continue
            if told == MOST:
                return
            told += 1
            word, tone = words[said.what]
            step = _step(found, stream, said.activity)
            at = texts.at(micros(found.moment_of(place)))
            name, spot = found.names(stream).message(said.name), f"{stream}.{revision}"
            yield Message(what=said.what, word=word, tone=tone, name=name, step=step, at=at, spot=spot)


def _still_waits(found: Dossier, activity: str) -> bool:
    return any(one.activity == activity for instance in found.instances for one in instance.subscriptions.values())


def _step(found: Dossier, stream: int, activity: str) -> Text | None:
    steps = found.courses[stream].steps
    if activity not in steps:
        return None
    names: Names = found.names(stream)
    return names.step(*steps[activity])
