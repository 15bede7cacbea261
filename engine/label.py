"""What elements are called in a sentence: the number of the written procedure and the name, in both languages."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from engine.errors import Text
from engine.procedure import Procedure

NUMBERED = re.compile(r"T\d+_\w+")
ENGLISH = "texts/en.json"


def label(procedure: Procedure, process: str, element: str) -> Text:
    """The name of an element of a process; its id where it has none."""
    found = procedure.model.processes[process].elements[element]
    number = element.replace("_", ".") if NUMBERED.fullmatch(element) else ""
    zh = found.name or ""
    en = _english(procedure.files.get(ENGLISH, b"{}")).get(element) or zh
    if not (zh or number):
        return Text(element, element)
    return Text(f"{number} {zh}".strip(), f"{number} {en}".strip())


@lru_cache(maxsize=16)
def _english(data: bytes) -> dict[str, str]:
    try:
        elements = json.loads(data).get("elements", {})
        return {key: str(found.get("name", "")) for key, found in elements.items()}
    except (ValueError, AttributeError):
        return {}  # `check` says what is wrong with the file
