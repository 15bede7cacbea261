"""Cases: found, begun, looked at now and as they were, changed and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort
from marshmallow import fields, validate
from sqlalchemy import Connection, select

from engine import commands
from engine.case import Case
from engine.commands import Envelope, OpenCase
from engine.errors import Reason, Refused, Text
from engine.procedure import Procedure
from engine.value import Value
from engine.words import Status, StreamKind
from storage import coming, registers, schema
from storage.attempt import Also
from storage.moments import micros
from storage.registers import Registered, Wish
from web import ending, reading
from web.api import asking, values
from web.api.blueprint import careful, resource
from web.api.gate import reads, works
from web.api.paging import part
from web.api.shapes import HANDLE, Paged, Receipt, Said, Shape, Who
from web.reader import who_reads
from web.sight import naming, states
from web.telling import facts

pages = resource("case", "Cases: service projects")
KEY = validate.Length(min=1, max=100)
REFUSE, LEAVE = "refuse", "leave"


class Asking(Paged):
    """Which cases."""

    status = fields.String(load_default="", validate=validate.OneOf(("", *(str(one) for one in Status))))
    q = fields.String(
        load_default="", validate=validate.Length(max=60), metadata={"description": "Two characters suffice"}
    )
    mine = fields.Boolean(load_default=False, metadata={"description": "Only those one has a part in"})
    late = fields.Boolean(load_default=False, metadata={"description": "Only those with an overdue task"})


class Coming(Shape):
    """What is due next: a step of an open task, or the start event of a milestone."""

    kind = fields.String(required=True, validate=validate.OneOf(("task", "milestone")))
    process = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    at = fields.String(required=True)


class Listed(Shape):
    """A case in a list; `values` are its short data, `late` of the waiting tasks are late, `next` is what is due after them."""

    case = fields.Integer(required=True)
    procedure = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    opened = fields.String(required=True)
    opened_by = fields.Nested(Who, required=True, allow_none=True)
    values = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    waiting = fields.Integer(required=True)
    late = fields.Integer(required=True)
    next = fields.Nested(Coming, required=True, allow_none=True)


class Cases(Shape):
    """A page of cases; `next` is null at the end."""

    items = fields.List(fields.Nested(Listed), required=True)
    next = fields.String(required=True, allow_none=True)


class Field(Shape):
    """A field of a case's data; `words` is a value of a fixed set in both languages, where the procedure has its English."""

    field = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.Nested(Said, required=True)
    value = fields.Raw(required=True, allow_none=True)
    words = fields.Nested(Said, required=True, allow_none=True)


class Team(Shape):
    """Who holds a role in the case."""

    role = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    persons = fields.List(fields.Nested(Who), required=True)


class Document(Shape):
    """The newest version of a document."""

    document = fields.String(required=True)
    title = fields.Nested(Said, required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    author = fields.Nested(Who, required=True)
    digest = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    issued_version = fields.String(required=True, allow_none=True)


class One(Shape):
    """A case as it is, or was."""

    case = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    procedure = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    data = fields.List(fields.Nested(Field), required=True)
    team = fields.List(fields.Nested(Team), required=True)
    documents = fields.List(fields.Nested(Document), required=True)
    instances = fields.List(fields.Integer(), required=True)


class Documents(Shape):
    """A page of the documents of a case; `next` is null at the end."""

    items = fields.List(fields.Nested(Document), required=True)
    next = fields.String(required=True, allow_none=True)


class Begun(Shape):
    """A case to be opened on the version in force, with an instance of a process."""

    procedure = fields.String(required=True, validate=KEY)
    process = fields.String(load_default=None, allow_none=True, validate=KEY)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    input = fields.Dict(keys=fields.String(), load_default=dict)


class Changed(Shape):
    """Fields of a case's data, with their new values."""

    data = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=2000),
        metadata={"description": "Wanted where the fields name other people"},
    )


class Assigned(Shape):
    """Who is to hold the role, and why; replaces the holders before."""

    persons = fields.List(fields.String(validate=HANDLE), required=True, validate=validate.Length(max=100))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class Ended(Shape):
    """How the case ended, and what is to become of processes that still run in it."""

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    running = fields.String(
        load_default=REFUSE,
        validate=validate.OneOf((REFUSE, LEAVE)),
        metadata={"description": "`refuse`: while any runs, the case is not ended; `leave`: they go on without it"},
    )


@pages.route("/cases", zh="我可以知道的项目,最新的在前")
@reads
@pages.arguments(Asking, location="query")
@pages.response(200, Cases)
def listed(asked: dict[str, object]) -> dict[str, object]:
    """The cases this person may know of, the newest first."""
    store, size, after = reading.store(), int(str(asked["size"])), str(asked["after"])
    now = micros(store.now())
    wish = Wish(
        status=str(asked["status"]),
        mine=bool(asked["mine"]),
        late_at=now if asked["late"] else None,
        text=str(asked["q"]),
    )
    place = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    with store.database.read() as connection:
        found = registers.page(connection, who_reads(connection), wish, now, place, size)
        items = [_listed(connection, one) for one in found]
    return {"items": items, "next": str(found[-1].case) if len(found) == size else None}


@pages.route("/cases", methods=["POST"], zh="新建项目;其流程稍后由后台启动")
@works
@pages.arguments(Begun)
@pages.response(201, Receipt)
def start(asked: dict[str, object]) -> Response:
    """Open a case; its process is started by a job, a moment later."""
    key, process = str(asked["procedure"]), asked["process"]
    data, given = values.context(asked["data"]), values.context(asked["input"])
    with reading.store().database.read() as connection:
        procedure = reading.store().procedures.in_force(key, connection)
    if procedure is None:
        raise Refused(Reason.INVALID_DATA, f"没有生效的程序 {key}", f"no version of {key} is in force")
    version = procedure.digest

    def build(number: int, first: Envelope) -> OpenCase:
        return OpenCase(
            envelope=Envelope(id=first.id, stream=number, at=first.at, actor=first.actor, channel=first.channel),
            procedure=key,
            version=version,
            data=data,
            process=None if process is None else str(process),
            input=given,
        )

    return asking.open_stream(StreamKind.CASE, build)


@pages.route("/cases/<number:case>", zh="一个项目:资料、项目组、文件和流程")
@reads
@pages.response(200, One, tagged=True)
def one(case: int) -> Response:
    """A case with its data, team, documents and instances."""
    with reading.store().database.read() as connection:
        found = states.case(connection, case)
        return asking.tagged(_document(connection, found), found.stream, found.revision)


@pages.route("/cases/<number:case>/at/<number:revision>", zh="项目在自身某条记录之后的样子")
@reads
@pages.response(200, One, tagged=True)
def then(case: int, revision: int) -> Response:
    """A case as it was after an entry of its own; its instances have entries of their own."""
    with reading.store().database.read() as connection:
        if revision > states.case(connection, case).revision:
            abort(404)
        found = reading.store().states.at(connection, StreamKind.CASE, case, revision)
        assert isinstance(found, Case)
        return asking.tagged(_document(connection, found), found.stream, found.revision)


@pages.route("/cases/<number:case>/documents", zh="项目各文件的最新版本")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Documents, tagged=True)
def documents(asked: dict[str, object], case: int) -> Response:
    """The newest version of each document of a case."""
    with reading.store().database.read() as connection:
        found = states.case(connection, case)
        titles = reading.procedure(connection, found.version).documents
    shown, onward = part(_documents(found, titles), asked, lambda one: str(one["document"]))
    return asking.tagged({"items": shown, "next": onward}, found.stream, found.revision)


@pages.route(
    "/cases/<number:case>/data",
    methods=["PATCH"],
    zh="更改项目资料,其中的人员更改须写明原因;须用 If-Match 说明所读的版本",
)
@careful
@works
@pages.arguments(Changed)
@pages.response(200, Receipt)
def change(asked: dict[str, object], case: int) -> Response:
    """Change the data of a case, with a reason where it names other people; `If-Match` names what was read."""
    data = values.context(asked["data"])
    reason = None if asked["reason"] is None else str(asked["reason"])
    return _submit(case, lambda envelope: commands.SetCaseData(envelope=envelope, data=data, reason=reason))


@pages.route(
    "/cases/<number:case>/roles/<name:role>",
    methods=["PUT"],
    zh="指定项目角色的担任者并写明原因;须用 If-Match 说明所读的版本",
)
@careful
@works
@pages.arguments(Assigned)
@pages.response(200, Receipt)
def assign(asked: dict[str, Any], case: int, role: str) -> Response:
    """Say who holds a role in the case, and why; `If-Match` names what was read."""
    persons = tuple(values.person(one, f"persons[{place}]") for place, one in enumerate(asked["persons"]))
    reason = str(asked["reason"])

    def build(envelope: Envelope) -> commands.AssignCaseRole:
        return commands.AssignCaseRole(envelope=envelope, role=role, persons=persons, reason=reason)

    return _submit(case, build)


@pages.route("/cases/<number:case>/close", methods=["POST"], zh="结束项目;还有流程在办理时,须写明 running 为 leave")
@works
@pages.arguments(Ended)
@pages.response(200, Receipt)
def close(asked: dict[str, str], case: int) -> Response:
    """End a case; while processes run in it only with `running` as `leave`."""
    outcome = asked["outcome"]
    rule = None if asked["running"] == LEAVE else ending.idle(reading.store())
    return _submit(case, lambda envelope: commands.CloseCase(envelope=envelope, outcome=outcome), rule)


def _submit(case: int, build: asking.Build, rule: Also | None = None) -> Response:
    with reading.store().database.read() as connection:
        states.case(connection, case)
    return asking.submit(build, case, rule=rule)


def _listed(connection: Connection, one: Registered) -> dict[str, object]:
    return {
        "case": one.case,
        "procedure": one.procedure,
        "version": one.version,
        "status": one.status,
        "opened": values.at(one.opened_at),
        "opened_by": None if one.opened_by is None else values.by(one.opened_by),
        "values": dict(one.values),
        "waiting": one.open.count,
        "late": one.open.late,
        "next": None if one.open.coming is None else _coming(connection, one.open.coming),
    }


def _coming(connection: Connection, one: coming.Coming) -> dict[str, object]:
    return {
        "kind": "milestone" if one.is_milestone else "task",
        "process": one.process,
        "element": one.element,
        "name": values.said(reading.coming(connection, one)),
        "at": values.at(one.at),
    }


def _document(connection: Connection, found: Case) -> dict[str, object]:
    procedure = reading.procedure(connection, found.version)
    names = naming.names(connection, procedure)
    table = schema.instance.c
    query = select(table.stream_no).where(table.case_no == found.stream).order_by(table.stream_no)
    known = {**procedure.case_fields}
    return {
        "case": found.stream,
        "revision": found.revision,
        "procedure": found.procedure,
        "version": found.version,
        "status": str(found.status or ""),
        "outcome": found.outcome,
        "data": [
            {
                "field": field.name,
                "type": field.type,
                "title": values.said(field.title),
                "value": values.shown(found.data.get(field.name)),
                "words": _words(procedure, field.name, found.data.get(field.name)),
            }
            for field in known.values()
        ],
        "team": [
            {"role": role, "name": values.said(names.role(role)), "persons": [values.named(p) for p in persons]}
            for role, persons in found.roles.items()
        ],
        "documents": _documents(found, procedure.documents),
        "instances": list(connection.execute(query).scalars()),
    }


def _words(procedure: Procedure, name: str, value: Value) -> dict[str, str] | None:
    english = facts.english(procedure, name, value) if isinstance(value, str) else None
    return None if english is None else {"zh": str(value), "en": english}


def _documents(found: Case, titles: Mapping[str, object]) -> list[dict[str, object]]:
    return [
        {
            "document": one.key,
            "title": _title(titles, one.key),
            "version": one.version,
            "status": str(one.status),
            "author": values.named(one.author),
            "digest": one.digest,
            "number": one.number,
            "issued_version": one.issued_version,
        }
        for one in found.documents.values()
    ]


def _title(titles: Mapping[str, object], key: str) -> dict[str, str]:
    found = titles.get(key)
    return values.said(found) if isinstance(found, Text) else {"zh": key, "en": key}
