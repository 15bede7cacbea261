"""A form and the authoritative check of what was entered: one truth for browser, API and command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine import feel, form_input
from engine.errors import Fault, Text
from engine.feel import Expression
from engine.form_fields import Field, FieldType, Form, Right
from engine.form_input import Unsuitable
from engine.form_schema import ROW_NUMBER, parse
from engine.value import Context, Personal, Value, number

MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrounding:
    """What a check needs besides the data: the zone, names for expressions, rights and earlier values by section."""

    zone: str = "Asia/Shanghai"
    names: Mapping[str, Value]
    rights: Mapping[str, Right]
    earlier: Mapping[str, Value]


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
) -> Surrounding:
    """What a check needs, with nothing special as default."""
    return Surrounding(zone=zone, names=names or {}, rights=rights or {}, earlier=earlier or {})


def rights(text: str) -> dict[str, Right]:
    """The rights per section that `zx:section` names: `head:read review:write`. Raises ValueError."""
    return {name: Right(right) for name, _, right in (part.partition(":") for part in text.split())}


def check(form: Form, data: Mapping[str, object], around: Surrounding) -> Checked:
    """Convert, calculate and check what was entered. The same data checked twice gives the same values."""
    faults: list[Fault] = []
    known = {field.key for field in form.fields}
    faults += [Fault(str(key), UNKNOWN) for key in data if key not in known]
    values: dict[str, Value] = {}
    for field in form.fields:
        if field.type is FieldType.COMPUTED:
            continue
        values[field.key] = _entered(field, data.get(field.key), around, faults)
    _compute(form, values, around, faults)
    _conditions(form, values, around, faults)
    kept = {key: value for key, value in values.items() if value is not None}
    return Checked(values=Context(kept), faults=tuple(faults))


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


def personal_fields(form: Form) -> tuple[str, ...]:
    """The paths of the personal fields."""
    return tuple(path for path, field in form.walk() if field.personal)


UNKNOWN = Text("表单没有这个字段", "expected only fields of the form: it has no such field")
REQUIRED = Text("必填", "expected a value: this field is required")
READ_ONLY = Text("此环节不得修改该部分", "expected no change: this task may only read this section")


def _entered(field: Field, found: object, around: Surrounding, faults: list[Fault]) -> Value:
    right = around.rights.get(field.section or "", Right.WRITE)
    if right in (Right.READ, Right.HIDDEN):
        earlier = around.earlier.get(field.key)
        if found is not None and found != earlier:
            faults.append(Fault(field.key, READ_ONLY))
        return earlier
    return _converted(field, field.key, found, around.zone, faults)


def _converted(field: Field, path: str, found: object, zone: str, faults: list[Fault]) -> Value:
    if found is None or found in ("", [], ()):
        return None
    if field.personal and isinstance(found, Personal):
        return found if found.present else None
    try:
        if field.type is FieldType.TABLE:
            return _table(field, path, found, zone, faults)
        return form_input.convert(field, found, zone)
    except Unsuitable as error:
        faults.append(Fault(path, error.text))
        return None


def _table(field: Field, path: str, found: object, zone: str, faults: list[Fault]) -> Value:
    if not isinstance(found, list | tuple) or len(found) > MAX_ROWS:
        raise Unsuitable(f"应为不超过 {MAX_ROWS} 行的表格", f"expected a table of at most {MAX_ROWS} rows")
    return tuple(_row(field, f"{path}[{place}]", place, row, zone, faults) for place, row in enumerate(found))


def _row(table: Field, path: str, place: int, found: object, zone: str, faults: list[Fault]) -> Value:
    if not isinstance(found, dict):
        faults.append(Fault(path, Text("应为一行数据", "expected a row")))
        return Context()
    known = {column.key for column in table.columns}
    faults += [Fault(f"{path}.{key}", UNKNOWN) for key in found if key not in known]
    values = {
        column.key: _converted(column, f"{path}.{column.key}", found.get(column.key), zone, faults)
        for column in table.columns
        if column.type is not FieldType.COMPUTED
    }
    around = {ROW_NUMBER: number(place + 1)}
    for column in table.columns:
        if column.compute is not None:
            values[column.key] = _evaluated(column.compute, values, around, f"{path}.{column.key}", faults)
        if column.required and values.get(column.key) is None and not _reported(faults, f"{path}.{column.key}"):
            faults.append(Fault(f"{path}.{column.key}", REQUIRED))
    return Context({key: value for key, value in values.items() if value is not None})


def _compute(form: Form, values: dict[str, Value], around: Surrounding, faults: list[Fault]) -> None:
    for field in form.fields:
        if field.compute is not None:
            values[field.key] = _evaluated(field.compute, values, around.names, field.key, faults)


def _conditions(form: Form, values: dict[str, Value], around: Surrounding, faults: list[Fault]) -> None:
    for field in form.fields:
        if field.hidden_when is not None and _true(field.hidden_when, values, around, field.key, faults):
            values[field.key] = None  # what a condition hides is not kept, and cannot be wrong
            faults[:] = [
                f for f in faults if f.path != field.key and not f.path.startswith((f"{field.key}[", f"{field.key}."))
            ]
            continue
        right = around.rights.get(field.section or "", Right.WRITE)
        if right in (Right.READ, Right.HIDDEN):
            continue
        wanted = field.required or right is Right.REQUIRED
        if not wanted and field.required_when is not None:
            wanted = _true(field.required_when, values, around, field.key, faults)
        if values.get(field.key) is None and not _reported(faults, field.key):
            if wanted and field.type is not FieldType.COMPUTED:
                faults.append(Fault(field.key, REQUIRED))
        elif field.check is not None and _evaluated(field.check, values, around.names, field.key, faults) is not True:
            faults.append(
                Fault(field.key, field.check_message or Text("不符合规则", "expected the rule of this field to hold"))
            )


def _reported(faults: list[Fault], path: str) -> bool:
    return any(fault.path == path for fault in faults)


def _true(
    expression: Expression, values: Mapping[str, Value], around: Surrounding, path: str, faults: list[Fault]
) -> bool:
    return _evaluated(expression, values, around.names, path, faults) is True


def _evaluated(
    expression: Expression, values: Mapping[str, Value], names: Mapping[str, Value], path: str, faults: list[Fault]
) -> Value:
    try:
        return expression.evaluate(_Scope(values, names), functions={})
    except feel.FeelError as error:
        faults.append(Fault(path, error.text))
        return None


class _Scope(Mapping[str, Value]):
    """The form's values first, then the names around; a field left empty is null."""

    def __init__(self, values: Mapping[str, Value], names: Mapping[str, Value]) -> None:
        self.values_, self.names = values, names

    def __getitem__(self, name: str) -> Value:
        found = self.values_.get(name)
        return self.names.get(name) if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter({**self.names, **self.values_})

    def __len__(self) -> int:
        return len({**self.names, **self.values_})


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
    "rights",
    "separate_personal",
    "surrounding",
]
