"""The English texts of a draft: one file of tables, read and changed here alone, and written as every JSON file of a draft is."""

from __future__ import annotations

import json
from collections.abc import Mapping

Texts = Mapping[str, object]


def read(source: bytes) -> dict[str, object]:
    """The tables of the file. Raises ValueError for what is no JSON object."""
    try:
        found = json.loads(source)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("expected texts")
    return found


def readable(source: bytes) -> dict[str, object]:
    """The same; nothing where it cannot be read, as the check says."""
    try:
        return read(source)
    except ValueError:
        return {}


def table(texts: object, name: str) -> dict[str, object]:
    """The rows of a table, or what a row says under a name; nothing where there is none."""
    rows = texts.get(name) if isinstance(texts, Mapping) else None
    return dict(rows) if isinstance(rows, dict) else {}


def changed(source: bytes, name: str, rows: Texts) -> bytes | None:
    """The file with these rows of a table, which goes when it is empty; None where nothing changes. Raises ValueError."""
    texts = read(source)
    if table(texts, name) == rows:
        return None
    if rows:
        return written({**texts, name: rows})
    return written({key: part for key, part in texts.items() if key != name})


def written(document: Texts) -> bytes:
    """A JSON file of a draft, so that a person can compare it line by line."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
