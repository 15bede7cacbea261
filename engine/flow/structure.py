"""What is drawn, but cannot run: identifiers, ends of flows, conditions, attachments, lanes, messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.drawn import LEVELS, levels
from engine.flow.vocabulary import ACTIVITIES, FLOW_NODES
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

ELEMENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
MAX_ID = 64
CONDITIONAL = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}
"""What a flow with a condition may leave."""
SENDERS = frozenset({"sendTask", "intermediateThrowEvent", "endEvent"})
RECEIVERS = frozenset({"receiveTask", "intermediateCatchEvent", "boundaryEvent"})


def structure(root: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for everything that is drawn wrong."""
    yield from _identifiers(root)
    yield from _messages(root)
    yield from _pools(root)
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        yield from _lanes(process)
        for scope in levels(process):
            yield from _scope(scope)


def _identifiers(root: etree._Element) -> Iterator[Found]:
    nodes = [n for n in root.iter(f"{{{BPMN}}}*")]
    counted = Counter(node.get("id") for node in nodes if node.get("id") is not None)
    told: set[str] = set()
    for node in nodes:
        key = node.get("id")
        if key is not None and counted[key] > 1 and key not in told:
            told.add(key)
            yield found(
                node,
                "identifier",
                f"id {key} 出现 {counted[key]} 次",
                f"expected the id {key} once, but found it {counted[key]} times",
            )
        if local(node) in FLOW_NODES | {"sequenceFlow", "process", "lane"}:
            yield from _identifier(node, key or "")


def _identifier(node: etree._Element, key: str) -> Iterator[Found]:
    if not ELEMENT_ID.fullmatch(key) or "__" in key or len(key) > MAX_ID:
        yield found(
            node,
            "identifier",
            f"id 应由字母、数字和单个下划线组成,以字母开头,不超过 {MAX_ID} 个字符:{key[:MAX_ID]!r}",
            f"expected an id of at most {MAX_ID} letters, digits and single underscores that begins with a letter, but found {key[:MAX_ID]!r}",
        )


def _scope(scope: etree._Element) -> Iterator[Found]:
    nodes = {child.get("id", ""): child for child in scope if _is(child, FLOW_NODES)}
    flows = [child for child in scope if _is(child, frozenset({"sequenceFlow"}))]
    leaving: dict[str, list[etree._Element]] = {key: [] for key in nodes}
    arriving: Counter[str] = Counter()
    for flow in flows:
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
        arriving[flow.get("targetRef", "")] += 1
    for key, node in nodes.items():
        yield from _ends(node, arriving[key], len(leaving[key]))
        yield from _attachment(node, nodes)
        yield from _default(node, leaving[key])
        yield from _direction(node, arriving[key], len(leaving[key]))
        for flow in leaving[key]:
            yield from _condition(node, flow, leaving[key])


def _ends(node: etree._Element, arriving: int, leaving: int) -> Iterator[Found]:
    tag = local(node)
    if tag in ("startEvent", "boundaryEvent") and arriving:
        yield found(node, "structure", f"{tag} 不能有流入的顺序流", f"expected no sequence flow into a {tag}")
    if tag == "endEvent" and leaving:
        yield found(node, "structure", "结束事件不能有流出的顺序流", "expected no sequence flow out of an end event")
    if tag in ("startEvent", "boundaryEvent") and not leaving and definition(node, "compensate") is None:
        yield found(node, "structure", f"{tag} 之后应有顺序流", f"expected a sequence flow out of the {tag}")


def _attachment(node: etree._Element, nodes: Mapping[str, etree._Element]) -> Iterator[Found]:
    if local(node) != "boundaryEvent":
        return
    host = nodes.get(node.get("attachedToRef", ""))
    if host is None or local(host) not in ACTIVITIES:
        yield found(
            node,
            "structure",
            "边界事件应附在同一层的一个活动上",
            "expected the boundary event to be attached to an activity of its level",
        )


def _default(node: etree._Element, leaving: list[etree._Element]) -> Iterator[Found]:
    key = node.get("default")
    if key is None:
        return
    if key not in [flow.get("id") for flow in leaving]:
        yield found(
            node, "structure", f"默认流 {key} 应从此元素流出", f"expected the default flow {key} to leave this element"
        )
    elif len(leaving) == 1 and local(node) in ACTIVITIES:
        yield found(node, "structure", "只有一条流出的顺序流时不需要默认流", "expected no default among a single flow")


def _direction(node: etree._Element, arriving: int, leaving: int) -> Iterator[Found]:
    says = node.get("gatewayDirection", "Unspecified")
    fits = {
        "Unspecified": True,
        "Mixed": arriving > 1 and leaving > 1,
        "Converging": leaving <= 1,
        "Diverging": arriving <= 1,
    }
    if not fits.get(says, False):
        yield found(
            node,
            "structure",
            f"gatewayDirection={says},但有 {arriving} 条流入、{leaving} 条流出",
            f"the gateway says {says}, but {arriving} flows arrive and {leaving} leave",
        )


def _condition(node: etree._Element, flow: etree._Element, leaving: list[etree._Element]) -> Iterator[Found]:
    tag, conditional = local(node), flow.find(f"{{{BPMN}}}conditionExpression") is not None
    is_default = flow.get("id") == node.get("default")
    if conditional and tag not in CONDITIONAL:
        yield found(
            flow,
            "structure",
            f"从 {tag} 流出的顺序流不能有条件,请先画排他网关",
            f"expected no condition on a flow out of a {tag}; draw an exclusive gateway first",
        )
    elif conditional and is_default:
        yield found(flow, "structure", "默认流不能有条件", "expected no condition on a default flow")
    elif conditional and len(leaving) == 1 and tag not in LEVELS:
        yield found(
            flow,
            "structure",
            "唯一的流出不能有条件:条件不成立时无路可走",
            "expected no condition on the only flow: nothing could be done when it does not hold",
        )
    elif not conditional and not is_default and len(leaving) > 1 and tag in CONDITIONAL - ACTIVITIES:
        yield found(
            flow,
            "structure",
            "网关之后的每条流应有条件,或为默认流",
            "expected each flow out of the gateway to have a condition, or to be the default",
        )


def _lanes(process: etree._Element) -> Iterator[Found]:
    nodes = {node.get("id") for node in process.iter() if _is(node, FLOW_NODES)}
    placed: dict[str, etree._Element] = {}
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in lane.iterchildren(f"{{{BPMN}}}flowNodeRef"):
            key = (reference.text or "").strip()
            if key not in nodes:
                yield found(lane, "structure", f"泳道中没有元素 {key}", f"expected an element {key} for the lane")
                continue
            other = placed.setdefault(key, lane)
            if other is not lane and other not in lane.iterancestors():
                yield found(
                    lane,
                    "structure",
                    f"{key} 同时在泳道 {other.get('id')} 和 {lane.get('id')} 中",
                    f"expected {key} in one lane, but found it in {other.get('id')} and {lane.get('id')}",
                )
            placed[key] = lane


def _messages(root: etree._Element) -> Iterator[Found]:
    known = {node.get("id") for node in root.iterchildren(f"{{{BPMN}}}message") if node.get("name", "").strip()}
    for node in root.iter(f"{{{BPMN}}}*"):
        tag = local(node)
        if tag not in ("messageEventDefinition", "sendTask", "receiveTask"):
            continue
        if node.get("messageRef") not in known:
            yield found(
                node,
                "structure",
                "应指向本文件中有名称的消息",
                "expected messageRef to name a message of this file that has a name",
            )


def _pools(root: etree._Element) -> Iterator[Found]:
    processes = {node.get("id") for node in root.iterchildren(f"{{{BPMN}}}process")}
    for participant in root.iter(f"{{{BPMN}}}participant"):
        if participant.get("processRef") not in (None, *processes):
            yield found(
                participant,
                "structure",
                "泳池应指向本文件中的流程",
                "expected processRef to name a process of this file",
            )
    named = {node.get("id"): node for node in root.iter(f"{{{BPMN}}}*")}
    pools = {p.get("id") for p in root.iter(f"{{{BPMN}}}participant") if p.get("processRef") is None}
    for flow in root.iter(f"{{{BPMN}}}messageFlow"):
        ends = [flow.get("sourceRef"), flow.get("targetRef")]
        if pools.intersection(ends):
            continue  # the other side is a black box: the drawing tells people, nothing is executed
        sent, received = (_message_of(named.get(end)) for end in ends)
        source, target = (None if named.get(end) is None else local(named[end]) for end in ends)
        if sent is None or sent != received or source not in SENDERS or target not in RECEIVERS:
            yield found(
                flow,
                "structure",
                "消息流应从发送某消息的元素画到等待同一消息的元素",
                "expected the message flow from an element that sends a message to one that waits for the same",
            )


def _message_of(node: etree._Element | None) -> str | None:
    if node is None:
        return None
    definition = node.find(f"{{{BPMN}}}messageEventDefinition")
    return node.get("messageRef") if definition is None else definition.get("messageRef")


def _is(node: etree._Element, tags: frozenset[str]) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}") and local(node) in tags
