"""The manifest of a draft as a form: what it is called, its label, its owner, and its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from web.pages.studio.manifest import toml
from web.pages.studio.manifest.toml import read
from web.translation import _

__all__ = ["changed", "label", "read"]
LONGEST = 100
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
        if table is not None and last in table and not isinstance(table[last], dict | list):
            table[last] = _like(table[last], text)
    return toml.rewritten(data, found)


def faults(given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the head of a manifest, by field."""
    labels = {"title.zh": _("程序名称"), "title.en": _("英文名称"), "label": _("版本号"), "owner": _("程序负责人")}
    return {
        name: _("请填写%(label)s(1 到 %(most)s 个字)。", label=label, most=LONGEST)
        for name, label in labels.items()
        if name in given and not 1 <= len(given[name].strip()) <= LONGEST
    }


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
