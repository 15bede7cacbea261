"""A form and the authoritative check of what was entered: one truth for browser, API and command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine import feel
from engine.errors import Fault
from engine.form_check import Faults, FormCheck, measured
from engine.form_fields import Field, FieldType, Form, Right
from engine.form_schema import parse
from engine.value import Context, Personal, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrounding:
    """What a check needs besides the data: the zone, names and functions of rules, rights and earlier values."""

    zone: str = "Asia/Shanghai"
    names: Mapping[str, Value]
    rights: Mapping[str, Right]
    earlier: Mapping[str, Value]
    functions: Mapping[str, feel.HostFunction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The values to be kept, and what is wrong: data with faults is not kept."""

    values: Context
    faults: tuple[Fault, ...]


def surrounding(
    names: Mapping[str, Value] | None = None,
    rights: Mapping[str, Right] | None = None,
    earlier: Mapping[str, Value] | None = None,
    zone: str = "Asia/Shanghai",
    functions: Mapping[str, feel.HostFunction] | None = None,
) -> Surrounding:
    """What a check needs, with nothing special as default."""
    return Surrounding(
        zone=zone, names=names or {}, rights=rights or {}, earlier=earlier or {}, functions=functions or {}
    )


def rights(text: str) -> dict[str, Right]:
    """The rights per section that `zx:section` names: `head:read review:write`. Raises ValueError."""
    return {name: Right(right) for name, _, right in (part.partition(":") for part in text.split())}


def check(form: Form, data: Mapping[str, object], around: Surrounding) -> Checked:
    """Convert, calculate and check what was entered. The same data checked twice gives the same values."""
    faults = Faults()
    if (too_much := measured(data)) is not None:
        return Checked(values=Context(), faults=(Fault("", too_much),))
    values = FormCheck(form, around.zone, around.names, around.functions, faults).values(
        data, around.rights, around.earlier
    )
    kept = {key: value for key, value in values.items() if value is not None}
    return Checked(values=Context(kept), faults=faults.found())


def separate_personal(form: Form, values: Context, make: Callable[[str, Value], Personal]) -> Context:
    """The values with those of personal fields swapped for references made by the caller."""

    def swap(field: Field, path: str, value: Value) -> Value:
        if field.personal and value is not None and not isinstance(value, Personal):
            return make(path, value)
        if field.type is FieldType.TABLE and isinstance(value, tuple):
            return tuple(row(field, f"{path}[{place}]", item) for place, item in enumerate(value))
        return value

    def row(table: Field, path: str, item: Value) -> Value:
        if not isinstance(item, Context):
            return item
        columns = {column.key: column for column in table.columns}
        return Context(
            {key: swap(columns[key], f"{path}.{key}", v) if key in columns else v for key, v in item.items()}
        )

    fields = {field.key: field for field in form.fields}
    return Context({key: swap(fields[key], key, v) if key in fields else v for key, v in values.items()})


def personal_paths(form: Form) -> frozenset[tuple[str, ...]]:
    """The entries of the form's result that are personal: `(field,)` or `(table, column)`.

    An expression on the result `r` reads one when `expression.reads((r, *path))`.
    """
    return frozenset(tuple(path.split(".")) for path in personal_fields(form))


def personal_fields(form: Form) -> tuple[str, ...]:
    """The paths of the personal fields, columns as `table.column`."""
    return tuple(path for path, field in form.walk() if field.personal)


__all__ = [
    "Checked",
    "Field",
    "FieldType",
    "Form",
    "Right",
    "Surrounding",
    "check",
    "parse",
    "personal_fields",
    "personal_paths",
    "rights",
    "separate_personal",
    "surrounding",
]
