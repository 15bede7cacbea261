"""The manifest of a draft as a form: what it is called, its label, its owner, and its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from web.pages import studio_toml
from web.pages.studio_toml import read

__all__ = ["changed", "label", "read"]
WHOLE = re.compile(r"-?\d{1,18}")


def label(data: bytes) -> str:
    """The label of the version; nothing where the manifest cannot be read."""
    try:
        return str(read(data).get("label", ""))
    except ValueError:
        return ""


def changed(data: bytes, given: Mapping[str, str]) -> bytes:
    """The manifest with what a form says of it; what the form does not name stays. Raises ValueError."""
    found = read(data)
    for key, text in given.items():
        place, _dot, last = key.rpartition(".")
        table = _table(found, place.split(".") if place else [])
        if table is not None and last in table:
            table[last] = _like(table[last], text)
    return studio_toml.rewritten(data, found)


def _table(found: dict[str, object], path: list[str]) -> dict[str, object] | None:
    for name in path:
        inner = found.get(name)
        if not isinstance(inner, dict):
            return None
        found = inner
    return found


def _like(before: object, text: str) -> object:
    """The text as a value of the same kind; where it cannot be, as it was typed, for the check to tell."""
    if isinstance(before, bool):
        return text == "true"
    if isinstance(before, int) and WHOLE.fullmatch(text.strip()):
        return int(text)
    return text
