"""The link of a task for a contact outside: given, looked at, revoked. Who uses it needs a browser, and no account."""

from __future__ import annotations

from flask import Response, abort
from marshmallow import fields, validate

from engine.commands import RevokeInvitation
from web import inviting, reading, texts
from web.api import asking, values
from web.api.blueprint import Whole, resource
from web.api.gate import reads, works
from web.api.once import secret
from web.api.shapes import Receipt, Shape, Who
from web.sight import desk as desks
from web.sight import link as links
from web.sight.desk import Desk
from web.sight.link import Standing
from web.wish import LONGEST_MESSAGE, LONGEST_NAME, MOST, USUAL, Wish, sound

pages = resource("invitation", "One-time links by which contacts outside do a task")


class Wanted(Shape):
    """For whom a link is to be. With `mailed` it goes to `mail` from here, if the operator named a way."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_NAME))
    organisation = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))
    mail = fields.String(load_default="", validate=validate.Length(max=254))
    message = fields.String(load_default="", validate=validate.Length(max=LONGEST_MESSAGE))
    days = Whole(load_default=USUAL, validate=validate.Range(min=1, max=MOST))
    mailed = fields.Boolean(load_default=False)


class Invitation(Shape):
    """The newest link of a task; `ending` says what ended it before its time."""

    invitation = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Of the contact; empty when it was erased"})
    organisation = fields.String(required=True)
    mail = fields.String(required=True)
    message = fields.String(required=True)
    given = fields.String(required=True)
    by = fields.Nested(Who, required=True)
    until = fields.String(required=True)
    ended = fields.String(required=True, allow_none=True)
    ending = fields.String(required=True, allow_none=True)
    works = fields.Boolean(required=True)


class Stand(Shape):
    """Whether this person may give a link for the task, and the newest one."""

    may_give = fields.Boolean(required=True)
    newest = fields.Nested(Invitation, required=True, allow_none=True)


class Given(Shape):
    """A link, told this once; `sent` says whether a mail with it was taken."""

    stream = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    link = fields.String(required=True, allow_none=True)
    sent = fields.Boolean(required=True)


@pages.route("/tasks/<counted:task>/invitation", zh="任务的一次性链接:发给谁、何时到期、是否已答复")
@reads
@pages.response(200, Stand)
def one(task: str) -> dict[str, object]:
    """The link of a task that may be done from outside, and whether this person may give one."""
    found = _standing(desks.open_for_me(task))
    return {"may_give": found.may_give, "newest": None if found.given is None else _shown(found)}


@pages.route("/tasks/<counted:task>/invitation", methods=["POST"], zh="为外部联系人生成一次性链接;链接只显示一次")
@secret("link")
@works
@pages.arguments(Wanted)
@pages.response(201, Given)
def give(asked: dict[str, object], task: str) -> dict[str, object]:
    """Give a contact a link, told this once; a link before it no longer works."""
    desk = desks.open_for_me(task)
    _standing(desk)
    wish = Wish(
        name=str(asked["name"]).strip(),
        organisation=str(asked["organisation"]).strip(),
        address=str(asked["mail"]).strip(),
        message=str(asked["message"]),
        days=int(str(asked["days"])),
        mailed=asked["mailed"] is True,
    )
    sound(wish, can_mail=inviting.office() is not None)
    envelope, title = asking.envelope(desk.instance.stream), texts.said(desk.step[1])
    made = inviting.give(task, wish, envelope, title)
    return {
        "stream": made.receipt.stream,
        "revision": made.receipt.revision,
        "link": made.link or None,
        "sent": made.sent,
    }


@pages.route("/tasks/<counted:task>/invitation", methods=["DELETE"], zh="收回任务的一次性链接")
@works
@pages.response(200, Receipt)
def revoke(task: str) -> Response:
    """End the link of a task."""
    desk = desks.open_for_me(task)
    _standing(desk)
    return asking.submit(lambda envelope: RevokeInvitation(envelope=envelope, task=task), desk.instance.stream)


def _standing(desk: Desk) -> Standing:
    found = links.standing(desk)
    if found is None:
        abort(404)
    return found


def _shown(found: Standing) -> dict[str, object]:
    given = found.given
    assert given is not None
    return {
        "invitation": given.id,
        "name": given.contact.name,
        "organisation": given.contact.organisation,
        "mail": given.contact.mail,
        "message": given.message,
        "given": given.at.isoformat(),
        "by": values.by(given.by.id),
        "until": given.until.isoformat(),
        "ended": None if given.ended is None else given.ended.isoformat(),
        "ending": None if given.ending is None else str(given.ending),
        "works": given.works(reading.store().now()),
    }
