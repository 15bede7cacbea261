"""What a page has to say once: after a form it is shown on the page that follows, after a htmx request at once."""

from __future__ import annotations

import base64
import binascii
import json

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

COOKIE = "zhixing-said"
TONES = ("good", "late", "soon", "note")


def say(response: Response, text: str, tone: str = "good") -> Response:
    """Let the answer say something. To another page the browser itself is sent: a request in the background would go there unseen."""
    if request.headers.get("HX-Request") and response.location:
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = 200
        response.set_data("")
    if request.headers.get("HX-Request") and "HX-Redirect" not in response.headers:
        response.headers["HX-Trigger"] = json.dumps({"said": {"text": text, "tone": tone}})
        return response
    told = base64.urlsafe_b64encode(json.dumps([text[:500], tone]).encode()).decode()
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, told, max_age=60, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


def install(app: Flask) -> None:
    """Show what the page before had to say, once."""
    app.context_processor(lambda: {"notice": _said()})
    app.after_request(_told)


def _said() -> tuple[str, str] | None:
    try:
        text, tone = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "").encode()))
    except (ValueError, TypeError, binascii.Error):
        return None
    return (str(text), tone) if tone in TONES else None


def _told(response: Response) -> Response:
    is_page = response.mimetype == "text/html" and response.status_code == 200
    if COOKIE in request.cookies and is_page and not request.headers.get("HX-Request"):
        response.delete_cookie(COOKIE, path="/")
    return response
