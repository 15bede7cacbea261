"""Countersignatures: a rule that can be read, on a task of several persons, with a word for when a vote is positive."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.countersign import Rule as VotingRule
from engine.flow.elements import Element, MultiInstance, Process
from engine.procedure import Procedure


def findings(procedure: Procedure) -> Iterator[Finding]:
    """What is wrong with `zx:countersign`."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if "countersign" in element.extensions:
                yield from _countersign(process, element)


def _countersign(process: Process, element: Element) -> Iterator[Finding]:
    rule, loop = element.extensions["countersign"], element.loop
    if VotingRule.parse(rule) is None:
        yield _found(
            process,
            element,
            f"zx:countersign 应为 all、any、veto 或 share:0.67 这样的比例,但为 {rule}",
            f"expected zx:countersign to be all, any, veto or a share such as share:0.67, but found {rule}",
        )
    if not isinstance(loop, MultiInstance):
        yield _found(process, element, "会签应为多实例任务", "expected a countersignature to be a multi-instance task")
    elif loop.completion_condition is not None:
        yield _found(
            process,
            element,
            "会签由 zx:countersign 决定何时结束,不应另有 completionCondition",
            "expected no completionCondition: zx:countersign says when the votes decide",
        )
    if not element.extensions.get("approved", "").strip():
        yield _found(
            process, element, "会签应以 zx:approved 说明何为同意", "expected zx:approved to say when a vote is positive"
        )
    if "document" in element.extensions:
        yield _found(
            process,
            element,
            "会签不能同时编写或审核文件:请在会签之后画一个审核任务",
            "expected no zx:document on a countersignature: draw a review behind it",
        )


def _found(process: Process, element: Element, zh: str, en: str) -> Finding:
    return at(process, element.id, Rule.STRUCTURE, zh, en)
