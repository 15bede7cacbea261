"""What an event waits for or throws, as the XML says it: its trigger, and the names and codes that go with it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from engine.flow.definitions import definitions
from engine.flow.elements import Trigger
from engine.flow.written import feel, text
from engine.xml import BPMN

TIMERS = (Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE)
PLAIN = {
    "message": Trigger.MESSAGE,
    "signal": Trigger.SIGNAL,
    "conditional": Trigger.CONDITIONAL,
    "error": Trigger.ERROR,
    "escalation": Trigger.ESCALATION,
    "link": Trigger.LINK,
    "terminate": Trigger.TERMINATE,
    "compensate": Trigger.COMPENSATION,
    "cancel": Trigger.CANCEL,
}
"""The kinds of definition that are one trigger each."""

CODES = {"signal": "name", "error": "errorCode", "escalation": "escalationCode"}
"""The attribute by which each kind of thing at the root is known to those who throw and catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A trigger; `expression` is the FEEL of a timer or condition."""

    trigger: Trigger = Trigger.NONE
    expression: str | None = None
    message: str | None = None
    code: str | None = None


def triggered(node: etree._Element) -> Triggered:
    """The trigger of a flow node; only events, send and receive tasks have one."""
    if node.tag in (f"{{{BPMN}}}receiveTask", f"{{{BPMN}}}sendTask"):
        return Triggered(trigger=Trigger.MESSAGE, message=_message(node, node.get("messageRef")))
    for found in definitions(node):
        kind = str(etree.QName(found).localname).removesuffix("EventDefinition")
        if kind == "timer":
            return _timer(found)
        if kind in PLAIN:
            return Triggered(
                trigger=PLAIN[kind],
                expression=feel(text(found, "condition")),
                message=_message(node, found.get("messageRef")),
                code=found.get("name") if kind == "link" else code(found),
            )
    return Triggered()


def code(found: etree._Element) -> str | None:
    """The name of the signal, or the code of the error or escalation, that a definition refers to."""
    kind = str(etree.QName(found).localname).removesuffix("EventDefinition")
    key = found.get(f"{kind}Ref")
    root = found.getroottree().getroot()
    for thing in root.iterchildren(f"{{{BPMN}}}{kind}"):
        if key is not None and thing.get("id") == key:
            return str(thing.get(CODES.get(kind, "name")) or thing.get("name") or key)
    return key


def _timer(found: etree._Element) -> Triggered:
    for trigger in TIMERS:
        if found.find(f"{{{BPMN}}}{trigger}") is not None:
            return Triggered(trigger=trigger, expression=feel(text(found, trigger)))
    return Triggered()


def _message(node: etree._Element, key: str | None) -> str | None:
    """The name of a message, or its id where it has none."""
    root = node.getroottree().getroot()
    for message in root.iterchildren(f"{{{BPMN}}}message"):
        if key is not None and message.get("id") == key:
            return str(message.get("name") or key)
    return key
