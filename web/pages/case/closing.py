"""A case ended by a person: it goes on after its processes, as a contract does, until somebody says how it ended."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.commands import CloseCase
from engine.errors import Refused
from engine.words import Status
from web import asking, ending, notices, reading
from web.access import hidden, signed_in
from web.identity import me
from web.pages.case import view
from web.sight import dossier, naming
from web.sight.dossier import Dossier
from web.sight.team import CHANGE
from web.texts import said
from web.translation import _

pages = Blueprint("case_closing", __name__, url_prefix="/cases")

LONGEST = 1_000


@pages.get("/<number>/close")
@signed_in
def form(number: str) -> str:
    """The form that asks how the case ended."""
    with reading.store().database.read() as connection:
        return _page(_found(connection, number), "")


@pages.post("/<number>/close")
@signed_in
def close(number: str) -> Response:
    """End the case."""
    with reading.store().database.read() as connection:
        found = _found(connection, number, is_sent=True)
    onward = redirect(url_for("case.one", number=found.number))
    if asking.is_repeat():
        return onward
    outcome = _outcome()
    fault = "" if outcome else _("请写明结果:它会留在记录中。")
    if len(outcome) > LONGEST:
        fault = _("应不超过 %(most)s 个字,现有 %(count)s 个。", most=LONGEST, count=len(outcome))
    if not fault:
        try:
            idle = ending.idle(reading.store())
            asking.submit(lambda envelope: CloseCase(envelope=envelope, outcome=outcome), found.number, idle)
        except Refused as refused:
            fault = said(naming.named(refused.text))
        else:
            return notices.say(onward, _("项目已结束。"))
    with reading.store().database.read() as connection:
        return make_response(_page(dossier.dossier(connection, found.number), fault), 422)


@pages.app_template_global("may_close")
def may_close(found: Dossier) -> bool:
    """Whoever asks may end the case, and nothing runs in it any more."""
    runs = any(instance.status is Status.RUNNING for instance in found.instances)
    return _may(found) and found.is_now and found.case.status is Status.RUNNING and bool(found.instances) and not runs


def _may(found: Dossier) -> bool:
    return bool(me().acting_roles & set(found.procedure(found.case.version).may(CHANGE)))


def _page(found: Dossier, fault: str) -> str:
    return render_template("case/close.html", found=found, head=view.head(found), fault=fault, outcome=_outcome())


def _outcome() -> str:
    return request.form.get("outcome", "").replace("\r\n", "\n").strip()


def _found(connection: Connection, number: str, *, is_sent: bool = False) -> Dossier:
    """A case that whoever asks may end; 404 for every other. What was sent twice is of a case that is over by now."""
    found = dossier.dossier(connection, dossier.number_of(number))
    again = is_sent and _may(found) and asking.is_repeat()
    if not (may_close(found) or again):
        hidden()
    return found
