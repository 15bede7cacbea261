"""Who may have which page: said once at the page, asked by every request and by every link.

A page that is not declared is found when the application is made. What somebody may not have is 403; a thing they may
not know of (a task, a case) is 404, by `hidden()`, exactly as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.organisation import ADMINISTRATOR
from web import reading
from web.identity import Me, me, visitor

View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "zhixing_access"
STATIC = "static"
PROGRAMS = "/api/"
OPERATOR = "resolve"
"""The right of a procedure whose holders also see how it runs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may have a page: `anybody`, else whoever signed in; of these, if any is named, the holders of one of `roles`
    and of a `right` in a procedure in force.

    With `unchanged` also those who still have to replace a one-time password.
    """

    anybody: bool = False
    roles: frozenset[str] = frozenset()
    right: str = ""
    unchanged: bool = False

    def admits(self, who: Me | None) -> bool:
        """The person may have the page."""
        if self.anybody:
            return True
        if who is None or not (self.roles or self.right):
            return who is not None
        return bool(self.roles & who.roles) or bool(self.right and reading.may(self.right) & who.acting_roles)


def anybody(view: View) -> View:
    """Declares a page that needs no sign-in."""
    return _declared(view, Rule(anybody=True))


def signed_in(view: View) -> View:
    """Declares a page for everybody who has an account."""
    return _declared(view, Rule())


def with_any_password(view: View) -> View:
    """Declares a page that is open also before a one-time password was replaced."""
    return _declared(view, Rule(unchanged=True))


def holders(*roles: str, right: str = "") -> Callable[[View], View]:
    """Declares a page for the holders of one of these company-wide roles, and of a right in a procedure in force."""
    return lambda view: _declared(view, Rule(roles=frozenset(roles), right=right))


def operators(view: View) -> View:
    """Declares what is there for whoever runs the product: administrators, and who answers for failed steps."""
    return holders(ADMINISTRATOR, right=OPERATOR)(view)


def may(endpoint: str) -> bool:
    """Whoever asks may have this page: whether to show a link to it."""
    return rule_of(current_app, endpoint).admits(visitor())


def for_programs() -> bool:
    """The request is one of a program: it is answered with data and problems, not with pages."""
    return request.path.startswith(PROGRAMS)


def hidden() -> Response:
    """The answer about a thing that somebody may not know of."""
    abort(404)


def rule_of(app: Flask, endpoint: str) -> Rule:
    """Who may have the page of an endpoint."""
    if endpoint == STATIC:
        return Rule(anybody=True)
    found = getattr(app.view_functions[endpoint], DECLARED, None)
    assert isinstance(found, Rule), f"expected {endpoint} to say who may have it"
    return found


def install(app: Flask) -> None:
    """Let every request be asked, and refuse to begin with a page that says nothing."""
    for endpoint in app.view_functions:
        rule_of(app, endpoint)
    app.before_request(_guard)
    app.jinja_env.globals["may"] = may


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # there is no such page: the failure says so
    rule = rule_of(current_app, request.endpoint)
    if rule.anybody:
        return None
    if visitor() is None:
        return _to_the_gate()
    if me().account.one_time and not rule.unchanged:
        return redirect(url_for("account.password")) if not for_programs() else abort(403)
    if not rule.admits(me()):
        abort(403)
    return None


def _to_the_gate() -> Response:
    """To the sign-in, and back; a request in the background is told so, and its page stays as it is."""
    if request.headers.get("HX-Request") or request.method != "GET" or for_programs():
        abort(401)
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))


def _declared(view: View, rule: Rule) -> View:
    setattr(view, DECLARED, rule)
    return view
