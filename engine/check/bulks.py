"""Tasks that may be done several at once: only where one entry can be true of them all."""

from __future__ import annotations

from collections.abc import Iterator

from engine import bulk
from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Process
from engine.form import rights
from engine.procedure import Procedure


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Bulk tasks that write a document, and fields of theirs that belong to one case."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if bulk.is_bulk(element):
                yield from _task(process, element)
                yield from _fields(procedure, process, element)


def _task(process: Process, element: Element) -> Iterator[Finding]:
    if element.kind not in (Kind.USER_TASK, Kind.MANUAL_TASK) or "document" in element.extensions:
        yield at(
            process,
            element.id,
            Rule.FORM,
            "zx:bulk 只用于不编写、不审核文件的人工任务",
            "expected zx:bulk on a task of a person that neither writes nor reviews a document",
        )


def _fields(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    form = procedure.forms.get(element.extensions.get("form", ""))
    if form is None:
        return
    try:
        granted = rights(element.extensions.get("section", ""))
    except ValueError:
        return  # told by the rule of forms
    for field in bulk.written(form, granted):
        if bulk.is_of_one_case(field):
            yield at(
                process,
                element.id,
                Rule.FORM,
                f"zx:bulk 的任务一次填写、多项共用,表单字段 {field.key} 只属于一个项目(表格、文件、引用、人员、计算字段或个人信息)",
                f"field {field.key}: expected no table, file, reference, person, computed or personal field in a task with zx:bulk, as one entry counts for several",
            )
