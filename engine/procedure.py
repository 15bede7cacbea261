"""A published procedure: its files, and what they say, read once per version."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from engine import dmn, feel
from engine import form as forms
from engine.errors import Fault, Reason, Refused, Text
from engine.escalation_class import EscalationClass, classes
from engine.flow import Model
from engine.flow.elements import Element, Kind, MultiInstance, Trigger
from engine.flow.level import starts
from engine.form import Form
from engine.value import Context, Value, number
from engine.working_time import CALENDAR_FUNCTIONS

MANIFEST = "procedure.toml"
MOST_BYTES = 200_000
MOST_DOTS = 64
"""A key of thousands of parts takes the reader of TOML minutes."""

HOST_FUNCTIONS = CALENDAR_FUNCTIONS | {"persons in role", "performers", "has role"}
"""What an expression of a procedure may call besides FEEL's own functions."""

RESERVED = frozenset({"case", "settings", "instance", "task", "organisation", "now"})
"""Names that no variable may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of the procedure, with its name in both languages."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A threshold or habit that the organisation may change; `type` is int, dec, money, pct, text or bool."""

    key: str
    type: str
    default: Value
    name: Text
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def wanted(self) -> Text:
        """What is accepted, in words."""
        low = Text("", "") if self.least is None else Text(f",不小于 {self.least:f}", f", at least {self.least:f}")
        high = Text("", "") if self.most is None else Text(f",不大于 {self.most:f}", f", at most {self.most:f}")
        return Text(f"{self.type} 类型的值{low.zh}{high.zh}", f"of type {self.type}{low.en}{high.en}")

    def accepts(self, value: Value) -> bool:
        """The value is of the setting's type, and not below its least or above its most value."""
        if isinstance(value, Decimal) and not isinstance(value, bool):
            low, high = self.least is not None and value < self.least, self.most is not None and value > self.most
            if low or high:
                return False
        match self.type:
            case "bool":
                return isinstance(value, bool)
            case "int":
                return isinstance(value, Decimal) and value == value.to_integral_value()
            case "dec" | "money" | "pct":
                return isinstance(value, Decimal)
            case _:
                return isinstance(value, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseField:
    """A value that the instances of a case share; the case is called by what is shown."""

    name: str
    type: str
    title: Text
    is_shown: bool = False


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """Everything a version says; made by `load`, never changed."""

    digest: str
    key: str
    title: Text
    label: str
    owner: str
    roles: Mapping[str, Role]
    settings: Mapping[str, Setting]
    case_fields: Mapping[str, CaseField]
    rights: Mapping[str, tuple[str, ...]]
    documents: Mapping[str, Text]
    files: Mapping[str, bytes]
    model: Model
    forms: Mapping[str, Form] = field(default_factory=dict)
    decisions: dmn.Library = field(default_factory=lambda: dmn.Library(()))
    escalations: Mapping[str, EscalationClass] = field(default_factory=dict)

    @cached_property
    def defaults(self) -> Context:
        """The default of every setting."""
        return Context({key: setting.default for key, setting in self.settings.items()})

    @cached_property
    def variables(self) -> frozenset[str]:
        """The variables that the processes may set: an expression that names one before it is set finds null."""
        processes = self.model.processes.values()
        return frozenset(name for process in processes for name in _variables(process.elements.values()))

    @cached_property
    def visible(self) -> frozenset[str]:
        """Every name an expression may use: the variables and the reserved names."""
        return self.variables | RESERVED

    def start_role(self, process: str) -> str | None:
        """The role in whose lane the process starts: that of its start event, else of what nothing leads to."""
        found = self.model.processes[process]
        drawn = [e for e in found.elements.values() if e.kind is Kind.START and e.parent is None]
        drawn.sort(key=lambda start: start.trigger is not Trigger.NONE)  # a person begins at the one without trigger
        begins = drawn or [found.elements[name.partition(":")[2]] for name in starts(found, None)]
        return begins[0].role if begins else None

    def inputs(self, process: str) -> frozenset[str]:
        """The variables that whoever starts the process may give."""
        starts = (
            e for e in self.model.processes[process].elements.values() if e.kind is Kind.START and e.parent is None
        )
        return frozenset(name for start in starts for name in start.extensions.get("inputs", "").split())

    def may(self, right: str) -> tuple[str, ...]:
        """The roles that hold a right (`terminate`, `waive`, `resolve`, `publish`); the owner unless said otherwise."""
        return self.rights.get(right, (self.owner,))

    def form(self, element: Element) -> Form | None:
        """The form of a user task, or None when it has none."""
        path = element.extensions.get("form")
        return None if path is None else self.forms[path]


def version_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 in hex over, for each path in byte order: NFC UTF-8 path, 0x00, 32 bytes of the file's SHA-256."""
    paths = sorted((unicodedata.normalize("NFC", path).encode(), path) for path in files)
    whole = hashlib.sha256()
    for encoded, path in paths:
        whole.update(encoded + b"\x00" + hashlib.sha256(files[path]).digest())
    return whole.hexdigest()


def load(files: Mapping[str, bytes]) -> Procedure:
    """The procedure these files describe. Raises Refused (INVALID_MODEL) when they cannot be read."""
    manifest = _manifest(files)
    text = _table(manifest, "title")
    return Procedure(
        digest=version_digest(files),
        key=_text(manifest, "key"),
        title=_names_of(text),
        label=_text(manifest, "label"),
        owner=_text(manifest, "owner"),
        roles={code: Role(code=code, name=_names_of(row)) for code, row in _rows(manifest, "roles")},
        settings={key: _setting(key, row) for key, row in _rows(manifest, "settings")},
        case_fields={
            name: CaseField(name=name, type=_text(row, "type"), title=_names_of(row), is_shown="shown" in row)
            for name, row in _rows(manifest, "case")
        },
        rights={right: _roles(roles) for right, roles in _table(manifest, "rights").items()},
        documents={key: _names_of(row) for key, row in _rows(manifest, "documents")},
        files=dict(files),
        model=Model.parse({path: data for path, data in files.items() if path.endswith(".bpmn")}),
        decisions=_decisions(files),
        escalations=classes(manifest.get("escalation")),
        forms={path: forms.parse(data, path) for path, data in files.items() if path.endswith(".form")},
    )


def _decisions(files: Mapping[str, bytes]) -> dmn.Library:
    models = [dmn.read(data, path) for path, data in sorted(files.items()) if path.endswith(".dmn")]
    return dmn.Library(models, HOST_FUNCTIONS)


def _manifest(files: Mapping[str, bytes]) -> dict[str, object]:
    if MANIFEST not in files:
        raise _unreadable(f"应有文件 {MANIFEST}", f"expected a file {MANIFEST}")
    source = files[MANIFEST]
    if len(source) > MOST_BYTES or any(line.count(b".") > MOST_DOTS for line in source.splitlines()):
        raise _unreadable(
            f"应不超过 {MOST_BYTES} 字节,每行不超过 {MOST_DOTS} 个句点",
            f"expected at most {MOST_BYTES} bytes, and at most {MOST_DOTS} dots in a line",
        )
    try:
        return tomllib.loads(source.decode())
    except RecursionError:
        raise _unreadable("嵌套过深", "expected less nesting") from None
    except ValueError as error:
        raise _unreadable(f"应为 TOML 文件:{error}", f"expected TOML, but {error}") from error


def _unreadable(zh: str, en: str) -> Refused:
    return Refused(Reason.INVALID_MODEL, f"{MANIFEST}:{zh}", f"{MANIFEST}: {en}", (Fault(MANIFEST, Text(zh, en)),))


def _table(row: Mapping[str, object], key: str) -> dict[str, object]:
    found = row.get(key, {})
    if not isinstance(found, dict):
        raise _unreadable(f"{key} 应为表", f"expected a table at {key}")
    return found


def _rows(manifest: Mapping[str, object], key: str) -> list[tuple[str, dict[str, object]]]:
    table = _table(manifest, key)
    return [(name, _table(table, name)) for name in table]


def _text(row: Mapping[str, object], key: str) -> str:
    found = row.get(key)
    if not isinstance(found, str):
        raise _unreadable(f"{key} 应为文本", f"expected text at {key}")
    return found


def _roles(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(role, str) for role in found):
        raise _unreadable("权限应为角色代码的列表", "expected a right to be a list of role codes")
    return tuple(str(role) for role in found)


def _names_of(row: Mapping[str, object]) -> Text:
    return Text(_text(row, "zh"), _text(row, "en"))


def _setting(key: str, row: Mapping[str, object]) -> Setting:
    kind = _text(row, "type")
    try:
        value = _default(row.get("default"), kind)
    except (ValueError, ArithmeticError):
        raise _unreadable(
            f"设置项 {key} 的默认值应为整数、布尔值或文本(小数写成文本)",
            f"expected the default of setting {key} to be a whole number, a boolean or text (decimals as text)",
        ) from None
    bounds = {bound: _bound(key, row.get(bound)) for bound in ("min", "max")}
    return Setting(key=key, type=kind, default=value, name=_names_of(row), least=bounds["min"], most=bounds["max"])


def _bound(key: str, found: object) -> Decimal | None:
    """The least or most value of a setting: a whole number, or a decimal written as text."""
    if found is None:
        return None
    if isinstance(found, int | str) and not isinstance(found, bool):
        with suppress(ValueError, ArithmeticError):
            return number(found)
    raise _unreadable(
        f"设置项 {key} 的 min、max 应为数(小数写成文本)",
        f"expected min and max of setting {key} to be numbers (decimals as text)",
    )


def _default(found: object, kind: str) -> Value:
    match found:
        case str() if kind in {"dec", "money", "pct"}:
            return number(found)
        case bool() | str() | None:
            return found
        case int():
            return number(found)
        case _:
            raise ValueError


_YIELDING = {
    Kind.USER_TASK,
    Kind.MANUAL_TASK,
    Kind.BUSINESS_RULE_TASK,
    Kind.SERVICE_TASK,
    Kind.RECEIVE_TASK,
    Kind.CATCH_EVENT,
    Kind.BOUNDARY_EVENT,
}


_TIMED = {Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE}
_CARRYING = {Trigger.MESSAGE, Trigger.SIGNAL, Trigger.ERROR, Trigger.ESCALATION}


def _has_payload(element: Element) -> bool:
    """The start event takes over what a message, signal, error or escalation says, or which milestone it is."""
    begins = element.parent is None and element.trigger in _TIMED
    return element.kind is Kind.START and (begins or element.trigger in _CARRYING)


def _variables(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        if element.kind in _YIELDING or element.loop is not None or _has_payload(element):
            yield element.result
        if isinstance(element.loop, MultiInstance) and element.loop.item:
            yield element.loop.item
        if element.kind is Kind.SCRIPT_TASK and element.script:
            yield from feel.entry_names(element.script)
        yield from element.outputs
        yield from element.extensions.get("inputs", "").split()
