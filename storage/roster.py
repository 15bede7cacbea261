"""The handles and names by which people are found, compared with the personal values of the entries that added them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from engine.commands import AddPerson
from engine.errors import EngineError, Text
from engine.stream import ORGANISATION
from engine.value import Personal, Value
from storage import journal, schema
from storage import personal as values
from storage.removals import Removals
from storage.report import Report, of_entry, said
from storage.shelf import Recent, StreamShelf

KIND = f'"kind":"{AddPerson.__name__}"'.encode()
"""Quotation marks inside texts are escaped, so these bytes are the envelope's own key."""


def check(connection: Connection, report: Report, gone: Removals) -> None:
    """Each person has the handle and name they were added with, unless an entry says that these were erased."""
    rows = {row.person: (row.name, row.handle) for row in connection.execute(select(schema.handle))}
    for revision, command in _added(connection):
        person = f"{ORGANISATION}.{revision}.1"
        place = said(of_entry(ORGANISATION, revision), f":人员「{person}」", f": person {person}")
        found, given = rows.pop(person, None), (command.name, command.handle)
        if {value.reference for value in given} & gone.values.keys():
            if found is not None:
                report.find(
                    place,
                    "的姓名或账号仍在,而有条目记载已删除",
                    " still has a name, though an entry says it was erased",
                )
        elif found is None:
            report.find(place, "的账号缺失,且不是依规删除", " has no handle, and not by erasure")
        elif any(_value(connection, value) not in (None, row) for value, row in zip(given, found, strict=True)):
            report.find(place, "的姓名或账号不是加入时的", " has another name or handle than when they were added")
    for person, (_, handle) in sorted(rows.items()):
        place = Text(f"账号「{handle}」", f"handle {handle}")
        report.find(place, f":没有条目加入人员「{person}」", f": no entry adds person {person}")


def _added(connection: Connection) -> Iterator[tuple[int, AddPerson]]:
    """The commands that added people; entries that cannot be read are for the chain and re-execution to name."""
    table = schema.entry
    query = select(table).where(table.c.stream_no == ORGANISATION).order_by(table.c.revision)
    shelf = StreamShelf(connection, ORGANISATION, Recent())
    for row in connection.execute(query).all():
        if KIND not in bytes(row.envelope):
            continue
        try:
            command = journal.decode(row, shelf).command
        except (EngineError, KeyError):
            continue
        if isinstance(command, AddPerson):
            yield row.revision, command


def _value(connection: Connection, personal: Personal) -> Value:
    """The value; None when it is missing or cannot be read, which is named with the reference."""
    try:
        return values.read(connection, personal)
    except (EngineError, ValueError):
        return None
