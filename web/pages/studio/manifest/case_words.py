"""The English of values of case data in a draft: it leaves with its row, and comes back with it."""

from __future__ import annotations

import json

from engine.label import ENGLISH
from web.drafting.draft import Draft
from web.pages.studio.manifest.tables import Manifest, rows_of


def kept(found: Draft, before: Manifest, after: Manifest) -> bytes | None:
    """The English texts that fit the manifest as it will be; None where nothing changes."""
    texts, base = _read(found.files.get(ENGLISH)), _read(found.base.files.get(ENGLISH))
    values, known = _values(texts), _values(base)
    old, new = rows_of(before, "case").keys(), rows_of(after, "case").keys()
    left = {name: words for name, words in values.items() if name not in old - new}
    left |= {name: known[name] for name in new - old if name in known and name not in left}
    if left == values:
        return None
    document = {**texts, "values": left} if left else {key: part for key, part in texts.items() if key != "values"}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _read(source: bytes | None) -> dict[str, object]:
    """Nothing of what is no JSON object: the check says so."""
    try:
        found = json.loads(source or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _values(texts: dict[str, object]) -> dict[str, object]:
    found = texts.get("values")
    return found if isinstance(found, dict) else {}
