"""The forms of tasks: there, used, with the sections that tasks name."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.errors import Text
from engine.flow.elements import Element, Process
from engine.form_fields import Right
from engine.procedure import Procedure


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Forms that are missing or never used, and sections that are none."""
    used: set[str] = set()
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            path = element.extensions.get("form")
            if path is not None:
                used.add(path)
                if path not in procedure.forms:
                    yield at(process, element.id, Rule.FORM, f"没有表单 {path}", f"there is no form {path}")
                    continue
            yield from _sections(procedure, process, element, path)
    for path in sorted(procedure.forms.keys() - used):
        text = Text("没有任务使用此表单", "expected a task that uses this form")
        yield Finding(file=path, element="", rule=Rule.FORM, text=text)


def _sections(procedure: Procedure, process: Process, element: Element, path: str | None) -> Iterator[Finding]:
    told: set[str] = set()
    for part in element.extensions.get("section", "").split():
        name, _, right = part.partition(":")
        known = path is not None and name in procedure.forms[path].sections
        if not known or right not in set(Right) or name in told:
            yield at(
                process,
                element.id,
                Rule.FORM,
                f"zx:section 应为 分区:{'/'.join(Right)},每个分区一次,但为 {part}",
                f"expected zx:section as section:{'|'.join(Right)}, each section once, but found {part}",
            )
        told.add(name)
