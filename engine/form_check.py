"""One check of what was entered against a form: entries to values, then computed fields, conditions and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import feel, form_input
from engine.errors import Fault, Text
from engine.feel import Expression
from engine.form_fields import Field, FieldType, Form, Right
from engine.form_input import Unsuitable
from engine.form_schema import OUTSIDE, ROW_NUMBER
from engine.value import Context, Personal, Value, number

MAX_ROWS = 10_000
MAX_FAULTS = 200
MAX_ITEMS = 500_000
MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 8
SHOWN = 64

UNKNOWN = Text("表单没有这个字段", "expected only fields of the form: it has no such field")
REQUIRED = Text("必填", "expected a value: this field is required")
READ_ONLY = Text("此环节不得修改该部分", "expected no change: this task may only read this section")
NO_CHANGE = Text("该字段只读", "expected no change: this field is read-only")
COMPUTED = Text("该字段由系统计算,不能填写", "expected no value: this field is computed")
NO_ROW = Text("应为一行数据", "expected a row")
RULE = Text("不符合规则", "expected the rule of this field to hold")
CIRCULAR = Text("字段的隐藏条件互相矛盾", "expected conditions that do not hide and show each other in turn")
TOO_MUCH = Text("表单内容过大或嵌套过深", "expected less data, or less deeply nested data")
BLANK = frozenset({FieldType.TEXT, FieldType.LONG, FieldType.ORG})


class Faults:
    """What is wrong, at most one sentence a place, and not without end."""

    def __init__(self) -> None:
        self._by_path: dict[str, Text] = {}

    def add(self, path: str, text: Text) -> None:
        """One thing wrong; the first at a place counts."""
        if path not in self._by_path and len(self._by_path) < MAX_FAULTS:
            self._by_path[path] = text

    def at(self, path: str) -> bool:
        """Something is wrong at this place."""
        return path in self._by_path

    def forget(self, path: str) -> None:
        """Nothing at this place, or within it, counts any more."""
        for known in [known for known in self._by_path if known == path or known.startswith((f"{path}[", f"{path}."))]:
            del self._by_path[known]

    def found(self) -> tuple[Fault, ...]:
        """All of it."""
        return tuple(Fault(path, text) for path, text in self._by_path.items())


class FormCheck:
    """One check: the form, what its rules see, and the faults found."""

    def __init__(
        self,
        form: Form,
        zone: str,
        names: Mapping[str, Value],
        functions: Mapping[str, feel.HostFunction],
        faults: Faults,
    ) -> None:
        self.form = form
        self.zone = zone
        self.names = names
        self.functions = functions
        self.faults = faults

    def values(
        self, data: Mapping[str, object], rights: Mapping[str, Right], earlier: Mapping[str, Value]
    ) -> dict[str, Value]:
        """The values of all fields; what a condition hides has none."""
        fields = self.form.fields
        self._unknown("", fields, data)
        fixed = frozenset(field.key for field in fields if _is_fixed(field, rights))
        entered: dict[str, Value] = {}
        for field in fields:
            if field.type is FieldType.COMPUTED:
                continue
            if field.key in fixed:
                entered[field.key] = self._unchanged(field, data.get(field.key), earlier.get(field.key))
            else:
                entered[field.key] = self._converted(field, field.key, data.get(field.key))
        demanded = frozenset(field.key for field in fields if _right(field, rights) is Right.REQUIRED)
        return self._ruled(fields, entered, data, "", self.names, fixed, demanded)

    def _unknown(self, path: str, fields: tuple[Field, ...], data: Mapping[str, object]) -> None:
        known = {field.key for field in fields}
        for key in data:
            if key not in known:
                self.faults.add(path + _shown(key), UNKNOWN)

    def _unchanged(self, field: Field, found: object, earlier: Value) -> Value:
        if found is None or found is earlier:
            return earlier
        probe = FormCheck(self.form, self.zone, self.names, self.functions, Faults())
        if probe._converted(field, field.key, found) != earlier or probe.faults.found():
            self.faults.add(field.key, NO_CHANGE if field.readonly else READ_ONLY)
        return earlier

    # ------------------------------------------------------------ entries to values

    def _converted(self, field: Field, path: str, found: object) -> Value:
        if found is None or (isinstance(found, str | list | tuple) and not found):
            return None
        if field.type in BLANK and isinstance(found, str) and not found.strip():
            return None
        if field.personal and isinstance(found, Personal):
            return found if found.present else None
        try:
            if field.type is FieldType.TABLE:
                return self._table(field, path, found)
            return form_input.convert(field, found, self.zone)
        except Unsuitable as error:
            self.faults.add(path, error.text)
            return None

    def _table(self, field: Field, path: str, found: object) -> Value:
        if not isinstance(found, list | tuple) or len(found) > MAX_ROWS:
            raise Unsuitable(f"应为不超过 {MAX_ROWS} 行的表格", f"expected a table of at most {MAX_ROWS} rows")
        return tuple(self._row(field.columns, f"{path}[{place}]", place, row) for place, row in enumerate(found))

    def _row(self, columns: tuple[Field, ...], path: str, place: int, found: object) -> Value:
        if not isinstance(found, dict):
            self.faults.add(path, NO_ROW)
            return Context()
        self._unknown(f"{path}.", columns, found)
        entered = {
            column.key: self._converted(column, f"{path}.{column.key}", found.get(column.key))
            for column in columns
            if column.type is not FieldType.COMPUTED
        }
        around = {ROW_NUMBER: number(place + 1)}
        values = self._ruled(columns, entered, found, f"{path}.", around, frozenset(), frozenset())
        return Context({key: value for key, value in values.items() if value is not None})

    # ------------------------------------------------------------ computed fields, conditions, rules

    def _ruled(
        self,
        fields: tuple[Field, ...],
        entered: dict[str, Value],
        data: Mapping[str, object],
        path: str,
        names: Mapping[str, Value],
        fixed: frozenset[str],
        demanded: frozenset[str],
    ) -> dict[str, Value]:
        """The values after the rules of these fields: those of the form, or the columns of one row."""
        values = self._visible(fields, entered, path, names, fixed)
        hidden = {field.key for field in fields if field.key not in values}
        for field in fields:
            place = path + field.key
            if field.key in hidden:
                self.faults.forget(place)
            elif field.type is FieldType.COMPUTED:
                self._not_set(field, data.get(field.key), values[field.key], place)
            elif field.key not in fixed:
                self._rules(field, values, place, names, demanded)
        return values

    def _visible(
        self,
        fields: tuple[Field, ...],
        entered: dict[str, Value],
        path: str,
        names: Mapping[str, Value],
        fixed: frozenset[str],
    ) -> dict[str, Value]:
        """The values of what no condition hides; a hidden field is empty for the conditions of the others."""
        hidden: frozenset[str] = frozenset()
        conditional = [field for field in fields if field.hidden_when is not None and field.key not in fixed]
        for _ in range(len(conditional) + 2):
            values = {key: value for key, value in entered.items() if key not in hidden}
            for field in fields:
                if field.compute is not None and field.key not in hidden:
                    values[field.key] = self._evaluated(field.compute, values, names, path + field.key)
            found = frozenset(
                field.key
                for field in conditional
                if self._evaluated(field.hidden_when, values, names, path + field.key) is True
            )
            if found == hidden:
                return values
            hidden = found
        self.faults.add(path.rstrip("."), CIRCULAR)
        return values

    def _not_set(self, field: Field, found: object, value: Value, place: str) -> None:
        """What comes in for a computed field is what the form computes; rules on what is around may change by then."""
        settled = field.compute is not None and not field.compute.names & OUTSIDE
        if found is not None and settled and _differs(found, value):
            self.faults.add(place, COMPUTED)

    def _rules(
        self,
        field: Field,
        values: Mapping[str, Value],
        place: str,
        names: Mapping[str, Value],
        demanded: frozenset[str],
    ) -> None:
        if self.faults.at(place):
            return
        if values.get(field.key) is None:
            wanted = field.required or field.key in demanded
            if wanted or self._evaluated(field.required_when, values, names, place) is True:
                self.faults.add(place, REQUIRED)
        elif field.check is not None and self._evaluated(field.check, values, names, place) is not True:
            self.faults.add(place, field.check_message or RULE)

    def _evaluated(
        self, expression: Expression | None, values: Mapping[str, Value], names: Mapping[str, Value], place: str
    ) -> Value:
        if expression is None:
            return None
        try:
            return expression.evaluate(_Scope(values, names), functions=self.functions)
        except feel.FeelError as error:
            self.faults.add(place, error.text)
        except ValueError as error:  # a function of the host that does not take these values
            self.faults.add(place, Text(f"规则无法计算:{error}", f"the rule cannot be evaluated: {error}"))
        return None


def measured(data: Mapping[str, object]) -> Text | None:
    """Why the data is too much to be looked at; None when it is not."""
    items = characters = 0
    stack: list[tuple[object, int]] = [(data, 0)]
    while stack:
        found, depth = stack.pop()
        inner: list[object] = []
        if isinstance(found, str):
            characters += len(found)
        elif isinstance(found, Mapping):
            inner = [*found.keys(), *found.values()]
        elif isinstance(found, list | tuple):
            inner = list(found)
        items += len(inner)
        if items > MAX_ITEMS or characters > MAX_CHARACTERS or (inner and depth >= MAX_DEPTH):
            return TOO_MUCH
        stack.extend((item, depth + 1) for item in inner)
    return None


def _differs(found: object, value: Value) -> bool:
    try:
        return bool(found != value) or isinstance(found, bool) is not isinstance(value, bool)
    except (ArithmeticError, RecursionError):  # a signalling NaN, or lists without end
        return True


def _right(field: Field, rights: Mapping[str, Right]) -> Right:
    return rights.get(field.section or "", Right.WRITE)


def _is_fixed(field: Field, rights: Mapping[str, Right]) -> bool:
    return field.readonly or _right(field, rights) in (Right.READ, Right.HIDDEN)


def _shown(key: object) -> str:
    """A key as it may stand in a message, whatever it is."""
    text = str(key)
    return text[:SHOWN].encode("utf-8", "replace").decode() + ("…" if len(text) > SHOWN else "")


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
