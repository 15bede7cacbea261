"""What the page of a task shows besides what its desk reads: form, record, papers, votes, and what can be taken back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from engine import countersign
from storage.handing import Handed
from storage.moments import NEVER
from web import asking, reading, texts
from web.acting import adhoc, allowed
from web.acting import form as forms
from web.acting.act import ACTS
from web.pages.task import acts, record
from web.sight import desk as desks
from web.sight import entries, file, lines
from web.sight.desk import Desk


def shown(desk: Desk) -> dict[str, Any]:
    """What the template of the page is told."""
    standing = allowed.standing(desk)
    form = forms.first(desk) if standing.may_do else None
    if desk.task is None and (done := entries.handed_in(desk)) is not None:
        form = forms.handed_in(desk, done.data)
    votes = countersign.standings(desk.procedure, desk.instance)
    return {
        "desk": desk,
        "standing": standing,
        "form": form,
        "closed": desks.closed(desk),
        "before": _before(desk),
        "record": record.record(desk),
        "papers": record.papers(desk),
        "votes": [one for one in votes if one.element.id == desk.row.element],
        "beside": [] if votes else record.beside(desk),
        "undo": _undo(desk),
        "undo_act": ACTS["withdraw"],
        "due": texts.due(NEVER if desk.row.due is None else desk.row.due),
        "goals": allowed.goals(desk, straight=False) if standing.has("return") else [],
        "activities": adhoc.startable(desk.progress, desk.names) if standing.has("begin") else [],
        "roles": acts.roles(desk),
        "people": acts.people(desk),
        "people_of": lambda role: acts.people(desk, role),
        **_files(desk),
    }


def _files(desk: Desk) -> dict[str, Any]:
    """The files of its case, or for whoever may not read that its own."""
    if desk.case is None:
        return {}
    with reading.store().database.read() as connection:
        return file.on_page(connection, desk.case, desk.key, whole=desk.may_read_case)


def _before(desk: Desk) -> Handed | None:
    """Who handed it on, and what they said."""
    with reading.store().database.read() as connection:
        hands = lines.hands()
        return hands.latest(connection, desk.key) or hands.of(connection, [desk.key]).get(desk.key)


def _undo(desk: Desk) -> Desk | None:
    """The task that was handed in a moment ago, while it can be taken back."""
    key = request.args.get("done", "")
    if not asking.COUNTED.fullmatch(key) or key == desk.key:
        return None
    with suppress(NotFound):  # it was known to whoever handed it in, who need not be whoever looks
        found = desks.open_for_me(key)
        return found if allowed.standing(found).has("withdraw") else None
    return None
