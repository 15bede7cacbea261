"""The definitions of an event: those written in it, and those of the file that it refers to."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.xml import BPMN

REFERENCE = f"{{{BPMN}}}eventDefinitionRef"


def definitions(node: etree._Element) -> Iterator[etree._Element]:
    """What triggers an event, or what it throws, in the order written."""
    for child in node.iterchildren(f"{{{BPMN}}}*"):
        if child.tag == REFERENCE:
            yield from _referred(child)
        elif str(child.tag).endswith("EventDefinition"):
            yield child


def definition(node: etree._Element, kind: str) -> etree._Element | None:
    """The first definition of this kind (`message`, `timer`, …), or None."""
    return next((found for found in definitions(node) if found.tag == f"{{{BPMN}}}{kind}EventDefinition"), None)


def _referred(reference: etree._Element) -> Iterator[etree._Element]:
    key = (reference.text or "").strip()
    root = reference.getroottree().getroot()
    for found in root.iterchildren(f"{{{BPMN}}}*"):
        if found.get("id") == key and str(found.tag).endswith("EventDefinition"):
            yield found
