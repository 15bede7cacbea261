"""Tasks that may be done several at once with one entry for all: `zx:bulk`, and which fields such an entry may have."""

from __future__ import annotations

from collections.abc import Iterator

from engine.flow.elements import Element
from engine.form import Field, FieldType, Form, Right

OF_ONE_CASE = frozenset(
    {
        FieldType.TABLE,
        FieldType.FILE,
        FieldType.FILES,
        FieldType.REF,
        FieldType.COMPUTED,
        FieldType.USER,
        FieldType.USERS,
    }
)
"""What is never the same for several tasks."""


def is_bulk(element: Element) -> bool:
    """The task may be done together with others of the same step."""
    return element.extensions.get("bulk") == "true"


def written(form: Form, rights: dict[str, Right]) -> Iterator[Field]:
    """The fields that somebody fills in there."""
    fixed = (Right.READ, Right.HIDDEN)
    return (
        field
        for field in form.fields
        if rights.get(field.section or "", Right.WRITE) not in fixed and not field.readonly
    )


def is_of_one_case(field: Field) -> bool:
    """The field says something of one case only, so that one entry for several would be wrong."""
    return field.type in OF_ONE_CASE or field.personal
