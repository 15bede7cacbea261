"""The editor of decision tables in a draft: rows and columns in the browser, a DMN file in the draft, tried as one goes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from engine.errors import Refused
from engine.label import ENGLISH
from web import csrf
from web.access import signed_in
from web.bounds import FORM, takes
from web.drafting import draft, english, trial
from web.drafting import table as paper
from web.drafting.draft import Draft
from web.pages import procedure as procedures
from web.pages.studio import saving
from web.pages.studio.editors import decision_words, table
from web.texts import said

pages = Blueprint("studio_decision", __name__, url_prefix="/procedures/<key>/draft/decision")


@pages.get("/")
@signed_in
def one(key: str) -> str:
    """The editor of the tables in a file."""
    found = saving.opened(key)
    path = saving.path_of(found, request.args.get("file", ""), ".dmn")
    return render_template(
        "procedure/decision.html",
        key=key,
        file=path,
        title=draft.place_of(found, path),
        styles=procedures.styles,
        words=decision_words.words(),
        policies=decision_words.policies(),
        types=decision_words.types(),
        data=_document(found, path),
    )


@pages.get("/file")
@signed_in
def file(key: str) -> Response:
    """The tables as they were saved last; with the proof that a save needs after a new sign-in."""
    found = saving.opened(key)
    return jsonify(_document(found, saving.path_of(found, request.args.get("file", ""), ".dmn")))


@pages.post("/file")
@signed_in
@takes(FORM)
def save(key: str) -> Response:
    """Keep the tables and their English, both or none; 409 when somebody was faster."""
    given = saving.sent(saving.opened(key), ".dmn")

    def build(found: Draft) -> dict[str, bytes]:
        tables = json.loads(given.content)
        made = table.written(found.files[given.path], given.path, tables)
        spoken = dict.fromkeys(table.spoken(tables))
        english = with_english(found.files.get(ENGLISH, b"{}"), spoken, given.texts)
        return {given.path: made, **({} if english is None else {ENGLISH: english})}

    made = saving.kept(key, given, build, theirs_of(given.path))
    if isinstance(made, Response):
        return made
    return jsonify({**made, **trial.answered(saving.opened(key), given.path, given.more.get("trials"))})


@pages.post("/try")
@signed_in
@takes(FORM)
def attempt(key: str) -> Response:
    """What the tables, as they were saved last, say to values."""
    found, asked = saving.opened(key), request.get_json(silent=True)
    document = asked if isinstance(asked, dict) else {}
    path = saving.path_of(found, str(document.get("file", "")), ".dmn")
    return jsonify(trial.answered(found, path, document.get("trials")))


def theirs_of(path: str) -> saving.Differing:
    """How a change of mine is told when somebody was faster: both as files."""

    def differing(theirs: bytes, mine: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
        try:
            return {path: theirs}, {path: table.written(theirs, path, json.loads(mine))}
        except (Refused, ValueError, AttributeError):
            return {}, {}

    return differing


def english_of(source: bytes, tables: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The English of the tables: by decision, by Chinese text."""
    rows = english.table(english.readable(source), "decisions")
    keys = {key for key, _text in table.spoken(tables)} & rows.keys()
    return {key: {zh: str(en) for zh, en in english.table(rows, key).items()} for key in keys}


def with_english(source: bytes, spoken: Mapping[tuple[str, str], None], given: Mapping[str, object]) -> bytes | None:
    """The English texts with those of these decisions replaced; None when nothing changes. Raises ValueError."""
    rows = english.table(english.read(source), "decisions")
    made: dict[str, dict[str, str]] = {key: {} for key, _text in spoken}
    for key, zh in spoken:
        own = given.get(key)
        en = own.get(zh) if isinstance(own, dict) else None
        if isinstance(en, str) and en.strip():
            made[key][zh] = en.strip()[: table.LONGEST]
    return english.changed(source, "decisions", {key: row for key, row in {**rows, **made}.items() if row})


def _document(found: Draft, path: str) -> dict[str, object]:
    try:
        tables = paper.document(found.files[path], path)
        trouble = ""
    except Refused as refused:
        tables, trouble = {"data": [], "tables": [], "others": []}, said(refused.text)
    return {
        "content": json.dumps(tables, ensure_ascii=False),
        "texts": english_of(found.files.get(ENGLISH, b"{}"), tables),
        "revision": found.copy.revision(path),
        "csrf": csrf.proof(),
        "trouble": trouble,
        **trial.answered(found, path, None),
    }
