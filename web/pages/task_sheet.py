"""The tables of a form to Excel and back: written as they stand, and read into the page, where they are checked like what is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, make_response, request
from werkzeug.wrappers import Response

from engine.errors import Refused
from engine.form import FieldType, Right
from engine.value import Context
from storage import drafts
from web import failures, reading, texts
from web.access import signed_in
from web.forms import look
from web.forms.look import Item
from web.identity import me
from web.pages import task_acts, task_desk, task_form, task_record
from web.pages.task_desk import Desk
from web.sheets import making, taking, workbook

pages = Blueprint("task_sheet", __name__, url_prefix="/tasks")


@pages.get("/<task>/tables/<field>.xlsx")
@signed_in
def give(task: str, field: str) -> Response:
    """A table of the form as a workbook: with the rows of the draft, or of what was handed in; empty with `empty`."""
    desk = task_desk.open_for_me(task)
    table = readable(desk, field)
    found = [] if request.args.get("empty") else rows(desk, table)
    return workbook_of(desk, table, found)


@pages.post("/<task>/tables/<field>")
@signed_in
def take(task: str, field: str) -> Response:
    """What a file says for a table, for the controls of the page; nothing of it is kept."""
    desk = task_desk.open_for_me(task)
    table = writable(desk, field)
    try:
        return make_response(taken(desk, table))
    except Refused as refused:
        return make_response({"refused": texts.said(refused.text)}, failures.STATUSES[refused.reason])


def readable(desk: Desk, field: str) -> Item:
    """A table that this person sees with its rows; 404 otherwise."""
    if desk.form is None:
        abort(404)
    found = _table(desk, field)
    if desk.task is not None:
        right = desk.surrounding.rights.get(found.field.section or "", Right.WRITE)
        if right is Right.HIDDEN or not task_acts.standing(desk).may_do:
            abort(404)
    return found


def writable(desk: Desk, field: str) -> Item:
    """A table that this person may fill in; 404 otherwise."""
    found = readable(desk, field)
    right = desk.surrounding.rights.get(found.field.section or "", Right.WRITE)
    if desk.task is None or found.field.readonly or right is Right.READ:
        abort(404)
    return found


def rows(desk: Desk, table: Item) -> Sequence[Mapping[str, object]]:
    """The rows as they stand: typed where they can be read, else as they were written."""
    if desk.task is None:
        done = task_record.handed_in(desk)
        return _mappings(None if done is None else done.data.get(table.field.key))
    kept = drafts.read(reading.store().database, desk.key, me().person)
    entries: Mapping[str, object] = desk.surrounding.earlier if kept is None else kept
    written = _mappings(entries.get(table.field.key))
    typed = _mappings(task_form.evaluate(desk, entries).values.get(table.field.key))
    return [
        {**row, **({} if place >= len(typed) else {k: v for k, v in typed[place].items() if v is not None})}
        for place, row in enumerate(written)
    ]


def workbook_of(desk: Desk, table: Item, found: Sequence[Mapping[str, object]]) -> Response:
    """The answer that a browser keeps as a file."""
    reveals = desk.task is not None or desk.row.closed_by == me().person.id
    response = make_response(making.make(table, found, task_form.teller(desk, reveals=reveals)))
    number, name = desk.step
    title = f"{number} {texts.said(name)} {texts.said(table.label)}".strip().replace("/", " ")
    response.headers["Content-Type"] = making.KIND
    response.headers["Content-Disposition"] = (
        f"attachment; filename=table.xlsx; filename*=UTF-8''{quote(title, safe='')}.xlsx"
    )
    return response


def taken(desk: Desk, table: Item) -> dict[str, Any]:
    """What the file in the request says. Raises Refused."""
    request.max_content_length = workbook.LARGEST + 1
    found = taking.take(table, request.get_data(cache=False), desk.names.people)
    return {
        "rows": [{key: list(texts_) for key, texts_ in row.items()} for row in found.rows],
        "notes": [texts.said(note) for note in found.notes],
    }


def _table(desk: Desk, field: str) -> Item:
    assert desk.form is not None
    seen = look.read(desk.procedure, desk.form)
    found = next((item for item in seen.items() if item.field.key == field), None)
    if found is None or found.field.type is not FieldType.TABLE:
        abort(404)
    return found


def _mappings(found: object) -> list[Mapping[str, object]]:
    several = found if isinstance(found, list | tuple) else ()
    return [row if isinstance(row, Context | dict) else {} for row in several]
