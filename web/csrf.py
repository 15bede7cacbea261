"""Proof that a request which changes something was made on a page of ours.

Of somebody signed in it is derived from the session's cookie, which no other site can read; on the sign-in page from a
cookie of its own. It is masked anew on every page, so that its compressed length tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from web import identity

FIELD, HEADER = "csrf", "X-CSRF"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LENGTH = 32


def proof() -> str:
    """The proof for the page that is being made."""
    if "csrf" not in g:
        mask = secrets.token_bytes(LENGTH)
        g.csrf = (mask + _xor(mask, _expected(_secret()))).hex()
    found: str = g.csrf
    return found


def install(app: Flask) -> None:
    """Check it on every unsafe request, and give it to every page."""
    app.before_request(_check)
    app.after_request(_keep)
    app.jinja_env.globals["csrf"] = proof
    app.jinja_env.globals["csrf_field"] = _field


def _field() -> Markup:
    """The proof as a hidden field; the same in every form of a page."""
    if "csrf_field" not in g:
        g.csrf_field = Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, proof())
    found: Markup = g.csrf_field
    return found


def _check() -> None:
    if request.method in SAFE or request.endpoint is None or g.get("scope") is not None:
        return  # a token comes with no request by itself, as a cookie does
    if not _is_from_here() or not _holds(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        g.foreign = True
        abort(400)


def _is_from_here() -> bool:
    """Browsers say where a request comes from; whoever says nothing is judged by the proof alone."""
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.host


def _holds(given: str) -> bool:
    try:
        found = bytes.fromhex(given)
    except ValueError:
        return False
    secret = (identity.token() if identity.visitor() else "") or request.cookies.get(_own_cookie(), "")
    return (
        len(found) == 2 * LENGTH
        and bool(secret)
        and hmac.compare_digest(_xor(found[:LENGTH], found[LENGTH:]), _expected(secret))
    )


def _secret() -> str:
    """What the proof is derived from; a visitor without a session gets a cookie for it."""
    found = (identity.token() if identity.visitor() else "") or request.cookies.get(_own_cookie(), "")
    if not found:
        found = g.setdefault("csrf_cookie", secrets.token_urlsafe(LENGTH))
    return found


def _keep(response: Response) -> Response:
    found = g.get("csrf_cookie")
    if found is not None:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(_own_cookie(), found, secure=secure, httponly=True, samesite="Strict", path="/")
    return response


def _own_cookie() -> str:
    return f"{identity.cookie_name()}-form"


def _expected(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"zhixing-form", hashlib.sha256)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(LENGTH)
