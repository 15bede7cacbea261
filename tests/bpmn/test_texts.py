"""Everything a person sees of the procedure exists in Chinese and in English, and nothing is left over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree

from engine.form_fields import Field, FieldType
from engine.procedure import Procedure
from engine.xml import ZX
from tests.bpmn.shipped import BPMN, DIAGRAMS, FILES

CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
SAME = {"5×8", "5×12", "7×24", "S1", "S2", "S3", "S4"}
"""Options that read the same in both languages."""
UNSPOKEN = {f"{BPMN}{name}" for name in ("message", "signal", "error", "escalation")}
"""What has a name by which files refer to it."""
TEXTS = json.loads(FILES["texts/en.json"])
FORMS = {path: json.loads(data) for path, data in FILES.items() if path.endswith(".form")}


def test_every_element_has_both_languages_and_no_text_is_left_over() -> None:
    chinese = {key: row for path in DIAGRAMS.values() for key, row in _spoken(etree.fromstring(FILES[path]))}
    assert {key: row.keys() for key, row in TEXTS["elements"].items()} == {k: v.keys() for k, v in chinese.items()}
    for key, row in chinese.items():
        for what, text in row.items():
            assert CHINESE.search(text), (key, what)


def test_every_task_gateway_and_event_is_explained(drawing: etree._Element) -> None:
    spoken = dict(_spoken(drawing))
    nodes = {node.text for node in drawing.iter(f"{BPMN}flowNodeRef")}
    assert nodes
    assert {key for key in nodes if spoken[str(key)].keys() != {"name", "documentation"}} == set()
    tasks = {str(node.get("id")) for node in drawing.iter(f"{BPMN}userTask")}
    assert {key for key in tasks if spoken[key].keys() != {"name", "documentation"}} == set()


def test_every_flow_out_of_a_gateway_with_several_ways_is_named(drawing: etree._Element) -> None:
    spoken = dict(_spoken(drawing))
    gateways = {node.get("id") for node in drawing.iter(f"{BPMN}exclusiveGateway")}
    flows = {str(f.get("id")) for f in drawing.iter(f"{BPMN}sequenceFlow") if f.get("sourceRef") in gateways}
    assert {key for key in spoken if key.startswith("F")} == flows


@pytest.mark.parametrize("path", sorted(FORMS))
def test_every_form_has_both_languages_and_no_text_is_left_over(procedure: Procedure, path: str) -> None:
    form, english = procedure.forms[path], TEXTS["forms"][path[6:-5]]
    heading = FORMS[path]["components"][0]
    assert (heading["type"], heading["text"][:2]) == ("text", "# ")
    assert CHINESE.search(heading["text"])
    assert english["title"]
    assert english.get("sections", {}).keys() == form.sections.keys()
    fields = dict(form.walk())
    assert english["fields"].keys() == fields.keys()
    for place, field in fields.items():
        assert CHINESE.search(field.label), place
        assert set(english["fields"][place].get("options", {})) == set(_answers(field, path)), place


def test_the_texts_have_no_form_too_many() -> None:
    assert {f"forms/{key}.form" for key in TEXTS["forms"]} == FORMS.keys()


def test_english_is_english() -> None:
    texts = dict(_leaves(TEXTS, ""))
    assert len(texts) > 300
    assert {place for place, text in texts.items() if CHINESE.search(text) or text != text.strip() or not text} == set()
    unsaid = {place for place, text in texts.items() if place.endswith(f"/{text}") and text not in SAME}
    assert unsaid == set()


def test_rules_speak_both_languages() -> None:
    told = 0
    for found in FORMS.values():
        for component in _components(found):
            properties = component.get("properties", {})
            if "check" in properties:
                told += 1
                assert CHINESE.search(properties["checkMessage"])
                assert properties["checkMessage:en"].startswith("expected ")
    assert told == 9


def test_roles_settings_and_case_data_speak_both_languages(procedure: Procedure) -> None:
    texts = [procedure.title, *(role.name for role in procedure.roles.values())]
    texts += [setting.name for setting in procedure.settings.values()]
    texts += [field.title for field in procedure.case_fields.values()]
    assert [text for text in texts if not CHINESE.search(text.zh) or CHINESE.search(text.en)] == []


def test_every_word_that_a_diagram_or_a_form_puts_into_case_data_speaks_english(procedure: Procedure) -> None:
    recorded = [
        (str(one.get("name")), str(one.get("value")))
        for path in DIAGRAMS.values()
        for task in etree.fromstring(FILES[path]).iter(f"{BPMN}serviceTask")
        if task.get(f"{{{ZX}}}connector") == "record-to-case"
        for one in task.iter(f"{{{ZX}}}parameter")
    ]
    states = {word for name, value in recorded if name == "state" for word in re.findall('"([^"]+)"', value)}
    assert len(states) == 5
    assert TEXTS["values"]["state"].keys() == states
    types = dict(procedure.forms["forms/T03_01.form"].walk())["service_type"].options
    assert TEXTS["values"]["service_type"].keys() == {value for value, _ in types}
    assert TEXTS["values"].keys() == {"state", "service_type"}


def test_messages_and_signals_have_the_english_of_their_names() -> None:
    drawings = (etree.fromstring(data) for path, data in FILES.items() if path.endswith(".bpmn"))
    named = {str(node.get("name")) for one in drawings for node in one.iter(f"{BPMN}message", f"{BPMN}signal")}
    assert TEXTS["messages"].keys() == named
    numbers = [name.partition(" ")[0] for name in named]
    assert sorted(numbers) == sorted(text.partition(" ")[0] for text in TEXTS["messages"].values())


def _spoken(drawing: etree._Element) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and documentation of every element that has one."""
    for node in drawing.iter():
        name = node.get("name") or node.findtext(f"{BPMN}text")
        if not isinstance(node.tag, str) or node.tag in UNSPOKEN:
            continue
        if node.tag.startswith(BPMN) and name and node.get("id"):
            said = {"name": name, "documentation": node.findtext(f"{BPMN}documentation")}
            yield str(node.get("id")), {what: text for what, text in said.items() if text}


def _answers(field: Field, path: str) -> list[str]:
    """The options of a field; of a computed one the words its expression may yield."""
    if field.type is not FieldType.COMPUTED:
        return [value for value, _ in field.options]
    sources = [c["expression"] for c in _components(FORMS[path]) if c.get("key") == field.key]
    return [word for source in sources for word in re.findall(r'(?:then|else) "([^"]+)"', source)]


def _components(found: dict[str, object]) -> Iterator[dict[str, object]]:
    for component in found.get("components", []):  # type: ignore[attr-defined]  # JSON
        yield component
        yield from _components(component)


def _leaves(found: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, item in found.items():
            yield from _leaves(item, f"{place}/{key}")
    else:
        yield place, str(found)
