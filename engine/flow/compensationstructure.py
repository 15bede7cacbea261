"""What is drawn of compensation, but cannot run."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.flow.definitions import definition
from engine.flow.drawn import LEVELS, Drawn, by_event, told
from engine.flow.markers import associated
from engine.flow.wording import Found, local
from engine.xml import BPMN


def compensation(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for one flow node of a level."""
    for rule in (_compensated, _handler, _thrown, _begun):
        yield from rule(drawn, node)


def _compensated(drawn: Drawn, node: etree._Element) -> Iterator[Found]:
    """An activity and its compensation boundary events."""
    events = drawn.attached(node.get("id"), "compensate")
    if len(events) > 1:
        yield told(events[1], "一个活动只能有一个补偿边界事件", "expected one compensation event on an activity")
    inside = [child for child in node.iterchildren(f"{{{BPMN}}}subProcess") if _undoes(child)]
    if len(inside) + len(events) > 1 and inside:
        yield told(
            inside[-1],
            "子流程只能有一种补偿:一个补偿边界事件,或一个补偿事件子流程",
            "expected one way to compensate the sub-process: a compensation boundary event or one event sub-process",
        )
    if events and not any(_undoing(level) for level in _around(drawn.scope)):
        yield told(
            events[0],
            f"没有能撤销 {node.get('id')} 的补偿事件:请在本层或外层画一个,或去掉补偿边界事件",
            f"expected a compensation event that could undo {node.get('id')}, at this level or around it, but there is none",
        )
    for event in events:
        key = event.get("id", "")
        handlers = [drawn.nodes[key] for key in associated(event) if key in drawn.nodes]
        if len(handlers) != 1 or handlers[0].get("isForCompensation") != "true":
            yield told(
                event,
                f"补偿边界事件 {key} 应以关联线(association)连到同一层的一个补偿活动(isForCompensation)",
                f"expected an association from {key} to one activity of its level that is marked isForCompensation",
            )
        if drawn.flows("sourceRef", key):
            yield told(
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
        yield told(
            node,
            "补偿活动应由补偿边界事件的关联线连到",
            "expected an association from a compensation boundary event to this activity",
        )
    if drawn.flows("sourceRef", key) or drawn.flows("targetRef", key):
        yield told(node, "补偿活动不能有顺序流", "expected no sequence flow at an activity for compensation")
    if any(event.get("attachedToRef") == key for event in drawn.nodes.values()):
        yield told(
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
        yield told(
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
        yield told(
            node,
            "补偿开始事件只能放在子流程内的事件子流程中",
            "expected a compensation start event in an event sub-process within a sub-process only",
        )


def _around(scope: etree._Element) -> Iterator[etree._Element]:
    """A level and those around it, up to its process."""
    level: etree._Element | None = scope
    while level is not None and local(level) in (*LEVELS, "process"):
        yield level
        level = level.getparent()


def _undoing(level: etree._Element) -> bool:
    """Something at this level, event sub-processes included, undoes what is done in it."""
    for node in level.iterchildren(f"{{{BPMN}}}*"):
        throws = local(node) in ("intermediateThrowEvent", "endEvent")
        if throws and (definition(node, "compensate") is not None or definition(node, "cancel") is not None):
            return True
        if by_event(node) and _undoing(node):
            return True
    return False


def _undoes(node: etree._Element) -> bool:
    starts = node.iterchildren(f"{{{BPMN}}}startEvent")
    return by_event(node) and any(definition(start, "compensate") is not None for start in starts)
