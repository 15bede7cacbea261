"""A version of a procedure as people read it: steps, forms, decisions, settings, who put it in force and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Connection

from engine import xml
from engine.errors import Text
from engine.flow.elements import ACTIVITIES, Element, Flow, Kind, Process
from engine.form_fields import Field
from engine.label import ENGLISH
from engine.procedure import Procedure
from engine.publication import Publications, Version
from engine.value import Context
from engine.words import StreamKind
from storage import journal
from storage.procedures import Place
from storage.shelf import StreamShelf
from web import reading
from web.sight import doing as doings
from web.sight.doing import Doing
from web.translation import _, lazy

AFTER = re.compile(r"working days after\(now, (?:settings\.(\w+)|(\d+))\)")
HEADING = re.compile(r"^#+\s*")
KINDS = {
    Kind.START: lazy("开始"),
    Kind.END: lazy("结束"),
    Kind.TASK: lazy("任务"),
    Kind.USER_TASK: lazy("人工任务"),
    Kind.MANUAL_TASK: lazy("手工任务"),
    Kind.SCRIPT_TASK: lazy("脚本任务"),
    Kind.BUSINESS_RULE_TASK: lazy("决策任务"),
    Kind.SERVICE_TASK: lazy("系统任务"),
    Kind.SEND_TASK: lazy("发送任务"),
    Kind.RECEIVE_TASK: lazy("接收任务"),
    Kind.EXCLUSIVE_GATEWAY: lazy("排他网关"),
    Kind.PARALLEL_GATEWAY: lazy("并行网关"),
    Kind.INCLUSIVE_GATEWAY: lazy("包容网关"),
    Kind.EVENT_GATEWAY: lazy("事件网关"),
    Kind.COMPLEX_GATEWAY: lazy("复杂网关"),
    Kind.CATCH_EVENT: lazy("等待事件"),
    Kind.THROW_EVENT: lazy("发出事件"),
    Kind.BOUNDARY_EVENT: lazy("边界事件"),
    Kind.SUB_PROCESS: lazy("子流程"),
    Kind.TRANSACTION: lazy("事务"),
    Kind.AD_HOC: lazy("自由子流程"),
    Kind.CALL_ACTIVITY: lazy("调用流程"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a step leads, and when."""

    target: str
    name: Text
    condition: str
    label: str
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form as the procedure shows it."""

    path: str
    title: Text
    fields: tuple[tuple[Text, Field], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element of a diagram."""

    id: str
    number: str
    name: Text
    kind: str
    is_activity: bool
    doing: Doing
    role: Text | None
    apart: Text | None
    votes: Text | None
    purpose: Text
    form: Sheet | None
    due: Text
    clause: str
    element: Element
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Putting:
    """A version, and who put it in force."""

    version: Version
    by: str
    is_in_force: bool
    was_replaced: bool = False
    """A later publication came into force before it, or at its moment: it never was."""


def publications(connection: Connection, place: Place) -> Publications:
    """All versions of a procedure."""
    found = reading.store().states.at(connection, StreamKind.PROCEDURE, place.stream, place.revision)
    assert isinstance(found, Publications)
    return found


def puttings(connection: Connection, of: Place) -> list[Putting]:
    """The versions of a procedure with who published them, the newest first."""
    store, names = reading.store(), reading.names(connection)
    shelf = StreamShelf(connection, of.stream, store.recent)
    actors = [entry.command.envelope.actor for entry in journal.read(connection, of.stream, shelf)]
    all_of = publications(connection, of)
    current, versions = all_of.in_force(store.now()), all_of.versions
    found = [
        Putting(
            version=version,
            by="" if actor is None else names.get(actor.id, ""),
            is_in_force=version is current,
            was_replaced=any(later.since <= version.since for later in versions[place + 1 :]),
        )
        for place, (version, actor) in enumerate(zip(versions, actors, strict=True))
    ]
    return found[::-1]


def steps(connection: Connection, found: Procedure, key: str) -> list[Step]:
    """The elements of a process, in the order of the file."""
    process, values = found.model.processes[key], settings(connection, found)
    return [_step(found, process, element, values) for element in process.elements.values()]


def settings(connection: Connection, found: Procedure) -> Context:
    """The settings as the organisation has them now."""
    own = reading.organisation(connection).settings.get(found.key, Context())
    return Context({**found.defaults, **own})


def in_order(found: Procedure) -> list[tuple[str, Process]]:
    """The processes in the order of the numbers in their drawings."""
    return sorted(
        found.model.processes.items(), key=lambda row: _numbered(found.files[row[1].path]).get(row[0], row[0])
    )


def value(found: object) -> str:
    """A value as people write it."""
    if isinstance(found, bool):
        return _("是") if found else _("否")
    return f"{found:f}" if isinstance(found, Decimal) else "" if found is None else str(found)


def documentation(found: Procedure, key: str) -> Text:
    """What a process is for."""
    process = found.model.processes[key]
    zh = _documentation(found.files[process.path]).get(key, "")
    return Text(zh, _english(found.files.get(ENGLISH, b"{}"), key, "documentation") or zh)


def sheet(found: Procedure, path: str) -> Sheet | None:
    """A form with the names of its fields."""
    form = found.forms.get(path)
    if form is None:
        return None
    english = _form_texts(found.files.get(ENGLISH, b"{}"), path)
    title = form_title(found.files[path]) or path
    fields = tuple((_field_name(english, key, field), field) for key, field in form.walk())
    return Sheet(path=path, title=Text(title, str(english.get("title") or title)), fields=fields)


@lru_cache(maxsize=256)
def form_title(source: bytes) -> str:
    """The heading of a form."""
    components = json.loads(source).get("components", [])
    first: dict[str, object] = next((one for one in components if one.get("type") == "text"), {})
    return HEADING.sub("", str(first.get("text", "")).strip().split("\n")[0])


def due(found: Procedure, source: str | None, values: Context) -> Text:
    """When a task is due, in words where it is said in the usual way."""
    if not source:
        return Text("", "")
    usual = AFTER.fullmatch(source.strip())
    if usual is None:
        return Text(source, source)
    setting = found.settings.get(usual[1] or "")
    days = usual[2] or value(values.get(usual[1] or ""))
    name = Text("", "") if setting is None else Text(f",按设置“{setting.name.zh}”", f" (setting: {setting.name.en})")
    return Text(f"到达后 {days} 个工作日{name.zh}", f"{days} working days after it arrives{name.en}")


def _step(found: Procedure, process: Process, element: Element, values: Context) -> Step:
    number, name = reading.step(found, process.id, element.id)
    zh = element.documentation or ""
    english = _english(found.files.get(ENGLISH, b"{}"), element.id, "documentation")
    doing, path = doings.of(found, element), element.extensions.get("form")
    return Step(
        id=element.id,
        number=number,
        name=name,
        kind=KINDS[element.kind],
        is_activity=element.kind in ACTIVITIES,
        doing=doing,
        role=doings.named(found, doing),
        apart=doings.apart(found, element),
        votes=doings.votes(element),
        purpose=Text(zh, english or zh),
        form=None if path is None else sheet(found, path),
        due=due(found, element.extensions.get("due"), values),
        clause=element.extensions.get("clause", ""),
        element=element,
        ways=tuple(_ways(found, process, element)),
    )


def _ways(found: Procedure, process: Process, element: Element) -> Iterator[Way]:
    for flow in process.flows.values():
        if flow.source == element.id:
            yield Way(
                target=flow.target,
                name=_named(found, process, flow),
                condition=flow.condition or "",
                label=flow.name or "",
                is_default=flow.id == element.default_flow,
            )


def _named(found: Procedure, process: Process, flow: Flow) -> Text:
    number, name = reading.step(found, process.id, flow.target)
    return Text(f"{number} {name.zh}".strip(), f"{number} {name.en}".strip())


def _field_name(english: Mapping[str, object], key: str, field: Field) -> Text:
    rows = english.get("fields")
    row = rows.get(key, {}) if isinstance(rows, dict) else {}
    return Text(field.label or key, str(row.get("label") or field.label or key))


def _form_texts(texts: bytes, path: str) -> Mapping[str, object]:
    key = path.removeprefix("forms/").removesuffix(".form")
    found = _texts(texts).get("forms", {}).get(key, {})
    return found if isinstance(found, dict) else {}


def _english(texts: bytes, key: str, what: str) -> str:
    found = _texts(texts).get("elements", {}).get(key, {})
    return str(found.get(what, "")) if isinstance(found, dict) else ""


@lru_cache(maxsize=32)
def _texts(texts: bytes) -> dict[str, dict[str, object]]:
    found = json.loads(texts)
    return {key: value for key, value in found.items() if isinstance(value, dict)}


@lru_cache(maxsize=64)
def _numbered(source: bytes) -> dict[str, str]:
    """What the drawing calls each process of a file: names there begin with a number."""
    root = xml.parse(source, "")
    return {str(node.get("processRef")): str(node.get("name")) for node in root.iter(f"{{{xml.BPMN}}}participant")}


@lru_cache(maxsize=64)
def _documentation(source: bytes) -> dict[str, str]:
    """What is said of each process of a file."""
    root = xml.parse(source, "")
    return {
        str(node.get("id")): (node.findtext(f"{{{xml.BPMN}}}documentation") or "").strip()
        for node in root.iterchildren(f"{{{xml.BPMN}}}process")
    }
