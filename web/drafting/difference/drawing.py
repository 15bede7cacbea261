"""What a drawing says, element by element: what two drawings are compared by, whatever way they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine import xml
from engine.xml import BPMN, ZX

DRAWN = f"{{{BPMN}}}"
OURS = f"{{{ZX}}}"
PARTS = frozenset({"extensionElements", "conditionExpression", "script", "documentation", "text", "condition"})
"""Children that say something of their element, and are none themselves."""

DERIVED = frozenset({"incoming", "outgoing", "flowNodeRef"})
"""Children that repeat what sequence flows and lanes say; lanes are told at what stands in them."""

UNSAID = frozenset({"id", "name", "isExecutable", "exporter", "exporterVersion", "targetNamespace", "processRef"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One element: its tag, its name, and everything else by what it is called in the model."""

    id: str
    tag: str
    name: str
    facts: Mapping[str, str] = field(default_factory=dict)


def read(data: bytes, path: str) -> dict[str, Said]:
    """The elements of a drawing by id. Raises Refused."""
    root = xml.parse(data, path)
    lanes = {
        (node.text or "").strip(): lane.get("name") or lane.get("id") or ""
        for lane in root.iter(f"{DRAWN}lane")
        for node in lane.iterchildren(f"{DRAWN}flowNodeRef")
    }
    found: dict[str, Said] = {}
    for node in root.iter(f"{DRAWN}*"):
        key = node.get("id")
        if key and not _is_part(node) and _tag(node) not in ("definitions", "laneSet", "collaboration"):
            facts = {what: text for what, text in _facts(node) if text}
            if key in lanes:
                facts["lane"] = lanes[key]
            found[key] = Said(id=key, tag=_tag(node), name=_name(node), facts=facts)
    return found


def layout(data: bytes, path: str) -> bytes:
    """Where everything is drawn. Raises Refused."""
    root = xml.parse(data, path)
    shapes = [node for node in root if not str(node.tag).startswith(DRAWN)]
    return b"".join(sorted(_canonical(inner).encode() for shape in shapes for inner in shape.iter() if inner.get("id")))


def _facts(node: etree._Element) -> Iterator[tuple[str, str]]:
    for key, text in node.attrib.items():
        name = str(key).removeprefix(OURS)
        if name not in UNSAID and not name.startswith("{"):
            yield name, str(text)
    for child in node:
        name = _tag(child)
        if not _is_part(child) or name in DERIVED:
            continue
        yield name, (child.text or "").strip() if not len(child) else _canonical(child)


def _canonical(node: etree._Element) -> str:
    """A part in one way of writing: names, attributes in order, texts; without the ids that editors make up."""
    said = " ".join(f"{_local(str(key))}={text}" for key, text in sorted(node.attrib.items()) if key != "id")
    inner = " ".join(_canonical(child) for child in node)
    return " ".join(part for part in (_tag(node), said, (node.text or "").strip(), inner) if part)


def _is_part(node: etree._Element) -> bool:
    name = _tag(node)
    inside = node.getparent() is not None and _is_part_of_another(node)
    return name in PARTS or name in DERIVED or name.endswith(("EventDefinition", "LoopCharacteristics")) or inside


def _is_part_of_another(node: etree._Element) -> bool:
    parent = node.getparent()
    return (
        parent is not None and str(parent.tag).startswith(DRAWN) and _tag(parent) != "definitions" and _is_part(parent)
    )


def _name(node: etree._Element) -> str:
    return node.get("name") or (node.findtext(f"{DRAWN}text") or "").strip()


def _tag(node: etree._Element) -> str:
    return _local(str(node.tag))


def _local(name: str) -> str:
    return name.rpartition("}")[2]
