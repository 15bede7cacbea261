"""What our namespace adds to BPMN: `zx.json`, in the words of moddle, so that the editor in the browser reads the same file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

DESCRIPTION = Path(__file__).with_name("zx.json")
ANYTHING, ACTIVITY = "bpmn:BaseElement", "bpmn:Activity"
"""Two types of BPMN that are not drawn themselves: what they may have, everything, and every activity, may have."""

Types = Mapping[str, frozenset[str]]


def read(description: bytes) -> tuple[Types, Types]:
    """By type of BPMN, the attributes and the child elements that it may have."""
    attributes: dict[str, frozenset[str]] = {}
    children: dict[str, frozenset[str]] = {}
    for found in json.loads(description)["types"]:
        given = frozenset(str(one["name"]) for one in found["properties"])
        for name in found.get("extends", ()):
            attributes[name] = attributes.get(name, frozenset()) | given
        for name in found.get("meta", {}).get("allowedIn", ()):
            children[name] = children.get(name, frozenset()) | {_lower(str(found["name"]))}
    return attributes, children


def of(found: Types, element: str, *, is_activity: bool) -> frozenset[str]:
    """What an element of BPMN may have, by itself and as one of its kind."""
    names = (ANYTHING, *([ACTIVITY] if is_activity else []), f"bpmn:{element[0].upper()}{element[1:]}")
    return frozenset().union(*_each(found, names))


def _each(found: Types, names: tuple[str, ...]) -> Iterator[frozenset[str]]:
    return (found[name] for name in names if name in found)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


ATTRIBUTES, CHILDREN = read(DESCRIPTION.read_bytes())
ANYWHERE = ATTRIBUTES[ANYTHING]
ELEMENTS = frozenset[str]().union(*CHILDREN.values())
