"""Where a form leads when it is done: to the page that its reader came from."""

from __future__ import annotations

from urllib.parse import urlsplit


def ours(wanted: str) -> str | None:
    """The address, if it is one of a page of ours; browsers drop tabs and line ends, and take `\\` for `/`."""
    if not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or not wanted.isprintable():
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
