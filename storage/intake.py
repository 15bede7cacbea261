"""What is handed in for a task, before it becomes a command: checked by its form, personal values swapped for references."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, bindparam, select

from engine import form as forms
from engine import work
from engine.case import Case
from engine.commands import CompleteTask, Envelope
from engine.errors import Fault, Reason, Refused
from engine.instance import Instance
from engine.organisation import Organisation
from engine.role import Surroundings
from engine.step import Progress
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Context, Person, Personal, Ref, Value, number
from engine.words import StreamKind
from storage import file_use, personal, schema
from storage.submission import Store

_REVISIONS = select(schema.stream.c.stream_no, schema.stream.c.revision).where(
    schema.stream.c.stream_no.in_(bindparam("streams", expanding=True))
)


def prepare(
    store: Store, instance: Instance, task: Task, data: Mapping[str, object], envelope: Envelope
) -> tuple[Context, list[personal.Row]]:
    """The values to hand in and the personal rows to keep with them. Raises Refused (INVALID_DATA) with every fault."""
    with store.database.read() as connection:
        procedure = store.procedures.get(instance.version, connection)
        seen = surroundings(store, instance, connection)
    command = CompleteTask(envelope=envelope, task=task.id, data=Context())
    return from_form(store, Progress(procedure, instance, command, seen), task, data)


def from_form(
    store: Store, progress: Progress, task: Task, data: Mapping[str, object]
) -> tuple[Context, list[personal.Row]]:
    """The same of what was read a moment ago; the step decides by what it finds then. Raises Refused (INVALID_DATA)."""
    element = progress.procedure.model.element(task.process, task.element)
    form = progress.procedure.form(element)
    if form is None:
        return plain_values(data), []
    checked = forms.check(form, data, work.form_surrounding(progress, element, task))
    faults = checked.faults or _unusable(store, progress, checked.values)
    if faults:
        first, count = faults[0], len(faults)
        raise Refused(
            Reason.INVALID_DATA,
            f"表单有 {count} 处需要更正:{first.path}:{first.text.zh}",
            f"the form needs {count} corrections: {first.path}: {first.text.en}",
            faults,
        )
    rows: list[personal.Row] = []

    def separate(_path: str, value: Value) -> Personal:
        rows.append(personal.separate(value))
        return rows[-1].personal

    return forms.separate_personal(form, checked.values, separate), rows


def _unusable(store: Store, progress: Progress, values: Context) -> tuple[Fault, ...]:
    """The fields whose files cannot be used; without files nothing is asked."""
    if not any(True for _ in file_use.files_in(values)):
        return ()
    with store.database.read() as connection:
        place = file_use.place_of(connection, progress.command, progress.instance.case)
        return file_use.faults(connection, values, place)


def surroundings(store: Store, instance: Instance, connection: Connection) -> Surroundings:
    """What a form's rules see of organisation and case, as they are now."""
    wanted = [ORGANISATION, *([] if instance.case is None else [instance.case])]
    revisions = {row.stream_no: row.revision for row in connection.execute(_REVISIONS, {"streams": wanted})}
    return around(store, instance, connection, revisions.get(ORGANISATION, 0), revisions.get(instance.case or 0, 0))


def around(
    store: Store, instance: Instance, connection: Connection, organisation_revision: int, case_revision: int
) -> Surroundings:
    """What a form's rules see of organisation and case at these revisions."""
    organisation = store.states.at(connection, StreamKind.ORGANISATION, ORGANISATION, organisation_revision)
    case = None
    if instance.case is not None:
        case = store.states.at(connection, StreamKind.CASE, instance.case, case_revision)
    assert isinstance(organisation, Organisation)
    return Surroundings(organisation=organisation, case=case if isinstance(case, Case) else None, performers={})


def plain_values(data: Mapping[str, object]) -> Context:
    """What is handed in for a task without a form: texts, numbers, booleans, lists and contexts of them."""
    return Context({str(key): _value(found) for key, found in data.items()})


def _value(found: object) -> Value:
    match found:
        case None | bool() | str() | Context() | Person() | Ref():
            return found
        case int() | Decimal():
            return number(found)
        case list() | tuple():
            return tuple(_value(item) for item in found)
        case dict():
            return plain_values(found)
        case _:
            kind = type(found).__name__
            raise Refused(Reason.INVALID_DATA, f"应为值,但为 {kind}", f"expected a value, but found {kind}")
