"""The form-js schema that the product supports, read into fields; what it does not support is refused, not ignored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from engine import feel, form_input
from engine.errors import Fault, Reason, Refused, Text
from engine.feel.functions.patterns import pattern
from engine.form_fields import Field, FieldType, Form
from engine.working_time import CALENDAR_FUNCTIONS

MAX_BYTES = 500_000
MAX_FIELDS = 500
STATIC = frozenset({"text", "html", "separator", "spacer", "button"})
LOOKS = frozenset(
    {"id", "layout", "description", "appearance", "rows", "defaultValue", "label", "dateLabel", "timeLabel"}
)
LAYOUT = frozenset({"showOutline", "verticalAlignment", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems", "isRepeating", "searchable"})  # fmt: skip
KNOWN = LOOKS | LAYOUT | {"type", "key", "path", "components", "values", "validate", "conditional", "properties", "subtype", "decimalDigits", "multiple", "expression", "computeOn", "readonly", "disabled", "timeInterval", "use24h", "timeSerializingFormat", "accept", "increment", "serializeToString", "text", "content"}  # fmt: skip
PROPERTIES = frozenset({"type", "patternMessage:en", "currency", "kind", "role", "personal", "searchable", "section", "requiredWhen", "check", "checkMessage", "checkMessage:en", "document", "internal", "external", "innerOptions"})  # fmt: skip
VALIDATIONS = frozenset({"required", "min", "max", "minLength", "maxLength", "pattern", "validationType", "patternErrorMessage"})  # fmt: skip
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
GROUPS = 8
FUNCTIONS = CALENDAR_FUNCTIONS
"""What the rules of a form may call besides FEEL's own functions."""
OUTSIDE = frozenset({"case", "settings", "instance", "task", "organisation", "now"})
ROW_NUMBER = "row number"
"""What a computed column may call its row: 1 for the first."""
SIMPLE = {"textfield": FieldType.TEXT, "textarea": FieldType.LONG, "checkbox": FieldType.BOOL, "radio": FieldType.ENUM, "checklist": FieldType.ENUMS, "dynamiclist": FieldType.TABLE, "expression": FieldType.COMPUTED}  # fmt: skip
BY_PROPERTY = {"textfield": {"dur"}, "number": {"money", "pct"}, "select": {"user", "org", "ref"}, "taglist": {"users"}}
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"\+?[0-9][0-9 \-]{4,19}"

EXTERNAL = {"name": frozenset({FieldType.TEXT}), "date": frozenset({FieldType.DATE}), "hidden": frozenset(FieldType)}
"""What `external` may say, and of which fields."""

Json = Mapping[str, object]


def parse(source: bytes, path: str) -> Form:
    """The form in a schema file. Raises Refused (INVALID_MODEL) with a fault for each thing that is not supported."""
    document = _document(source, path)
    reader = _Reader(path)
    sections: dict[str, str] = {}
    fields = tuple(reader.fields(document, None, sections))
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


def _table(found: Json, key: str) -> Json:
    table = found.get(key, {})
    return table if isinstance(table, dict) else {}


class _Reader:
    """One pass over a schema, collecting what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.sources: dict[tuple[str, str], str] = {}
        self.groups: list[str] = []

    def fault(self, key: str, zh: str, en: str) -> None:
        """Something that is not supported."""
        self.faults.append(Fault(f"{self.path}#{key}" if key else self.path, Text(zh, en)))

    def fields(
        self, around: Json, section: str | None, sections: dict[str, str], hides: tuple[str, ...] = ()
    ) -> Iterator[Field]:
        """The fields of components; those of a group stand flat, under its section, hidden with it."""
        for found in self._components(around):
            kind = str(found.get("type"))
            self._known_keys(found)
            hide = self._hide(found)
            inner = hides if hide is None else (*hides, hide)
            if kind == "group":
                name = str(_table(found, "properties").get("section") or found.get("id") or "")
                if "path" in found or len(self.groups) >= GROUPS:
                    self.fault(name, "分组不支持 path,且不应过深", "expected a group without path, and not too deep")
                    continue
                sections[name] = str(found.get("label", ""))
                self.groups.append(name)
                yield from self.fields(found, name, sections, inner)
                self.groups.pop()
            elif kind not in STATIC:
                made = self._field(found, section, inner)
                if made is not None:
                    yield made

    def _components(self, found: Json) -> list[Json]:
        components = found.get("components", [])
        if not isinstance(components, list) or not all(isinstance(item, dict) for item in components):
            self.fault(str(found.get("id", "")), "components 应为组件列表", "expected components as a list")
            return []
        return components

    def _hide(self, found: Json) -> str | None:
        hide = _table(found, "conditional").get("hide")
        if hide is None or isinstance(hide, str):
            return hide
        self.fault(_name(found), "conditional.hide 应为表达式", "expected conditional.hide to be an expression")
        return None

    def expressions(self, fields: tuple[Field, ...], around: frozenset[str] = OUTSIDE) -> tuple[Field, ...]:
        """The fields with their expressions compiled, now that all names are known."""
        personal = frozenset(_personal_paths(fields))
        names = frozenset(field.key for field in fields) | around
        keys = [field.key for field in fields]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.fault(key, f"字段 {key} 重复", f"expected one field {key}")
        made = tuple(self._compiled(field, names, personal, field.key) for field in fields)
        self._in_order(made)
        return made

    def _in_order(self, fields: tuple[Field, ...]) -> None:
        """A computed field uses only computed fields before it."""
        later = {field.key for field in fields if field.compute is not None}
        for field in fields:
            if field.compute is not None:
                for used in sorted(field.compute.names & later):
                    self.fault(
                        field.key,
                        f"计算字段只能使用在它之前的计算字段,而 {used} 不在之前",
                        f"expected computed fields that stand before, but {used} does not",
                    )
                later.discard(field.key)

    def _field(self, found: Json, section: str | None, hides: tuple[str, ...]) -> Field | None:
        given = found.get("path") if found.get("type") == "dynamiclist" else found.get("key")
        key = given if isinstance(given, str) else ""
        kind = self._type(found, key)
        if kind is None or not self._is_named(found, key):
            return None
        properties, validate = _table(found, "properties"), _table(found, "validate")
        self._limits(key, found, properties, validate)
        self._ends(key, kind, validate)
        for name in ("requiredWhen", "check"):
            if isinstance(properties.get(name), str):
                self.sources[key, name] = str(properties[name])
        if hides:
            self.sources[key, "hide"] = _either(hides)
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
            pattern_message=_pattern_message(properties, validate),
            readonly=found.get("readonly") is True or found.get("disabled") is True,
            accept=_accepted(found),
            check_message=_message(properties),
            columns=self._columns(found, key) if kind is FieldType.TABLE else (),
            external=self._external(key, kind, properties.get("external")),
            inner_options=self._inner(found, key, properties.get("innerOptions")),
        )

    def _external(self, key: str, kind: FieldType, found: object) -> str | None:
        """What becomes of the field where a contact fills in the form by a link."""
        if found is not None and kind not in EXTERNAL.get(str(found), frozenset()):
            self.fault(
                key,
                "external 应为 name(文本字段)、date(日期字段)或 hidden",
                "expected external to be name (a text), date (a date) or hidden",
            )
        return _optional(found)

    def _inner(self, found: Json, key: str, names: object) -> tuple[str, ...]:
        """The options that are not offered to contacts, separated by commas."""
        inner = tuple(name.strip() for name in str(names or "").split(",") if name.strip())
        values = found.get("values")
        known = [row.get("value") for row in values if isinstance(row, dict)] if isinstance(values, list) else []
        if any(name not in known for name in inner):
            self.fault(key, "innerOptions 应为该字段的选项", "expected innerOptions to be options of the field")
        return inner

    def _is_named(self, found: Json, key: str) -> bool:
        if not KEY.fullmatch(key) or "__" in key or key in OUTSIDE:
            self.fault(
                key[:64],
                "字段的 key 应由字母、数字、下划线组成,以字母开头,不超过 64 个字符,且不是保留名称",
                "expected a key of letters, digits and single underscores, beginning with a letter, of at most 64 "
                f"characters and not reserved, for the field {str(found.get('label', ''))[:64]!r}",
            )
            return False
        return True

    def _columns(self, found: Json, key: str) -> tuple[Field, ...]:
        inner = _Reader(f"{self.path}#{key}")
        columns = tuple(inner.fields(found, None, {}))
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
        key = _name(found)
        for name in ("properties", "validate", "conditional"):
            if not isinstance(found.get(name, {}), dict):
                self.fault(key, f"{name} 应为对象", f"expected {name} to be an object")
        unknown = [name for name in found if name not in KNOWN]
        unknown += [f"properties.{name}" for name in _table(found, "properties") if name not in PROPERTIES]
        unknown += [f"validate.{name}" for name in _table(found, "validate") if name not in VALIDATIONS]
        unknown += [f"conditional.{name}" for name in _table(found, "conditional") if name != "hide"]
        for name in unknown:
            self.fault(key, f"不支持的属性 {name}", f"expected supported attributes, but found {name}")

    def _limits(self, key: str, found: Json, properties: Json, validate: Json) -> None:
        for name in ("personal", "searchable"):
            if properties.get(name, "false") not in ("true", "false"):
                self.fault(key, f"{name} 应为 true 或 false", f"expected {name} to be true or false")
        for where, name in ((validate, "required"), (found, "readonly"), (found, "disabled"), (found, "multiple")):
            if not isinstance(where.get(name, False), bool):
                self.fault(key, f"{name} 应为布尔值", f"expected {name} to be a JSON boolean")
        for name in ("minLength", "maxLength"):
            if validate.get(name) is not None and _whole(validate[name]) is None:
                self.fault(key, f"{name} 应为非负整数", f"expected {name} to be a whole number")
        for name in ("requiredWhen", "check", "checkMessage", "checkMessage:en", "patternMessage:en"):
            if not isinstance(properties.get(name, ""), str):
                self.fault(key, f"{name} 应为文本", f"expected {name} to be text")
        if properties.get("personal") == properties.get("searchable") == "true":
            self.fault(key, "个人信息字段不能被搜索", "expected a personal field not to be searchable")
        if validate.get("validationType", "custom") not in ("", "custom", "email", "phone"):
            self.fault(
                key, "validationType 应为 email、phone 或 custom", "expected validationType email, phone or custom"
            )

    def _ends(self, key: str, kind: FieldType, validate: Json) -> None:
        """The limits of a field fit its type."""
        for name in ("min", "max"):
            end = validate.get(name)
            if end is None:
                continue
            if isinstance(end, float | bool) or not form_input.is_end(kind, str(end)):
                self.fault(
                    key,
                    f"{name} 应为该字段类型的值(小数写成文本)",
                    f"expected {name} to be a value of the field's type, a decimal written as text",
                )
        texts = [name for name in ("minLength", "maxLength", "pattern", "validationType") if validate.get(name)]
        if texts and kind not in (FieldType.TEXT, FieldType.LONG, FieldType.ORG):
            self.fault(key, f"{texts[0]} 只用于文本字段", f"expected {texts[0]} on text fields only")

    def _options(self, found: Json, key: str, kind: FieldType) -> tuple[tuple[str, str], ...]:
        if kind not in (FieldType.ENUM, FieldType.ENUMS):
            return ()
        values = found.get("values")
        rows = [row for row in values if isinstance(row, dict)] if isinstance(values, list) else []
        if not rows:
            self.fault(key, "选项字段应有 values", "expected values to choose from")
        options = [row.get("value") for row in rows]
        if not all(isinstance(option, str) and option for option in options) or len(set(map(str, options))) < len(rows):
            self.fault(key, "选项的 value 应为互不相同的文本", "expected options with different texts as value")
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

    def _compiled(self, field: Field, names: frozenset[str], personal: frozenset[tuple[str, ...]], key: str) -> Field:
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
        self, key: str, name: str, names: frozenset[str], personal: frozenset[tuple[str, ...]]
    ) -> feel.Expression | None:
        source = self.sources.get((key, name))
        if source is None:
            return None
        try:
            made = feel.compile(source.removeprefix("=").strip(), names, FUNCTIONS)
        except feel.FeelError as error:
            self.fault(key, f"{name}:{error.text.zh}", f"{name}: {error.text.en}")
            return None
        for used in sorted(path for path in personal if made.reads(path)):
            shown = ".".join(used)
            self.fault(key, f"规则不得使用个人信息字段 {shown}", f"expected no rule on the personal field {shown}")
        return made


def _personal_paths(fields: tuple[Field, ...]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        if field.personal:
            yield (field.key,)
        yield from ((field.key, column.key) for column in field.columns if column.personal)


def _either(hides: tuple[str, ...]) -> str:
    """One condition out of those of a field and of the groups around it."""
    sources = [hide.removeprefix("=").strip() for hide in hides]
    return sources[0] if len(sources) == 1 else " or ".join(f"({source})" for source in sources)


def _name(found: Json) -> str:
    return str(found.get("key") or found.get("path") or found.get("id") or "")


def _accepted(found: Json) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in str(found.get("accept", "")).split(",") if part.strip())


def _pattern_message(properties: Json, validate: Json) -> Text | None:
    kind = validate.get("validationType")
    if kind == "email":
        return Text("应为电子邮箱,如 name@example.com", "expected an e-mail address such as name@example.com")
    if kind == "phone":
        return Text("应为电话号码,如 +86 10 12345678", "expected a telephone number such as +86 10 12345678")
    zh = validate.get("patternErrorMessage")
    return Text(zh, str(properties.get("patternMessage:en", zh))) if isinstance(zh, str) else None


_EXPRESSIONS = frozenset({"required_when", "check", "hidden_when", "compute"})


def _optional(found: object) -> str | None:
    return None if found is None else str(found)


def _whole(found: object) -> int | None:
    if isinstance(found, int) and not isinstance(found, bool):
        return found if found >= 0 else None
    return int(found) if isinstance(found, str) and re.fullmatch(r"[0-9]{1,9}", found) else None


def _digits(found: Json, kind: FieldType) -> int | None:
    digits = _whole(found.get("decimalDigits"))
    return 2 if digits is None and kind is FieldType.MONEY else digits


def _message(properties: Json) -> Text | None:
    zh = properties.get("checkMessage")
    return Text(zh, str(properties.get("checkMessage:en", zh))) if isinstance(zh, str) else None
