"""The editor of a form in a draft: kept with its English, drawn as the page of a task draws it, with what is wrong at its field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import form as forms
from engine.form import FieldType
from tests.web.pages.browser import Browser, House
from web.pages.studio.editors import fields
from web.pages.studio.editors.form_words import KINDS

KEY = "service-planning"
DRAFT = f"/procedures/{KEY}/draft/"
AT = f"{DRAFT}form/"
FORM = "forms/T01_02.form"
NEW = {
    "type": "radio",
    "id": "Field_urgency",
    "key": "urgency",
    "label": "紧急程度",
    "values": [{"label": "急", "value": "急"}],
}
ENGLISH = {"label": "Urgency", "options": {"急": "Urgent"}}


def _begun(house: House, handle: str = "li") -> Browser:
    made = house.signed_in(handle)
    made.post(f"{DRAFT}begin", at=f"/procedures/{KEY}")
    return made


def _read(visitor: Browser, path: str = FORM) -> dict[str, Any]:
    found: Any = visitor.get(f"{AT}file?file={path}").json
    return dict(found)


def _send(visitor: Browser, where: str, body: object) -> Any:
    return visitor.client.post(
        f"{AT}{where}", json=body, headers={"X-CSRF": _read(visitor)["csrf"]}, base_url=visitor.base
    )


def _with(found: dict[str, Any], component: dict[str, Any], english: dict[str, Any] | None) -> dict[str, Any]:
    form, texts = json.loads(found["content"]), found["texts"]
    form["components"].append(component)
    if english is not None:
        texts["fields"][component["key"]] = english
    return {"file": FORM, "content": json.dumps(form), "revision": found["revision"], "texts": texts}


def test_a_field_that_was_added_is_kept_with_its_english_and_drawn_at_once(house: House) -> None:
    visitor = _begun(house)
    answer = _send(visitor, "file", _with(_read(visitor), NEW, ENGLISH))
    assert answer.status_code == 200
    assert (answer.json["revision"], answer.json["findings"]) == (1, [])
    assert 'name="data.urgency"' in answer.json["preview"]
    found = _read(visitor)
    assert found["texts"]["fields"]["urgency"] == ENGLISH
    page = visitor.page(DRAFT)
    assert "新增字段“紧急程度”" in page
    assert "没有发现问题" in page


def test_what_is_wrong_stands_at_its_field(house: House) -> None:
    visitor = _begun(house)
    bad = {**NEW, "values": [], "conditional": {"hide": "=nothing("}}
    answer = _send(visitor, "file", _with(_read(visitor), bad, None)).json
    assert {row["field"] for row in answer["findings"]} == {"urgency"}
    assert any("values" in row["text"] for row in answer["findings"])


def test_a_missing_english_text_stands_at_its_field(house: House) -> None:
    visitor = _begun(house)
    answer = _send(visitor, "file", _with(_read(visitor), NEW, None)).json
    assert [row["field"] for row in answer["findings"]] == ["urgency"]
    assert "英文" in answer["findings"][0]["text"]


def test_the_preview_computes_and_hides_as_the_page_of_a_task_does(house: House) -> None:
    visitor = _begun(house)
    form = {
        "type": "default",
        "id": "T01_02",
        "components": [
            {"type": "number", "id": "A", "key": "a", "label": "甲", "decimalDigits": 0},
            {
                "type": "expression",
                "id": "B",
                "key": "b",
                "label": "乙",
                "expression": "=if a = null then null else a * 2",
            },
            {"type": "textfield", "id": "C", "key": "c", "label": "丙", "conditional": {"hide": "=a = null or a <= 3"}},
        ],
    }
    body = {"file": FORM, "content": json.dumps(form), "revision": 0, "texts": {}}
    assert 'data-field="c" hidden' in _send(visitor, "file", body).json["preview"]
    shown = _send(visitor, "preview", {"file": FORM, "entries": [["data.a", "21"]]}).json["preview"]
    assert ">42<" in shown
    assert 'data-field="c" hidden' not in shown


def test_the_preview_of_a_task_shows_its_rights(house: House) -> None:
    visitor = _begun(house)
    path = "forms/T01_04.form"
    whole = _send(visitor, "preview", {"file": path}).json["preview"]
    task = _send(visitor, "preview", {"file": path, "task": "T01_09"}).json["preview"]
    assert whole != task


def test_who_was_slower_sees_what_differs_and_overwrites_nothing(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    before = _read(other)
    assert _send(mine, "file", _with(_read(mine), NEW, ENGLISH)).status_code == 200
    answer = _send(other, "file", _with(before, {**NEW, "key": "other", "label": "另一个"}, None))
    assert answer.status_code == 409
    assert "李强" in answer.json["text"]
    assert (answer.json["revision"], sorted(answer.json["differences"])) == (
        1,
        ["删除字段“紧急程度”", "新增字段“另一个”"],
    )
    assert "urgency" in _read(other)["content"]


def test_two_people_at_two_forms_are_no_rivals(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    second = _read(other, "forms/T01_05.form")
    assert _send(mine, "file", _with(_read(mine), NEW, ENGLISH)).status_code == 200
    texts = {**second["texts"], "title": "Review of it"}
    body = {"file": "forms/T01_05.form", "content": second["content"], "revision": 0, "texts": texts}
    assert _send(other, "file", body).status_code == 200
    assert _read(mine)["texts"]["fields"]["urgency"] == ENGLISH
    assert _read(mine, "forms/T01_05.form")["texts"]["title"] == "Review of it"


@pytest.mark.parametrize("content", ["", "[]", "x", '{"a": NaN}', "[" * 20_000, '"\\ud800"', '{"a": "\\ud800"}'])
def test_what_is_no_form_is_refused_and_nothing_is_kept(house: House, content: str) -> None:
    visitor = _begun(house)
    answer = _send(visitor, "file", {"file": FORM, "content": content, "revision": 0, "texts": {}})
    assert answer.status_code == 422
    assert answer.json["text"]
    assert _read(visitor)["revision"] == 0


@pytest.mark.parametrize("body", [[], {}, {"file": FORM}, {"file": FORM, "content": 1, "revision": 0}, "x"])
def test_rubbish_is_refused(house: House, body: object) -> None:
    assert _send(_begun(house), "file", body).status_code == 400


def test_only_forms_of_the_draft_are_found(house: House) -> None:
    visitor = _begun(house)
    for path in ("procedure.toml", "../x.form", "forms/none.form", "processes/svc_requirements.bpmn"):
        assert visitor.get(f"{AT}?file={path}").status_code == 404, path
        assert _send(visitor, "preview", {"file": path}).status_code == 404, path


def test_texts_of_a_form_are_shown_and_never_run(house: House) -> None:
    visitor = _begun(house)
    hostile = {**NEW, "label": "<script>alert(1)</script>", "description": "<img src=x onerror=alert(1)>"}
    preview = _send(visitor, "file", _with(_read(visitor), hostile, ENGLISH)).json["preview"]
    assert "<script>alert" not in preview
    assert "<img" not in preview
    assert "<script>alert" not in visitor.page(f"{AT}?file={FORM}")


def test_every_form_of_the_procedure_is_written_as_it_was_read(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    source = found.files["texts/en.json"]
    for path in found.forms:
        name = path.removeprefix("forms/").removesuffix(".form")
        assert json.loads(fields.written(found.files[path].decode())) == json.loads(found.files[path]), path
        assert fields.with_english(source, name, fields.english_of(source, name)) is None, path


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "group"])
def test_every_kind_of_field_that_is_offered_becomes_a_field_of_its_type(kind: str) -> None:
    component = {**KINDS[kind][2], "key": "one", "path": "one", "label": "一"}
    component.pop("key" if kind == "table" else "path")
    component |= {"values": [{"value": "a", "label": "甲"}]} if "values" in component else {}
    component |= {"expression": "=1"} if kind == "computed" else {}
    source = json.dumps({"type": "default", "id": "f", "components": [component]}).encode()
    (field,) = forms.parse(source, "forms/f.form").fields
    assert field.type == kind


def test_every_type_of_field_is_offered() -> None:
    assert {kind for kind in KINDS if kind != "group"} == {str(one) for one in FieldType}
