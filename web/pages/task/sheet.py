"""The tables of a form to Excel and back: written as they stand, and read into the page, where they are checked like what is typed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from engine.errors import Refused
from web import failures, texts
from web.access import signed_in
from web.acting.sheet import readable, rows, workbook_of, writable
from web.forms.look import Item
from web.sheets import taking, workbook
from web.sight import desk as desks
from web.sight.desk import Desk

pages = Blueprint("task_sheet", __name__, url_prefix="/tasks")


@pages.get("/<task>/tables/<field>.xlsx")
@signed_in
def give(task: str, field: str) -> Response:
    """A table of the form as a workbook: with the rows of the draft, or of what was handed in; empty with `empty`."""
    desk = desks.open_for_me(task)
    table = readable(desk, field)
    found = [] if request.args.get("empty") else rows(desk, table)
    return workbook_of(desk, table, found)


@pages.post("/<task>/tables/<field>")
@signed_in
def take(task: str, field: str) -> Response:
    """What a file says for a table, for the controls of the page; nothing of it is kept."""
    desk = desks.open_for_me(task)
    table = writable(desk, field)
    try:
        return make_response(taken(desk, table))
    except Refused as refused:
        return make_response({"refused": texts.said(refused.text)}, failures.STATUSES[refused.reason])


def taken(desk: Desk, table: Item) -> dict[str, Any]:
    """What the file in the request says. Raises Refused."""
    request.max_content_length = workbook.LARGEST + 1
    found = taking.take(table, request.get_data(cache=False), desk.names.people)
    return {
        "rows": [{key: list(texts_) for key, texts_ in row.items()} for row in found.rows],
        "notes": [texts.said(note) for note in found.notes],
    }
