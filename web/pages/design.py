"""How the product looks: its sign, and its design tokens and shared parts on one page for whoever builds pages."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from web.access import anybody, signed_in

pages = Blueprint("design", __name__)


@pages.get("/design")
@signed_in
def tokens() -> str:
    """The tokens and parts."""
    return render_template("design/tokens.html")


@pages.get("/logo.svg")
@anybody
def logo() -> Response:
    """Our sign in a coloured field, for tabs of browsers."""
    response = Response(render_template("design/logo.svg"), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
