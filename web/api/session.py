"""The browsers in which whoever asks has signed in."""

from __future__ import annotations

from flask import Response, abort
from marshmallow import fields

from storage import accounts
from storage.tokens import SHORT
from web import reading
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.paging import part
from web.api.shapes import Ended, Paged, Shape
from web.identity import me

pages = resource("session", "The browsers in which whoever asks has signed in")


class Session(Shape):
    """A browser in which somebody has signed in; `present` is the one that asks."""

    key = fields.String(required=True, metadata={"description": "Names the session; nobody can ask by it"})
    began = fields.String(required=True)
    seen = fields.String(required=True)
    address = fields.String(required=True)
    agent = fields.String(required=True)
    present = fields.Boolean(required=True)


class Sessions(Shape):
    """A page of sessions, the one used last first; `next` is null at the end."""

    items = fields.List(fields.Nested(Session), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/me/sessions", zh="我登录过且仍有效的浏览器")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Sessions)
def listed(asked: dict[str, object]) -> dict[str, object]:
    """The browsers in which whoever asks has signed in, the one used last first."""
    shown, onward = part(_sessions(), asked, lambda one: one.digest[:SHORT])
    rows = [
        {
            "key": one.digest[:SHORT],
            "began": one.began.isoformat(),
            "seen": one.seen.isoformat(),
            "address": one.address,
            "agent": one.agent,
            "present": one.digest == me().session.digest,
        }
        for one in shown
    ]
    return {"items": rows, "next": onward}


@pages.route("/me/sessions", methods=["DELETE"], zh="结束我在其他浏览器中的登录")
@works
@pages.response(200, Ended)
def end_others() -> dict[str, int]:
    """End every session of whoever asks; the one that asks goes on."""
    return {"ended": accounts.end_all(reading.store().database, me().person, but=me().session.digest)}


@pages.route("/me/sessions/<name:key>", methods=["DELETE"], zh="结束我的一处登录")
@works
@pages.response(204)
def end(key: str) -> Response:
    """End one session of whoever asks."""
    found = [one.digest for one in _sessions() if one.digest[:SHORT] == key]
    if not found:
        abort(404)
    accounts.end(reading.store().database, found, me().person)
    return Response(status=204)


def _sessions() -> list[accounts.Session]:
    with reading.store().database.read() as connection:
        return accounts.sessions(connection, me().person, reading.store().now())
