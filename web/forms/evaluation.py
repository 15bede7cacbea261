"""What the entries of a form come to: values, what conditions hide, and what is wrong, by the engine's own check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import Fault
from engine.form import FieldType, Form, Surrounding
from engine.form_check import Faults, FormCheck, measured
from engine.value import Context, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Values by field, the fields that are hidden now, and faults in the order found."""

    values: Mapping[str, Value] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()

    def computed(self, form: Form) -> dict[str, Value]:
        """The computed fields that are shown, by path; those of rows with the place of the row."""
        found: dict[str, Value] = {}
        for one in form.fields:
            value = self.values.get(one.key)
            if one.type is FieldType.COMPUTED and one.key not in self.hidden:
                found[one.key] = value
            columns = [column.key for column in one.columns if column.type is FieldType.COMPUTED]
            if columns and isinstance(value, tuple):
                found |= dict(_cells(one.key, columns, value))
        return found


def evaluate(form: Form, entries: Mapping[str, object], around: Surrounding) -> Evaluated:
    """Convert, calculate and check."""
    too_much = measured(entries)
    if too_much is not None:
        return Evaluated(faults=(Fault("", too_much),))
    faults = Faults()
    check = FormCheck(form, around.zone, around.names, around.functions, faults)
    values = check.values(entries, around.rights, around.earlier)
    hidden = frozenset(one.key for one in form.fields if one.key not in values)
    return Evaluated(values=values, hidden=hidden, faults=faults.found())


def _cells(table: str, columns: Sequence[str], rows: tuple[Value, ...]) -> list[tuple[str, Value]]:
    return [
        (f"{table}[{place}].{column}", row.get(column))
        for place, row in enumerate(rows)
        for column in columns
        if isinstance(row, Context)
    ]
