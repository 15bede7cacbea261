"""What is drawn of the behaviour of a multi-instance, but cannot run."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.flow.implicitthrow import drawn
from engine.flow.wording import Found, found
from engine.xml import BPMN

REFERENCES = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}


def behaviors(process: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for the multi-instances of a process."""
    for loop in process.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        yield from _references(loop)
        yield from _definitions(loop)


def _references(loop: etree._Element) -> Iterator[Found]:
    behavior = loop.get("behavior", "All")
    for name, attribute in REFERENCES.items():
        if loop.get(attribute) is not None and name != behavior:
            yield found(
                loop,
                "structure",
                f"behavior={behavior} 时不会抛出 {attribute},请写 behavior={name} 或去掉它",
                f"expected no {attribute} with behavior {behavior}: write behavior {name}, or leave it out",
            )
    if behavior in REFERENCES and any(one.definition is None for one in drawn(loop)):
        yield found(
            loop,
            "structure",
            f"{REFERENCES[behavior]} 应指向本文件根部的信号、升级或错误事件定义",
            f"expected {REFERENCES[behavior]} to name a signal, escalation or error definition at the root of this file",
        )


def _definitions(loop: etree._Element) -> Iterator[Found]:
    behavior = loop.get("behavior", "All")
    defined = loop.findall(f"{{{BPMN}}}complexBehaviorDefinition")
    if defined and behavior != "Complex":
        yield found(
            loop,
            "structure",
            f"behavior={behavior} 时不会使用 complexBehaviorDefinition,请写 behavior=Complex 或去掉它",
            f"expected no complexBehaviorDefinition with behavior {behavior}: write behavior Complex, or leave it out",
        )
    whole = all(one.definition is not None and one.condition is not None for one in drawn(loop))
    if behavior == "Complex" and not (defined and whole):
        yield found(
            loop,
            "structure",
            "behavior=Complex 应有 complexBehaviorDefinition,各含一个条件和一个抛出信号、升级或错误的 event",
            "expected complexBehaviorDefinitions, each with a condition and an event that throws a signal, escalation or error",
        )
