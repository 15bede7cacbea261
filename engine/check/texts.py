"""The English texts: one for everything that speaks Chinese, and none left over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lxml import etree

from engine import xml
from engine.check.finding import Finding, Rule
from engine.dmn import Decision
from engine.errors import Text
from engine.flow.wording import local
from engine.form_fields import Form
from engine.procedure import Procedure
from engine.xml import BPMN

ENGLISH = "texts/en.json"
UNSPOKEN = frozenset({"definitions", "message", "signal", "error", "escalation", "linkEventDefinition"})
"""What has a name by which files refer to it, not one that people read."""
HEARD = tuple(f"{{{BPMN}}}{name}" for name in ("message", "signal"))
"""What is called by its name wherever it is sent and awaited."""

TABLES = frozenset({"elements", "forms", "decisions", "values", "messages"})
MOST_BYTES = 5_000_000
Said = dict[str, str]


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Texts that are missing, blank, or belong to nothing."""
    source = procedure.files.get(ENGLISH)
    found = _read(b"{}" if source is None else source)
    if found is None:
        yield _found("", "应为 JSON 对象", "expected a JSON object")
    elif source is None and any(_missing_or_left(procedure, found)):
        yield _found("", f"应有文件 {ENGLISH}", f"expected a file {ENGLISH}")
    elif source is not None:
        yield from _missing_or_left(procedure, found)


def _missing_or_left(procedure: Procedure, found: Mapping[str, object]) -> Iterator[Finding]:
    for key in sorted(found.keys() - TABLES):
        yield _found(
            key, f"没有 {key}", f"expected elements, forms, decisions, values and messages only, but found {key}"
        )
    yield from _elements(procedure, _table(found, "elements"))
    forms, english = {_key(path): form for path, form in procedure.forms.items()}, _table(found, "forms")
    for key in sorted(forms.keys() | english.keys()):
        if key not in forms:
            yield _orphan(f"forms.{key}")
        else:
            yield from _form(forms[key], key, _table(english, key))
    decisions = {one.key[1] for one in procedure.decisions.elements.values() if isinstance(one, Decision)}
    for key in sorted(_table(found, "decisions").keys() - decisions):
        yield _orphan(f"decisions.{key}")
    yield from _values(procedure, _table(found, "values"))
    yield from _messages(procedure, _table(found, "messages"))


def heard(data: bytes, path: str) -> set[str]:
    """The names of the messages and signals of a drawing. Raises Refused."""
    return {name for node in xml.parse(data, path).iter(*HEARD) if (name := node.get("name"))}


def _messages(procedure: Procedure, english: Mapping[str, object]) -> Iterator[Finding]:
    """English of a message or signal that no drawing has, or that is blank; a name that all understand needs none."""
    names = {name for path, data in procedure.files.items() if path.endswith(".bpmn") for name in heard(data, path)}
    for name in sorted(english.keys()):
        if name not in names:
            yield _orphan(f"messages.{name}")
        else:
            yield from _blank(f"messages.{name}", {"name": english[name]})


def _values(procedure: Procedure, english: Mapping[str, object]) -> Iterator[Finding]:
    """English for values of what is no case datum, or that is blank; a value needs none."""
    for key in sorted(english.keys()):
        words = english[key]
        if key not in procedure.case_fields:
            yield _orphan(f"values.{key}")
        elif isinstance(words, dict):
            yield from _blank(f"values.{key}", words)
        else:
            yield _found(
                f"values.{key}",
                f"{key} 应为 JSON 对象:中文值对应英文",
                f"expected a JSON object for values.{key}: the English of each value",
            )


def _elements(procedure: Procedure, english: Mapping[str, object]) -> Iterator[Finding]:
    spoken: dict[str, Said] = {}
    for path, data in procedure.files.items():
        if path.endswith(".bpmn"):
            for key, said in _spoken(xml.parse(data, path)):
                if spoken.setdefault(key, said) != said:
                    yield _found(
                        key,
                        f"{key} 在两张图中名称不同,但英文只有一份:请改用不同的 id",
                        f"expected one name for {key}: two diagrams use the id, and there is one English text for it",
                    )
    for key in sorted(spoken.keys() | english.keys()):
        if key not in spoken:
            yield _orphan(key)
            continue
        row = _table(english, key)
        for what in sorted(spoken[key].keys() - row.keys()):
            yield _missing(key, what, spoken[key][what])
        for what in sorted(row.keys() - spoken[key].keys()):
            yield _orphan(f"{key}.{what}")
        yield from _blank(key, row)


def _spoken(root: etree._Element) -> Iterator[tuple[str, Said]]:
    """Name and description of every element that has a name."""
    for node in root.iter(f"{{{BPMN}}}*"):
        name = node.get("name") or node.findtext(f"{{{BPMN}}}text")
        key = node.get("id")
        if name and key and local(node) not in UNSPOKEN:
            said = {"name": name, "documentation": node.findtext(f"{{{BPMN}}}documentation") or ""}
            yield key, {what: text for what, text in said.items() if text}


def _form(form: Form, key: str, english: Mapping[str, object]) -> Iterator[Finding]:
    where = f"forms.{key}"
    if not str(english.get("title", "")).strip():
        yield _missing(where, "title", key)
    fields, known = dict(form.walk()), _table(english, "fields")
    for path in sorted(fields.keys() - known.keys()):
        yield _missing(where, path, fields[path].label)
    for path in sorted(known.keys() - fields.keys()):
        yield _orphan(f"{where}.{path}")
    for path in sorted(fields.keys() & known.keys()):
        row = _table(known, path)
        yield from _blank(f"{where}.{path}", {"label": row.get("label")})
        options = _table(row, "options")
        for value, label in fields[path].options:
            if value not in options:
                yield _missing(f"{where}.{path}", value, label)
    for section in sorted(form.sections.keys() - _table(english, "sections").keys()):
        yield _missing(where, section, form.sections[section])


def _blank(where: str, row: Mapping[str, object]) -> Iterator[Finding]:
    for what, text in row.items():
        if not isinstance(text, str) or not text.strip():
            yield _found(where, f"{what} 应有英文", f"expected English for {what} of {where}")


def _read(source: bytes) -> Mapping[str, object] | None:
    try:
        found = json.loads(source.decode()) if len(source) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _table(found: Mapping[str, object], key: str) -> Mapping[str, object]:
    table = found.get(key, {})
    return table if isinstance(table, dict) else {}


def _key(path: str) -> str:
    return path.removeprefix("forms/").removesuffix(".form")


def _missing(where: str, what: str, text: str) -> Finding:
    return _found(where, f"缺少英文:{what}“{text}”", f"expected English for {what} of {where}: {text}")


def _orphan(where: str) -> Finding:
    return _found(where, f"英文文本没有对应的元素:{where}", f"expected an element for the text of {where}")


def _found(where: str, zh: str, en: str) -> Finding:
    return Finding(file=ENGLISH, element=where, rule=Rule.TEXT, text=Text(zh, en))
