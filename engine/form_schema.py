"""The form-js schema that the product supports, read into fields; what it does not support is refused, not ignored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from engine import feel
from engine.errors import Fault, Reason, Refused, Text
from engine.feel.functions.text import pattern
from engine.form_fields import Field, FieldType, Form

MAX_BYTES = 500_000
MAX_FIELDS = 500
STATIC = frozenset({"text", "html", "separator", "spacer", "button"})
LOOKS = frozenset(
    {"id", "layout", "description", "appearance", "rows", "defaultValue", "label", "dateLabel", "timeLabel"}
)
LAYOUT = frozenset({"showOutline", "verticalAlignment", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems", "isRepeating", "searchable"})  # fmt: skip
KNOWN = LOOKS | LAYOUT | {"type", "key", "path", "components", "values", "validate", "conditional", "properties", "subtype", "decimalDigits", "multiple", "expression", "computeOn", "readonly", "disabled", "timeInterval", "use24h", "timeSerializingFormat", "accept", "increment", "serializeToString", "text", "content"}  # fmt: skip
PROPERTIES = frozenset({"type", "currency", "kind", "role", "personal", "searchable", "section", "requiredWhen", "check", "checkMessage", "checkMessage:en", "document", "internal"})  # fmt: skip
VALIDATIONS = frozenset({"required", "min", "max", "minLength", "maxLength", "pattern", "validationType", "patternErrorMessage"})  # fmt: skip
OUTSIDE = frozenset({"case", "settings", "instance", "task", "organisation", "now"})
ROW_NUMBER = "row number"
"""What a computed column may call its row: 1 for the first."""
SIMPLE = {"textfield": FieldType.TEXT, "textarea": FieldType.LONG, "checkbox": FieldType.BOOL, "radio": FieldType.ENUM, "checklist": FieldType.ENUMS, "dynamiclist": FieldType.TABLE, "expression": FieldType.COMPUTED}  # fmt: skip
BY_PROPERTY = {"number": {"money", "pct"}, "select": {"user", "org", "ref"}, "taglist": {"users"}}
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"\+?[0-9][0-9 \-]{4,19}"

Json = Mapping[str, object]


def parse(source: bytes, path: str) -> Form:
    """The form in a schema file. Raises Refused (INVALID_MODEL) with a fault for each thing that is not supported."""
    document = _document(source, path)
    reader = _Reader(path)
    sections: dict[str, str] = {}
    fields = tuple(reader.fields(_components(document), None, sections))
    if len(fields) > MAX_FIELDS:
        reader.fault("", f"表单应不超过 {MAX_FIELDS} 个字段", f"expected at most {MAX_FIELDS} fields")
    fields = reader.expressions(fields)
    if reader.faults:
        first = reader.faults[0]
        raise Refused(
            Reason.INVALID_MODEL,
            f"{first.path}:{first.text.zh}",
            f"{first.path}: {first.text.en}",
            tuple(reader.faults),
        )
    return Form(id=str(document.get("id", path)), path=path, fields=fields, sections=sections)


def _document(source: bytes, path: str) -> Json:
    try:
        found = json.loads(source.decode()) if len(source) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("type") != "default":
        text = Text("应为 form-js 表单(JSON)", "expected a form-js schema (JSON)")
        raise Refused(Reason.INVALID_MODEL, f"{path}:{text.zh}", f"{path}: {text.en}", (Fault(path, text),))
    return found


def _components(found: Json) -> list[Json]:
    components = found.get("components", [])
    return [item for item in components if isinstance(item, dict)] if isinstance(components, list) else []


def _table(found: Json, key: str) -> Json:
    table = found.get(key, {})
    return table if isinstance(table, dict) else {}


class _Reader:
    """One pass over a schema, collecting what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.sources: dict[tuple[str, str], str] = {}

    def fault(self, key: str, zh: str, en: str) -> None:
        """Something that is not supported."""
        self.faults.append(Fault(f"{self.path}#{key}" if key else self.path, Text(zh, en)))

    def fields(self, components: list[Json], section: str | None, sections: dict[str, str]) -> Iterator[Field]:
        """The fields of components; those of a group stand flat, under its section."""
        for found in components:
            kind = found.get("type")
            self._known_keys(found)
            if kind == "group":
                name = str(_table(found, "properties").get("section") or found.get("id") or "")
                sections[name] = str(found.get("label", ""))
                yield from self.fields(_components(found), name, sections)
            elif kind not in STATIC:
                made = self._field(found, section)
                if made is not None:
                    yield made

    def expressions(self, fields: tuple[Field, ...], around: frozenset[str] = OUTSIDE) -> tuple[Field, ...]:
        """The fields with their expressions compiled, now that all names are known."""
        personal = frozenset(field.key for field in fields if field.personal)
        names = frozenset(field.key for field in fields) | around
        keys = [field.key for field in fields]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.fault(key, f"字段 {key} 重复", f"expected one field {key}")
        return tuple(self._compiled(field, names, personal, field.key) for field in fields)

    def _field(self, found: Json, section: str | None) -> Field | None:
        key = str(found.get("path") if found.get("type") == "dynamiclist" else found.get("key", ""))
        kind = self._type(found, key)
        if kind is None:
            return None
        if not key or key == "None" or key.startswith("_"):
            self.fault(key, "字段应有 key", f"expected a key for the field {found.get('label', '')!r}")
            return None
        properties, validate = _table(found, "properties"), _table(found, "validate")
        self._limits(key, properties, validate)
        for name in ("requiredWhen", "check"):
            if isinstance(properties.get(name), str):
                self.sources[key, name] = str(properties[name])
        hide = _table(found, "conditional").get("hide")
        if isinstance(hide, str):
            self.sources[key, "hide"] = hide
        if kind is FieldType.COMPUTED:
            self.sources[key, "compute"] = str(found.get("expression", ""))
        return Field(
            key=key,
            type=kind,
            label=str(found.get("label", "")),
            section=section,
            required=validate.get("required") is True,
            personal=properties.get("personal") == "true",
            searchable=properties.get("searchable") == "true",
            kind=_optional(properties.get("kind")),
            options=self._options(found, key, kind),
            minimum=_optional(validate.get("min")),
            maximum=_optional(validate.get("max")),
            min_length=_whole(validate.get("minLength")),
            max_length=_whole(validate.get("maxLength")),
            digits=_digits(found, kind),
            pattern=self._pattern(key, validate),
            check_message=_message(properties),
            columns=self._columns(found, key) if kind is FieldType.TABLE else (),
        )

    def _columns(self, found: Json, key: str) -> tuple[Field, ...]:
        inner = _Reader(f"{self.path}#{key}")
        columns = tuple(inner.fields(_components(found), None, {}))
        columns = inner.expressions(columns, frozenset({ROW_NUMBER}))
        self.faults += inner.faults
        for column in columns:
            if column.type is FieldType.TABLE:
                self.fault(key, "表格中不能再有表格", "expected no table within a table")
        return columns

    def _type(self, found: Json, key: str) -> FieldType | None:
        component, wanted = str(found.get("type")), str(_table(found, "properties").get("type", ""))
        if wanted in BY_PROPERTY.get(component, ()):
            return FieldType(wanted)
        match component:
            case "number":
                return FieldType.INT if _whole(found.get("decimalDigits")) == 0 else FieldType.DEC
            case "datetime":
                subtype = found.get("subtype")
                return {"date": FieldType.DATE, "datetime": FieldType.DATE_TIME}.get(str(subtype)) or self._unknown(
                    key, f"datetime/{subtype}"
                )
            case "filepicker":
                return FieldType.FILES if found.get("multiple") is True else FieldType.FILE
            case "select":
                return FieldType.ENUM
            case "taglist":
                return FieldType.ENUMS
            case _:
                return SIMPLE.get(component) or self._unknown(key, component)

    def _unknown(self, key: str, component: str) -> FieldType | None:
        self.fault(key, f"不支持的组件 {component}", f"expected a supported component, but found {component}")
        return None

    def _known_keys(self, found: Json) -> None:
        key = str(found.get("key") or found.get("path") or found.get("id") or "")
        unknown = [name for name in found if name not in KNOWN]
        unknown += [f"properties.{name}" for name in _table(found, "properties") if name not in PROPERTIES]
        unknown += [f"validate.{name}" for name in _table(found, "validate") if name not in VALIDATIONS]
        unknown += [f"conditional.{name}" for name in _table(found, "conditional") if name != "hide"]
        for name in unknown:
            self.fault(key, f"不支持的属性 {name}", f"expected supported attributes, but found {name}")

    def _limits(self, key: str, properties: Json, validate: Json) -> None:
        for name in ("min", "max"):
            if isinstance(validate.get(name), float):
                self.fault(key, f"{name} 的小数应写成文本", f"expected a decimal {name} to be written as text")
        for name, allowed in (("personal", ("true", "false")), ("searchable", ("true", "false"))):
            if properties.get(name, "false") not in allowed:
                self.fault(key, f"{name} 应为 true 或 false", f"expected {name} to be true or false")

    def _options(self, found: Json, key: str, kind: FieldType) -> tuple[tuple[str, str], ...]:
        if kind not in (FieldType.ENUM, FieldType.ENUMS):
            return ()
        values = found.get("values")
        rows = [row for row in values if isinstance(row, dict)] if isinstance(values, list) else []
        if not rows:
            self.fault(key, "选项字段应有 values", "expected values to choose from")
        return tuple((str(row.get("value")), str(row.get("label", row.get("value")))) for row in rows)

    def _pattern(self, key: str, validate: Json) -> str | None:
        source = {"email": EMAIL, "phone": PHONE}.get(str(validate.get("validationType", ""))) or validate.get(
            "pattern"
        )
        if source is None or source == "":
            return None
        try:
            pattern(f"^(?:{source})$")
        except feel.FeelError as error:
            self.fault(key, error.text.zh, error.text.en)
        return str(source)

    def _compiled(self, field: Field, names: frozenset[str], personal: frozenset[str], key: str) -> Field:
        own = names | ({column.key for column in field.columns} if field.type is FieldType.TABLE else set())
        made = {
            name: self._expression(key, name, own, personal) for name in ("requiredWhen", "check", "hide", "compute")
        }
        if not any(made.values()):
            return field
        return Field(
            **{slot: getattr(field, slot) for slot in Field.__slots__ if slot not in _EXPRESSIONS},
            required_when=made["requiredWhen"],
            check=made["check"],
            hidden_when=made["hide"],
            compute=made["compute"],
        )

    def _expression(
        self, key: str, name: str, names: frozenset[str], personal: frozenset[str]
    ) -> feel.Expression | None:
        source = self.sources.get((key, name))
        if source is None:
            return None
        try:
            made = feel.compile(source.removeprefix("=").strip(), names, frozenset({"working days between"}))
        except feel.FeelError as error:
            self.fault(key, f"{name}:{error.text.zh}", f"{name}: {error.text.en}")
            return None
        for used in sorted(made.names & personal):
            self.fault(key, f"规则不得使用个人信息字段 {used}", f"expected no rule on the personal field {used}")
        return made


_EXPRESSIONS = frozenset({"required_when", "check", "hidden_when", "compute"})


def _optional(found: object) -> str | None:
    return None if found is None else str(found)


def _whole(found: object) -> int | None:
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    return int(found) if isinstance(found, str) and found.isdigit() else None


def _digits(found: Json, kind: FieldType) -> int | None:
    digits = _whole(found.get("decimalDigits"))
    return 2 if digits is None and kind is FieldType.MONEY else digits


def _message(properties: Json) -> Text | None:
    zh = properties.get("checkMessage")
    return Text(zh, str(properties.get("checkMessage:en", zh))) if isinstance(zh, str) else None
