"""The tables of a form for whoever may see or fill them in: their rows, and the workbook made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from flask import abort, make_response
from werkzeug.wrappers import Response

from engine.form import FieldType, Right
from engine.value import Context
from storage import drafts
from web import reading, texts
from web.acting import allowed, form
from web.forms import look
from web.forms.look import Item
from web.identity import me
from web.sheets import making
from web.sight.desk import Desk
from web.sight.entries import handed_in


def readable(desk: Desk, field: str) -> Item:
    """A table that this person sees with its rows; 404 otherwise."""
    if desk.form is None:
        abort(404)
    found = _table(desk, field)
    if desk.task is not None:
        right = desk.surrounding.rights.get(found.field.section or "", Right.WRITE)
        if right is Right.HIDDEN or not allowed.standing(desk).may_do:
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
        done = handed_in(desk)
        return _mappings(None if done is None else done.data.get(table.field.key))
    kept = drafts.read(reading.store().database, desk.key, me().person)
    entries: Mapping[str, object] = desk.surrounding.earlier if kept is None else kept
    written = _mappings(entries.get(table.field.key))
    typed = _mappings(form.evaluate(desk, entries).values.get(table.field.key))
    return [
        {**row, **({} if place >= len(typed) else {k: v for k, v in typed[place].items() if v is not None})}
        for place, row in enumerate(written)
    ]


def workbook_of(desk: Desk, table: Item, found: Sequence[Mapping[str, object]]) -> Response:
    """The answer that a browser keeps as a file."""
    reveals = desk.task is not None or desk.row.closed_by == me().person.id
    response = make_response(making.make(table, found, form.teller(desk, reveals=reveals)))
    number, name = desk.step
    title = f"{number} {texts.said(name)} {texts.said(table.label)}".strip().replace("/", " ")
    response.headers["Content-Type"] = making.KIND
    response.headers["Content-Disposition"] = (
        f"attachment; filename=table.xlsx; filename*=UTF-8''{quote(title, safe='')}.xlsx"
    )
    return response


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
