"""The English of values of case data in a draft: it leaves with its row, and comes back with it."""

from __future__ import annotations

from engine.label import ENGLISH
from web.drafting import english
from web.drafting.draft import Draft
from web.pages.studio.manifest.tables import Manifest, rows_of


def kept(found: Draft, before: Manifest, after: Manifest) -> bytes | None:
    """The English texts that fit the manifest as it will be; None where nothing changes."""
    source = found.files.get(ENGLISH, b"{}")
    texts, base = english.readable(source), english.readable(found.base.files.get(ENGLISH, b"{}"))
    values, known = english.table(texts, "values"), english.table(base, "values")
    old, new = rows_of(before, "case").keys(), rows_of(after, "case").keys()
    left = {name: words for name, words in values.items() if name not in old - new}
    left |= {name: known[name] for name in new - old if name in known and name not in left}
    try:
        return None if left == values else english.changed(source, "values", left)
    except ValueError:
        return None  # what cannot be read stays as it is, and the check says so
