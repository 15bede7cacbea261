"""A level of a model: a process or sub-process, with what begins in it by itself, by an event, or by an error."""

from __future__ import annotations

from dataclasses import dataclass

from engine.flow.elements import AWAITED, Element, Kind, Process, Trigger

CAUGHT = frozenset({Trigger.ERROR, Trigger.ESCALATION})
"""What is not waited for, but comes from within."""
BY_ITSELF = frozenset({Trigger.NONE, Trigger.COMPENSATION})
"""Start events at which a level begins when it is entered; a compensation event sub-process is entered to undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Start events of the level's event sub-processes: `guards` wait, `catching` catch errors and escalations."""

    guards: tuple[str, ...]
    catching: tuple[str, ...]


def level(process: Process, parent: str | None) -> Level:
    """What begins in a level when something happens."""
    inside = [e for e in process.elements.values() if _begins_handler(process, e, parent)]
    return Level(
        guards=tuple(f"{process.id}:{e.id}" for e in inside if e.trigger in AWAITED),
        catching=tuple(f"{process.id}:{e.id}" for e in inside if e.trigger in CAUGHT),
    )


def starts(process: Process, parent: str | None) -> list[str]:
    """The names of the nodes at which a level begins by itself: its start events without trigger, else what nothing leads to."""
    inside = [element for element in process.elements.values() if element.parent == parent]
    begins = [element for element in inside if element.kind is Kind.START]
    if begins:
        return [f"{process.id}:{element.id}" for element in begins if element.trigger in BY_ITSELF]
    reached = {flow.target for flow in process.flows.values()}
    return [f"{process.id}:{e.id}" for e in inside if e.id not in reached and _begins_by_itself(e)]


def begun_by(process: Process, key: str) -> Element | None:
    """The gateway, receive task or start event that begins a process when `key` is what has come; None if nothing does."""
    element = process.elements.get(key)
    if element is None or element.parent is not None:
        return None
    if element.kind is Kind.START or (element.kind is Kind.RECEIVE_TASK and element.instantiate):
        return element
    before = [process.elements[flow.source] for flow in process.flows.values() if flow.target == key]
    return next((e for e in before if e.kind is Kind.EVENT_GATEWAY and e.instantiate), None)


def _begins_by_itself(element: Element) -> bool:
    caught = element.kind is Kind.CATCH_EVENT and element.trigger is Trigger.LINK
    attached = element.kind is Kind.BOUNDARY_EVENT
    return not (caught or attached or element.by_event or element.instantiate or element.for_compensation)


def _begins_handler(process: Process, element: Element, parent: str | None) -> bool:
    if element.kind is not Kind.START or element.parent is None:
        return False
    around = process.elements[element.parent]
    return around.by_event and around.parent == parent
