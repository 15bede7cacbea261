"""Files: uploaded for a field of a task, attached to a case, and given out."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import form as forms
from engine.commands import AttachFile
from engine.errors import Refused
from storage.files import TooLarge
from web import asking, csrf, failures, reading, taking
from web.access import signed_in
from web.forms import shown
from web.sight import desk as desks
from web.sight import dossier, naming
from web.sight import file as files
from web.texts import said
from web.translation import _

pages = Blueprint("file", __name__)

FILES = (forms.FieldType.FILE, forms.FieldType.FILES)
ROW = re.compile(r"\[\d{1,6}\]")


@pages.get("/files/<digest>")
@signed_in
def one(digest: str) -> Response:
    """The bytes of a file, to be saved as `name`, if it is there as that; `show` lets a picture or PDF be seen in place."""
    with reading.store().database.read() as connection:
        found = files.for_me(connection, digest, request.args.get("name", ""))
    if found is None:
        abort(404)
    answer = taking.given(found, shown=bool(request.args.get("show")))
    return answer or failures.failed(404, _("文件的内容已按规定删除,只留有记录。"))


@pages.get("/files/proof")
@signed_in
def proof() -> Response:
    """A proof for a page that was made before its reader signed in anew."""
    return make_response({"proof": csrf.proof()})


@pages.post("/tasks/<task>/files")
@signed_in
def upload(task: str) -> Response:
    """Keep a file for a field of a task; it is handed in with the form."""
    field = _field(task)
    try:
        kept = taking.taken(request.args.get("name", ""), task, field.accept)
    except Refused as refused:
        return _refused(refused)
    file = {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size}
    return make_response({"file": file, "size": shown.size(kept.size), "address": url_for(".one", digest=kept.digest)})


@pages.get("/cases/<number>/files")
@signed_in
def every(number: str) -> str:
    """The files of a case, the newest first, page by page; for whoever knows but a task of it those of the task."""
    case, task, after = dossier.number_of(number), request.args.get("task"), request.args.get("after", "")
    desk = None if task is None else desks.open_for_me(task)
    if desk is not None and desk.row.case_no != case:
        abort(404)
    whole = desk is None or desk.may_read_case
    with reading.store().database.read() as connection:
        found = desk.case if desk is not None and desk.case is not None else files.case_for_me(connection, case)
        title = reading.shown_fields(reading.procedure(connection, found.version)).get("title", "")
        name = "file/rows.html" if request.headers.get("HX-Request") else "file/every.html"
        listed = files.on_page(connection, found, task, whole=whole, after=after)
        return render_template(name, called=found.data.get(title) or f"#{case}", **listed)


@pages.post("/cases/<number>/files")
@signed_in
def attach(number: str) -> Response:
    """Attach a file to a case, at a task of it or at none; answers with the list as it is now."""
    task = request.args.get("task") or None
    with reading.store().database.read() as connection:
        found = files.case_for_me(connection, dossier.number_of(number))
    if task is not None and desks.open_for_me(task).row.case_no != found.stream:
        abort(404)
    label, personal = request.args.get("label", ""), request.args.get("personal") == "1"
    try:
        kept = taking.taken(request.args.get("name", ""))
        asking.submit(
            lambda envelope: AttachFile(envelope=envelope, file=kept, label=label, task=task, personal=personal),
            found.stream,
        )
    except Refused as refused:
        return _refused(refused)
    return make_response({**_listed(found.stream), "said": _("已添加附件“%(name)s”。", name=kept.name)})


def _listed(number: int) -> dict[str, object]:
    """The list of the files of a case as its page begins it, and how many there are."""
    with reading.store().database.read() as connection:
        listed = files.on_page(connection, files.case_for_me(connection, number))
        return {"list": render_template("file/list.html", **listed), "count": listed["files_count"]}


def _field(task: str) -> forms.Field:
    desk = desks.open_for_me(task)
    wanted = ROW.sub("", request.args.get("field", ""))
    fields: dict[str, Any] = {} if desk.form is None or desk.task is None else dict(desk.form.walk())
    found = fields.get(wanted)
    if found is None or found.type not in FILES:
        abort(404)
    assert isinstance(found, forms.Field)
    return found


def _refused(refused: Refused) -> Response:
    status = 413 if isinstance(refused, TooLarge) else failures.STATUSES[refused.reason]
    return make_response({"said": said(naming.named(refused.text))}, status)
