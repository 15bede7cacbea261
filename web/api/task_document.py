"""What the API tells of a task: as whoever has it sees it, and where it can be returned to."""

from __future__ import annotations

import json

from engine import target
from engine.form import Right
from engine.signature import is_signed
from storage import drafts
from web import reading
from web.acting import allowed
from web.api import values
from web.identity import me
from web.sight.desk import Desk


def of_targets(found: list[target.Target]) -> dict[str, object]:
    """Where work could go, the possible first."""
    rows = [
        {
            "element": one.name,
            "process": one.process,
            "label": values.said(one.label),
            "refusal": None if one.refusal is None else values.said(one.refusal),
        }
        for one in sorted(found, key=lambda one: one.refusal is not None)
    ]
    return {"items": rows}


def document(desk: Desk) -> dict[str, object]:
    """A task with its form, what was entered, and the actions one has."""
    row, task = desk.row, desk.task
    number, name = desk.step
    sections = desk.surrounding.rights if task is not None else {}
    return {
        "task": desk.key,
        "instance": desk.instance.stream,
        "case": row.case_no,
        "process": row.process,
        "element": row.element,
        "version": desk.instance.version,
        "number": number,
        "name": values.said(name),
        "purpose": values.said(desk.purpose),
        "stage": row.stage,
        "holder": None if task is None else values.named(task.holder),
        "roles": [] if task is None else list(task.roles),
        "persons": [] if task is None else [values.named(person) for person in task.persons],
        "due": values.at(row.due),
        "offered": values.at(row.offered_at),
        "closed": values.at(row.closed_at),
        "closed_by": None if row.closed_by is None else values.by(row.closed_by),
        "actions": _actions(desk),
        "form": None if desk.form is None else json.loads(desk.procedure.files[desk.form.path]),
        "signed": is_signed(desk.element),
        "sections": {section: str(right) for section, right in sections.items()},
        "data": _data(desk),
        "draft": draft(desk.key) if task is not None else None,
    }


def _actions(desk: Desk) -> list[str]:
    found = allowed.standing(desk)
    return [*(["complete"] if found.may_do else []), *(act.name for act in found.acts)]


def _data(desk: Desk) -> dict[str, object]:
    """The result of the time before, without the sections that are hidden from the task."""
    if desk.form is None or desk.task is None:
        return {}
    around = desk.surrounding
    hidden = {name for name, right in around.rights.items() if right is Right.HIDDEN}
    kept = {field.key for field in desk.form.fields if field.section not in hidden}
    return {key: values.shown(found) for key, found in around.earlier.items() if key in kept}


def draft(task: str) -> object:
    """What this person entered so far; null when nothing."""
    found = drafts.read(reading.store().database, task, me().person)
    return None if found is None else values.shown(found)
