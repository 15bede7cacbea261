"""The drawing of a process as XML for browsers: names in the language of whoever asks, and nothing that is executed."""

from __future__ import annotations

import json
from functools import lru_cache

from lxml import etree
from sqlalchemy import Connection, select

from engine import xml
from engine.label import ENGLISH
from storage import schema
from web import reading
from web.translation import is_english

MODEL = f"{{{xml.BPMN}}}"
KEPT = 64
LETTER = 6.5
"""Pixels of a letter outside a shape, on the wide side."""

UNDRAWN = ("conditionExpression", "script", "extensionElements", "documentation", "ioSpecification")
"""Parts that draw nothing."""


def picture(connection: Connection, version: str, process: str) -> bytes | None:
    """The drawing; nothing when there is no such version or process."""
    known = schema.version.c.digest
    if connection.execute(select(known).where(known == version)).first() is None:
        return None
    procedure = reading.procedure(connection, version)
    if process not in procedure.model.processes:
        return None
    path = procedure.model.processes[process].path
    return _picture(procedure.files[path], path, procedure.files.get(ENGLISH, b"{}") if is_english() else b"{}")


@lru_cache(maxsize=KEPT)
def _picture(data: bytes, path: str, texts: bytes) -> bytes:
    names = {key: str(found.get("name", "")) for key, found in json.loads(texts).get("elements", {}).items()}
    root = xml.parse(data, path)
    for element in list(root.iter(*(f"{MODEL}{name}" for name in UNDRAWN))):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in root.iter(f"{MODEL}*"):
        for name in [name for name in element.attrib if name.startswith("{")]:
            del element.attrib[name]
        translated = names.get(element.get("id", ""))
        if translated:
            _name(element, translated)
    for place in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        _widen(place, names.get(place.get("bpmnElement", ""), ""))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _widen(place: etree._Element, translated: str) -> None:
    """Room for the longest word: the room that an author left for Chinese would break it. What was centred stays so, else it grows away."""
    room, shape = place.find("{*}BPMNLabel/{*}Bounds"), place.find("{*}Bounds")
    if room is None or not translated:
        return
    left, width = float(room.get("x", "0")), float(room.get("width", "0"))
    lacking = max(len(word) for word in translated.split()) * LETTER + LETTER - width
    if lacking <= 0:
        return
    if shape is not None:
        beside = left + width / 2 - float(shape.get("x", "0")) - float(shape.get("width", "0")) / 2
        left -= lacking / 2 if abs(beside) < LETTER else (lacking if beside < 0 else 0)
    room.set("x", f"{left:g}")
    room.set("width", f"{width + lacking:g}")


def _name(element: etree._Element, translated: str) -> None:
    """A note is named by its text."""
    note = element.find(f"{MODEL}text")
    if note is not None:
        note.text = translated
    elif element.get("name"):
        element.set("name", translated)
