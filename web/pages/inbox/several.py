"""The pages of several tasks at once, chosen in the inbox: what became of each, and the one entry for all."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.errors import Refused
from engine.signature import is_signed
from storage import preferences
from web import asking, reading
from web.access import signed_in
from web.acting import bulk
from web.acting import form as forms
from web.acting.bulk import Outcome
from web.acting.form import Drawn
from web.bounds import FORM, takes
from web.identity import me
from web.pages.task import acts
from web.sight.desk import Desk, open_for_me

pages = Blueprint("several", __name__, url_prefix="/inbox/several")


@pages.get("/")
@signed_in
def entry() -> str:
    """The chosen tasks that may be done together, and what is to be filled in for all of them."""
    desks, _gone = _chosen()
    like = bulk.together(desks)
    return _page(desks, like, _drawn(like[0], {}) if like else None)


@pages.post("/claim")
@signed_in
def claim() -> str:
    """Take the chosen tasks."""
    desks, gone = _chosen()
    return _told(bulk.claim(desks, asking.envelope(0)), gone, "claim")


@pages.post("/read")
@signed_in
def read() -> Response:
    """The chosen tasks look seen."""
    desks, _gone = _chosen()
    preferences.mark_read(reading.store().database, me().person, [desk.key for desk in desks])
    return make_response("", 204)


@pages.post("/complete")
@signed_in
@takes(FORM)
def complete() -> Response:
    """Hand in the entry for each of the chosen tasks; what is wrong with the entry itself is told before anything is done."""
    desks, gone = _chosen()
    first = asking.envelope(0)
    like = bulk.together(desks)
    data = forms.typed(like[0]).entries if like and like[0].form is not None else {}
    outcomes = bulk.complete(desks, data, first) if not like or not _faulty(like[0], data) else None
    if outcomes is None:
        return make_response(_page(desks, like, _drawn(like[0], data, checked=True)), 422)
    return make_response(_told(outcomes, gone, "complete"))


def _chosen() -> tuple[list[Desk], int]:
    """The tasks that were named and that this person may know of, and how many of those named are not there."""
    keys = list(dict.fromkeys(request.values.getlist("task")))
    if not keys or len(keys) > bulk.MOST:
        abort(422)
    found: list[Desk] = []
    for key in keys:
        try:
            found.append(open_for_me(key))
        except NotFound:
            continue
    return found, len(keys) - len(found)


def _faulty(desk: Desk, data: dict[str, object]) -> bool:
    return desk.form is not None and bool(forms.evaluate(desk, data).faults)


def _drawn(desk: Desk, data: dict[str, object], *, checked: bool = False) -> Drawn | None:
    """The form of the step, with the parts that are filled in."""
    if bulk.form_of(desk) is None:
        return None
    faults = forms.evaluate(desk, data).faults if checked else ()
    found = forms.drawn(desk, data, faults)
    return Drawn(look=found.look, parts=[part for part in found.parts if not part.is_fixed], wrong=found.wrong)


def _page(desks: list[Desk], like: list[Desk], form: Drawn | None) -> str:
    chosen = {desk.key for desk in like}
    others = [desk for desk in desks if desk.key not in chosen]
    return render_template(
        "inbox/several.html",
        desk=like[0] if like else None,
        like=like,
        others=others,
        signed={desk.key for desk in others if is_signed(desk.element)},
        form=form,
        people_of=lambda role: acts.people(like[0], role),
    )


def _told(outcomes: list[Outcome], gone: int, what: str) -> str:
    return render_template("inbox/outcomes.html", outcomes=outcomes, gone=gone, what=what, sentence=_sentence)


def _sentence(outcome: Outcome) -> str:
    refused = outcome.refusal
    assert isinstance(refused, Refused)
    return outcome.desk.sentence(refused.text)
