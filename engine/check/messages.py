"""Messages: sent and awaited with a correlation, so that each finds one receiver."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Trigger
from engine.flow.level import begun_by
from engine.message import NEW, SENDERS
from engine.procedure import Procedure


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Messages without correlation, messages that nobody awaits, and two that would begin with the same one."""
    elements = [e for process in procedure.model.processes.values() for e in process.elements.values()]
    awaited = {e.message for e in elements if e.trigger is Trigger.MESSAGE and e.kind not in SENDERS}
    yield from _twice(procedure)
    yield from _cases(procedure)
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is not Trigger.MESSAGE:
                continue
            if not element.extensions.get("correlation", "").strip() and begun_by(process, element.id) is None:
                yield at(
                    process,
                    element.id,
                    Rule.MESSAGE,
                    "消息应有 zx:correlation,否则会送到别的项目",
                    "expected zx:correlation: without it the message may reach another case",
                )
            if element.kind in SENDERS and element.message not in awaited:
                yield _nobody(procedure, element)


def _nobody(procedure: Procedure, element: Element) -> Finding:
    return at(
        procedure.model.processes[element.process],
        element.id,
        Rule.MESSAGE,
        f"没有元素等待消息 {element.message}",
        f"expected an element that waits for message {element.message}, but there is none",
    )


def _cases(procedure: Procedure) -> Iterator[Finding]:
    """`zx:case="new"` belongs to the message start event of a process."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            case = element.extensions.get("case")
            begins = element.trigger is Trigger.MESSAGE and element.parent is None
            if case is not None and not (case == NEW and begins):
                zh = "zx:case 只能为 new,且只用于流程的消息开始事件"
                en = "expected zx:case to be new, on the message start event of a process"
                yield at(process, element.id, Rule.MESSAGE, zh, en)


def _twice(procedure: Procedure) -> Iterator[Finding]:
    """A message begins one instance, so one element only may begin with it."""
    seen: dict[str, str] = {}
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is not Trigger.MESSAGE or begun_by(process, element.id) is None:
                continue
            name = element.message or ""
            if name in seen:
                zh = f"消息 {name} 已由 {seen[name]} 启动流程,只能有一个开始"
                en = f"expected one element to begin with message {name}, but {seen[name]} does already"
                yield at(process, element.id, Rule.MESSAGE, zh, en)
            seen.setdefault(name, element.id)
