"""Files: sent as they are, named in a form or attached to a case by what the answer says, and given out."""

from __future__ import annotations

from flask import Response, abort, make_response
from marshmallow import fields, validate

from engine.commands import AttachFile, Envelope
from engine.errors import Reason
from engine.value import File
from storage import file_kind
from storage.file_name import LONGEST
from storage.files import TooLarge
from web import reading, taking
from web.api import asking, problems, values
from web.api.blueprint import LAST, View, Whole, resource
from web.api.gate import reads, works
from web.api.shapes import Paged, Receipt, Said, Shape
from web.sight import desk, states
from web.sight import file as files
from web.sight.file import Listed

pages = resource("file", "Files, and the attachments of cases")

TASK = validate.Regexp(r"^[1-9]\d{0,17}\.[1-9]\d{0,17}\.[1-9]\d{0,17}$")
BYTES = {
    "required": True,
    "description": "The bytes as they are, with their media type; they are streamed and never wholly in memory",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


def takes_bytes(view: View) -> View:
    """Declares that the body is a file."""
    made: View = pages.doc(requestBody=BYTES)(view)
    return made


class Sending(Shape):
    """What the file is called, and for which task it is meant."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))
    task = fields.String(load_default="", validate=TASK)


class Kept(Shape):
    """A file as a form names it: what it is by its bytes, whatever it was said to be."""

    digest = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    name = fields.String(required=True, validate=validate.Length(min=1, max=255))
    type = fields.String(required=True, validate=validate.Length(max=100))
    size = Whole(required=True, validate=validate.Range(min=0, max=LAST))


class Attaching(Shape):
    """A file that was sent, as the answer named it; its bytes are erased with the personal values when `personal`."""

    file = fields.Nested(Kept, required=True)
    label = fields.String(load_default="", validate=validate.Length(max=200))
    task = fields.String(load_default=None, allow_none=True, validate=TASK)
    personal = fields.Boolean(load_default=False)


class OfCase(Shape):
    """A file of a case, and where it came from; `there` is false once its bytes were erased."""

    file = fields.Nested(Kept, required=True)
    label = fields.String(required=True)
    step = fields.Nested(Said, required=True, allow_none=True)
    by = fields.String(required=True)
    at = fields.String(required=True)
    personal = fields.Boolean(required=True)
    there = fields.Boolean(required=True)


class Files(Shape):
    """A page of the files of a case; `next` is null at the end."""

    items = fields.List(fields.Nested(OfCase), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/files", methods=["POST"], zh="上传一个文件,供表单或附件使用")
@works
@takes_bytes
@pages.arguments(Sending, location="query")
@pages.response(201, Kept)
def send(asked: dict[str, str]) -> Response:
    """Send a file; a form or an attachment then names it by the answer. What nobody uses is gone after a week."""
    if asked["task"]:
        desk.open_for_me(asked["task"])
    try:
        kept = taking.taken(asked["name"], asked["task"])
    except TooLarge as refused:
        return problems.problem(413, refused.text, Reason.INVALID_DATA)
    document = {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size}
    return make_response(document, 201)


@pages.route("/files/<digest:digest>", zh="下载一个文件")
@reads
@pages.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def one(digest: str) -> Response:
    """The bytes of a file of a case or task this person may read, or of their own; 404 once they were erased."""
    with reading.store().database.read() as connection:
        found = files.for_me(connection, digest)
    answer = None if found is None else taking.given(found)
    if answer is None:
        abort(404)
    answer.mimetype = file_kind.ANY  # the list says which it is
    return answer


@pages.route("/cases/<number:case>/files", zh="一个项目的文件,最新的在前")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Files)
def of_case(asked: dict[str, object], case: int) -> dict[str, object]:
    """The files of a case, from its forms and attached, the newest first."""
    with reading.store().database.read() as connection:
        found = states.case(connection, case)
        shown, onward = files.part(connection, found, int(str(asked["size"])), str(asked["after"]))
    return {"items": [_listed(one) for one in shown], "next": onward}


@pages.route("/cases/<number:case>/files", methods=["POST"], zh="把已上传的文件添加为项目的附件")
@works
@pages.arguments(Attaching)
@pages.response(200, Receipt)
def attach(asked: dict[str, object], case: int) -> Response:
    """Attach a file that was sent to a case, at a task of it or at none."""
    with reading.store().database.read() as connection:
        states.case(connection, case)
    given, task = asked["file"], asked["task"]
    assert isinstance(given, dict)
    if task is not None and desk.open_for_me(str(task)).row.case_no != case:
        abort(404)
    file = File(given["digest"], given["name"], given["type"], given["size"])
    label, personal = str(asked["label"]), bool(asked["personal"])

    def build(envelope: Envelope) -> AttachFile:
        at = None if task is None else str(task)
        return AttachFile(envelope=envelope, file=file, label=label, task=at, personal=personal)

    return asking.submit(build, case)


def _listed(one: Listed) -> dict[str, object]:
    kept = one.file
    return {
        "file": {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size},
        "label": one.label,
        "step": None if one.step is None else values.said(one.step),
        "by": one.by,
        "at": values.at(one.moment),
        "personal": one.personal,
        "there": one.is_there,
    }
