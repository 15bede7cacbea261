"""Everything about one task that its page needs, as of one moment, for whoever asks; nothing for who may not know of it."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from flask import abort
from sqlalchemy import Connection, Row, bindparam, select

from engine import form as forms
from engine import work
from engine.case import Case
from engine.commands import CompleteTask, Envelope
from engine.errors import Text
from engine.flow.elements import Element
from engine.instance import Instance
from engine.label import ENGLISH
from engine.procedure import Procedure
from engine.step import Progress
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Context, Person
from engine.words import Channel, StreamKind
from storage import case_search, holding, intake, registers, schema, worklist
from storage.batch import Prepared, find
from storage.moments import moment
from storage.shelf import StreamShelf
from web import asking, reading, texts
from web.identity import Me, me
from web.reader import who_reads
from web.telling.naming import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a page tells besides the task: names, the values of its case that are shown, whether the case may be read."""

    names: Names
    shown: dict[str, str]
    may_read_case: bool


@dataclass(kw_only=True)
class Desk:
    """A task before somebody: its row, what runs it, and the open task itself unless it is gone."""

    row: Any
    instance: Instance
    window: bytes
    procedure: Procedure
    progress: Progress
    look: Callable[[], Background]
    """Reads the background; whoever only hands in a form does without."""

    @cached_property
    def background(self) -> Background:
        """What is told besides the task, read when it is asked for."""
        return self.look()

    @property
    def names(self) -> Names:
        """The names of people and of the parts of its procedure."""
        return self.background.names

    @property
    def shown(self) -> dict[str, str]:
        """What its case is called."""
        return self.background.shown

    @property
    def may_read_case(self) -> bool:
        """Whoever asks may read the whole case."""
        return self.background.may_read_case

    @property
    def zone(self) -> str:
        """The organisation's clocks."""
        return self.progress.around.organisation.working.zone

    @property
    def key(self) -> str:
        """The id of the task."""
        return str(self.row.task)

    @property
    def task(self) -> Task | None:
        """The open task."""
        return self.instance.tasks.get(self.key)

    @property
    def case(self) -> Case | None:
        """The case it belongs to."""
        return self.progress.around.case

    @cached_property
    def element(self) -> Element:
        """The element it belongs to."""
        return self.procedure.model.element(self.row.process, self.row.element)

    @cached_property
    def form(self) -> forms.Form | None:
        """Its form."""
        return self.procedure.form(self.element)

    @cached_property
    def surrounding(self) -> forms.Surrounding:
        """What the rules of its form see; of a task that is gone, nothing."""
        if self.task is None:
            return forms.surrounding(zone=self.zone)
        return work.form_surrounding(self.progress, self.element, self.task)

    @property
    def step(self) -> tuple[str, Text]:
        """Its number in the written procedure, and its name."""
        return reading.step(self.procedure, self.row.process, self.row.element)

    @property
    def purpose(self) -> Text:
        """Why it is done."""
        zh = " ".join((self.element.documentation or "").split())
        return Text(zh, _purposes(self.procedure.files.get(ENGLISH, b"{}")).get(self.row.element) or zh)

    @property
    def holder(self) -> str:
        """The name of whoever has it."""
        holder = None if self.task is None else self.task.holder
        return "" if holder is None else texts.said(self.names.person(holder))

    @property
    def offered(self) -> list[str]:
        """Whom it is offered to, in words."""
        if self.task is None:
            return []
        persons = [self.names.person(person) for person in self.task.persons]
        return [texts.said(text) for text in (*persons, *map(self.names.role, self.task.roles))]

    def sentence(self, text: Text) -> str:
        """A sentence of the engine with the names of people, roles and tasks."""
        return texts.said(self.names.sentence(text, self._named))

    def stamp(self) -> str:
        """What changes whenever somebody does anything with the task."""
        task = self.task
        return f"{self.instance.revision}" if task is None else f"{task.stage}-{task.holder and task.holder.id}"

    def _named(self, key: str) -> Text:
        with reading.store().database.read() as connection:
            row = _row(connection, key)
        return Text(key, key) if row is None else self.names.step(row.process, row.element)


_task, _stream = schema.task.c, schema.stream
_of, _company, _case = _stream.alias("of"), _stream.alias("company"), _stream.alias("its_case")
_TASK = select(schema.task).where(_task.task == bindparam("key"))
_SEEN = (
    select(
        schema.task,
        _of.c.kind,
        _of.c.revision,
        _of.c.state,
        _of.c.window,
        _company.c.revision.label("company_revision"),
        _case.c.revision.label("case_revision"),
    )
    .join(_of, _of.c.stream_no == _task.stream_no)
    .outerjoin(_company, _company.c.stream_no == ORGANISATION)
    .outerjoin(_case, _case.c.stream_no == _of.c.case_no)
    .where(_task.task == bindparam("key"))
)
"""The task, what runs it, and how far organisation and case are: one look."""

_DESK, _Seen = Prepared(_SEEN), namedtuple("_Seen", _SEEN.selected_columns.keys())


def open_for_me(key: str) -> Desk:
    """The desk of a task that this person may know of; 404 otherwise."""
    stream = asking.stream_of(key)
    store, who = reading.store(), me()
    with store.database.glance() as connection:  # all but who may know of it is of the moment of the first answer
        found = find(connection, (_DESK, {"key": key}))
        if found is None:
            abort(404)
        row: Any = _Seen(*found)
        if row.kind != StreamKind.INSTANCE:
            abort(404)
        instance = _running(connection, row)
        procedure = reading.procedure(connection, instance.version)
        if not _may_know(connection, row, instance, procedure, who):
            abort(404)
        around = intake.around(store, instance, connection, row.company_revision or 0, row.case_revision or 0)
    command = CompleteTask(envelope=_envelope(stream, store.now(), who.person), task=key, data=Context())
    return Desk(
        row=row,
        instance=instance,
        window=bytes(row.window or b""),
        procedure=procedure,
        progress=Progress(procedure, instance, command, around),
        look=lambda: _background(row, procedure, around.organisation.working.zone),
    )


def closed(desk: Desk) -> tuple[str, datetime] | None:
    """Who closed a task and when; an empty name when it was cancelled. Nothing while it is open."""
    if desk.row.closed_at is None:
        return None
    name = "" if desk.row.closed_by is None else desk.names.people.get(desk.row.closed_by, "")
    return name, moment(desk.row.closed_at)


def next_for_me(desk: Desk) -> str | None:
    """The next task of this person: in the same case if there is one, else the most urgent."""
    with reading.store().database.glance() as connection:
        return worklist.following(connection, me().wish(), desk.key, desk.row.case_no)


@lru_cache(maxsize=16)
def _purposes(english: bytes) -> dict[str, str]:
    elements = json.loads(english).get("elements", {})
    return {key: str(found.get("documentation", "")) for key, found in elements.items()}


def _envelope(stream: int, at: datetime, person: Person) -> Envelope:
    return Envelope(id="web:looking", stream=stream, at=at, actor=person, channel=Channel.WEB)


def _row(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(_TASK, {"key": key}).one_or_none()


def _running(connection: Connection, row: Any) -> Instance:
    """The instance that the task belongs to."""
    shelf = StreamShelf(connection, row.stream_no, reading.store().recent)
    states = reading.store().states
    found = states.decode(StreamKind.INSTANCE, row.stream_no, row.revision, bytes(row.state), shelf)
    assert isinstance(found, Instance)
    return found


def _background(row: Any, procedure: Procedure, zone: str) -> Background:
    with reading.store().database.read() as connection:
        values = {} if row.case_no is None else case_search.values_of(connection, [row.case_no]).get(row.case_no, {})
        return Background(
            names=Names(procedure, reading.names(connection), zone),
            shown={what: values.get(name, "") for what, name in reading.shown_fields(procedure).items()},
            may_read_case=_may_read(connection, row),
        )


def _may_know(connection: Connection, row: Any, instance: Instance, procedure: Procedure, who: Me) -> bool:
    """Whoever may do it, did it or had it until it was cancelled, has a part in the case or its procedure, or was told of it."""
    mine = {who.person.id, *(person.id for person in who.principals)}
    if row.closed_by in mine or mine & set(_involved(instance, row.task)) or procedure.owner in who.roles:
        return True
    if worklist.may_see(connection, who.wish(), row.task):
        return True
    if _was_told(connection, row.task, mine) or _may_read(connection, row):
        return True
    is_cancelled = row.closed_at is not None and row.closed_by is None
    return is_cancelled and holding.held(connection, reading.store().recent, row.task, mine)


def _involved(instance: Instance, key: str) -> Iterator[str]:
    """Who did anything in the instance, or has to do with the task."""
    for done in instance.performers.values():
        yield from (person.id for person in done)
    task = instance.tasks.get(key)
    if task is not None:
        persons = (task.holder, task.owner, *task.watchers, *(turn.person for turn in task.turns))
        yield from (person.id for person in persons if person is not None)


def _may_read(connection: Connection, row: Any) -> bool:
    """The person may read the whole case."""
    return row.case_no is not None and registers.may_see(connection, who_reads(connection), row.case_no)


def _was_told(connection: Connection, key: str, persons: set[str]) -> bool:
    copy = schema.task_copy.c
    query = select(copy.task).where(copy.person.in_(persons), copy.task == key).limit(1)
    return connection.execute(query).first() is not None
