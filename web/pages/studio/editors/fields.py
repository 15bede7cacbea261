"""A form of a draft and its English texts as an editor sends them: read, bounded, written as files again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from web.drafting import english

LONGEST, LONGEST_KEY = 4_000, 200
TEXTS = ("title", "fields", "sections")


def written(content: str) -> bytes:
    """A form as it is kept. Raises ValueError for what is no JSON object."""
    try:
        found = json.loads(content, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("expected less nesting") from None
    if not isinstance(found, dict):
        raise ValueError("expected a form")
    return english.written(found)


def english_of(source: bytes, name: str) -> dict[str, object]:
    """The English of a form; nothing where the file cannot be read."""
    return english.table(english.table(english.readable(source), "forms"), name)


def with_english(source: bytes, name: str, given: Mapping[str, object]) -> bytes | None:
    """The English texts with those of one form replaced; None where nothing changes. Raises ValueError."""
    made: dict[str, object] = {"title": _said(given.get("title")), "fields": _fields(english.table(given, "fields"))}
    sections = {key: _said(text) for key, text in english.table(given, "sections").items()}
    if sections:
        made["sections"] = sections
    forms = english.table(english.read(source), "forms")
    return english.changed(source, "forms", {**forms, name: made})


def without_english(source: bytes, name: str) -> bytes | None:
    """The English texts without those of one form; None where there are none. Raises ValueError."""
    forms = english.table(english.read(source), "forms")
    return english.changed(source, "forms", {key: row for key, row in forms.items() if key != name})


def _fields(given: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, row in given.items():
        if not isinstance(row, dict) or len(key) > LONGEST_KEY:
            continue
        options = {value: _said(text) for value, text in english.table(row, "options").items()}
        made[key] = {"label": _said(row.get("label")), **({"options": options} if options else {})}
    return made


def _said(found: object) -> str:
    return found.strip()[:LONGEST] if isinstance(found, str) else ""


def _no_number(found: str) -> float:
    raise ValueError(f"expected a number, but found {found}")
