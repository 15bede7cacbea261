"""The editor of a form in a draft: what is sent is kept with its English, and answered with what is wrong and how the form looks."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from engine.label import ENGLISH
from web import csrf
from web.access import signed_in
from web.bounds import FORM, takes
from web.drafting import draft
from web.drafting.draft import Draft
from web.pages import procedure as procedures
from web.pages.studio import saving
from web.pages.studio.editors import fields, form_words
from web.pages.studio.editors import preview as previews

pages = Blueprint("studio_form", __name__, url_prefix="/procedures/<key>/draft/form")


@pages.get("/")
@signed_in
def one(key: str) -> Response:
    """The editor of a form."""
    found = saving.opened(key)
    path = saving.path_of(found, request.args.get("file", ""), ".form")
    page = render_template(
        "procedure/form.html",
        key=key,
        file=path,
        title=draft.place_of(found, path),
        styles=procedures.styles,
        words=form_words.words(),
        kinds=form_words.kinds(),
        roles=form_words.roles(found),
        uses=previews.uses(found, path),
        data=_document(found, path),
    )
    return make_response(page)


@pages.get("/file")
@signed_in
def file(key: str) -> Response:
    """The form as it was saved last; with the proof that a save needs after a new sign-in."""
    found = saving.opened(key)
    return jsonify(_document(found, saving.path_of(found, request.args.get("file", ""), ".form")))


@pages.post("/file")
@signed_in
@takes(FORM)
def save(key: str) -> Response:
    """Keep the form and its English, both or none; 409 when somebody was faster."""
    given = saving.sent(saving.opened(key), ".form")

    def build(found: Draft) -> dict[str, bytes]:
        form = fields.written(given.content)
        english = fields.with_english(found.files.get(ENGLISH, b"{}"), _name(given.path), given.texts)
        return {given.path: form, **({} if english is None else {ENGLISH: english})}

    made = saving.kept(key, given, build)
    if isinstance(made, Response):
        return made
    found = saving.opened(key)
    return jsonify(
        {**made, **previews.answered(found, given.path, _task(given.more.get("task")), given.more.get("entries"))}
    )


@pages.post("/preview")
@signed_in
@takes(FORM)
def preview(key: str) -> Response:
    """The form as it was saved last, with what somebody tries in it."""
    found, document = saving.opened(key), request.get_json(silent=True)
    if not isinstance(document, dict):
        abort(400)
    path = saving.path_of(found, str(document.get("file", "")), ".form")
    return jsonify(previews.answered(found, path, _task(document.get("task")), document.get("entries")))


def _document(found: Draft, path: str) -> dict[str, object]:
    texts = fields.english_of(found.files.get(ENGLISH, b"{}"), _name(path))
    return {
        "content": found.files[path].decode(errors="replace"),
        "texts": texts,
        "revision": found.copy.revision(path),
        "csrf": csrf.proof(),
        **previews.answered(found, path, "", None),
    }


def _name(path: str) -> str:
    return path.removeprefix("forms/").removesuffix(".form")


def _task(given: object) -> str:
    return given if isinstance(given, str) else ""
