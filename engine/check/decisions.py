"""Decisions: readable models, and business rule tasks that name one and give it what it needs, nothing personal."""

from __future__ import annotations

from collections.abc import Iterator

from engine import dmn
from engine.check import private
from engine.check.finding import Finding, Rule, at
from engine.decision import inputs_of
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure


def findings(procedure: Procedure) -> Iterator[Finding]:
    """What is wrong with the models, and with the tasks that use them."""
    for fault in procedure.decisions.faults:
        file, _, where = fault.path.partition("#")
        yield Finding(file=file, element=where, rule=Rule.DECISION, text=fault.text)
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.kind is Kind.BUSINESS_RULE_TASK:
                yield from _task(procedure, process, element)


def advice(procedure: Procedure) -> Iterator[Finding]:
    """What is hardly meant so: tables that overlap or leave gaps, rules that never count, cells that never match."""
    for warning in procedure.decisions.warnings:
        file, _, where = warning.path.partition("#")
        yield Finding(file=file, element=where, rule=Rule.DECISION, text=warning.text)


def _task(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    name = element.extensions.get("decision", "")
    library = procedure.decisions
    named = [
        found
        for found in library.elements.values()
        if isinstance(found, dmn.Decision | dmn.Service) and name in (found.variable.name, found.key[1])
    ]
    if len(named) != 1:
        yield at(
            process,
            element.id,
            Rule.DECISION,
            f"业务规则任务应以 zx:decision 指明 decisions/ 中唯一的决策,但 {name!r} 对应 {len(named)} 个",
            f"expected zx:decision to name one decision under decisions/, but {name!r} names {len(named)}",
        )
        return
    for field in private.read(procedure, element, named[0]):
        shown = ".".join(field)
        yield at(
            process,
            element.id,
            Rule.PERSONAL,
            f"决策 {name} 不得使用个人信息 {shown}",
            f"expected no decision on {shown}, which is personal, but {name} reads it",
        )
    wanted = [found.variable.name for found in inputs_of(library, named[0])]
    yield from _inputs(procedure, process, element, wanted)


def _inputs(procedure: Procedure, process: Process, element: Element, wanted: list[str]) -> Iterator[Finding]:
    """Inputs that the decision does not have, and those it needs and does not get."""
    name = element.extensions.get("decision", "")
    for given in element.inputs:
        if given not in wanted:
            yield at(
                process,
                element.id,
                Rule.DECISION,
                f"决策 {name} 没有输入 {given},只有 {'、'.join(wanted)}",
                f"decision {name} has no input {given}, only {', '.join(wanted)}",
            )
    for missing in wanted:
        if missing not in element.inputs and missing not in procedure.visible:
            yield at(
                process,
                element.id,
                Rule.DECISION,
                f"决策 {name} 需要 {missing},应有同名变量或 zx:input",
                f"decision {name} needs {missing}: expected a variable of that name or a zx:input",
            )
