"""Which files this person may have, and the files of a case with where each came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select
from werkzeug.exceptions import NotFound

from engine import case as cases
from engine.attachment import Attachment
from engine.case import Case
from engine.errors import Text
from engine.words import Status, StreamKind
from storage import file_reach, registers, schema, uploads, worklist
from web import reading, taking, texts
from web.access import hidden
from web.forms import shown
from web.identity import me
from web.reader import who_reads
from web.sight import desk
from web.taking import Kept

MOST = 500
_use, _task, _upload = schema.file_use.c, schema.task.c, schema.upload.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file of a case: where it came from, who handed it in or attached it, and when."""

    file: Kept
    size: str
    label: str
    step: Text | None
    by: str
    at: str
    moment: int
    personal: bool
    is_there: bool


def for_me(connection: Connection, digest: str, name: str = "") -> Kept | None:
    """A file this person may have: of a case or task they may read, or their own until it is used.

    The same bytes may be there under several names: rather as `name`.
    """
    mine = uploads.of_person(connection, digest, me().person.id)
    if mine is not None and name in ("", mine.name):
        return _kept(mine)
    found = file_reach.in_cases(connection, who_reads(connection), digest, name) or _in_tasks(connection, digest, name)
    if found is None:
        secret = file_reach.in_personal_values(connection, who_reads(connection), digest)
        found = next((row for row in secret if _has_in_hand(connection, row)), mine)
    return None if found is None else _kept(found)


def case_for_me(connection: Connection, number: int) -> Case:
    """A case this person may read; 404 for every other."""
    table = schema.stream.c
    query = select(table.revision).where(table.stream_no == number, table.kind == StreamKind.CASE)
    revision = connection.execute(query).scalar_one_or_none()
    if not revision or not registers.may_see(connection, who_reads(connection), number):
        hidden()
    found = reading.store().states.at(connection, StreamKind.CASE, number, revision or 0)
    assert isinstance(found, Case)
    return found


def may_attach(connection: Connection, case: Case) -> bool:
    """This person may add a file to the case."""
    if case.status is not Status.RUNNING:
        return False
    procedure, company = reading.procedure(connection, case.version), reading.organisation(connection)
    return cases.may_attach(procedure, case, me().person, company, reading.store().now())


def on_page(connection: Connection, case: Case, task: str | None = None, *, whole: bool = True) -> dict[str, Any]:
    """What a page says of the files of a case, seen from one of its tasks or from none; not `whole`: those of the task."""
    return {
        "files": of_case(connection, case, None if whole else task),
        "may_attach": whole and may_attach(connection, case),
        "files_case": case.stream,
        "files_task": task,
        "files_bounds": taking.bounds(),
    }


def of_case(connection: Connection, case: Case, only_of: str | None = None) -> list[Listed]:
    """The files of a case, the newest first; `only_of` are those of one task."""
    query = select(schema.file_use).where(_use.case_no == case.stream)
    if only_of is not None:
        query = query.where(_use.task == only_of)
    rows = list(_once(connection.execute(query.order_by(_use.at.desc(), _use.digest).limit(MOST)).all()))
    attached = {(one.file.digest, one.file.name): one for one in reversed(case.attachments.values())}
    there, steps, names = _there(connection, rows), _steps(connection, rows), reading.names(connection)
    return [
        _listed(row, attached.get((row.digest, row.name)), steps.get(row.task), names, is_there=row.digest in there)
        for row in rows
    ]


def _once(rows: Any) -> Iterator[Row[Any]]:
    """Each file once: where it was handed in, rather than where its case has it from there."""
    first: dict[tuple[str, str], Row[Any]] = {}
    for row in rows:
        known = first.get((row.digest, row.name))
        if known is None or (row.task and not known.task):
            first[row.digest, row.name] = row
    yield from first.values()


def _there(connection: Connection, rows: Sequence[Row[Any]]) -> set[str]:
    """The digests whose bytes were not erased."""
    query = select(_upload.digest).where(_upload.digest.in_({row.digest for row in rows}))
    return set(connection.execute(query).scalars())


def _steps(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, Text]:
    """What the steps are called at which files came, by task."""
    query = select(_task.task, _task.process, _task.element, schema.instance.c.version)
    joined = query.join(schema.instance, schema.instance.c.stream_no == _task.stream_no)
    found = connection.execute(joined.where(_task.task.in_({row.task for row in rows if row.task})))
    return {
        row.task: reading.step(reading.procedure(connection, row.version), row.process, row.element)[1] for row in found
    }


def _listed(
    row: Row[Any], attached: Attachment | None, step: Text | None, names: Mapping[str, str], *, is_there: bool
) -> Listed:
    return Listed(
        file=_kept(row),
        size=shown.size(row.size),
        label="" if attached is None else attached.label,
        step=step,
        by="" if row.person is None else names.get(row.person, ""),
        at=texts.at(row.at),
        moment=row.at,
        personal=attached is not None and attached.personal,
        is_there=is_there,
    )


def _in_tasks(connection: Connection, digest: str, name: str) -> Row[Any] | None:
    """A use of the file in a task that this person may know of."""
    owned = [one.key for one in reading.procedures(connection) if one.owner in me().roles]
    rows = file_reach.in_tasks(connection, who_reads(connection), owned, digest, name)
    for row in sorted(rows, key=lambda row: bool(row.name != name)):
        with suppress(NotFound):
            desk.open_for_me(row.task)
            return row
    return None


def _has_in_hand(connection: Connection, row: Row[Any]) -> bool:
    """Of what is personal: whoever handed it in, or has to do with it in a task that is open."""
    query = select(_task.task, _task.closed_by).where(_task.stream_no == row.stream_no)
    tasks = connection.execute(query).all()
    if any(one.task == row.task and one.closed_by == me().person.id for one in tasks):
        return True
    return any(one.closed_by is None and worklist.may_see(connection, me().wish(), one.task) for one in tasks)


def _kept(row: Any) -> Kept:
    return Kept(digest=row.digest, name=row.name, type=row.type, size=row.size)
