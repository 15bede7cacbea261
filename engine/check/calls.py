"""Called processes: there, and never calling each other without a task in between."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Process, Trigger
from engine.flow.level import starts
from engine.procedure import Procedure

WAITING = (Kind.USER_TASK, Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.RECEIVE_TASK, Kind.CATCH_EVENT, Kind.AD_HOC)


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
            elif element.kind is Kind.CALL_ACTIVITY and not starts(processes[element.called or ""], None):
                yield at(
                    process,
                    element.id,
                    Rule.STRUCTURE,
                    f"调用的流程 {element.called} 只由事件启动,应有无触发的开始事件",
                    f"expected a start event without trigger in {element.called}: a call begins with no event",
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
    for thrown, caught in _links(process):
        follows.setdefault(thrown, []).append(caught)
    seen: set[str] = set()
    todo = _begins(process, None)
    while todo:
        key = todo.pop()
        element = process.elements[key]
        if key in seen or (element.kind in WAITING and element.trigger is not Trigger.LINK):
            continue
        seen.add(key)
        if element.kind is Kind.CALL_ACTIVITY:
            yield element
        todo += _begins(process, key)
        todo += [target for target in follows.get(key, []) if target in process.elements]


def _begins(process: Process, parent: str | None) -> list[str]:
    return [name.partition(":")[2] for name in starts(process, parent)]


def _links(process: Process) -> Iterator[tuple[str, str]]:
    """Each link throw event with the catch event that it leads to."""
    links = [element for element in process.elements.values() if element.trigger is Trigger.LINK]
    for thrown in links:
        for caught in links:
            place = (caught.kind, caught.code, caught.parent)
            if thrown.kind is Kind.THROW_EVENT and place == (Kind.CATCH_EVENT, thrown.code, thrown.parent):
                yield thrown.id, caught.id
