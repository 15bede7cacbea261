"""Ways that need a partner: link events in pairs, and the events behind an event-based gateway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.eventstructure import kind_of
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

RACING = frozenset({"message", "timer", "signal", "conditional"})
BEGINNING = frozenset({"message", "timer", "signal"})
MARKERS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def links(level: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """The pairs of link events of a level: each throw event with the catch event it leads to."""
    catching = {_name(event): event for event in _events(level, "intermediateCatchEvent")}
    for event in _events(level, "intermediateThrowEvent"):
        if _name(event) in catching:
            yield event, catching[_name(event)]


def link_findings(level: etree._Element) -> Iterator[Found]:
    """Link events without a name or partner, twice, or with a flow that they replace."""
    throwing, catching = _events(level, "intermediateThrowEvent"), _events(level, "intermediateCatchEvent")
    names = {"throw": {_name(event) for event in throwing}, "catch": {_name(event) for event in catching}}
    counted = Counter(_name(event) for event in catching)
    flows = level.findall(f"{{{BPMN}}}sequenceFlow")
    sources, targets = {flow.get("sourceRef") for flow in flows}, {flow.get("targetRef") for flow in flows}
    for event in throwing:
        yield from _partner(event, names["catch"], "捕获", "catch")
        if event.get("id") in sources:
            yield found(
                event, "structure", "抛出链接之后不能有顺序流", "expected no sequence flow out of a throwing link"
            )
    for event in catching:
        yield from _partner(event, names["throw"], "抛出", "throw")
        if counted[_name(event)] > 1:
            yield found(
                event,
                "structure",
                f"同一层中链接 {_name(event)} 只能捕获一次",
                f"expected one catch event for the link {_name(event)} in its level",
            )
        if event.get("id") in targets:
            yield found(
                event, "structure", "捕获链接之前不能有顺序流", "expected no sequence flow into a catching link"
            )


def event_gateways(level: etree._Element) -> Iterator[Found]:
    """Event-based gateways without a choice, or with something behind them that does not wait for an event."""
    nodes = {node.get("id", ""): node for node in level.iterchildren(f"{{{BPMN}}}*")}
    flows = [(flow.get("sourceRef"), flow.get("targetRef", "")) for flow in level.findall(f"{{{BPMN}}}sequenceFlow")]
    arriving = Counter(target for _, target in flows)
    for gateway in level.findall(f"{{{BPMN}}}eventBasedGateway"):
        behind = [target for source, target in flows if source == gateway.get("id")]
        if len(behind) < 2:
            yield found(
                gateway,
                "structure",
                "事件网关之后应有至少两个事件",
                f"expected at least two events behind the gateway, but found {len(behind)}",
            )
        for key in behind:
            yield from _behind(gateway, nodes.get(key), arriving[key])
        yield from _mixed(gateway, [nodes[key] for key in behind if key in nodes], level)


def _behind(gateway: etree._Element, node: etree._Element | None, arriving: int) -> Iterator[Found]:
    if node is None:
        return
    allowed = BEGINNING if gateway.get("instantiate") == "true" else RACING
    event = local(node) == "intermediateCatchEvent" and kind_of(node) in allowed
    if not event and local(node) != "receiveTask":
        yield found(
            node,
            "structure",
            f"事件网关之后应是等待 {'、'.join(sorted(allowed))} 的捕获事件或接收任务",
            f"expected a catch event ({', '.join(sorted(allowed))}) or a receive task behind the event-based gateway",
        )
    elif arriving > 1:
        yield found(
            node,
            "structure",
            "事件网关之后的事件不能有其他流入",
            "expected no other flow into an event behind an event-based gateway",
        )


def _mixed(gateway: etree._Element, behind: list[etree._Element], level: etree._Element) -> Iterator[Found]:
    tasks = [node for node in behind if local(node) == "receiveTask"]
    if tasks and any(local(node) == "intermediateCatchEvent" and kind_of(node) == "message" for node in behind):
        yield found(
            gateway,
            "structure",
            "事件网关之后,接收任务和消息事件只用其一",
            "expected either receive tasks or message events behind the event-based gateway",
        )
    hosts = {event.get("attachedToRef") for event in level.findall(f"{{{BPMN}}}boundaryEvent")}
    for task in tasks:
        if task.get("id") in hosts or any(task.find(f"{{{BPMN}}}{marker}") is not None for marker in MARKERS):
            yield found(
                task,
                "structure",
                "事件网关之后的接收任务不能有边界事件或循环",
                "expected no boundary event and no loop on a receive task behind an event-based gateway",
            )


def _partner(event: etree._Element, names: set[str], zh: str, en: str) -> Iterator[Found]:
    if not _name(event):
        yield found(event, "structure", "链接应有名称", "expected the link to have a name")
    elif _name(event) not in names:
        yield found(
            event,
            "structure",
            f"同一层中没有{zh}链接 {_name(event)} 的事件",
            f"expected a {en} event for the link {_name(event)} in its level, but there is none",
        )


def _events(level: etree._Element, tag: str) -> list[etree._Element]:
    return [event for event in level.findall(f"{{{BPMN}}}{tag}") if definition(event, "link") is not None]


def _name(event: etree._Element) -> str:
    written = definition(event, "link")
    return "" if written is None else written.get("name", "").strip()
