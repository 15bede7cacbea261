"""The inbox: what I may do, what I did, began and was told of; filters that stay, and news without reloading."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.commands import ClaimTask, ReleaseTask
from engine.errors import Refused
from storage import preferences, worklist
from web import asking, notices, reading
from web.access import signed_in
from web.identity import me
from web.sight import cases, filters, lines, naming
from web.sight.filters import PAGE, Asked
from web.sight.lines import Listed
from web.texts import said
from web.translation import _

pages = Blueprint("inbox", __name__)


@pages.get("/")
@signed_in
def waiting() -> str:
    """What waits for me; from a place on, where a page goes on without a script."""
    asked = _asked()
    shown = lines.waiting(asked, filters.place(request.args))
    return render_template("inbox/waiting.html", shown=shown, asked=asked, processes=filters.processes())


@pages.post("/inbox/wish")
@signed_in
def wish() -> Response:
    """Keep what is shown and how, for this person."""
    asked = Asked.of(request.form)
    preferences.keep(reading.store().database, me().person, PAGE, asked.kept())
    address = url_for(".waiting", q=asked.text or None)
    if not request.headers.get("HX-Request"):
        return redirect(address)
    response = make_response(render_template("inbox/list.html", shown=lines.waiting(asked), asked=asked))
    response.headers["HX-Replace-Url"] = address
    return response


@pages.get("/inbox/more")
@signed_in
def more() -> str:
    """The next tasks behind the place seen last."""
    asked = _asked()
    return render_template("inbox/more.html", shown=lines.waiting(asked, filters.place(request.args)), asked=asked)


@pages.get("/inbox/news")
@signed_in
def news() -> Response:
    """The list anew when it is not as it was seen; else nothing, which costs one look-up while nothing is journaled."""
    asked = _asked()
    mark, _sign, seen = request.args.get("seen", "").partition(":")
    with reading.store().database.read() as connection:
        if worklist.mark(connection) == mark and not _has_come(asked):
            return make_response("", 204)
    shown = _as_far_as_shown(asked)
    if shown.signature == seen:
        return make_response("", 204)
    return make_response(render_template("inbox/list.html", shown=shown, asked=asked))


@pages.post("/inbox/<task>/claim")
@signed_in
def claim(task: str) -> Response:
    """Take a task."""
    return _changed(task, lambda envelope: ClaimTask(envelope=envelope, task=task), _("已认领。"))


@pages.post("/inbox/<task>/release")
@signed_in
def release(task: str) -> Response:
    """Put a task back."""
    return _changed(task, lambda envelope: ReleaseTask(envelope=envelope, task=task), _("已退回,其他人可以认领。"))


@pages.post("/inbox/<task>/read")
@signed_in
def read(task: str) -> Response:
    """Let a task of mine look new again, or seen."""
    with reading.store().database.read() as connection:
        if worklist.may_see(connection, me().wish(), task):
            connection.rollback()
            preferences.mark_read(reading.store().database, me().person, [task], read=request.form.get("read") != "0")
    return _answer()


@pages.get("/done")
@signed_in
def done() -> str:
    """What I completed."""
    return _past("done", lines.done(filters.place(request.args), request.args))


@pages.get("/sent")
@signed_in
def sent() -> str:
    """The cases I opened."""
    with reading.store().database.read() as connection:
        may_begin = bool(cases.beginnings(connection))
    return _past("sent", {**lines.sent(filters.place(request.args), request.args), "may_begin": may_begin})


@pages.get("/told")
@signed_in
def told() -> str:
    """The tasks I was informed of."""
    return _past("told", lines.told(filters.place(request.args), request.args))


def _past(page: str, found: dict[str, Any]) -> str:
    return render_template("inbox/past.html", page=page, text=Asked.of(request.args).text, **found)


def _changed(task: str, build: asking.Build, text: str) -> Response:
    """Submit a command about a task that stands in the list; a refusal is said, and the list shown as it is now."""
    with reading.store().database.read() as connection:
        if not worklist.may_see(connection, me().wish(), task):
            return notices.say(_answer(), _("这项任务已不在您的待办中,可能已由别人认领。"), "soon")
    try:
        asking.submit(build, asking.stream_of(task))
    except Refused as refused:
        return notices.say(_answer(), said(naming.named(refused.text)), "late")
    return notices.say(_answer(), text)


def _answer() -> Response:
    if not request.headers.get("HX-Request"):
        return redirect(url_for(".waiting"))
    asked = _asked()
    return make_response(render_template("inbox/list.html", shown=_as_far_as_shown(asked), asked=asked))


def _as_far_as_shown(asked: Asked) -> Listed:
    """The list anew, from where the page begins, with as many tasks as its parts have loaded."""
    begins = filters.place({"after": request.values.get("begins", "")})
    return lines.waiting(asked, begins, sum(request.values.getlist("loaded", type=int)))


def _asked() -> Asked:
    """What is wanted: as the address says, else as it was kept."""
    with reading.store().database.read() as connection:
        kept = preferences.kept(connection, me().person, PAGE)
    return Asked.of({**kept, **request.values.to_dict()})


def _has_come(asked: Asked) -> bool:
    """A due moment has come since the list was made: it stands under another heading now."""
    turn = request.args.get("turn", 0, type=int)
    return turn < filters.turn(asked)
