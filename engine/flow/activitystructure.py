"""What is drawn of activities and complex gateways, but cannot run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.flow.compensationstructure import compensation
from engine.flow.definitions import definition
from engine.flow.drawn import Drawn, by_event, told
from engine.flow.vocabulary import ACTIVITIES
from engine.flow.wording import Found, local
from engine.xml import BPMN

QUANTITY = re.compile(r"[1-9][0-9]?|100")


def activity_structure(scope: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for one process or sub-process."""
    drawn = Drawn(scope)
    for node in drawn.nodes.values():
        for rule in _RULES:
            yield from rule(drawn, node)
    if local(scope) == "adHocSubProcess":
        yield from _ad_hoc(drawn)


# ------------------------------------------------------------------ quantities and complex gateways


def _quantities(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    for name in ("startQuantity", "completionQuantity"):
        if not QUANTITY.fullmatch(node.get(name, "1")):
            yield told(node, f"{name} 应为 1 到 100 的整数", f"expected {name} to be a whole number from 1 to 100")
    if node.get("startQuantity", "1") != "1" and not drawn.flows("targetRef", node.get("id")):
        yield told(
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
        yield told(
            node,
            "多条顺序流流入的复杂网关应有 activationCondition",
            "expected an activationCondition on the complex gateway: several flows lead into it",
        )
    if not several and condition is not None:
        yield told(
            node,
            "只有一条流入的复杂网关不需要 activationCondition",
            "expected no activationCondition on a complex gateway with one flow into it",
        )
    for flow in drawn.flows("sourceRef", node.get("id")) if several else ():
        asked = flow.find(f"{{{BPMN}}}conditionExpression")
        if asked is not None and "waitingForStart" not in (asked.text or ""):
            yield told(
                flow,
                "网关复位时会再次求值此条件,应写明 waitingForStart(开始时为 true,复位时为 false)",
                "expected the condition to say waitingForStart (true at the start, false at the reset): it is asked at both",
            )


# ------------------------------------------------------------------ transactions


def _cancelling(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    if definition(node, "cancel") is None:
        return
    if local(node) == "endEvent" and local(drawn.scope) != "transaction":
        yield told(
            node, "取消结束事件只能直接放在事务中", "expected a cancel end event directly within a transaction only"
        )
    host = drawn.nodes.get(node.get("attachedToRef", ""))
    if local(node) == "boundaryEvent" and (host is None or local(host) != "transaction"):
        yield told(node, "取消边界事件只能附在事务上", "expected a cancel boundary event on a transaction only")
    if local(node) == "boundaryEvent" and node.get("cancelActivity") == "false":
        yield told(node, "取消边界事件总是中断事务", "expected the cancel boundary event to interrupt its transaction")


def _transaction(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    ends = [end for end in node.iterchildren(f"{{{BPMN}}}endEvent") if definition(end, "cancel") is not None]
    events = drawn.attached(node.get("id"), "cancel")
    if local(node) != "transaction" or (not ends and len(events) < 2):
        return
    if len(events) != 1:
        yield told(
            node,
            f"有取消结束事件的事务应有一个取消边界事件,但有 {len(events)} 个",
            f"expected one cancel boundary event on a transaction with a cancel end event, but found {len(events)}",
        )
    if any(local(child).endswith("LoopCharacteristics") for child in node.iterchildren(f"{{{BPMN}}}*")):
        yield told(
            node,
            "可取消的事务不能循环或多实例,请把它放入一个循环的子流程",
            "expected no loop on a transaction that can be cancelled: put it into a sub-process that loops",
        )


# ------------------------------------------------------------------ ad-hoc sub-processes


def _ad_hoc(drawn: Drawn) -> Iterator[Found]:
    scope = drawn.scope
    if scope.find(f"{{{BPMN}}}completionCondition") is None:
        yield told(
            scope,
            "自由子流程应有 completionCondition,否则不会结束",
            "expected a completionCondition on the ad-hoc sub-process: it would never be over",
        )
    flows = scope.findall(f"{{{BPMN}}}sequenceFlow")
    if flows and scope.get("ordering") == "Sequential":
        yield told(
            flows[0],
            "顺序进行(Sequential)的自由子流程中不能有顺序流,请把相连的步骤放入一个子流程",
            "expected no sequence flow in a sequential ad-hoc sub-process: put what is connected into a sub-process",
        )
    begins = [node for key, node in drawn.nodes.items() if not drawn.flows("targetRef", key)]
    begins = [node for node in begins if node.get("isForCompensation") != "true" and local(node) != "boundaryEvent"]
    if not begins:
        yield told(
            scope, "自由子流程中应有可开始的活动", "expected an activity in the ad-hoc sub-process to be started"
        )
    for node in drawn.nodes.values():
        tag = local(node)
        wrong = tag in ("startEvent", "endEvent") or by_event(node) or (node in begins and tag not in ACTIVITIES)
        if wrong:
            yield told(
                node,
                f"自由子流程中没有开始、结束事件和事件子流程,流程从人员选择的活动开始:请去掉 {tag}",
                f"expected no {tag} here: an ad-hoc sub-process has no start, end or event sub-process, and begins with an activity",
            )


Rule = Callable[[Drawn, etree._Element], Iterator[Found]]
_RULES: tuple[Rule, ...] = (
    _quantities,
    _complex,
    compensation,
    _cancelling,
    _transaction,
)
