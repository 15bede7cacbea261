"""Called processes: there, and never calling each other without a task in between."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure

WAITING = (Kind.USER_TASK, Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.RECEIVE_TASK, Kind.CATCH_EVENT)


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Calls of what is not there, and circles of calls in which nothing waits."""
    processes = procedure.model.processes
    straight = {key: list(_straight(process)) for key, process in processes.items()}
    for process in processes.values():
        for element in process.elements.values():
            if element.kind is Kind.CALL_ACTIVITY and element.called not in processes:
                yield at(
                    process,
                    element.id,
                    Rule.STRUCTURE,
                    f"调用的流程 {element.called} 不在本程序中",
                    f"expected a process of this procedure, but {element.called} is none",
                )
        for call in straight[process.id]:
            if _comes_back(straight, call, process.id):
                yield at(
                    process,
                    call.id,
                    Rule.CALL,
                    f"调用 {call.called} 会不经等待地再次调用 {process.id},永不结束",
                    f"calling {call.called} calls {process.id} again without waiting for anybody, for ever",
                )


def _comes_back(straight: dict[str, list[Element]], call: Element, wanted: str) -> bool:
    seen: set[str] = set()
    todo = [call.called or ""]
    while todo:
        key = todo.pop()
        if key == wanted:
            return True
        if key not in seen:
            seen.add(key)
            todo += [other.called or "" for other in straight.get(key, [])]
    return False


def _straight(process: Process) -> Iterator[Element]:
    """The calls that are reached from the start without waiting."""
    follows: dict[str, list[str]] = {}
    for flow in process.flows.values():
        follows.setdefault(flow.source, []).append(flow.target)
    seen: set[str] = set()
    todo = [key for key, element in process.elements.items() if _begins(element, None)]
    while todo:
        key = todo.pop()
        element = process.elements[key]
        if key in seen or element.kind in WAITING:
            continue
        seen.add(key)
        if element.kind is Kind.CALL_ACTIVITY:
            yield element
        todo += [inner.id for inner in process.elements.values() if _begins(inner, key)]
        todo += [target for target in follows.get(key, []) if target in process.elements]


def _begins(element: Element, parent: str | None) -> bool:
    return element.kind is Kind.START and element.parent == parent
