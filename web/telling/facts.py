"""Values of case data in words: those of a fixed set in English, too, where the procedure gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from engine.errors import Text
from engine.label import ENGLISH
from engine.procedure import Procedure
from engine.value import Value
from web.telling.naming import Names, joined
from web.telling.values import said


def english(procedure: Procedure | None, name: str, value: str) -> str | None:
    """The English that a procedure has for a value of its case data."""
    source = None if procedure is None else procedure.files.get(ENGLISH)
    return None if source is None else _values(source).get(name, {}).get(value)


def fact(names: Names, name: str, value: Value, kind: str = "") -> Text:
    """A value of case data in a sentence; `kind` is the type that it is declared with."""
    if isinstance(value, tuple) and value:
        return joined([fact(names, name, one, kind) for one in value])
    found = english(names.procedure, name, value) if isinstance(value, str) else None
    return said(names, value, kind) if found is None else Text(str(value), found)


@lru_cache(maxsize=64)
def _values(source: bytes) -> Mapping[str, Mapping[str, str]]:
    """The English of each case datum's values, by the Chinese."""
    found = json.loads(source).get("values", {})
    return {name: {zh: str(en) for zh, en in words.items()} for name, words in found.items() if isinstance(words, dict)}
