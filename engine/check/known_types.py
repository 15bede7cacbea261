"""The types of the names that expressions see, as far as forms, settings and the manifest tell; Any where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.check.shapes import Shape
from engine.feel import Type
from engine.flow.elements import MultiInstance
from engine.form_fields import Field, FieldType
from engine.procedure import Procedure

ANY, STRING, NUMBER, BOOLEAN = Type("Any"), Type("string"), Type("number"), Type("boolean")
MOMENT = Type("date and time")
OF_FIELD: Mapping[str, Type] = {
    FieldType.TEXT: STRING,
    FieldType.LONG: STRING,
    FieldType.INT: NUMBER,
    FieldType.DEC: NUMBER,
    FieldType.MONEY: NUMBER,
    FieldType.PCT: NUMBER,
    FieldType.DATE: Type("date"),
    FieldType.DATE_TIME: MOMENT,
    FieldType.DURATION: Type("days and time duration"),
    FieldType.BOOL: BOOLEAN,
    FieldType.ENUM: STRING,
    FieldType.ENUMS: Type("list", (("", STRING),)),
    FieldType.ORG: STRING,
}
"""What a field of that type yields; people, files, references and computed fields are not compared in rules."""
OF_RUNTIME = {
    "numberOfInstances": NUMBER,
    "numberOfActiveInstances": NUMBER,
    "numberOfCompletedInstances": NUMBER,
    "numberOfTerminatedInstances": NUMBER,
    "loopCounter": NUMBER,
    "activationCount": NUMBER,
    "waitingForStart": BOOLEAN,
}
Types = frozenset[tuple[str, Type]]


def of_field(field: Field) -> Type:
    """The type of a field's value."""
    if field.personal:
        return ANY
    if field.type is FieldType.TABLE:
        return Type("list", (("", Type("context", tuple((one.key, of_field(one)) for one in field.columns))),))
    return OF_FIELD.get(field.type, ANY)


def of_reserved(procedure: Procedure) -> Types:
    """The types of the reserved names; a task's are left open."""
    settings = [(key, OF_FIELD.get(setting.type, ANY)) for key, setting in procedure.settings.items()]
    case = [(key, OF_FIELD.get(field.type, ANY)) for key, field in procedure.case_fields.items()]
    instance = [("id", STRING), ("process", STRING), ("version", STRING), ("started", MOMENT)]
    return frozenset(
        {
            ("now", MOMENT),
            ("settings", _context(settings)),
            ("case", _context([*case, ("id", STRING)])),
            ("instance", _context(instance)),
        }
    )


def of_variables(procedure: Procedure, known: Mapping[str, Shape]) -> Types:
    """The types of the variables of which everything is known: one form's fields, or those of several that agree."""
    several = set(_of_several(procedure))
    return frozenset(
        (name, _context(_entries(shape))) for name, shape in known.items() if not shape.open and name not in several
    )


def of_fields(fields: Iterable[Field]) -> Types:
    """The types of a form's own names."""
    return frozenset((field.key, of_field(field)) for field in fields)


def _of_several(procedure: Procedure) -> Iterator[str]:
    """Variables that are a list outside of their activity, and one item of it inside."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if isinstance(element.loop, MultiInstance):
                yield element.result


def _entries(shape: Shape) -> Iterator[tuple[str, Type]]:
    for entry in sorted({*shape.fields, *shape.entries}):
        found = {of_field(field) for field in shape.fields.get(entry, ())}
        yield entry, found.pop() if len(found) == 1 and entry not in shape.entries else ANY


def _context(entries: Iterable[tuple[str, Type]]) -> Type:
    return Type("context", tuple(entries))
