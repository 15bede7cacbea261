"""What is drawn of complex gateways, quantities, compensation, transactions and ad-hoc sub-processes, but cannot run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.markers import associated
from engine.flow.vocabulary import ACTIVITIES, FLOW_NODES
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

QUANTITY = re.compile(r"[1-9][0-9]?|100")
LEVELS = ("subProcess", "transaction", "adHocSubProcess")
"""What holds flow nodes of its own."""


@dataclass(frozen=True)
class Drawn:
    """The flow nodes of one process or sub-process by id, and its sequence flows."""

    scope: etree._Element

    @cached_property
    def nodes(self) -> Mapping[str, etree._Element]:
        """The flow nodes."""
        inside = self.scope.iterchildren(f"{{{BPMN}}}*")
        return {str(node.get("id")): node for node in inside if local(node) in FLOW_NODES}

    def flows(self, end: str, key: str | None) -> list[etree._Element]:
        """The flows with this element as `sourceRef` or `targetRef`."""
        return [flow for flow in self.scope.iterchildren(f"{{{BPMN}}}sequenceFlow") if flow.get(end) == key]

    def attached(self, key: str | None, kind: str) -> list[etree._Element]:
        """The boundary events of this kind on an activity."""
        events = [node for node in self.nodes.values() if node.get("attachedToRef") == key]
        return [node for node in events if definition(node, kind) is not None]


def levels(process: etree._Element) -> Iterator[etree._Element]:
    """The process and every sub-process in it, of whatever kind."""
    yield process
    yield from process.iter(*(f"{{{BPMN}}}{tag}" for tag in LEVELS))


def activity_structure(scope: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for one process or sub-process."""
    drawn = Drawn(scope)
    for node in drawn.nodes.values():
        for rule in _RULES:
            yield from rule(drawn, node)
    if local(scope) == "adHocSubProcess":
        yield from _ad_hoc(drawn)


def by_event(node: etree._Element) -> bool:
    """An event sub-process."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def _told(node: etree._Element, zh: str, en: str) -> Found:
    return found(node, "structure", zh, en)


# ------------------------------------------------------------------ quantities and complex gateways


def _quantities(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    for name in ("startQuantity", "completionQuantity"):
        if not QUANTITY.fullmatch(node.get(name, "1")):
            yield _told(node, f"{name} 应为 1 到 100 的整数", f"expected {name} to be a whole number from 1 to 100")
    if node.get("startQuantity", "1") != "1" and not drawn.flows("targetRef", node.get("id")):
        yield _told(
            node,
            "没有流入的顺序流,startQuantity 等不到令牌",
            "expected a sequence flow into the activity: no tokens come for its startQuantity",
        )


def _complex(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    if local(node) != "complexGateway":
        return
    several = len(drawn.flows("targetRef", node.get("id"))) > 1
    condition = node.find(f"{{{BPMN}}}activationCondition")
    if several and condition is None:
        yield _told(
            node,
            "多条顺序流流入的复杂网关应有 activationCondition",
            "expected an activationCondition on the complex gateway: several flows lead into it",
        )
    if not several and condition is not None:
        yield _told(
            node,
            "只有一条流入的复杂网关不需要 activationCondition",
            "expected no activationCondition on a complex gateway with one flow into it",
        )
    for flow in drawn.flows("sourceRef", node.get("id")) if several else ():
        asked = flow.find(f"{{{BPMN}}}conditionExpression")
        if asked is not None and "waitingForStart" not in (asked.text or ""):
            yield _told(
                flow,
                "网关复位时会再次求值此条件,应写明 waitingForStart(开始时为 true,复位时为 false)",
                "expected the condition to say waitingForStart (true at the start, false at the reset): it is asked at both",
            )


# ------------------------------------------------------------------ compensation


def _compensated(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """An activity and its compensation boundary events."""
    events = drawn.attached(node.get("id"), "compensate")
    if len(events) > 1:
        yield _told(events[1], "一个活动只能有一个补偿边界事件", "expected one compensation event on an activity")
    inside = [child for child in node.iterchildren(f"{{{BPMN}}}subProcess") if _undoes(child)]
    if len(inside) + len(events) > 1 and inside:
        yield _told(
            inside[-1],
            "子流程只能有一种补偿:一个补偿边界事件,或一个补偿事件子流程",
            "expected one way to compensate the sub-process: a compensation boundary event or one event sub-process",
        )
    for event in events:
        key = event.get("id", "")
        handlers = [drawn.nodes[key] for key in associated(event) if key in drawn.nodes]
        if len(handlers) != 1 or handlers[0].get("isForCompensation") != "true":
            yield _told(
                event,
                f"补偿边界事件 {key} 应以关联线(association)连到同一层的一个补偿活动(isForCompensation)",
                f"expected an association from {key} to one activity of its level that is marked isForCompensation",
            )
        if drawn.flows("sourceRef", key):
            yield _told(
                event,
                "补偿边界事件之后没有顺序流,用关联线连到补偿活动",
                "expected no sequence flow out of a compensation boundary event: draw an association to its activity",
            )


def _handler(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """An activity that is for compensation stands beside the flow."""
    if node.get("isForCompensation") != "true":
        return
    key = node.get("id", "")
    events = [event for event in drawn.nodes.values() if definition(event, "compensate") is not None]
    if not any(key in associated(event) for event in events if event.get("attachedToRef")):
        yield _told(
            node,
            "补偿活动应由补偿边界事件的关联线连到",
            "expected an association from a compensation boundary event to this activity",
        )
    if drawn.flows("sourceRef", key) or drawn.flows("targetRef", key):
        yield _told(node, "补偿活动不能有顺序流", "expected no sequence flow at an activity for compensation")
    if any(event.get("attachedToRef") == key for event in drawn.nodes.values()):
        yield _told(
            node,
            "补偿活动不能有边界事件,请把它连同事件放入一个补偿子流程",
            "expected no boundary event on an activity for compensation: put it with the event into a sub-process for compensation",
        )


def _thrown(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """A compensation event that names what it undoes."""
    thrown = definition(node, "compensate")
    key = None if thrown is None else thrown.get("activityRef")
    if key is None or local(node) not in ("intermediateThrowEvent", "endEvent"):
        return
    around = drawn
    while by_event(around.scope):
        parent = around.scope.getparent()
        assert parent is not None
        around = Drawn(parent)
    named = around.nodes.get(key)
    if named is None or not (around.attached(key, "compensate") or local(named) in LEVELS) or by_event(named):
        yield _told(
            node,
            f"activityRef 应指向同一层中有补偿边界事件的活动或子流程,但 {key} 不是",
            f"expected activityRef to name a sub-process, or an activity with a compensation event, of this level, but {key} is none",
        )


def _begun(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """A start event of kind compensation."""
    around = drawn.scope.getparent()
    if local(node) != "startEvent" or definition(node, "compensate") is None:
        return
    if around is None or not by_event(drawn.scope) or local(around) not in LEVELS:
        yield _told(
            node,
            "补偿开始事件只能放在子流程内的事件子流程中",
            "expected a compensation start event in an event sub-process within a sub-process only",
        )


def _undoes(node: etree._Element) -> bool:
    starts = node.iterchildren(f"{{{BPMN}}}startEvent")
    return by_event(node) and any(definition(start, "compensate") is not None for start in starts)


# ------------------------------------------------------------------ transactions


def _cancelling(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    if definition(node, "cancel") is None:
        return
    if local(node) == "endEvent" and local(drawn.scope) != "transaction":
        yield _told(
            node, "取消结束事件只能直接放在事务中", "expected a cancel end event directly within a transaction only"
        )
    host = drawn.nodes.get(node.get("attachedToRef", ""))
    if local(node) == "boundaryEvent" and (host is None or local(host) != "transaction"):
        yield _told(node, "取消边界事件只能附在事务上", "expected a cancel boundary event on a transaction only")
    if local(node) == "boundaryEvent" and node.get("cancelActivity") == "false":
        yield _told(node, "取消边界事件总是中断事务", "expected the cancel boundary event to interrupt its transaction")


def _transaction(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    ends = [end for end in node.iterchildren(f"{{{BPMN}}}endEvent") if definition(end, "cancel") is not None]
    events = drawn.attached(node.get("id"), "cancel")
    if local(node) != "transaction" or (not ends and len(events) < 2):
        return
    if len(events) != 1:
        yield _told(
            node,
            f"有取消结束事件的事务应有一个取消边界事件,但有 {len(events)} 个",
            f"expected one cancel boundary event on a transaction with a cancel end event, but found {len(events)}",
        )
    if any(local(child).endswith("LoopCharacteristics") for child in node.iterchildren(f"{{{BPMN}}}*")):
        yield _told(
            node,
            "可取消的事务不能循环或多实例,请把它放入一个循环的子流程",
            "expected no loop on a transaction that can be cancelled: put it into a sub-process that loops",
        )


# ------------------------------------------------------------------ ad-hoc sub-processes


def _ad_hoc(drawn: Drawn) -> Iterator[Found]:
    scope = drawn.scope
    if scope.find(f"{{{BPMN}}}completionCondition") is None:
        yield _told(
            scope,
            "自由子流程应有 completionCondition,否则不会结束",
            "expected a completionCondition on the ad-hoc sub-process: it would never be over",
        )
    flows = scope.findall(f"{{{BPMN}}}sequenceFlow")
    if flows and scope.get("ordering") == "Sequential":
        yield _told(
            flows[0],
            "顺序进行(Sequential)的自由子流程中不能有顺序流,请把相连的步骤放入一个子流程",
            "expected no sequence flow in a sequential ad-hoc sub-process: put what is connected into a sub-process",
        )
    begins = [node for key, node in drawn.nodes.items() if not drawn.flows("targetRef", key)]
    begins = [node for node in begins if node.get("isForCompensation") != "true" and local(node) != "boundaryEvent"]
    if not begins:
        yield _told(
            scope, "自由子流程中应有可开始的活动", "expected an activity in the ad-hoc sub-process to be started"
        )
    for node in drawn.nodes.values():
        tag = local(node)
        wrong = tag in ("startEvent", "endEvent") or by_event(node) or (node in begins and tag not in ACTIVITIES)
        if wrong:
            yield _told(
                node,
                f"自由子流程中没有开始、结束事件和事件子流程,流程从人员选择的活动开始:请去掉 {tag}",
                f"expected no {tag} here: an ad-hoc sub-process has no start, end or event sub-process, and begins with an activity",
            )


Rule = Callable[[Drawn, etree._Element], Iterator[Found]]
_RULES: tuple[Rule, ...] = (
    _quantities,
    _complex,
    _compensated,
    _handler,
    _thrown,
    _begun,
    _cancelling,
    _transaction,
)
