"""The page of one task: what is to be done and why, its form, its actions, and what happened before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from engine.commands import CompleteTask, OpenTask
from engine.errors import Fault, Reason, Refused
from engine.events import TaskOffered
from storage import drafts, intake, preferences
from web import asking, csrf, failures, notices, proving, reading, texts
from web.access import signed_in
from web.acting import allowed, reference
from web.acting import form as forms
from web.acting.act import ACTS
from web.bounds import FORM, takes
from web.forms.entry import Typed
from web.identity import me
from web.pages.task import acts, page, signature
from web.pages.task import where as whereabouts
from web.sight import desk as desks
from web.sight.desk import Desk
from web.translation import _

pages = Blueprint("task", __name__, url_prefix="/tasks")

IN_PLACE, ABOUT, COMMAND = "X-In-Place", "X-About", "X-Command"
"""Say of a refusal that it is shown where it belongs, which control it is about, and the id of the command of the next try."""


@pages.get("/<task>")
@signed_in
def one(task: str) -> str:
    """The page."""
    desk = desks.open_for_me(task)
    return render_template("task/page.html", **page.shown(desk))


@pages.post("/<task>/open")
@signed_in
def look(task: str) -> Response:
    """Note the first look of somebody who may do the task; the page asks for it once it is shown."""
    desk = desks.open_for_me(task)
    preferences.mark_read(reading.store().database, me().person, [desk.key])
    standing = allowed.standing(desk)
    if desk.task is not None and not desk.task.opened and (standing.may_do or standing.has("resolve")):
        with suppress(Refused):  # somebody was faster: the page learns of it by itself
            asking.submit(lambda envelope: OpenTask(envelope=envelope, task=task), desk.instance.stream)
    return make_response("", 204)


@pages.post("/<task>/draft")
@signed_in
@takes(FORM)
def draft(task: str) -> Response:
    """Keep what is typed, and say what it comes to."""
    desk = _with_form(task)
    if not (allowed.standing(desk).may_do or forms.has_draft(desk)):
        return _too_late(desk) if desk.task is None or desk.holder else _above(desk, _("您不能办理这项任务。"), 403)
    found = forms.typed(desk)
    try:
        forms.keep(desk, found)
    except Refused as refused:
        return _too_late(desk) if desk.task is None else _above(desk, desk.sentence(refused.text), 422)
    saved = f"{texts.local(reading.store().now()):%H:%M}"
    return _json({"saved": _("草稿已保存 %(time)s", time=saved), **_live(desk, found)})


@pages.post("/<task>/discard")
@signed_in
def discard(task: str) -> Response:
    """Forget the draft."""
    desk = desks.open_for_me(task)
    drafts.discard(reading.store().database, desk.key, me().person)
    return _onward(url_for(".one", task=task), _("草稿已清除。"))


@pages.post("/<task>/complete")
@signed_in
@takes(FORM)
def complete(task: str) -> Response:
    """Hand the form in; then to the next task. What is wrong is shown where it is, and nothing typed is lost."""
    desk = desks.open_for_me(task)
    envelope = asking.envelope(desk.instance.stream)
    if desk.task is None and not asking.is_done(envelope.id):
        return _too_late(desk)
    if desk.task is not None:
        try:
            data = {} if desk.form is None else forms.typed(desk).entries
            values, rows = intake.from_form(reading.store(), desk.progress, desk.task, data)
            reference.demand(desk, values)
            envelope = signature.proven(desk, envelope)
            reading.store().submit(CompleteTask(envelope=envelope, task=task, data=values), rows)
        except Refused as refused:
            return _refused(desk, refused)
    following = desks.next_for_me(desk)
    if following is None:
        return _onward(url_for(".one", task=task), _("已提交。"))
    return _onward(url_for(".one", task=following, done=task))


@pages.post("/<task>/do/<act>")
@signed_in
def act(task: str, act: str) -> Response:
    """One of the other actions."""
    desk = desks.open_for_me(task)
    known = ACTS.get(act)
    if known is None:
        abort(404)
    if (missing := acts.missing(desk, known)) is not None:
        return _in_place(missing.text, 422, missing.control)
    try:
        receipt = asking.submit(acts.command(desk, act), desk.instance.stream)
    except Refused as refused:
        return _in_place(
            desk.sentence(refused.text), failures.STATUSES[refused.reason], acts.about(desk, known, refused)
        )
    offered = [event.task for event in receipt.events if isinstance(event, TaskOffered)]
    goal = offered[0] if act == "withdraw" and offered else task
    gone = act in ("return", "transfer")
    return _onward(url_for("inbox.waiting") if gone else _back_to(goal), str(known.done))


@pages.get("/<task>/goals")
@signed_in
def goals(task: str) -> str:
    """Where the task can be returned to, in one way or the other."""
    desk = desks.open_for_me(task)
    straight = request.args.get("mode") == "straight"
    return render_template("task/goals.html", goals=allowed.goals(desk, straight=straight))


@pages.get("/<task>/news")
@signed_in
def news(task: str) -> Response:
    """What somebody else did with the task meanwhile; nothing while nobody did."""
    desk = desks.open_for_me(task)
    if desk.stamp() == request.args.get("seen"):
        return make_response("", 204)
    return make_response(render_template("task/news.html", desk=desk, text=_meanwhile(desk)))


@pages.get("/<task>/where")
@signed_in
def where(task: str) -> str:
    """Where the task stands in the drawing of its process; the page asks for it when it is unfolded."""
    desk = desks.open_for_me(task)
    return render_template("task/where.html", groups=whereabouts.drawings(desk), desk=desk)


@pages.get("/<task>/proof")
@signed_in
def proof(task: str) -> Response:
    """A proof for a page that was made before its reader signed in anew: what was typed there is still handed in."""
    desks.open_for_me(task)
    return _json({"proof": csrf.proof()})


def _live(desk: Desk, found: Typed) -> dict[str, Any]:
    """What the form comes to now, with what its references name."""
    evaluated = forms.evaluate(desk, found.entries)
    live = forms.live(desk, found, evaluated)
    live["notes"] |= reference.notes(desk, evaluated.values)
    unknown = reference.faults(desk, evaluated.values)
    live["faults"] = {found.on_page(one.path): desk.sentence(one.text) for one in unknown} | live["faults"]
    return live


def _with_form(task: str) -> Desk:
    desk = desks.open_for_me(task)
    if desk.form is None:
        abort(404)
    return desk


def _refused(desk: Desk, refused: Refused) -> Response:
    """What is wrong beside its field; anything else above the form, which stays as it is."""
    if refused.reason is Reason.NOT_PROVEN:
        return _unproven(desk, desk.sentence(refused.text))
    if not refused.faults or desk.form is None:
        fresh = desks.open_for_me(desk.key)
        if fresh.task is None:
            return _too_late(fresh)
        return _above(desk, desk.sentence(refused.text), failures.STATUSES[refused.reason])
    if desk.holder and not allowed.standing(desk).may_do:
        return _too_late(desk)  # whose faults these are is not for this person to mend any more
    return _again(desk, refused.faults)


def _unproven(desk: Desk, text: str) -> Response:
    """What is wrong with what was typed to sign, at its field; the form stays as it is."""
    if not request.headers.get("HX-Request"):
        return _again(desk, (), unproven=text)
    return _in_place(text, 403, proving.FIELD) if signature.is_in_dialog() else _above(desk, text, 403)


def _again(desk: Desk, faults: Sequence[Fault], **more: str) -> Response:
    """The form with what was typed and what is wrong with it, wherever it was handed in from."""
    form = None if desk.form is None else forms.drawn(desk, forms.typed(desk).entries, faults, is_draft=True)
    told = {**page.shown(desk), "form": form, **more}
    whole = not request.headers.get("HX-Request")
    response = make_response(render_template("task/page.html" if whole else "task/work.html", **told), 422)
    response.headers.update({IN_PLACE: "1", "HX-Retarget": "#work", "HX-Reswap": "outerHTML"})
    return response


def _too_late(desk: Desk) -> Response:
    """Somebody was faster: who and when; what was typed stays on the page."""
    return _above(desk, _meanwhile(desk))


def _meanwhile(desk: Desk) -> str:
    done = desks.closed(desk)
    if done is not None:
        name, at = done
        if not name:
            return _("这项任务已于 %(at)s 取消。您填写的内容还在下面,可以复制。", at=_time(at))
        return _("%(name)s 已于 %(at)s 完成这项任务。您填写的内容还在下面,可以复制。", name=name, at=_time(at))
    if desk.holder:
        return _("这项任务现在由 %(name)s 办理。您填写的内容还在下面。", name=desk.holder)
    return _("这项任务刚刚有了变化,请刷新页面查看;您填写的内容已经保存。")


def _time(at: datetime) -> str:
    return texts.said_moment(at)


def _above(desk: Desk, text: str, status: int = 409) -> Response:
    if not request.headers.get("HX-Request"):
        return failures.failed(status, text)
    response = make_response(render_template("task/news.html", desk=desk, text=text), status)
    more = {"HX-Retarget": "#news", "HX-Reswap": "outerHTML"}
    response.headers.update({IN_PLACE: "1", COMMAND: asking.new_id(), **more})
    return response


def _in_place(text: str, status: int, about: str = "") -> Response:
    """A refusal that is shown in the dialog that asked, beside the control that it is about."""
    if not request.headers.get("HX-Request"):
        return failures.failed(status, text)
    response = make_response(render_template("task/fault.html", text=text, about=about), status)
    response.headers.update({IN_PLACE: "1", COMMAND: asking.new_id(), **({ABOUT: about} if about else {})})
    return response


def _onward(address: str, text: str = "") -> Response:
    """To another page, which says what was done."""
    if not request.headers.get("HX-Request"):
        response: Response = redirect(address)
    else:
        response = make_response("", 200)
        response.headers["HX-Redirect"] = address
    return notices.say(response, text) if text else response


def _back_to(task: str) -> str:
    """The page of the task, for as long as it may be seen; the inbox after that."""
    try:
        desks.open_for_me(task)
    except NotFound:
        return url_for("inbox.waiting")
    return url_for(".one", task=task)


def _json(found: dict[str, Any]) -> Response:
    return make_response(found)
