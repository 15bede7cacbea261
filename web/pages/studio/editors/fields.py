"""A form of a draft and its English texts as an editor sends them: read, bounded, written as files again."""

from __future__ import annotations

import json
from collections.abc import Mapping

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
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def english_of(source: bytes, name: str) -> dict[str, object]:
    """The English of a form; nothing where the file cannot be read."""
    try:
        return dict(_table(_table(json.loads(source), "forms"), name))
    except ValueError:
        return {}


def with_english(source: bytes, name: str, given: Mapping[str, object]) -> bytes:
    """The English texts with those of one form replaced. Raises ValueError."""
    found = json.loads(source)
    if not isinstance(found, dict):
        raise ValueError("expected texts")
    made: dict[str, object] = {"title": _said(given.get("title")), "fields": _fields(_table(given, "fields"))}
    sections = {key: _said(text) for key, text in _table(given, "sections").items()}
    if sections:
        made["sections"] = sections
    found["forms"] = {**_table(found, "forms"), name: made}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def without_english(source: bytes, name: str) -> bytes:
    """The English texts without those of one form. Raises ValueError."""
    found = json.loads(source)
    if not isinstance(found, dict):
        raise ValueError("expected texts")
    found["forms"] = {key: row for key, row in _table(found, "forms").items() if key != name}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _fields(given: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, row in given.items():
        if not isinstance(row, dict) or len(key) > LONGEST_KEY:
            continue
        options = {value: _said(text) for value, text in _table(row, "options").items()}
        made[key] = {"label": _said(row.get("label")), **({"options": options} if options else {})}
    return made


def _said(found: object) -> str:
    return found.strip()[:LONGEST] if isinstance(found, str) else ""


def _table(found: object, key: str) -> Mapping[str, object]:
    inner = found.get(key) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else {}


def _no_number(found: str) -> float:
    raise ValueError(f"expected a number, but found {found}")
