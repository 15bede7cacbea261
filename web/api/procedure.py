"""Procedures: those in force, their versions, and the files of each."""

from __future__ import annotations

from flask import Response, abort
from marshmallow import fields
from sqlalchemy import Connection, select

from engine.procedure import Procedure
from engine.publication import Publications
from engine.words import StreamKind
from storage import schema
from web import reading
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import reads
from web.api.paging import part
from web.api.shapes import Paged, Said, Shape
from web.sight import states

pages = resource("procedure", "Procedures and their versions")


class Process(Shape):
    """A process of a procedure."""

    process = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    start_role = fields.String(required=True, allow_none=True)
    inputs = fields.List(fields.String(), required=True)


class Listed(Shape):
    """A procedure with the version in force."""

    procedure = fields.String(required=True)
    title = fields.Nested(Said, required=True)
    label = fields.String(required=True)
    version = fields.String(required=True)
    owner = fields.String(required=True)


class Procedures(Shape):
    """A page of procedures in force; `next` is null at the end."""

    items = fields.List(fields.Nested(Listed), required=True)
    next = fields.String(required=True, allow_none=True)


class Role(Shape):
    """A role of a procedure."""

    role = fields.String(required=True)
    name = fields.Nested(Said, required=True)


class One(Listed):
    """A version of a procedure."""

    roles = fields.List(fields.Nested(Role), required=True)
    rights = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    processes = fields.List(fields.Nested(Process), required=True)
    files = fields.List(fields.String(), required=True)


class Version(Shape):
    """A version that was put in force."""

    version = fields.String(required=True)
    label = fields.String(required=True)
    published = fields.String(required=True)
    reason = fields.String(required=True)


class Versions(Shape):
    """A page of the versions of a procedure, oldest first; `next` is null at the end."""

    items = fields.List(fields.Nested(Version), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/procedures", zh="全部生效的程序")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Procedures)
def listed(asked: dict[str, object]) -> dict[str, object]:
    """Every procedure in force."""
    with reading.store().database.read() as connection:
        shown, onward = part(reading.procedures(connection), asked, lambda one: one.key)
    return {"items": [_listed(one) for one in shown], "next": onward}


@pages.route("/procedures/<name:procedure>", zh="程序的生效版本")
@reads
@pages.response(200, One)
def one(procedure: str) -> dict[str, object]:
    """The version of a procedure that is in force."""
    with reading.store().database.read() as connection:
        found = reading.store().procedures.in_force(procedure, connection)
    return _document(found or abort(404))


@pages.route("/procedures/<name:procedure>/versions", zh="程序发布过的版本、时间和理由")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Versions, tagged=True)
def versions(asked: dict[str, object], procedure: str) -> Response:
    """Which versions were put in force, when and why."""
    table = schema.publication.c
    with reading.store().database.read() as connection:
        stream = connection.execute(select(table.stream_no).where(table.procedure == procedure)).scalar_one_or_none()
        found = states.standing(connection, StreamKind.PROCEDURE, stream or abort(404))[0]
    assert isinstance(found, Publications)
    shown, onward = part(found.versions, asked, lambda one: one.digest)
    rows = [
        {"version": v.digest, "label": v.label, "published": v.published_at.isoformat(), "reason": v.reason}
        for v in shown
    ]
    return asking.tagged({"items": rows, "next": onward}, found.stream, found.revision)


@pages.route("/versions/<digest:version>", zh="一个发布过的版本")
@reads
@pages.response(200, One)
def version(version: str) -> dict[str, object]:
    """A version that was published, in force or not."""
    with reading.store().database.read() as connection:
        return _document(_published(connection, version))


@pages.route("/versions/<digest:version>/files/<path:path>", zh="版本中的一个文件")
@reads
@pages.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def file(version: str, path: str) -> Response:
    """The bytes of a file of a version."""
    with reading.store().database.read() as connection:
        found = _published(connection, version).files.get(path)
    response = Response(found if found is not None else abort(404), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    return response


def _published(connection: Connection, digest: str) -> Procedure:
    table = schema.version.c
    if connection.execute(select(table.digest).where(table.digest == digest)).first() is None:
        abort(404)
    return reading.procedure(connection, digest)


def _listed(found: Procedure) -> dict[str, object]:
    return {
        "procedure": found.key,
        "title": values.said(found.title),
        "label": found.label,
        "version": found.digest,
        "owner": found.owner,
    }


def _document(found: Procedure) -> dict[str, object]:
    return {
        **_listed(found),
        "roles": [{"role": code, "name": values.said(role.name)} for code, role in found.roles.items()],
        "rights": {right: list(roles) for right, roles in found.rights.items()},
        "processes": [
            {
                "process": key,
                "name": values.said(reading.process_name(found, key)),
                "start_role": found.start_role(key),
                "inputs": sorted(found.inputs(key)),
            }
            for key in found.model.processes
        ],
        "files": sorted(found.files),
    }
