"""Who asks by the API: a browser's session, or a program with a token; and what the token is good for.

Who may have a thing is declared as at pages (`web/access.py`); here is added what a token must be good for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request
from sqlalchemy import Connection

from engine.errors import Text
from engine.organisation import ADMINISTRATOR
from storage import accounts, tokens
from storage.accounts import Session
from storage.tokens import Failing, Scope, Token
from web import identity, reading
from web.access import anybody, for_programs, holders, operators, signed_in
from web.api import pace
from web.identity import Me

View = TypeVar("View", bound=Callable[..., Any])
SCOPE = "zhixing_scope"
NO_BEARER = Text(
    "访问令牌应写作 Authorization: Bearer zx_…",
    "expected a token as Authorization: Bearer zx_…, but found another scheme",
)
FAILING = {
    Failing.UNKNOWN: Text(
        "访问令牌不正确,或已被吊销", "expected a token that is in use, but this one is wrong or was revoked"
    ),
    Failing.ENDED: Text(
        "访问令牌已到期,请在“我的账号”中新建", "the token has ended: make a new one on the page of one's account"
    ),
    Failing.CLOSED: Text("该人员的账号已停用", "the account of the token's person is closed"),
    Failing.ONE_TIME: Text(
        "请先在浏览器中更换一次性密码", "expected the one-time password to be replaced first, in a browser"
    ),
}
"""What to say to who shows a token that is good for nothing."""


def reads(view: View) -> View:
    """Declares what everybody with an account may read."""
    return _good_for(signed_in(view), Scope.READ)


def works(view: View) -> View:
    """Declares what changes something in a person's name; whether they may is for the engine to say."""
    return _good_for(signed_in(view), Scope.WORK)


def operates(view: View) -> View:
    """Declares what is there for whoever runs the product."""
    return _good_for(operators(view), Scope.OPERATE)


def administers(view: View) -> View:
    """Declares what is there for administrators."""
    return _good_for(holders(ADMINISTRATOR)(view), Scope.OPERATE)


def surveys(view: View) -> View:
    """Declares what is there for administrators, and for whoever may read every case."""
    return _good_for(holders(ADMINISTRATOR, right="read")(view), Scope.READ)


def open_to_all(view: View) -> View:
    """Declares what says nothing about anybody."""
    return _good_for(anybody(view), Scope.READ)


def install(app: Flask) -> None:
    """Let tokens be known, and what each is good for; called behind the room that knows sessions."""
    pace.install(app)
    app.before_request(_recognise)
    app.before_request(_suffices)


def scope_of(app: Flask, endpoint: str) -> Scope | None:
    """What a token must be good for; None for what is no part of the API."""
    found: Scope | None = getattr(app.view_functions[endpoint], SCOPE, None)
    return found


def _recognise() -> None:
    """Whoever shows a token is its person, whatever cookie came with it; one that is not known is refused."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if not for_programs() or not kind:
        return
    store, now = reading.store(), reading.store().now()
    if kind.lower() != "bearer":
        g.me, g.failing = None, NO_BEARER
        abort(401)
    with store.database.glance() as connection:
        found = tokens.find(connection, text.strip(), now)
        if found is None:
            g.me, g.failing = None, FAILING[tokens.failing(connection, text.strip(), now)]
            abort(401)
        g.me = _owner(connection, found)
    g.scope = found.scope
    if not pace.admits(current_app, found.person.id, now):
        abort(429)
    tokens.seen(store.database, found, now)


def _owner(connection: Connection, token: Token) -> Me:
    session = Session(digest="", person=token.person, began=token.made, seen=token.made, address="", agent=token.name)
    found = accounts.owner(connection, session)
    if found is None:  # closed since the token was found
        g.failing = FAILING[Failing.CLOSED]
        abort(401)
    return identity.known(connection, found)


def _suffices() -> None:
    """A session is good for everything its person may do; a token for what it was made for."""
    if request.endpoint is None:
        return
    wanted, scope = scope_of(current_app, request.endpoint), g.get("scope")
    if wanted is not None and scope is not None and not scope.includes(wanted):
        g.narrow = str(wanted)
        abort(403)


def _good_for(view: View, scope: Scope) -> View:
    setattr(view, SCOPE, scope)
    return view
