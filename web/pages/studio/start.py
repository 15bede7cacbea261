"""The form of a whole new procedure, and its draft begun."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import signed_in
from web.drafting.beginning import LONGEST, Wanted, begun, checked, every_role, taken
from web.identity import me
from web.texts import said

pages = Blueprint("studio_start", __name__, url_prefix="/procedures/new")


@pages.get("/")
@signed_in
def new() -> Response:
    """The form of a new procedure."""
    return _page(Wanted())


@pages.post("/")
@signed_in
def add() -> Response:
    """Begin its draft."""
    names = ("key", "zh", "en", "owner", "publisher")
    key, zh, en, owner, publisher = (" ".join(request.form.get(name, "").split()) for name in names)
    wanted = checked(Wanted(key=key, zh=zh, en=en, owner=owner, publisher=publisher))
    if wanted.wrong:
        return _page(wanted, 422)
    if not begun(wanted):
        return _page(replace(wanted, wrong=(("key", taken(wanted)),)), 409)
    return redirect(url_for("studio.draft", key=key))


def _page(wanted: Wanted, status: int = 200) -> Response:
    roles = every_role()
    page = render_template(
        "procedure/new.html",
        wanted=wanted,
        mine=[(code, said(name)) for code, name in roles.items() if code in me().roles],
        roles=[(code, said(name)) for code, name in roles.items()],
        longest=LONGEST,
    )
    return make_response(page, status)
