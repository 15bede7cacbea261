"""What every answer says to browsers: what a page may load, that nobody frames it, how it travels."""

from __future__ import annotations

import gzip

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
A_YEAR = "max-age=31536000"
SHORTEST = 1024
"""Bytes below which compressing costs more than it saves."""


def install(app: Flask) -> None:
    """Set the headers, and compress what is text."""
    app.after_request(_told)
    app.after_request(_compressed)


def _told(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend({name: value for name, value in ALWAYS.items() if name.lower() not in said})
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = A_YEAR
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _compressed(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith("text/")
        or not request.accept_encodings["gzip"]
    ):
        return response
    data = response.get_data()
    if len(data) >= SHORTEST:
        response.set_data(gzip.compress(data, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response
