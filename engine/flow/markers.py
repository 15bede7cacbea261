"""What the XML says of an activity or gateway beside its kind: quantities, compensation, ad-hoc, activation."""

from __future__ import annotations

from typing import TypedDict

from lxml import etree

from engine.flow.elements import AdHoc, Kind
from engine.flow.written import feel, text
from engine.xml import BPMN


class Markers(TypedDict):
    """Fields of an Element."""

    activation: str | None
    start_quantity: int
    completion_quantity: int
    for_compensation: bool
    handler: str | None
    compensates: str | None
    ad_hoc: AdHoc | None


def markers(node: etree._Element, kind: Kind) -> Markers:
    """The markers of a flow node."""
    compensation = node.find(f"{{{BPMN}}}compensateEventDefinition")
    return Markers(
        activation=feel(text(node, "activationCondition")),
        start_quantity=_quantity(node, "startQuantity"),
        completion_quantity=_quantity(node, "completionQuantity"),
        for_compensation=node.get("isForCompensation") == "true",
        handler=_handler(node) if kind is Kind.BOUNDARY_EVENT and compensation is not None else None,
        compensates=None if compensation is None else compensation.get("activityRef"),
        ad_hoc=_ad_hoc(node) if kind is Kind.AD_HOC else None,
    )


def associated(node: etree._Element) -> list[str]:
    """What a compensation boundary event is associated with, by id."""
    key = node.get("id")
    drawn = node.getroottree().iter(f"{{{BPMN}}}association")
    return [str(line.get("targetRef")) for line in drawn if line.get("sourceRef") == key]


def _handler(node: etree._Element) -> str | None:
    level = node.getparent()
    inside = {} if level is None else {str(child.get("id")): child for child in level.iterchildren(f"{{{BPMN}}}*")}
    found = (key for key in associated(node) if key in inside and inside[key].get("isForCompensation") == "true")
    return next(found, None)


def _quantity(node: etree._Element, name: str) -> int:
    written = node.get(name, "1")
    return int(written) if written.isdecimal() and len(written) <= 3 else 1


def _ad_hoc(node: etree._Element) -> AdHoc:
    return AdHoc(
        sequential=node.get("ordering") == "Sequential",
        completion_condition=feel(text(node, "completionCondition")),
        cancel_remaining=node.get("cancelRemainingInstances") != "false",
    )
