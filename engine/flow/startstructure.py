"""Where levels begin: start events of processes and sub-processes, event sub-processes, what an event instantiates."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.flow.eventstructure import kind_of
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

OUTSIDE = frozenset({"", "message", "signal", "timer"})
"""What may begin a process."""
MARKERS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def starts(level: etree._Element) -> Iterator[Found]:
    """What is wrong with the beginning of a process or sub-process."""
    if level.get("triggeredByEvent") == "true":
        yield from _handler(level)
        yield from _one_start(level, "event sub-process", "事件子流程")
        return
    events = level.findall(f"{{{BPMN}}}startEvent")
    for event in events:
        if event.get("isInterrupting", "true") != "true":
            yield found(
                event,
                "structure",
                "只有事件子流程的开始事件可以不中断",
                "expected isInterrupting on the start of an event sub-process only",
            )
    if local(level) == "process":
        yield from _process(level, events)
    else:
        yield from _inner(level, events)
    yield from _instantiating(level)


def _process(level: etree._Element, events: list[etree._Element]) -> Iterator[Found]:
    plain = [event for event in events if kind_of(event) == ""]
    if len(plain) > 1:
        yield found(
            level,
            "structure",
            "最多一个无触发的开始事件",
            f"expected at most one start event without trigger, but found {len(plain)}",
        )
    for event in events:
        kind = kind_of(event)
        if kind == "conditional":
            yield found(
                event,
                "unsupported",
                "流程尚未开始,没有可判断条件的变量;请用信号或定时启动,随后画条件事件",
                "nothing can ask a condition before the process runs; draw a start by signal or timer, and a conditional "
                "event behind it",
            )
        elif kind not in OUTSIDE:
            yield found(
                event,
                "structure",
                f"{kind} 只能启动事件子流程",
                f"expected {kind} on the start of an event sub-process: no process begins with it",
            )


def _inner(level: etree._Element, events: list[etree._Element]) -> Iterator[Found]:
    if len(events) > 1:
        yield found(
            level, "structure", "最多一个开始事件", f"expected at most one start event, but found {len(events)}"
        )
    for event in events:
        if kind_of(event):
            yield found(
                event,
                "structure",
                "子流程的开始事件不能有触发;请用事件子流程",
                "expected no trigger on the start of a sub-process; draw an event sub-process instead",
            )


def _one_start(level: etree._Element, en: str, zh: str) -> Iterator[Found]:
    events = level.findall(f"{{{BPMN}}}startEvent")
    if len(events) != 1:
        yield found(
            level,
            "structure",
            f"{zh}应有且只有一个开始事件",
            f"expected exactly one start event in the {en}, but found {len(events)}",
        )
        return
    kind = kind_of(events[0])
    if not kind:
        yield found(
            events[0],
            "structure",
            "事件子流程的开始事件应有触发",
            "expected a trigger on the start of an event sub-process",
        )
    elif kind in ("error", "compensate") and events[0].get("isInterrupting") == "false":
        yield found(
            events[0],
            "structure",
            f"由 {kind} 启动的事件子流程总是中断",
            f"expected an event sub-process that begins with {kind} to interrupt",
        )


def _handler(level: etree._Element) -> Iterator[Found]:
    """No token comes to an event sub-process, and none leaves it."""
    key, around = level.get("id"), level.getparent()
    flows = [] if around is None else around.findall(f"{{{BPMN}}}sequenceFlow")
    attached = [] if around is None else around.findall(f"{{{BPMN}}}boundaryEvent")
    if any(key in (flow.get("sourceRef"), flow.get("targetRef")) for flow in flows):
        yield found(
            level,
            "structure",
            "事件子流程不能有流入或流出的顺序流",
            "expected no sequence flow into or out of an event sub-process",
        )
    if any(event.get("attachedToRef") == key for event in attached) or any(
        level.find(f"{{{BPMN}}}{marker}") is not None for marker in MARKERS
    ):
        yield found(
            level,
            "structure",
            "事件子流程不能有边界事件、循环或多实例标记",
            "expected no boundary event, loop or multi-instance marker on an event sub-process",
        )


def _instantiating(level: etree._Element) -> Iterator[Found]:
    """A receive task or event-based gateway that begins a process stands at its outermost level, and nothing leads to it."""
    reached = {flow.get("targetRef") for flow in level.findall(f"{{{BPMN}}}sequenceFlow")}
    for node in level.iterchildren(f"{{{BPMN}}}*"):
        if node.get("instantiate") != "true":
            continue
        if local(level) != "process" or node.get("id") in reached:
            yield found(
                node,
                "structure",
                "启动流程(instantiate)的元素应在流程最外层,且没有流入的顺序流",
                "expected an element that instantiates the process at its outermost level, without a flow into it",
            )
