"""What is handed in for a task, before it becomes a command: checked by its form, personal values swapped for references."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from engine import form as forms
from engine import work
from engine.case import Case
from engine.commands import CompleteTask, Envelope
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.organisation import Organisation
from engine.role import Surroundings
from engine.step import Progress
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Context, Personal, Value
from engine.words import StreamKind
from storage import personal, schema
from storage.submission import Store


def prepare(
    store: Store, instance: Instance, task: Task, data: Mapping[str, object], envelope: Envelope
) -> tuple[Context, list[personal.Row]]:
    """The values to hand in and the personal rows to keep with them. Raises Refused (INVALID_DATA) with every fault."""
    with store.database.read() as connection:
        procedure = store.procedures.get(instance.version, connection)
    element = procedure.model.element(task.process, task.element)
    form = procedure.form(element)
    if form is None:
        return Context({key: value for key, value in data.items() if _is_value(value)}), []  # type: ignore[misc]  # just tested
    command = CompleteTask(envelope=envelope, task=task.id, data=Context())
    progress = Progress(procedure, instance, command, surroundings(store, instance))
    checked = forms.check(form, data, work.form_surrounding(progress, element, task))
    if checked.faults:
        first, count = checked.faults[0], len(checked.faults)
        raise Refused(
            Reason.INVALID_DATA,
            f"表单有 {count} 处需要更正:{first.path}:{first.text.zh}",
            f"the form needs {count} corrections: {first.path}: {first.text.en}",
            checked.faults,
        )
    rows: list[personal.Row] = []

    def separate(_path: str, value: Value) -> Personal:
        rows.append(personal.separate(value))
        return rows[-1].personal

    return forms.separate_personal(form, checked.values, separate), rows


def surroundings(store: Store, instance: Instance) -> Surroundings:
    """What a form's rules see of organisation and case, as they are now."""
    table = schema.stream
    with store.database.read() as connection:
        wanted = [ORGANISATION, *([] if instance.case is None else [instance.case])]
        query = select(table.c.stream_no, table.c.revision).where(table.c.stream_no.in_(wanted))
        revisions = {row.stream_no: row.revision for row in connection.execute(query)}
        organisation = store.states.at(
            connection, StreamKind.ORGANISATION, ORGANISATION, revisions.get(ORGANISATION, 0)
        )
        case = None
        if instance.case is not None:
            case = store.states.at(connection, StreamKind.CASE, instance.case, revisions.get(instance.case, 0))
    assert isinstance(organisation, Organisation)
    return Surroundings(organisation=organisation, case=case if isinstance(case, Case) else None, performers={})


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, bool | str | tuple | Context) or hasattr(value, "as_tuple")
