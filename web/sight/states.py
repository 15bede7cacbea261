"""What whoever asks may know of: the rule of the pages, asked by number. What they may not know of is not there."""

from __future__ import annotations

from flask import abort
from sqlalchemy import Connection, Row, select

from engine.case import Case
from engine.instance import Instance
from engine.stream import State
from engine.words import StreamKind
from storage import registers, schema
from storage.shelf import StreamShelf
from web import reading
from web.reader import who_reads


def case(connection: Connection, number: int) -> Case:
    """A case this person may know of; 404 otherwise."""
    if not registers.may_see(connection, who_reads(connection), number):
        abort(404)
    found = standing(connection, StreamKind.CASE, number)[0]
    assert isinstance(found, Case)
    return found


def instance(connection: Connection, number: int) -> tuple[Instance, bytes]:
    """An instance this person may know of, with its window; 404 otherwise."""
    found, window = standing(connection, StreamKind.INSTANCE, number)
    assert isinstance(found, Instance)
    if found.case is not None:
        if not registers.may_see(connection, who_reads(connection), found.case):
            abort(404)
    elif not _has_part(connection, found):
        abort(404)
    return found, window


def standing(connection: Connection, kind: StreamKind, number: int) -> tuple[State, bytes]:
    """The newest state of a stream of this kind, and of an instance its window; 404 when there is none."""
    table = schema.stream
    row: Row[tuple[object, ...]] | None
    row = connection.execute(select(table).where(table.c.stream_no == number, table.c.kind == kind)).one_or_none()
    if row is None or row.revision == 0 or not row.state:
        abort(404)
    shelf = StreamShelf(connection, number, reading.store().recent)
    state = reading.store().states.decode(kind, number, row.revision, bytes(row.state), shelf)
    return state, bytes(row.window or b"")


def _has_part(connection: Connection, found: Instance) -> bool:
    """Of an instance of no case: whoever reads the cases of its procedure, did something in it, or has it in hand."""
    one, mine = who_reads(connection), {*who_reads(connection).persons}
    if reading.procedure(connection, found.version).key in one.procedures:
        return True
    done = {person.id for persons in found.performers.values() for person in persons}
    held = {p.id for task in found.tasks.values() for p in (task.holder, task.owner, *task.persons) if p is not None}
    offered = {role for task in found.tasks.values() for role in task.roles}
    return bool(mine & (done | held) or offered & set(one.roles))
