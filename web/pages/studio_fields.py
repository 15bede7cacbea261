"""The fields of a form in a draft, as rows of a table that can be changed: what it does not show of a field stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from web.translation import lazy

Component: TypeAlias = dict[str, object]
MOST_OPTIONS = 200
KINDS: Mapping[str, tuple[str, Component]] = {
    "text": (lazy("文本"), {"type": "textfield"}),
    "long": (lazy("多行文本"), {"type": "textarea"}),
    "int": (lazy("整数"), {"type": "number", "decimalDigits": 0}),
    "dec": (lazy("小数"), {"type": "number"}),
    "money": (lazy("金额"), {"type": "number", "properties": {"type": "money", "currency": "CNY"}}),
    "pct": (lazy("百分比"), {"type": "number", "properties": {"type": "pct"}}),
    "date": (lazy("日期"), {"type": "datetime", "subtype": "date", "dateLabel": ""}),
    "bool": (lazy("是否"), {"type": "checkbox"}),
    "enum": (lazy("单选"), {"type": "radio", "values": []}),
    "enums": (lazy("多选"), {"type": "checklist", "values": []}),
    "user": (lazy("人员"), {"type": "select", "properties": {"type": "user"}}),
    "file": (lazy("附件"), {"type": "filepicker", "multiple": True}),
}
"""The kinds of field that can be added here, each as the component it becomes."""

COMPONENTS = {
    "textfield": lazy("文本"),
    "textarea": lazy("多行文本"),
    "number": lazy("数字"),
    "datetime": lazy("日期"),
    "checkbox": lazy("是否"),
    "radio": lazy("单选"),
    "checklist": lazy("多选"),
    "select": lazy("选择"),
    "taglist": lazy("多人或多项"),
    "filepicker": lazy("附件"),
    "dynamiclist": lazy("表格"),
    "expression": lazy("自动计算"),
    "group": lazy("分区"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field as it can be changed; options one a line, `选项 = English`."""

    path: str
    key: str
    kind: str
    label: str
    english: str
    required: bool
    options: str | None
    depth: int


def rows(source: bytes, texts: Mapping[str, object]) -> list[Row]:
    """The fields of a form with their English. Raises ValueError."""
    fields = _inner(texts, "fields")
    return [
        Row(
            path=path,
            key=key,
            kind=str(COMPONENTS.get(str(found.get("type")), found.get("type"))),
            label=str(found.get("label", "")),
            english=_english(found, key, texts, fields),
            required=_inner(found, "validate").get("required") is True,
            options=_options(found, _inner(_inner(fields, key), "options")),
            depth=path.count("."),
        )
        for path, key, found in _walk(_document(source))
    ]


def changed(source: bytes, texts: Mapping[str, object], given: Mapping[str, str]) -> tuple[bytes, Component]:
    """The form and its English texts with what a page says of them. Raises ValueError."""
    document, fields = _document(source), dict(_inner(texts, "fields"))
    sections = dict(_inner(texts, "sections"))
    for path, key, found in list(_walk(document)):
        if f"label.{path}" not in given:
            continue
        english = given.get(f"en.{path}", "").strip()
        found["label"] = given[f"label.{path}"].strip()
        if found.get("type") == "group":
            sections[key] = english
            continue
        _require(found, required=f"required.{path}" in given)
        options = {"options": _choose(found, given[f"options.{path}"])} if f"options.{path}" in given else {}
        fields[key] = {**_inner(fields, key), "label": english, **options}
    for path, key, _found in reversed(list(_walk(document))):
        if f"remove.{path}" in given:
            _remove(document, path)
            for gone in [one for one in fields if one == key or one.startswith(f"{key}.")]:
                del fields[gone]
    _add(document, fields, given)
    made = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    english_of = {**texts, "fields": fields, **({"sections": sections} if sections else {})}
    return made.encode(), english_of


def _add(document: Component, fields: dict[str, object], given: Mapping[str, str]) -> None:
    key, kind = given.get("new.key", "").strip(), given.get("new.kind", "")
    if not key or kind not in KINDS:
        return
    made: Component = {**KINDS[kind][1], "id": f"Field_{key}", "key": key, "label": given.get("new.label", "").strip()}
    _require(made, required="new.required" in given)
    row: Component = {"label": given.get("new.en", "").strip()}
    if "values" in made:
        row["options"] = _choose(made, given.get("new.options", ""))
    if kind == "date":
        made["dateLabel"] = made["label"]
    _components(document).append(made)
    fields[key] = row


def _choose(found: Component, lines: str) -> dict[str, str]:
    """Give a field these options; their English."""
    pairs = [line.partition("=") for line in lines.splitlines()[:MOST_OPTIONS] if line.strip()]
    before = {str(one.get("label")): one for one in _list(found, "values")}
    found["values"] = [
        before.get(label.strip()) or {"label": label.strip(), "value": label.strip()} for label, _is, _english in pairs
    ]
    return {
        str((before.get(label.strip()) or {"value": label.strip()})["value"]): english.strip()
        for label, _is, english in pairs
    }


def _require(found: Component, *, required: bool) -> None:
    rules = {name: rule for name, rule in _inner(found, "validate").items() if name != "required"}
    if required:
        rules["required"] = True
    if rules:
        found["validate"] = rules
    else:
        found.pop("validate", None)


def _remove(document: Component, path: str) -> None:
    around, *parts = document, *map(int, path.split("."))
    for part in parts[:-1]:
        around = _components(around)[part]
    del _components(around)[parts[-1]]


def _walk(around: Component, before: str = "", table: str = "") -> Iterator[tuple[str, str, Component]]:
    """Place, name and component of each field and group; a column is named `table.column`."""
    for number, found in enumerate(_components(around)):
        path = f"{before}.{number}".lstrip(".")
        if found.get("type") not in COMPONENTS:
            continue
        name = str(
            found.get("key") or found.get("path") or _inner(found, "properties").get("section") or found.get("id")
        )
        key = f"{table}.{name}".lstrip(".")
        yield path, key, found
        yield from _walk(found, path, key if found.get("type") == "dynamiclist" else table)


def _english(found: Component, key: str, texts: Mapping[str, object], fields: Mapping[str, object]) -> str:
    if found.get("type") == "group":
        return str(_inner(texts, "sections").get(key, ""))
    return str(_inner(fields, key).get("label", ""))


def _options(found: Component, english: Mapping[str, object]) -> str | None:
    if not isinstance(found.get("values"), list):
        return None
    pairs = [(str(one.get("label", "")), str(english.get(str(one.get("value")), ""))) for one in _list(found, "values")]
    return "\n".join(f"{label} = {said}" for label, said in pairs)


def _document(source: bytes) -> Component:
    found = json.loads(source)
    if not isinstance(found, dict):
        raise ValueError("expected a form")
    return found


def _components(around: Component) -> list[Component]:
    return _list(around, "components")


def _list(around: Mapping[str, object], name: str) -> list[Component]:
    found = around.get(name)
    return found if isinstance(found, list) else []


def _inner(found: Mapping[str, object], name: str) -> dict[str, object]:
    inner = found.get(name)
    return inner if isinstance(inner, dict) else {}
