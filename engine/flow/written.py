"""Texts and expressions as they stand in the XML of a model."""

from __future__ import annotations

from lxml import etree

from engine.xml import BPMN


def text(node: etree._Element, tag: str) -> str | None:
    """The text of a child element, without space around it."""
    found = node.find(f"{{{BPMN}}}{tag}")
    return None if found is None or found.text is None else found.text.strip()


def feel(source: str | None) -> str | None:
    """A FEEL expression; editors write a leading `=`."""
    if source is None:
        return None
    stripped = source.strip()
    return stripped.removeprefix("=").strip() or None
