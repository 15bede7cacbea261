"""Whoever asks: who they are, in which roles, and the tokens of their programs."""

from __future__ import annotations

from flask import Response, abort, g
from marshmallow import fields

from storage import tokens
from storage.tokens import Scope, Token
from web import reading
from web.api import values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.once import secret
from web.api.paging import part
from web.api.shapes import Paged, Shape, TokenMade, TokenShown, TokenWanted, Who
from web.identity import me

pages = resource("me", "Whoever asks, and the tokens of their programs")


class Me(Who):
    """Whoever asks."""

    roles = fields.List(fields.String(), required=True)
    principals = fields.List(fields.Nested(Who), required=True, metadata={"description": "For whom they act today"})
    scope = fields.String(required=True, metadata={"description": "What the token is good for; operate of a session"})


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


def _shown(token: Token) -> dict[str, object]:
    return {
        "key": token.key,
        "name": token.name,
        "scope": str(token.scope),
        "made": token.made.isoformat(),
        "used": None if token.used is None else token.used.isoformat(),
        "ends": token.ends.isoformat(),
    }
