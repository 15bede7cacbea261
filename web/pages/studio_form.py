"""A form of a draft, changed as a table of its fields; the form and its English texts are kept together or not at all."""

from __future__ import annotations

import json

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.label import ENGLISH
from storage import working_copies
from storage.working_copies import Overtaken
from web import notices, reading
from web.access import signed_in
from web.identity import me
from web.pages import studio, studio_draft, studio_fields
from web.pages.studio_draft import Draft
from web.translation import _

pages = Blueprint("studio_form", __name__, url_prefix="/procedures/<key>/draft/form")


@pages.get("/")
@signed_in
def one(key: str) -> Response:
    """The fields of a form."""
    found, path = _asked(key)
    return _page(found, path)


@pages.post("/")
@signed_in
def change(key: str) -> Response:
    """Keep them in the draft."""
    found, path = _asked(key)
    name = path.removeprefix("forms/").removesuffix(".form")
    try:
        texts = json.loads(found.files.get(ENGLISH, b"{}"))
        rows = texts.setdefault("forms", {})
        given = {key: text.replace("\r\n", "\n") for key, text in request.form.items()}
        form, rows[name] = studio_fields.changed(found.files[path], rows.get(name, {}), given)
        english = (json.dumps(texts, ensure_ascii=False, indent=2) + "\n").encode()
    except (ValueError, AttributeError, TypeError):
        return _page(found, path, _("表单或英文文本现在读不懂,没有保存。"), 422)
    seen = request.form.get("revision", -1, type=int)
    contents = {path: (form, seen), ENGLISH: (english, found.copy.revision(ENGLISH))}
    store = reading.store()
    try:
        working_copies.save(store.database, key, contents, me().person, store.now())
    except Overtaken as other:
        return _page(found, path, studio.overtaken_sentence(other), 409)
    back = redirect(url_for(".one", key=key, file=path))
    return notices.say(back, _("表单已保存在草稿中。"))


def _asked(key: str) -> tuple[Draft, str]:
    with reading.store().database.read() as connection:
        found = studio_draft.opened(connection, key)
    path = request.values.get("file", "")
    if path not in found.files or not path.endswith(".form"):
        abort(404)
    return found, path


def _page(found: Draft, path: str, fault: str = "", status: int = 200) -> Response:
    name = path.removeprefix("forms/").removesuffix(".form")
    try:
        texts = json.loads(found.files.get(ENGLISH, b"{}")).get("forms", {}).get(name, {})
        rows = studio_fields.rows(found.files[path], texts)
    except (ValueError, AttributeError):
        rows, fault = [], fault or _("表单或英文文本现在读不懂。")
    page = render_template(
        "procedure/form.html",
        key=found.copy.procedure,
        file=path,
        title=studio_draft.place_of(found, path),
        rows=rows,
        kinds=studio_fields.KINDS,
        revision=found.copy.revision(path),
        fault=fault,
        faults=[row for row in found.findings() if row["file"] == path or f"forms.{name}" in row["element"]],
    )
    return make_response(page, status)
