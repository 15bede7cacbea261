"""Who catches errors and escalations: something that can throw them, and one catcher for each code."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.eventstructure import THROWING
from engine.flow.implicitthrow import drawn
from engine.flow.trigger import code
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

KINDS = ("error", "escalation")
FAILING = frozenset({"serviceTask", "callActivity"})
"""What can throw an error that the drawing does not show; a called process is looked at on its own."""


def catchers(level: etree._Element) -> Iterator[Found]:
    """What is wrong with the boundary events and event sub-processes of a level that catch errors and escalations."""
    hosts = {node.get("id", ""): node for node in level.iterchildren(f"{{{BPMN}}}*")}
    by_host: dict[str, list[etree._Element]] = {}
    for event in level.findall(f"{{{BPMN}}}boundaryEvent"):
        by_host.setdefault(event.get("attachedToRef", ""), []).append(event)
    for key, events in by_host.items():
        if key in hosts:
            yield from _catchers(events, [hosts[key]])
    handlers = [node for node in level.iterchildren(f"{{{BPMN}}}*") if node.get("triggeredByEvent") == "true"]
    inside = [node for node in level.iterchildren(f"{{{BPMN}}}*")]
    starts = [start for handler in handlers for start in handler.findall(f"{{{BPMN}}}startEvent")]
    for start in starts:
        others = [node for node in inside if node is not start.getparent()]
        yield from _thrown(start, others)
    yield from _twice(starts)
    yield from _interrupting(level)


def _catchers(events: list[etree._Element], thrown_by: list[etree._Element]) -> Iterator[Found]:
    for event in events:
        yield from _thrown(event, thrown_by)
    yield from _twice(events)


def _interrupting(level: etree._Element) -> Iterator[Found]:
    for event in level.findall(f"{{{BPMN}}}boundaryEvent"):
        if definition(event, "error") is not None and event.get("cancelActivity") == "false":
            yield found(
                event,
                "structure",
                "错误边界事件总是中断",
                "expected an error boundary event to interrupt: the activity has failed",
            )


def _thrown(event: etree._Element, inside: list[etree._Element]) -> Iterator[Found]:
    for kind in KINDS:
        caught = definition(event, kind)
        if caught is None:
            continue
        wanted = code(caught)
        if not any(_throws(node, kind, wanted) for node in inside):
            zh = "错误" if kind == "error" else "升级"
            named = "" if wanted is None else f" {wanted}"
            yield found(
                event,
                "structure",
                f"这里没有元素会抛出{zh}{named}",
                f"expected something here that can throw {kind}{named}, but nothing does",
            )


def _throws(node: etree._Element, kind: str, wanted: str | None) -> bool:
    """Something in a node may throw it."""
    for inner in node.iter(f"{{{BPMN}}}*"):
        tag = local(inner)
        if tag == "callActivity" or (kind == "error" and tag in FAILING):
            return True
        implied = drawn(inner) if tag == "multiInstanceLoopCharacteristics" else ()
        if any(one.kind == kind and wanted in (None, one.code) for one in implied):
            return True
        thrown = definition(inner, kind) if tag in THROWING else None
        if thrown is not None and wanted in (None, code(thrown)):
            return True
    return False


def _twice(events: list[etree._Element]) -> Iterator[Found]:
    told: dict[tuple[str, str | None], etree._Element] = {}
    for event in events:
        for kind in KINDS:
            caught = definition(event, kind)
            if caught is None:
                continue
            first = told.setdefault((kind, code(caught)), event)
            if first is not event:
                yield found(
                    event,
                    "structure",
                    f"{first.get('id')} 已捕获同一代码",
                    f"expected one event that catches this {kind}, but {first.get('id')} catches it already",
                )
