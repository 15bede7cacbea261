"""What is drawn wrong about one event: its trigger, the time or condition it waits for, what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.flow.definitions import REFERENCE, definitions
from engine.flow.trigger import CODES
from engine.flow.vocabulary import WORDS
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

EVENTS = frozenset(tag for tag in WORDS if tag.endswith("Event"))
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
WAITING = frozenset({"intermediateCatchEvent", "boundaryEvent"})


def events(root: etree._Element) -> Iterator[Found]:
    """What is wrong with each event of a file, looked at alone."""
    for node in root.iter(f"{{{BPMN}}}*"):
        if local(node) in EVENTS:
            yield from _references(node)
            yield from _triggers(node, list(definitions(node)))


def kind_of(node: etree._Element) -> str:
    """The kind of an event's trigger (`message`, `timer`, …); empty without one."""
    return next((local(found).removesuffix("EventDefinition") for found in definitions(node)), "")


def begins_handler(node: etree._Element) -> bool:
    """The start event of an event sub-process."""
    around = node.getparent()
    return local(node) == "startEvent" and around is not None and around.get("triggeredByEvent") == "true"


def _references(node: etree._Element) -> Iterator[Found]:
    """A definition that an event refers to is one of this file, of a kind that such an event can have."""
    allowed = WORDS[local(node)].children
    for reference in node.iterchildren(REFERENCE):
        key = (reference.text or "").strip()
        named = [one for one in definitions(node) if one.get("id") == key and one.getparent() is not node]
        if not named:
            yield found(
                node,
                "structure",
                f"本文件中没有事件定义 {key}",
                f"expected an event definition of this file, but there is no {key}",
            )
        for one in named:
            if local(one) not in allowed:
                yield found(
                    node,
                    "unsupported",
                    f"{local(one)} 不能放在 {local(node)} 之中",
                    f"expected no {local(one)} within {local(node)}: it is not executed there",
                )


def _triggers(node: etree._Element, triggers: list[etree._Element]) -> Iterator[Found]:
    if len(triggers) > 1:
        yield found(node, "unsupported", "一个事件只能有一个触发", "expected at most one trigger on an event")
    if local(node) in WAITING and not triggers and node.find(REFERENCE) is None:
        yield found(
            node,
            "structure",
            "事件应等待某种触发:定时、消息、信号、条件等",
            "expected the event to wait for something: a timer, a message, a signal, a condition or another trigger",
        )
    for trigger in triggers:
        kind = local(trigger).removesuffix("EventDefinition")
        if kind == "timer":
            yield from _timer(node, trigger)
        elif kind == "conditional" and trigger.find(f"{{{BPMN}}}condition") is None:
            yield found(node, "structure", "条件事件应有条件", "expected a condition in the conditional event")
        elif kind in CODES:
            yield from _code(node, trigger, kind)


def _timer(node: etree._Element, trigger: etree._Element) -> Iterator[Found]:
    times = [child for child in trigger if isinstance(child.tag, str) and local(child).startswith("time")]
    if len(times) != 1:
        yield found(
            node,
            "structure",
            "定时应有 timeDate、timeDuration、timeCycle 之一",
            f"expected one of timeDate, timeDuration, timeCycle, but found {len(times)}",
        )
    elif local(times[0]) == "timeCycle" and not _repeats(node):
        yield found(
            node,
            "unsupported",
            "timeCycle 只在非中断的边界事件和事件子流程、以及流程的开始事件上重复,请用 timeDuration",
            "timeCycle repeats on a non-interrupting boundary event or event sub-process and on the start of a process only; "
            "draw timeDuration instead",
        )
    elif local(times[0]) == "timeCycle" and re.match(r'\s*=?\s*"?R\d', times[0].text or ""):
        yield found(
            node, "unsupported", "不支持限次的循环定时", "a cycle with a count is not supported; draw a loop instead"
        )


def _repeats(node: etree._Element) -> bool:
    if local(node) == "boundaryEvent":
        return node.get("cancelActivity") == "false"
    if begins_handler(node):
        return node.get("isInterrupting") == "false"
    return local(node) == "startEvent"


def _code(node: etree._Element, trigger: etree._Element, kind: str) -> Iterator[Found]:
    """A signal has a name; an error or escalation a code, unless every one of them is to be caught."""
    key = trigger.get(f"{kind}Ref")
    if key is None and kind != "signal" and local(node) not in THROWING:
        return
    root = node.getroottree().getroot()
    named = [thing for thing in root.iterchildren(f"{{{BPMN}}}{kind}") if key and thing.get("id") == key]
    if not named:
        yield found(
            node,
            "structure",
            f"{kind}Ref 应指向本文件中的 {kind}",
            f"expected {kind}Ref to name {_a(kind)} of this file",
        )
    elif not (named[0].get(CODES[kind]) or "").strip():
        yield found(
            node,
            "structure",
            f"{kind} {key} 应有 {CODES[kind]}",
            f"expected {kind} {key} to have {_a(CODES[kind])}, by which it is caught",
        )


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
