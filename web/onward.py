"""Where a form leads when it is done: to the page that its reader came from, or is on."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def ours(wanted: str) -> str | None:
    """The address, if it is one of a page of ours; browsers drop tabs and line ends, and take `\\` for `/`."""
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or not wanted.isprintable():
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted


def here() -> str:
    """The address by which the page that is shown can be had again: of one that a form made, that of the nearest page above."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    path = request.path
    while path and not _is_page(path):
        path = path.rpartition("/")[0]
    return path or "/"


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        adapter.match(path, method="GET")
    except RequestRedirect:  # to the same with a slash
        return True
    except HTTPException:
        return False
    return True
