"""The link of a task for a contact outside, as whoever gives it sees it: for whom, how, until when, and what became of it."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.commands import RevokeInvitation
from engine.errors import Refused
from web import asking, failures, inviting, notices, texts
from web.access import signed_in
from web.sight import desk as desks
from web.sight.desk import Desk
from web.sight.link import standing
from web.translation import _
from web.wish import MOST, USUAL, Wish

pages = Blueprint("invitation", __name__, url_prefix="/tasks")
pages.add_app_template_global(standing, "invitation_of")


@pages.get("/<task>/invitation")
@signed_in
def one(task: str) -> str:
    """The form for a link."""
    return _form(_desk(task), Wish(name=""), {})


@pages.post("/<task>/invitation")
@signed_in
def give(task: str) -> Response:
    """Give a contact a link, and show it once."""
    desk = _desk(task)
    wish = _wish()
    found = inviting.faults(wish)
    if found:
        return make_response(_form(desk, wish, found), 422)
    title = _title(desk)
    try:
        made = inviting.give(desk.key, wish, asking.envelope(desk.instance.stream), title)
    except Refused as refused:
        return make_response(_form(desk, wish, {"": desk.sentence(refused.text)}), failures.STATUSES[refused.reason])
    if not made.link:
        said = _("这个链接已经生成过,并且只显示一次。需要时请再生成一个,原来的随即失效。")
        return notices.say(redirect(url_for("task.one", task=task)), said, "note")
    return make_response(render_template("invitation/given.html", desk=desk, wish=wish, made=made, title=title))


@pages.post("/<task>/invitation/revoke")
@signed_in
def revoke(task: str) -> Response:
    """End the link."""
    desk = desks.open_for_me(task)
    asking.submit(lambda envelope: RevokeInvitation(envelope=envelope, task=task), desk.instance.stream)
    return notices.say(redirect(url_for("task.one", task=task)), _("链接已收回,不能再使用。"))


def _desk(task: str) -> Desk:
    """The desk of a task for which this person may give a link; 404 for every other."""
    desk = desks.open_for_me(task)
    found = standing(desk)
    if found is None or not found.may_give:
        abort(404)
    return desk


def _wish() -> Wish:
    form = request.form
    days = form.get("days", "").strip()
    return Wish(
        name=form.get("name", "").strip(),
        organisation=form.get("organisation", "").strip(),
        address=form.get("mail", "").strip(),
        message=form.get("message", "").replace("\r\n", "\n").strip(),
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        mailed=form.get("way") == "mail" and inviting.office() is not None,
    )


def _form(desk: Desk, wish: Wish, faults: dict[str, str]) -> str:
    found = standing(desk)
    return render_template(
        "invitation/new.html",
        desk=desk,
        wish=wish,
        faults=faults,
        link=found,
        title=_title(desk),
        can_mail=inviting.office() is not None,
        usual=USUAL,
        most=MOST,
    )


def _title(desk: Desk) -> str:
    """What is asked for, as a contact reads it."""
    _number, name = desk.step
    project = desk.shown.get("title") or ""
    return f"{project} · {texts.said(name)}" if project else texts.said(name)
