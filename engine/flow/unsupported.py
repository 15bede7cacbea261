"""What a model contains that this release does not execute. Nothing is dropped without a word."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.flow.joins import joins
from engine.flow.structure import structure
from engine.flow.vocabulary import FLOW_NODES
from engine.flow.wording import Found, wording
from engine.flow.wording import found as _found
from engine.xml import BPMN


def findings(root: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for everything that is not supported."""
    yield from wording(root)
    yield from structure(root)
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        yield from _process(process)


def _process(process: etree._Element) -> Iterator[Found]:
    if process.get("isExecutable") != "true":
        yield _found(process, "structure", '流程应标为可执行(isExecutable="true")', 'expected isExecutable="true"')
    scopes = [process, *process.iter(f"{{{BPMN}}}subProcess")]
    for scope in scopes:
        yield from _scope(scope)


def _scope(scope: etree._Element) -> Iterator[Found]:
    starts = scope.findall(f"{{{BPMN}}}startEvent")
    if len(starts) != 1:
        yield _found(
            scope, "structure", "应有且只有一个开始事件", f"expected exactly one start event, but found {len(starts)}"
        )
        return
    nodes = {child.get("id", ""): child for child in scope if _is_node(child)}
    follows: dict[str, list[str]] = {}
    for flow in scope.findall(f"{{{BPMN}}}sequenceFlow"):
        follows.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for child in nodes.values():
        if child.get("attachedToRef"):
            follows.setdefault(child.get("attachedToRef", ""), []).append(child.get("id", ""))
    reached: set[str] = set()
    todo = [starts[0].get("id", "")]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += follows.get(key, [])
    for key in sorted(nodes.keys() - reached):
        yield _found(nodes[key], "structure", f"从开始事件到不了 {key}", f"expected a path from the start to {key}")
    yield from joins(scope)


def _is_node(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and etree.QName(node.tag).localname in FLOW_NODES
