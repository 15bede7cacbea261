"""What the page of a task shows besides what its desk reads: form, record, papers, votes, and what can be taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound

from engine import countersign
from engine.task import Task
from storage.handing import Handed
from storage.moments import NEVER, micros
from web import asking, proving, reading, texts
from web.acting import adhoc, allowed, signature
from web.acting import form as forms
from web.acting.act import ACTS
from web.identity import me
from web.pages.task import acts, record
from web.sight import desk as desks
from web.sight import dossier, entries, file, lines, writing
from web.sight.desk import Desk
from web.translation import _

FRESH = timedelta(minutes=10)
"""For so long the page says what was handed in before it."""

MOST = 3
"""Tasks that wait behind what was handed in, told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """The task that was handed in before this one was shown: whether it can be taken back, and what waits behind it."""

    desk: Desk
    may_undo: bool
    onward: list[str]


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
        "written": _written(desk),
        "votes": [one for one in votes if one.element.id == desk.row.element],
        "beside": [] if votes else record.beside(desk),
        "handed_in": _handed_in(desk),
        "undo_act": ACTS["withdraw"],
        "due": texts.due(NEVER if desk.row.due is None else desk.row.due),
        "goals": allowed.goals(desk, straight=False) if standing.has("return") else [],
        "activities": adhoc.startable(desk.progress, desk.names) if standing.has("begin") else [],
        "roles": acts.roles(desk),
        "people": acts.people(desk),
        "people_of": lambda role: acts.people(desk, role),
        **_signature(desk, standing),
        **_files(desk),
    }


def _signature(desk: Desk, standing: allowed.Standing) -> dict[str, Any]:
    """Whether this person signs it, and may do so by a code."""
    signs = signature.asked(desk, standing)
    return {"signs": signs, "has_code": signs and proving.has_telephone(), "unproven": ""}


def _files(desk: Desk) -> dict[str, Any]:
    """The files of its case, or for whoever may not read that its own."""
    if desk.case is None:
        return {}
    with reading.store().database.read() as connection:
        return file.on_page(connection, desk.case, desk.key, whole=desk.may_read_case)


def _written(desk: Desk) -> str:
    """The version of a document that the form became when it was handed in."""
    if desk.task is not None or not desk.may_read_case or "document" not in desk.element.extensions:
        return ""
    with reading.store().database.read() as connection:
        found = writing.written_by(dossier.dossier(connection, desk.row.case_no), desk.key)
    if found is None:
        return ""
    return f"{_('《%(title)s》', title=texts.said(desk.names.document(found.document)))} {found.version}"


def _before(desk: Desk) -> Handed | None:
    """Who handed it on, and what they said."""
    with reading.store().database.read() as connection:
        return lines.hands().of(connection, [desk.key], {desk.key: desk.row.given}).get(desk.key)


def _handed_in(desk: Desk) -> HandedIn | None:
    """The task that this person handed in a moment ago."""
    key = request.args.get("done", "")
    if not asking.COUNTED.fullmatch(key) or key == desk.key:
        return None
    with suppress(NotFound):  # it was known to whoever handed it in, who need not be whoever looks
        found = desks.open_for_me(key)
        may_undo = allowed.standing(found).has("withdraw")
        return HandedIn(desk=found, may_undo=may_undo, onward=_onward(found)) if may_undo or _is_fresh(found) else None
    return None


def _is_fresh(found: Desk) -> bool:
    """This person completed it, and not long ago."""
    done = found.row.closed_by == me().person.id and found.row.closed_at is not None
    return done and micros(reading.store().now() - FRESH) <= found.row.closed_at


def _onward(found: Desk) -> list[str]:
    """What waits now where it was done, and for whom."""
    return [_waiting(found, task) for task in list(found.instance.tasks.values())[:MOST]]


def _waiting(found: Desk, task: Task) -> str:
    step = texts.said(found.names.step(task.process, task.element))
    whom = texts.said(found.names.offered(task))
    return _("%(step)s(%(whom)s)", step=step, whom=whom) if whom else step
