"""Implicit throw events: what a multi-instance throws as its instances complete, as the XML says it. BPMN 2.0.2 §10.3.8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.flow.definitions import definitions
from engine.flow.elements import Implied
from engine.flow.trigger import PLAIN, code
from engine.flow.written import feel, text
from engine.xml import BPMN

THROWN = ("signal", "escalation", "error")
"""The kinds of event that a multi-instance may throw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A definition, or None where what is named is not one that may be thrown; `condition` as written."""

    definition: etree._Element | None
    condition: str | None = None
    first: bool = False

    @property
    def kind(self) -> str:
        """The kind of the definition."""
        return "" if self.definition is None else _kind(self.definition)

    @property
    def code(self) -> str | None:
        """The name of the signal, or the code of the error or escalation."""
        return None if self.definition is None else code(self.definition)


def drawn(loop: etree._Element) -> Iterator[Drawn]:
    """What the loop characteristics of a multi-instance name, in the order written."""
    behavior = loop.get("behavior", "All")
    if behavior in ("None", "One"):
        root = loop.getroottree().getroot()
        key = loop.get(f"{behavior.lower()}BehaviorEventRef")
        named = [found for found in root.iterchildren(f"{{{BPMN}}}*") if key is not None and found.get("id") == key]
        yield Drawn(definition=_thrown(named), first=behavior == "One")
    if behavior == "Complex":
        for defined in loop.iterchildren(f"{{{BPMN}}}complexBehaviorDefinition"):
            events = [found for event in defined.iterchildren(f"{{{BPMN}}}event") for found in definitions(event)]
            yield Drawn(definition=_thrown(events), condition=feel(text(defined, "condition")))


def implied(loop: etree._Element) -> tuple[Implied, ...]:
    """What instances throw."""
    return tuple(
        Implied(trigger=PLAIN[one.kind], code=one.code, condition=one.condition, first=one.first)
        for one in drawn(loop)
        if one.definition is not None
    )


def _thrown(found: list[etree._Element]) -> etree._Element | None:
    return found[0] if len(found) == 1 and _kind(found[0]) in THROWN else None


def _kind(found: etree._Element) -> str:
    return str(etree.QName(found).localname).removesuffix("EventDefinition")
