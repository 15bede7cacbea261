"""A BPMN file to processes: what the XML says about each flow node, in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.flow.elements import Element, Flow, Kind, MultiInstance, Process, StandardLoop
from engine.flow.implicitthrow import implied
from engine.flow.markers import markers
from engine.flow.trigger import triggered
from engine.flow.written import feel as _feel
from engine.flow.written import text as _text
from engine.xml import BPMN, ZX, unreadable

KINDS: dict[str, Kind] = {f"{{{BPMN}}}" + str(kind): kind for kind in Kind}
LEVELS = (Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.AD_HOC)
"""What holds flow nodes of its own."""


def processes(root: etree._Element, path: str) -> Iterator[Process]:
    """The processes of a definitions element. Raises Refused (INVALID_MODEL)."""
    for node in root.iterchildren(f"{{{BPMN}}}process"):
        if not node.get("id"):
            raise unreadable(path, node.sourceline or 0, "流程应有 id", "expected the process to have an id")
        yield _process(node, path)


def _process(node: etree._Element, path: str) -> Process:
    key = node.get("id", "")
    lanes = dict(_lanes(node))
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    _content(node, key, None, lanes, elements, flows, path)
    return Process(
        id=key, name=node.get("name"), path=path, elements=elements, flows=flows, lanes=tuple(_lane_list(node))
    )


def _content(
    node: etree._Element,
    process: str,
    parent: str | None,
    lanes: Mapping[str, tuple[str | None, str | None]],
    elements: dict[str, Element],
    flows: dict[str, Flow],
    path: str,
) -> None:
    for child in node:
        kind = KINDS.get(child.tag) if isinstance(child.tag, str) else None
        key = child.get("id", "")
        if child.tag == f"{{{BPMN}}}sequenceFlow":
            flows[key] = _flow(child)
        elif kind is not None:
            if key in elements or not key:
                line = child.sourceline or 0
                raise unreadable(path, line, f"id 应唯一且不为空:{key!r}", f"expected a unique id, but found {key!r}")
            lane = lanes.get(key) or (lanes.get(parent) if parent else None) or (None, None)
            elements[key] = _element(child, kind, process, parent, lane)
            if kind in LEVELS:
                _content(child, process, key, {**lanes, key: lane}, elements, flows, path)


def _element(
    node: etree._Element,
    kind: Kind,
    process: str,
    parent: str | None,
    lane: tuple[str | None, str | None],
) -> Element:
    event = triggered(node)
    return Element(
        id=node.get("id", ""),
        kind=kind,
        process=process,
        parent=parent,
        name=node.get("name"),
        documentation=_text(node, "documentation"),
        lane=lane[0],
        role=lane[1],
        trigger=event.trigger,
        expression=event.expression,
        message=event.message,
        code=event.code,
        by_event=node.get("triggeredByEvent") == "true",
        instantiate=node.get("instantiate") == "true",
        script=_feel(_text(node, "script")),
        called=node.get("calledElement"),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) != "false",
        default_flow=node.get("default"),
        loop=_loop(node),
        inputs=_named(node, "input"),
        outputs=_named(node, "output"),
        extensions={
            str(etree.QName(k).localname): str(v) for k, v in node.attrib.items() if str(k).startswith(f"{{{ZX}}}")
        },
        parameters=_named(node, "parameter"),
        line=node.sourceline or 0,
        **markers(node, kind),
    )


def _flow(node: etree._Element) -> Flow:
    condition = node.find(f"{{{BPMN}}}conditionExpression")
    return Flow(
        id=node.get("id", ""),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        condition=None if condition is None else _feel(condition.text or ""),
        name=node.get("name"),
    )


def _loop(node: etree._Element) -> MultiInstance | StandardLoop | None:
    several = node.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if several is not None:
        item = several.find(f"{{{BPMN}}}inputDataItem")
        standard = None if item is None else (item.get("name") or item.get("id"))
        return MultiInstance(
            sequential=several.get("isSequential") == "true",
            collection=_feel(several.get(f"{{{ZX}}}collection") or _text(several, "loopDataInputRef")),
            item=several.get(f"{{{ZX}}}item") or standard,
            cardinality=_feel(_text(several, "loopCardinality")),
            completion_condition=_feel(_text(several, "completionCondition")),
            throws=implied(several),
        )
    loop = node.find(f"{{{BPMN}}}standardLoopCharacteristics")
    if loop is None:
        return None
    maximum = loop.get("loopMaximum")
    return StandardLoop(
        condition=_feel(_text(loop, "loopCondition")),
        maximum=int(maximum) if maximum and maximum.isdigit() else None,
        test_before=loop.get("testBefore") == "true",
    )


def _lanes(process: etree._Element) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """The innermost lane of each flow node: its name and role."""
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in lane.iterchildren(f"{{{BPMN}}}flowNodeRef"):
            yield (reference.text or "").strip(), (lane.get("name"), _role(lane))


def _role(lane: etree._Element | None) -> str | None:
    while lane is not None:
        if role := lane.get(f"{{{ZX}}}role"):
            return str(role)
        lane = lane.getparent()
    return None


def _lane_list(process: etree._Element) -> Iterator[tuple[str, str | None, str | None]]:
    for lane in process.iter(f"{{{BPMN}}}lane"):
        yield lane.get("id", ""), lane.get("name"), lane.get(f"{{{ZX}}}role")


def _named(node: etree._Element, tag: str) -> dict[str, str]:
    extensions = node.find(f"{{{BPMN}}}extensionElements")
    if extensions is None:
        return {}
    found = extensions.iterchildren(f"{{{ZX}}}{tag}")
    return {item.get("name", ""): _feel(item.get("value", "")) or "null" for item in found}
