"""Which files this person may have, and the files of a case with where each came from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true
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

SIZE = 50
"""Files of a case on its page, and on each page of its list that goes on from there."""

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


def on_page(
    connection: Connection, case: Case, task: str | None = None, *, whole: bool = True, after: str = ""
) -> dict[str, Any]:
    """What a page says of the files of a case, seen from one of its tasks or from none; not `whole`: those of the task."""
    only_of = None if whole else task
    listed, onward = part(connection, case, SIZE, after, only_of)
    return {
        "files": listed,
        "files_count": _count(connection, case, only_of) if onward or after else len(listed),
        "files_onward": onward,
        "files_of": only_of,
        "may_attach": whole and may_attach(connection, case),
        "files_case": case.stream,
        "files_task": task,
        "files_bounds": taking.bounds(),
    }


def part(
    connection: Connection, case: Case, size: int, after: str = "", only_of: str | None = None
) -> tuple[list[Listed], str | None]:
    """The files of a case behind a place, the newest first, and the place to go on from; `only_of` are those of one task."""
    of = _of(case, only_of)
    query = select(_use.digest, _use.name, func.max(_use.at).label("newest")).where(of)
    files = query.group_by(_use.digest, _use.name).subquery()
    known = files.c
    begin = _behind(connection, of, after)
    behind = true() if begin is None else _is_behind(known, *begin)
    ordered = select(files).where(behind).order_by(known.newest.desc(), known.digest, known.name)
    found = connection.execute(ordered.limit(size + 1)).all()
    is_more, found = len(found) > size, found[:size]
    uses = connection.execute(select(schema.file_use).where(of, _use.digest.in_({one.digest for one in found})))
    first = _once(uses)
    listed = _with_origins(connection, case, [first[one.digest, one.name] for one in found])
    return listed, _place(found[-1].newest, found[-1].digest, found[-1].name) if is_more else None


def _of(case: Case, only_of: str | None) -> ColumnElement[bool]:
    return and_(_use.case_no == case.stream, *(() if only_of is None else (_use.task == only_of,)))


def _count(connection: Connection, case: Case, only_of: str | None) -> int:
    files = select(_use.digest, _use.name).where(_of(case, only_of)).distinct().subquery()
    return int(connection.execute(select(func.count()).select_from(files)).scalar_one())


def _place(newest: int, digest: str, name: str) -> str:
    """Where a list goes on: behind this file."""
    return f"{newest}.{digest}.{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _behind(connection: Connection, of: ColumnElement[bool], after: str) -> tuple[int, str, str] | None:
    """The file that a place is behind; nothing for what is no place, and a list then begins anew."""
    newest, _dot, rest = after.partition(".")
    if not re.fullmatch(r"\d{1,18}", newest):
        return None
    digest = rest.partition(".")[0]
    names = connection.execute(select(_use.name).where(of, _use.digest == digest)).scalars()
    at = int(newest)
    return next(((at, digest, name) for name in names if _place(at, digest, name) == after), None)


def _is_behind(known: Any, newest: int, digest: str, name: str) -> ColumnElement[bool]:
    same = known.newest == newest
    return or_(
        known.newest < newest,
        and_(same, known.digest > digest),
        and_(same, known.digest == digest, known.name > name),
    )


def _with_origins(connection: Connection, case: Case, rows: Sequence[Row[Any]]) -> list[Listed]:
    """Each with who handed it in or attached it, and where."""
    attached = {(one.file.digest, one.file.name): one for one in reversed(case.attachments.values())}
    there, steps, names = _there(connection, rows), _steps(connection, rows), reading.names(connection)
    return [
        _listed(row, attached.get((row.digest, row.name)), steps.get(row.task), names, is_there=row.digest in there)
        for row in rows
    ]


def _once(rows: Iterable[Row[Any]]) -> dict[tuple[str, str], Row[Any]]:
    """Each file once: where it was handed in, rather than where its case has it from there; of several the newest."""
    first: dict[tuple[str, str], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (not row.task, -row.at)):
        first.setdefault((row.digest, row.name), row)
    return first


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
