"""The levels of a process as they are drawn: flow nodes, sequence flows, attached events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.vocabulary import FLOW_NODES
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

LEVELS = ("subProcess", "transaction", "adHocSubProcess")
"""What holds flow nodes of its own."""


@dataclass(frozen=True)
class Drawn:
    """The flow nodes of one process or sub-process by id, and its sequence flows."""

    scope: etree._Element

    @cached_property
    def nodes(self) -> Mapping[str, etree._Element]:
        """The flow nodes."""
        inside = self.scope.iterchildren(f"{{{BPMN}}}*")
        return {str(node.get("id")): node for node in inside if local(node) in FLOW_NODES}

    def flows(self, end: str, key: str | None) -> list[etree._Element]:
        """The flows with this element as `sourceRef` or `targetRef`."""
        return [flow for flow in self.scope.iterchildren(f"{{{BPMN}}}sequenceFlow") if flow.get(end) == key]

    def attached(self, key: str | None, kind: str) -> list[etree._Element]:
        """The boundary events of this kind on an activity."""
        events = [node for node in self.nodes.values() if node.get("attachedToRef") == key]
        return [node for node in events if definition(node, kind) is not None]


def levels(process: etree._Element) -> Iterator[etree._Element]:
    """The process and every sub-process in it, of whatever kind."""
    yield process
    yield from process.iter(*(f"{{{BPMN}}}{tag}" for tag in LEVELS))


def by_event(node: etree._Element) -> bool:
    """An event sub-process."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def told(node: etree._Element, zh: str, en: str) -> Found:
    """A finding about what is drawn."""
    return found(node, "structure", zh, en)
