"""Parallel joins that may wait in vain: a branch can end another way, and then nobody comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Flow, Kind, Process, Trigger
from engine.procedure import Procedure

CHOOSING = frozenset({Kind.EXCLUSIVE_GATEWAY, Kind.EVENT_GATEWAY})
CANCELLING = frozenset({Trigger.TERMINATE, Trigger.ERROR, Trigger.CANCEL})
"""End events that take the waiting join with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The nodes of one level, and where a token can go from each, events at its boundary and links included."""

    elements: Mapping[str, Element]
    after: Mapping[str, tuple[str, ...]]
    before: Mapping[str, tuple[str, ...]]


def advice(procedure: Procedure) -> Iterator[Finding]:
    """Joins that a branch may leave waiting."""
    for process in procedure.model.processes.values():
        levels = dict.fromkeys(element.parent for element in process.elements.values())
        for parent in levels:
            if parent is None or process.elements[parent].kind is not Kind.AD_HOC:
                yield from _level(process, parent)


def _level(process: Process, parent: str | None) -> Iterator[Finding]:
    drawing = _drawn(process, parent)
    for join in drawing.elements.values():
        flows = [flow for flow in process.flows.values() if flow.target == join.id]
        if join.kind is not Kind.PARALLEL_GATEWAY or len(flows) < 2:
            continue
        for key in dict.fromkeys(_exits(drawing, join.id, flows)):
            yield at(
                process,
                join.id,
                Rule.STRUCTURE,
                f"{join.id} 可能空等:一路在 {key} 可能另行结束,不再到来。请让它回到这里,或用终止结束事件结束整个分支块",
                f"{join.id} may wait in vain: a branch may end another way at {key} and not come. "
                "Lead it back here, or end the whole block by a terminate end event",
            )


def _exits(drawing: Drawing, join: str, flows: list[Flow]) -> Iterator[str]:
    """The nodes inside a branch at which a token may turn to an end instead of the join."""
    ways = [_walk(drawing.before, [flow.source], join) for flow in flows]
    for way in ways:
        inside = [key for key in drawing.elements if key in way and not all(key in other for other in ways)]
        for key in inside:
            if any(target not in way and _ends(drawing, target, join) for target in _choices(drawing, key)):
                yield key


def _choices(drawing: Drawing, key: str) -> list[str]:
    """Where a token goes from here instead of going on: one of several ways, or an event that ends its activity."""
    element = drawing.elements[key]
    if element.kind in CHOOSING:
        return list(drawing.after[key])
    return [other.id for other in drawing.elements.values() if other.attached_to == key and other.interrupting]


def _ends(drawing: Drawing, key: str, join: str) -> bool:
    """From here a token may end without cancelling what waits, and not by way of the join."""
    reached = _walk(drawing.after, [key], "")
    if join in reached:
        return False
    return any(not drawing.after[one] and drawing.elements[one].trigger not in CANCELLING for one in reached)


def _drawn(process: Process, parent: str | None) -> Drawing:
    elements = {key: element for key, element in process.elements.items() if element.parent == parent}
    steps = [(flow.source, flow.target) for flow in process.flows.values() if flow.source in elements]
    steps += [
        (element.attached_to, key)
        for key, element in elements.items()
        if element.attached_to is not None and element.trigger is not Trigger.COMPENSATION
    ]
    links = [element for element in elements.values() if element.trigger is Trigger.LINK]
    throwing = [element for element in links if element.kind is Kind.THROW_EVENT]
    catching = [element for element in links if element.kind is Kind.CATCH_EVENT]
    steps += [(one.id, other.id) for one in throwing for other in catching if one.code == other.code]
    return Drawing(
        elements=elements,
        after={key: tuple(target for source, target in steps if source == key) for key in elements},
        before={key: tuple(source for source, target in steps if target == key) for key in elements},
    )


def _walk(steps: Mapping[str, tuple[str, ...]], begin: Iterable[str], without: str) -> set[str]:
    seen: set[str] = set()
    todo = [key for key in begin if key != without]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += [other for other in steps[key] if other != without]
    return seen
