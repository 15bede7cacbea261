"""What still uses a row of a manifest: elements of diagrams, decision tables, forms, escalation steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine import xml
from engine.errors import Refused
from engine.procedure import MANIFEST
from engine.xml import ZX
from web.drafting import draft
from web.drafting.draft import Draft
from web.pages.studio.manifest.toml import read
from web.translation import _

MOST = 60
NAMED = {"roles": "role", "documents": "document", "escalation": "escalation"}
"""The attribute by which an element names a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A place that names a row: its file, its element there, and what the place is called."""

    file: str
    element: str
    text: str


def uses(found: Draft, table: str, code: str) -> list[Use]:
    """Every place, the first sixty."""
    places = dict.fromkeys(_places(found, table, code))
    shown = [Use(file=path, element=element, text=_called(found, path, element)) for path, element in places]
    return shown[:MOST]


def _places(found: Draft, table: str, code: str) -> Iterator[tuple[str, str]]:
    for path, data in sorted(found.files.items()):
        if path.endswith((".bpmn", ".dmn")):
            yield from ((path, element) for element in _elements(data, path, table, code))
        elif path.endswith(".form") and _mentions(table, code, data.decode(errors="replace")):
            yield path, ""
    if table == "roles":
        yield from ((MANIFEST, f"escalation.{name}") for name in _steps(found, code))


def _elements(data: bytes, path: str, table: str, code: str) -> Iterator[str]:
    try:
        root = xml.parse(data, path)
    except Refused:
        return
    for node in root.iter():
        if isinstance(node.tag, str) and _says(node, table, code):
            yield _owner(node)


def _says(node: etree._Element, table: str, code: str) -> bool:
    named = NAMED.get(table)
    if named is not None and str(node.get(f"{{{ZX}}}{named}") or "").partition(":")[0] == code:
        return True
    if table == "case" and node.tag == f"{{{ZX}}}parameter" and node.get("name") == code:
        return True
    texts = [str(text) for key, text in node.attrib.items() if key not in ("id", "name")]
    return any(_mentions(table, code, text) for text in (*texts, node.text or ""))


def _mentions(table: str, code: str, text: str) -> bool:
    """An expression speaks of the row: by its path, or a role as a text."""
    if table in ("settings", "case"):
        return re.search(rf"\b{table}\.{re.escape(code)}\b", text) is not None
    return table == "roles" and f'"{code}"' in text


def _owner(node: etree._Element) -> str:
    """The drawn element that a part belongs to."""
    here: etree._Element | None = node
    while here is not None:
        key, name = here.get("id"), str(here.tag).rpartition("}")[2]
        if key and not name.endswith(("EventDefinition", "LoopCharacteristics", "Expression")):
            return key
        here = here.getparent()
    return ""


def _steps(found: Draft, code: str) -> Iterator[str]:
    try:
        classes = read(found.files[MANIFEST]).get("escalation")
    except ValueError:
        return
    for name, row in classes.items() if isinstance(classes, dict) else ():
        steps = row.get("steps") if isinstance(row, dict) else None
        told = [step.get("to") for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
        if any(code in to for to in told if isinstance(to, list)):
            yield name


def _called(found: Draft, path: str, element: str) -> str:
    if path == MANIFEST:
        return _("升级类别 %(code)s", code=element.partition(".")[2])
    return draft.label_of(found, {"file": path, "element": element})
