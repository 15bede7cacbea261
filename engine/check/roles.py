"""Who gets a task: lanes, separation of duties, escalation classes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.check.manifest import escalations
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure

PEOPLE = (Kind.USER_TASK, Kind.MANUAL_TASK)


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Tasks that nobody gets, lanes and separations that name what is not there."""
    classes = escalations(procedure)
    for process in procedure.model.processes.values():
        for lane, _, role in process.lanes:
            if role is not None and role not in procedure.roles:
                yield _no_role(process, lane, role)
        for element in process.elements.values():
            if element.kind in PEOPLE:
                yield from _offered(procedure, process, element)
                yield from _separated(procedure, process, element)
                yield from _marks(process, element, classes)


def _offered(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    if element.role is None and not {"assignee", "candidates"} & element.extensions.keys():
        yield at(
            process,
            element.id,
            Rule.ROLE,
            "任务应在带 zx:role 的泳道中,或有 zx:assignee、zx:candidates",
            "expected the task in a lane with zx:role, or with zx:assignee or zx:candidates",
        )
    if element.role is not None and element.role not in procedure.roles:
        yield _no_role(process, element.id, element.role)


def _no_role(process: Process, element: str, role: str) -> Finding:
    return at(process, element, Rule.ROLE, f"程序没有角色 {role}", f"the procedure has no role {role}")


def _separated(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    for name in element.extensions.get("separateFrom", "").split():
        other_process, _, other = name.rpartition(":")
        owner = procedure.model.processes.get(other_process or process.id)
        found = None if owner is None else owner.elements.get(other)
        if found is None or found.kind not in PEOPLE or found is element:
            yield at(
                process,
                element.id,
                Rule.ROLE,
                f"zx:separateFrom 应指向另一个人工任务,但 {name} 不是",
                f"expected zx:separateFrom to name another task of a person, but {name} is none",
            )


def _marks(process: Process, element: Element, classes: frozenset[str]) -> Iterator[Finding]:
    escalation = element.extensions.get("escalation")
    if escalation is not None and escalation not in classes:
        known = sorted(classes)
        yield at(
            process,
            element.id,
            Rule.ROLE,
            f"清单没有升级类别 {escalation}(有 {'、'.join(known)})",
            f"expected an escalation class of the manifest ({', '.join(known)}), but found {escalation}",
        )
    for mark in ("external", "bulk"):
        if element.extensions.get(mark, "true") not in ("true", "false"):
            yield at(
                process,
                element.id,
                Rule.ROLE,
                f"zx:{mark} 应为 true 或 false",
                f"expected zx:{mark} to be true or false",
            )
