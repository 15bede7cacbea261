"""Whoever asks: who they are, in which roles, where their mail goes, and the tokens of their programs."""

from __future__ import annotations

from flask import Response, abort, g
from marshmallow import fields, validate

from engine.errors import Fault, Reason, Refused, Text
from storage import recovery, tokens
from storage.tokens import Scope, Token
from web import own_password, passwords, reading
from web.api import values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.once import secret
from web.api.paging import part
from web.api.shapes import Addressed, Paged, Shape, TokenMade, TokenShown, TokenWanted, Who
from web.identity import me
from web.own_password import Try

pages = resource("me", "Whoever asks, and the tokens of their programs")

WRONG = {
    Try.WRONG: Text("应为现在的密码", "expected the present password"),
    Try.TOO_OFTEN: Text(
        "尝试次数太多,请等十分钟再试", "expected fewer tries with a wrong password: try again in ten minutes"
    ),
}


class Me(Who):
    """Whoever asks."""

    roles = fields.List(fields.String(), required=True)
    principals = fields.List(fields.Nested(Who), required=True, metadata={"description": "For whom they act today"})
    scope = fields.String(required=True, metadata={"description": "What the token is good for; operate of a session"})


class WithPassword(Addressed):
    """Where one's own mail is to go, and one's present password."""

    password = fields.String(required=True, validate=validate.Length(max=passwords.LONGEST))


class Tokens(Shape):
    """A page of tokens; `next` is null at the end."""

    items = fields.List(fields.Nested(TokenShown), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/me", zh="我是谁")
@reads
@pages.response(200, Me)
def who() -> dict[str, object]:
    """Who asks."""
    mine = me()
    return {
        **(values.named(mine.person) or {}),
        "roles": sorted(mine.roles),
        "principals": [values.named(person) for person in mine.principals],
        "scope": str(g.get("scope") or Scope.OPERATE),
    }


@pages.route("/me/mail", zh="我的邮箱")
@reads
@pages.response(200, Addressed)
def address() -> dict[str, str]:
    """Where mail to whoever asks goes; empty when nobody said."""
    with reading.store().database.read() as connection:
        return {"mail": recovery.address_of(connection, me().person)}


@pages.route("/me/mail", methods=["PUT"], zh="登记、修改或删除我的邮箱;须有现在的密码")
@works
@pages.arguments(WithPassword)
@pages.response(200, Addressed)
def set_address(asked: dict[str, str]) -> dict[str, str]:
    """Say where one's own mail goes, or with an empty text nowhere: with the password, as a new one can be had there."""
    given = values.address(asked["mail"])
    _by_password(asked["password"])
    recovery.set_address(reading.store().database, me().person, given)
    return {"mail": given}


@pages.route("/me/tokens", zh="我的访问令牌,最新的在前")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Tokens)
def listed(asked: dict[str, object]) -> dict[str, object]:
    """The tokens of whoever asks, the newest first."""
    store = reading.store()
    with store.database.read() as connection:
        found = tokens.of(connection, me().person, store.now())
    shown, onward = part(found, asked, lambda token: token.key)
    return {"items": [_shown(token) for token in shown], "next": onward}


@pages.route("/me/tokens", methods=["POST"], zh="新的访问令牌;只能在浏览器的登录中创建")
@secret("token")
@works
@pages.arguments(TokenWanted)
@pages.response(201, TokenMade)
def make(wanted: dict[str, object]) -> dict[str, object]:
    """A new token. Only a browser's session makes one: a token cannot make others."""
    _by_session()
    store, scope = reading.store(), Scope(str(wanted["scope"]))
    days = int(str(wanted["days"]))
    text, made = tokens.make(store.database, me().person, str(wanted["name"]), scope, store.now(), days)
    return {**_shown(made), "token": text}


@pages.route("/me/tokens/<name:key>", methods=["DELETE"], zh="立即吊销访问令牌")
@works
@pages.response(204)
def revoke(key: str) -> Response:
    """Revoke a token, at once."""
    tokens.revoke(reading.store().database, me().person, key)
    return Response(status=204)


def _by_session() -> None:
    if g.get("scope") is not None:
        abort(403)


def _by_password(given: str) -> None:
    """Raises Refused when it is not the password of whoever asks, or was tried too often."""
    found = own_password.tried(given)
    if found is not Try.FITS:
        raise Refused(Reason.INVALID_DATA, WRONG[found].zh, WRONG[found].en, (Fault("password", WRONG[found]),))


def _shown(token: Token) -> dict[str, object]:
    return {
        "key": token.key,
        "name": token.name,
        "scope": str(token.scope),
        "made": token.made.isoformat(),
        "used": None if token.used is None else token.used.isoformat(),
        "ends": token.ends.isoformat(),
    }
