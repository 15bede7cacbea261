"""Messages: sent and awaited with a correlation, so that each finds one receiver."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Trigger
from engine.procedure import Procedure

SENDERS = (Kind.SEND_TASK, Kind.THROW_EVENT, Kind.END)


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Messages without correlation, and messages that nobody awaits."""
    elements = [e for process in procedure.model.processes.values() for e in process.elements.values()]
    awaited = {e.message for e in elements if e.trigger is Trigger.MESSAGE and e.kind not in SENDERS}
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is not Trigger.MESSAGE:
                continue
            if not element.extensions.get("correlation", "").strip():
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
