"""What a model contains that this release does not execute. Nothing is dropped without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.flow.activitystructure import activity_structure
from engine.flow.behaviorstructure import behaviors
from engine.flow.catchstructure import catchers
from engine.flow.drawn import by_event, levels
from engine.flow.eventstructure import events
from engine.flow.joins import joins
from engine.flow.linkstructure import event_gateways, link_findings, links
from engine.flow.markers import associated
from engine.flow.startstructure import starts
from engine.flow.structure import structure
from engine.flow.vocabulary import FLOW_NODES
from engine.flow.wording import Found, local, wording
from engine.flow.wording import found as _found
from engine.xml import BPMN


def findings(root: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for everything that is not supported."""
    yield from wording(root)
    yield from structure(root)
    yield from events(root)
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        yield from _process(process)


def _process(process: etree._Element) -> Iterator[Found]:
    if process.get("isExecutable") != "true":
        yield _found(process, "structure", '流程应标为可执行(isExecutable="true")', 'expected isExecutable="true"')
    yield from behaviors(process)
    for scope in levels(process):
        yield from activity_structure(scope)
        yield from starts(scope)
        yield from catchers(scope)
        yield from link_findings(scope)
        yield from event_gateways(scope)
        yield from _scope(scope)


def _scope(scope: etree._Element) -> Iterator[Found]:
    nodes = {child.get("id", ""): child for child in scope if _is_node(child)}
    follows: dict[str, list[str]] = {}
    for flow in scope.findall(f"{{{BPMN}}}sequenceFlow"):
        follows.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for child in nodes.values():
        if child.get("attachedToRef"):
            follows.setdefault(child.get("attachedToRef", ""), []).append(child.get("id", ""))
            follows.setdefault(child.get("id", ""), []).extend(associated(child))
    for throw, catch in links(scope):
        follows.setdefault(throw.get("id", ""), []).append(catch.get("id", ""))
    reached: set[str] = set()
    todo = [*_begins(nodes, follows), *(key for key, node in nodes.items() if by_event(node))]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += follows.get(key, [])
    for key in sorted(nodes.keys() - reached):
        yield _found(nodes[key], "structure", f"从开始事件到不了 {key}", f"expected a path from the start to {key}")
    yield from joins(scope)


def _begins(nodes: Mapping[str, etree._Element], follows: Mapping[str, list[str]]) -> list[str]:
    """Where a level begins: at its start events and what an event instantiates, else at what nothing leads to."""
    starts = [key for key, node in nodes.items() if local(node) == "startEvent" or node.get("instantiate") == "true"]
    led = {target for targets in follows.values() for target in targets}
    return starts or [key for key, node in nodes.items() if key not in led and node.get("isForCompensation") != "true"]


def _is_node(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and etree.QName(node.tag).localname in FLOW_NODES
