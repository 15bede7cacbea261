"""A task as somebody sees it who came by a link: its form without what is not theirs, and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from sqlalchemy import Connection, Row, select

from engine import task as tasks
from engine.commands import AnswerInvitation, CompleteTask, Envelope
from engine.errors import Fault
from engine.form import Field, FieldType, Right
from engine.instance import Instance
from engine.step import Progress
from engine.value import Context, Personal
from engine.words import Channel, StreamKind
from storage import case_search, intake, invitations, schema
from storage.invitations import Given
from storage.shelf import StreamShelf
from web import reading, texts, wish
from web.acting import form
from web.acting.form import Drawn
from web.forms import entry, look, shown
from web.forms.entry import Typed
from web.forms.look import Item
from web.forms.shown import Control, Part, Teller
from web.sight.desk import Background, Desk
from web.telling.naming import Names

LONGEST = 100
"""Characters of what may be the secret of a link."""

FILES = (FieldType.FILE, FieldType.FILES)
ROW = re.compile(r"\[\d{1,6}\]")
NOT_THEIRS = "•••"


@dataclass(kw_only=True)
class Invited:
    """A link that is good; without a desk it was used."""

    given: Given
    desk: Desk | None


def is_good(secret: str) -> bool:
    """There is such a link, and it has not ended; what it leads to is not looked at."""
    store = reading.store()
    with store.database.read() as connection:
        return invitations.good(connection, wish.digest_of(secret[:LONGEST]), store.now()) is not None


def find(secret: str) -> Invited | None:
    """What a link leads to; nothing for one that is unknown, ended, revoked or replaced."""
    store, digest = reading.store(), wish.digest_of(secret[:LONGEST])
    with store.database.read() as connection:
        given = invitations.good(connection, digest, store.now())
        if given is None:
            return None
        if given.ended is not None:
            return Invited(given=given, desk=None)
        row = connection.execute(select(schema.task).where(schema.task.c.task == given.task)).one()
        instance, window = _standing(connection, given.stream)
        task = instance.tasks.get(given.task)
        if task is None or task.stage not in tasks.LIFECYCLE[AnswerInvitation]:
            return None
        return Invited(given=given, desk=_desk(connection, row, instance, window))


def typed(desk: Desk, name: str) -> Typed:
    """What was typed, with what the statement says in its fields; what is ours alone is left out."""
    assert desk.form is not None
    found = entry.read(desk.form, request.form.items(multi=True), lambda _: False, texts.today().year)
    said = {"name": name, "date": texts.today().isoformat()}
    entries = {key: value for key, value in found.entries.items() if key not in _left_out(desk)}
    entries |= {one.key: said[one.external] for one in desk.form.fields if one.external in said}
    return Typed(entries=entries, rows=found.rows)


def field_for_file(desk: Desk, path: str) -> Field | None:
    """The field that takes a file from a contact; None when none does."""
    wanted = ROW.sub("", path)
    for one in () if desk.form is None else desk.form.fields:
        if one.external is None and not _is_fixed(desk, one):
            known = {one.key: one, **{f"{one.key}.{column.key}": column for column in one.columns}}
            found = known.get(wanted)
            if found is not None and found.type in FILES and not found.readonly:
                return found
    return None


def _is_fixed(desk: Desk, field: Field) -> bool:
    right = desk.surrounding.rights.get(field.section or "", Right.WRITE)
    return field.readonly or right in (Right.READ, Right.HIDDEN)


def drawn(desk: Desk, entries: Mapping[str, object], faults: Sequence[Fault] = ()) -> Drawn | None:
    """The form with these entries, and what is wrong with them."""
    if desk.form is None:
        return None
    seen = look.read(desk.procedure, desk.form)
    teller = Teller(names={}, zone=desk.names.zone, reveal=_not_theirs)
    found = form.evaluate(desk, entries)
    parts = shown.parts(desk.form, seen, desk.surrounding, entries, found, teller, faults)
    theirs = [made for part in parts if (made := _theirs(part)).controls]
    return Drawn(look=seen, parts=theirs, wrong=form.summary(desk, seen, faults))


def _not_theirs(found: Personal) -> str | None:
    return NOT_THEIRS if found.present else None


def _theirs(part: Part) -> Part:
    """A section without what is ours alone; files that are only read are shown where there are any."""
    kept = [_offered(one) for one in part.controls if one.item.field.external is None]
    controls = tuple(one for one in kept if one.type not in FILES or one.texts or not one.is_fixed)
    return Part(section=part.section, controls=controls, is_fixed=all(one.is_fixed for one in controls))


def _offered(control: Control) -> Control:
    """A control with the options that contacts have."""
    inner = control.item.field.inner_options
    return replace(control, item=_without(control.item, inner)) if inner else control


def _without(item: Item, inner: tuple[str, ...]) -> Item:
    return replace(item, options=tuple(option for option in item.options if option[0] not in inner))


def _left_out(desk: Desk) -> set[str]:
    assert desk.form is not None
    return {one.key for one in desk.form.fields if one.external is not None}


def _desk(connection: Connection, row: Row[Any], instance: Instance, window: bytes) -> Desk:
    store = reading.store()
    procedure = reading.procedure(connection, instance.version)
    zone = reading.organisation(connection).working.zone
    shown_of = case_search.values_of(connection, [] if row.case_no is None else [row.case_no])
    envelope = Envelope(id="link:looking", stream=row.stream_no, at=store.now(), channel=Channel.LINK)
    command = CompleteTask(envelope=envelope, task=row.task, data=Context())
    values = shown_of.get(row.case_no or 0, {})
    said = {what: values.get(name, "") for what, name in reading.shown_fields(procedure).items()}
    background = Background(names=Names(procedure, {}, zone), shown=said, may_read_case=False)
    return Desk(
        row=row,
        instance=instance,
        window=window,
        procedure=procedure,
        progress=Progress(procedure, instance, command, intake.surroundings(store, instance, connection)),
        look=lambda: background,
    )


def _standing(connection: Connection, stream: int) -> tuple[Instance, bytes]:
    row = connection.execute(select(schema.stream).where(schema.stream.c.stream_no == stream)).one()
    shelf = StreamShelf(connection, stream, reading.store().recent)
    found = reading.store().states.decode(StreamKind.INSTANCE, stream, row.revision, bytes(row.state), shelf)
    assert isinstance(found, Instance)
    return found, bytes(row.window or b"")
