"""Tasks that somebody without an account does by a link: with a form, and nothing in it that is not theirs to see."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Process
from engine.form import Form, rights
from engine.form_fields import Field, FieldType, Right
from engine.invitation import is_external
from engine.procedure import Procedure

PEOPLE = frozenset({FieldType.USER, FieldType.USERS})
BARRED = ("countersign", "document")
"""What makes a task one of the organisation's own people."""


def findings(procedure: Procedure) -> Iterator[Finding]:
    """External tasks without a form, with votes or documents, or with fields that show or need people of ours."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if is_external(element):
                yield from _task(process, element)
                form = procedure.forms.get(element.extensions.get("form", ""))
                if form is not None:
                    yield from _fields(process, element, form)


def _task(process: Process, element: Element) -> Iterator[Finding]:
    if element.kind is not Kind.USER_TASK or "form" not in element.extensions:
        yield at(
            process,
            element.id,
            Rule.FORM,
            "zx:external 只用于带表单的用户任务",
            "expected zx:external on a user task with a form",
        )
    for name in BARRED:
        if name in element.extensions:
            yield at(
                process,
                element.id,
                Rule.FORM,
                f"zx:external 的任务不能有 zx:{name}:它由本组织的人员办理",
                f"expected no zx:{name} on a task with zx:external: that is for people of the organisation",
            )


def _fields(process: Process, element: Element, form: Form) -> Iterator[Finding]:
    sections = rights(element.extensions.get("section", ""))
    for field in form.fields:
        right = sections.get(field.section or "", Right.WRITE)
        if right is Right.HIDDEN or field.external is not None:
            continue
        for one in (field, *field.columns):
            wrong = _wrong(one, right)
            if wrong is not None:
                zh, en = wrong
                yield at(
                    process, element.id, Rule.FORM, f"外部人员办理的表单字段 {one.key} {zh}", f"field {one.key}: {en}"
                )


def _wrong(field: Field, right: Right) -> tuple[str, str] | None:
    """Why a contact may not have the field."""
    if field.type in PEOPLE:
        return "会显示本组织的人员名单", "expected no list of the organisation's people in a form for contacts"
    if field.personal and right is Right.READ:
        return "会显示他人的个人信息", "expected no personal data of others to be shown to contacts"
    return None
