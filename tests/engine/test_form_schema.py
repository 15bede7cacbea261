"""The form-js schema: what is supported is read, what is not is told with file, field and sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine import form as forms
from engine.errors import Refused
from engine.form_fields import FieldType
from engine.form_schema import EMAIL, KNOWN, PROPERTIES, VALIDATIONS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")

Component = dict[str, object]


def faults(*components: object, **document: object) -> list[tuple[str, str, str]]:
    source = {"type": "default", "id": "F", "components": list(components), **document}
    with pytest.raises(Refused) as told:
        forms.parse(json.dumps(source).encode(), "F.form")
    return [(fault.path, fault.text.zh, fault.text.en) for fault in told.value.faults]


def text(**attributes: object) -> Component:
    return {"type": "textfield", "key": "a", "label": "A", **attributes}


OPTIONS = [{"value": "A"}, {"value": "B"}]
MISTAKES: list[tuple[Component, str, str]] = [
    ({"type": "iframe", "key": "a"}, "iframe", "iframe"),
    ({"type": "datetime", "key": "a", "subtype": "time"}, "datetime/time", "datetime/time"),
    (text(valuesExpression="=x"), "valuesExpression", "valuesExpression"),
    (text(properties={"colour": "red"}), "properties.colour", "properties.colour"),
    (text(validate={"unique": True}), "validate.unique", "validate.unique"),
    (text(conditional={"show": "=true"}), "conditional.show", "conditional.show"),
    (text(conditional={"hide": True}), "表达式", "expression"),
    (text(validate=[]), "应为对象", "object"),
    (text(properties="x"), "应为对象", "object"),
    (text(validate={"required": "true"}), "布尔值", "boolean"),
    (text(readonly="=true"), "布尔值", "boolean"),
    (text(validate={"minLength": "some"}), "整数", "whole number"),
    (text(validate={"maxLength": -1}), "整数", "whole number"),
    (text(validate={"maxLength": "²"}), "整数", "whole number"),
    (text(validate={"maxLength": "9" * 5_000}), "整数", "whole number"),
    (text(validate={"min": 1}), "字段类型", "type"),
    (text(validate={"pattern": "(?=a)b"}), "正则表达式", "regular expression"),
    (text(validate={"pattern": "(a+)\\1"}), "反向引用", "back-references"),
    (text(validate={"validationType": "iban"}), "validationType", "validationType"),
    (text(properties={"personal": True}), "true 或 false", "true or false"),
    (text(properties={"personal": "true", "searchable": "true"}), "搜索", "searchable"),
    (text(properties={"requiredWhen": True}), "应为文本", "text"),
    (text(properties={"check": "=a ="}), "check", "line 1"),
    (text(properties={"check": "=nobody > 1"}), "没有名为 nobody", "no name nobody"),
    (text(properties={"check": "=performers(a)"}), "没有名为 performers", "no function named performers"),
    (text(properties={"check": '=a = "x"', "personal": "true"}), "个人信息字段 a", "personal field a"),
    ({"type": "number", "key": "a", "validate": {"min": 0.5}}, "写成文本", "written as text"),
    ({"type": "number", "key": "a", "validate": {"max": "many"}}, "字段类型", "type"),
    ({"type": "textfield", "key": "a", "properties": {"type": "dur"}, "validate": {"min": "PT1H"}}, "字段类型", "type"),
    (
        {"type": "textfield", "key": "a", "properties": {"type": "dur"}, "validate": {"maxLength": 9}},
        "文本字段",
        "text",
    ),
    ({"type": "number", "key": "a", "validate": {"maxLength": 3}}, "文本字段", "text fields"),
    ({"type": "datetime", "subtype": "date", "key": "a", "validate": {"min": "2026-02-30"}}, "字段类型", "type"),
    ({"type": "select", "key": "a"}, "values", "values"),
    ({"type": "select", "key": "a", "values": [{"label": "A"}]}, "value", "value"),
    ({"type": "select", "key": "a", "values": [*OPTIONS, {"value": "A"}]}, "互不相同", "different"),
    ({"type": "select", "key": "a", "values": [{"value": 1}]}, "文本", "texts"),
    ({"type": "expression", "key": "a", "expression": "=1 +"}, "compute", "compute"),
    ({"type": "expression", "key": "a", "expression": "=a + 1"}, "在它之前", "stand before"),
]


@pytest.mark.parametrize(
    ("component", "zh", "en"), MISTAKES, ids=lambda part: json.dumps(part)[:60] if isinstance(part, dict) else ""
)
def test_what_is_not_supported_is_told(component: Component, zh: str, en: str) -> None:
    ((path, told_zh, told_en),) = faults(component)
    assert path == "F.form#a"
    assert zh in told_zh
    assert en in told_en


@pytest.mark.parametrize(
    "key", ["", None, "_a", "__class__", "a__b", "1a", "a.b", "a b", "客户", "a" * 65, "case", "now", "task", 5, "a\n"]
)
def test_a_key_is_a_plain_name_that_is_not_reserved(key: object) -> None:
    ((_, zh, en),) = faults({"type": "textfield", "key": key, "label": "A"})
    assert "key" in zh
    assert "key" in en


@pytest.mark.parametrize("key", ["typename", "len", "constructor", "type", "id", "T01_04", "class", "self"])
def test_a_key_that_is_a_word_of_python_is_only_a_key(key: str) -> None:
    found = forms.parse(json.dumps({"type": "default", "components": [text(key=key)]}).encode(), "F.form")
    assert forms.check(found, {key: "x"}, forms.surrounding()).values == {key: "x"}


def test_two_fields_of_one_key_and_tables_in_tables_are_told() -> None:
    table = {"type": "dynamiclist", "path": "t", "components": [{"type": "dynamiclist", "path": "u", "components": []}]}
    assert [path for path, _, _ in faults(text(), text(), table)] == ["F.form#t", "F.form#a"]


def test_a_rule_on_a_personal_column_is_told() -> None:
    table = {
        "type": "dynamiclist",
        "path": "contacts",
        "components": [text(key="name", properties={"personal": "true"}), text(key="kind")],
        "properties": {"check": '=count(contacts[name = "x"]) > 0'},
    }
    ((path, zh, _),) = faults(table)
    assert path == "F.form#contacts"
    assert "contacts.name" in zh
    table["properties"] = {"check": '=count(contacts[kind = "x"]) > 0'}
    assert forms.parse(json.dumps({"type": "default", "components": [table]}).encode(), "F.form").fields


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type": "other"}',
        b"\xff",
        b"[" * 400_000,
        b'{"type": "default", "x": "' + b"a" * 500_000 + b'"}',
        b"1" * 400_000,
    ],
    ids=["nothing", "list", "no type", "other type", "no text", "deep", "large", "number"],
)
def test_what_is_no_form_is_refused(source: bytes) -> None:
    with pytest.raises(Refused) as told:
        forms.parse(source, "F.form")
    assert "form-js" in told.value.text.zh
    assert "form-js" in told.value.text.en


@pytest.mark.parametrize("components", [{}, "x", ["x"], [None], 5])
def test_components_are_a_list_of_components(components: object) -> None:
    ((_, zh, en),) = faults(components=components)
    assert "components" in zh
    assert "components" in en


def test_groups_are_not_nested_without_end() -> None:
    nested: Component = text()
    for place in range(200):
        nested = {"type": "group", "id": f"g{place}", "components": [nested]}
    ((_, zh, en),) = faults(nested)
    assert "分组" in zh
    assert "group" in en


def test_many_fields_are_refused() -> None:
    assert "500" in faults(*(text(key=f"a{place}") for place in range(501)))[0][1]


def test_the_shipped_forms_are_read() -> None:
    paths = sorted((ROOT / "bpmn").glob("*/forms/*.form"))
    assert paths
    for path in paths:
        assert forms.parse(path.read_bytes(), path.name).fields


# ---------------------------------------------------------------- docs/forms.md


def example() -> bytes:
    found = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    return found[1].encode()


def test_the_example_of_the_document_is_a_form_that_checks_as_it_says() -> None:
    found = forms.parse(example(), "forms/example.form")
    entries = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(entries) == 2
    for block in entries:
        given, expected = block.split("->")
        checked = forms.check(found, json.loads(given), forms.surrounding(rights={"offer": forms.Right.WRITE}))
        told = [f"{fault.path}: {fault.text.zh} / {fault.text.en}" for fault in checked.faults]
        if told:
            assert told == expected.strip().splitlines()
        else:
            assert [f"{key}: {shown(value)}" for key, value in checked.values.items()] == expected.strip().splitlines()


def shown(value: object) -> str:
    return str(value) if not isinstance(value, tuple) else f"{len(value)} row(s)"


def test_the_document_names_every_type_attribute_and_property() -> None:
    for word in {str(kind) for kind in FieldType} | PROPERTIES | VALIDATIONS | {"hide", "readonly", "accept"}:
        assert f"`{word}`" in DOCUMENT, word
    for word in KNOWN:
        assert f"`{word}`" in DOCUMENT, word


def test_the_shipped_patterns_are_linear() -> None:
    found = forms.parse(
        json.dumps({"type": "default", "components": [text(validate={"validationType": "email"})]}).encode(), "F.form"
    )
    assert found.fields[0].pattern == EMAIL
    assert not forms.check(found, {"a": "a@b.cn"}, forms.surrounding()).faults
    assert forms.check(found, {"a": "a" * 4_000}, forms.surrounding()).faults
