"""The decision tables of a DMN file as an editor shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine import xml
from engine.dmn.model import HitPolicy

Json = Mapping[str, object]


@dataclass(frozen=True)
class Paper:
    """A DMN file that is read: its tree, and the namespace of its elements."""

    root: etree._Element
    space: str

    def all(self, node: etree._Element, name: str) -> list[etree._Element]:
        """The children of that name."""
        return node.findall(f"{{{self.space}}}{name}")

    def first(self, node: etree._Element, name: str) -> etree._Element | None:
        """The first child of that name."""
        return node.find(f"{{{self.space}}}{name}")

    def text(self, node: etree._Element | None, *names: str) -> str:
        """The text within; nothing where there is none."""
        for name in names:
            node = None if node is None else self.first(node, name)
        return "" if node is None or node.text is None else node.text

    def make(self, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
        """An element of the standard; attributes without a value are left out."""
        made = etree.Element(f"{{{self.space}}}{tag}", {key: value for key, value in attributes.items() if value})
        if text is not None:
            etree.SubElement(made, f"{{{self.space}}}text").text = text
        return made


def paper(data: bytes, path: str) -> Paper:
    """A file. Raises Refused."""
    root = xml.parse(data, path)
    return Paper(root, str(etree.QName(root).namespace or ""))


def document(data: bytes, path: str) -> dict[str, object]:
    """The tables of a file and the data they are given. Raises Refused."""
    found = paper(data, path)
    return {
        "data": [_data(found, node) for node in found.all(found.root, "inputData")],
        "tables": [
            _table(found, node, table)
            for node in found.all(found.root, "decision")
            if (table := found.first(node, "decisionTable")) is not None
        ],
        "others": [
            node.get("name") or node.get("id") or ""
            for node in found.all(found.root, "decision")
            if found.first(node, "decisionTable") is None
        ],
    }


def _data(found: Paper, node: etree._Element) -> dict[str, str]:
    variable = found.first(node, "variable")
    kind = "" if variable is None else variable.get("typeRef") or ""
    return {"id": node.get("id") or "", "name": node.get("name") or "", "type": kind}


def _table(found: Paper, decision: etree._Element, table: etree._Element) -> dict[str, object]:
    variable = found.first(decision, "variable")
    return {
        "id": decision.get("id") or "",
        "name": decision.get("name") or "",
        "variable": (None if variable is None else variable.get("name")) or decision.get("name") or "",
        "policy": table.get("hitPolicy") or HitPolicy.UNIQUE.value,
        "aggregation": table.get("aggregation") or "",
        "inputs": [
            {
                "id": node.get("id") or "",
                "label": node.get("label") or "",
                "expression": found.text(node, "inputExpression", "text"),
                "type": _type(found.first(node, "inputExpression")),
                "allowed": found.text(node, "inputValues", "text"),
            }
            for node in found.all(table, "input")
        ],
        "outputs": [
            {
                "id": node.get("id") or "",
                "label": node.get("label") or "",
                "name": node.get("name") or "",
                "type": node.get("typeRef") or "",
                "allowed": found.text(node, "outputValues", "text"),
                "default": found.text(node, "defaultOutputEntry", "text"),
            }
            for node in found.all(table, "output")
        ],
        "rules": [_rule(found, node) for node in found.all(table, "rule")],
    }


def _rule(found: Paper, node: etree._Element) -> dict[str, object]:
    return {
        "id": node.get("id") or "",
        "remark": found.text(node, "annotationEntry", "text") or found.text(node, "description"),
        "tests": [_cell(found, cell) for cell in found.all(node, "inputEntry")],
        "results": [_cell(found, cell) for cell in found.all(node, "outputEntry")],
    }


def _cell(found: Paper, node: etree._Element) -> dict[str, str]:
    return {"id": node.get("id") or "", "text": found.text(node, "text")}


def _type(node: etree._Element | None) -> str:
    return "" if node is None else node.get("typeRef") or ""
