"""Where files are used: a table made from entries, and for files that are personal one that erasure empties.

Whoever hands in a file must have uploaded it, or find it in the same case: a digest that one merely knows opens nothing.
A contact has what came by their own link, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, false, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import encoding
from engine.case import Case
from engine.commands import AttachFile, Command
from engine.errors import Fault, Reason, Refused, Text
from engine.events import TaskCompleted, TaskSubmitted
from engine.instance import Instance
from engine.journal import Entry
from engine.organisation import unattended
from engine.stream import State
from engine.value import Context, File
from engine.words import Channel
from storage import schema
from storage.moments import micros
from storage.personal import Row

TAG = b'"$file"'
"""Quotation marks inside texts are escaped, so these bytes are a file wherever they stand."""

_upload = schema.upload.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody wants to use files: nobody in particular (`None`) is the operator, the clock or the worker.

    A contact is known by their link, and `only_own` uploads are theirs to use.
    """

    stream: int
    case: int | None
    task: str
    person: str | None
    only_own: bool = False


def project(connection: Connection, entry: Entry, after: State) -> None:
    """The files that an entry of a case or instance names."""
    if not isinstance(after, Instance | Case):
        return
    found = set(_of_entry(entry))
    if not found:
        return
    where = _where(entry.command, after) | {"at": micros(entry.at)}
    erasable = isinstance(entry.command, AttachFile) and entry.command.personal
    where |= {"erasable": erasable, "person": _by(entry)}
    rows = [where | _row(file) for file in sorted(found, key=lambda file: file.digest)]
    connection.execute(_insert(connection, schema.file_use).on_conflict_do_nothing(), rows)


def _by(entry: Entry) -> str | None:
    """Who handed the files in: the actor, or the contact who answered by a link; nobody when a program did."""
    if entry.command.envelope.actor is not None:
        return entry.command.envelope.actor.id
    return next((event.person.id for event in entry.events if isinstance(event, TaskCompleted | TaskSubmitted)), None)


def keep_personal(connection: Connection, rows: Sequence[Row], entry: Entry, after: State) -> None:
    """The files in the personal values that came with an entry."""
    found = [(row.personal.reference, file) for row in rows for file in of_personal(row.content)]
    if found and isinstance(after, Instance | Case):
        where = _where(entry.command, after) | {"at": micros(entry.at)}
        values = [where | _row(file) | {"reference": reference} for reference, file in found]
        connection.execute(insert(schema.personal_file), values)


def guard(connection: Connection, command: Command, case: int | None, rows: Sequence[Row] = ()) -> None:
    """Refuse a file whose bytes are not here, or that is not for whoever asks to use; those used stay from now on."""
    given = command.file if isinstance(command, AttachFile) else getattr(command, "data", None)
    wanted = [*files_in(given), *(file for row in rows for file in of_personal(row.content))]
    if not wanted:
        return
    digests = sorted({file.digest for file in wanted})
    # first: it waits for whoever is removing them, so that what is read next is there and stays
    connection.execute(update(schema.upload).where(_upload.digest.in_(digests)).values(used=True))
    unknown = missing(connection, wanted, place_of(connection, command, case))
    if unknown:
        said = not_here(unknown[0])
        raise Refused(Reason.INVALID_DATA, said.zh, said.en)


def place_of(connection: Connection, command: Command, case: int | None) -> Place:
    """Where a command wants to use files."""
    envelope, task = command.envelope, str(getattr(command, "task", None) or "")
    if envelope.channel is Channel.LINK:
        return Place(stream=envelope.stream, case=case, task=task, person=_link_of(connection, task), only_own=True)
    whose = "" if envelope.actor is None else envelope.actor.id
    return Place(stream=envelope.stream, case=case, task=task, person=None if unattended(envelope) else whose)


def missing(connection: Connection, wanted: Sequence[File], place: Place) -> list[File]:
    """Those that this person may not use there, as they are named."""
    digests = {file.digest for file in wanted}
    known: set[File] = set()
    query = select(schema.upload).where(_upload.digest.in_(digests))
    if place.person is not None:
        whose = [_upload.person == place.person] if place.person else []
        of_task = [_upload.task == place.task] if place.task and not place.only_own else []
        query = query.where(or_(false(), *whose, *of_task))
    known.update(_file(row) for row in connection.execute(query))
    if place.only_own or all(file in known for file in wanted):
        return [file for file in wanted if file not in known]
    for table in (schema.file_use, schema.personal_file):
        here = table.c.stream_no == place.stream
        if place.case is not None:
            here = or_(here, table.c.case_no == place.case)
        still = select(_upload.digest).where(_upload.digest.in_(digests))
        found = select(table).where(table.c.digest.in_(digests), here, table.c.digest.in_(still))
        known.update(_file(row) for row in connection.execute(found))
    return [file for file in wanted if file not in known]


def _link_of(connection: Connection, task: str) -> str:
    """The link by which a contact may do a task now; empty when there is none."""
    link = schema.invitation.c
    query = select(link.invitation).where(link.task == task, link.ended_at.is_(None))
    return connection.execute(query).scalars().first() or ""


def faults(connection: Connection, values: Context, place: Place) -> tuple[Fault, ...]:
    """The fields of a form whose files cannot be used there."""
    found = list(_located(values))
    gone = set(missing(connection, [file for _, file in found], place)) if found else set()
    return tuple(Fault(path, not_here(file)) for path, file in found if file in gone)


def not_here(file: File) -> Text:
    """What is said of a file that cannot be used."""
    return Text(
        f"应为已上传的文件,但“{file.name}”没有上传,或已被清除;请重新上传",
        f"expected an uploaded file, but “{file.name}” was not uploaded or is gone: upload it again",
    )


def files_in(found: object) -> Iterator[File]:
    """The files in a value."""
    if isinstance(found, File):
        yield found
    elif isinstance(found, Context):
        for entry in found.values():
            yield from files_in(entry)
    elif isinstance(found, tuple):
        for item in found:
            yield from files_in(item)


def _located(values: Context) -> Iterator[tuple[str, File]]:
    """The files of a form's result with the paths of their fields."""
    for key, value in values.items():
        rows = value if isinstance(value, tuple) else ()
        for number, row in enumerate(rows):
            if isinstance(row, Context):
                yield from ((f"{key}[{number}].{name}", file) for name, one in row.items() for file in files_in(one))
        if not any(isinstance(row, Context) for row in rows):
            yield from ((key, file) for file in files_in(value))


def of_personal(content: bytes) -> Iterator[File]:
    """The files in the encoding of a personal value."""
    if TAG in content:
        yield from files_in(encoding.decode(content))


def _of_entry(entry: Entry) -> Iterator[File]:
    """The files in a command and its events; a value that several of them share is looked at once."""
    seen: set[int] = set()
    records: tuple[Any, ...] = (entry.command, *entry.events)
    for record in records:
        kind: Any = type(record)
        for name in _names(kind):
            value = getattr(record, name)
            if isinstance(value, Context | tuple | File) and id(value) not in seen:
                seen.add(id(value))
                yield from files_in(value)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _where(command: Command, after: Instance | Case) -> dict[str, object]:
    case = after.case if isinstance(after, Instance) else after.stream
    return {"stream_no": after.stream, "case_no": case, "task": getattr(command, "task", None) or ""}


def _row(file: File) -> dict[str, object]:
    return {"digest": file.digest, "name": file.name, "type": file.type, "size": file.size}


def _file(row: Any) -> File:
    return File(row.digest, row.name, row.type, row.size)


def _insert(connection: Connection, table: Table) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
