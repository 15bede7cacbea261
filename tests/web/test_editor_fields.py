"""Whatever our namespace adds to BPMN is a field of the editor, with a word of its own, and has a name when it changes."""

from __future__ import annotations

import json
import re

import pytest

from engine.flow import extension
from tests.web.pages.browser import House
from tests.web.pages.conftest import building, cheap_hashes, furnished, house
from tests.web.terminal import ROOT
from web.drafting.difference import terms
from web.pages.studio.editors import words

__all__ = ["building", "cheap_hashes", "furnished", "house"]

FIELDS = (ROOT / "web" / "islands" / "studio" / "fields.js").read_text(encoding="utf-8")
ATTRIBUTES, CHILDREN = extension.read(extension.DESCRIPTION.read_bytes())
REFUSED = ("bpmn:ManualTask", "external")
"""Read where it stands, and refused by the check: only a form is filled in by somebody outside."""

ADDED = sorted({(element, name) for element, names in ATTRIBUTES.items() for name in names} - {REFUSED})
REPETITION = "bpmn:MultiInstanceLoopCharacteristics"
"""What changes of it is told as a change of the step that is repeated."""

KINDS = {"bpmn:BaseElement", "bpmn:Activity", REPETITION}
"""Not drawn themselves: their fields stand at what is drawn."""


def _group(element: str) -> str:
    """The line of the editor's table that is about this element, with the fields that people's steps share."""
    (line,) = re.findall(rf'^  {{ types: \[[^\]]*"{element}"[^\]]*\].*$', FIELDS, re.MULTILINE)
    (people,) = re.findall(r"^const PEOPLE = \[(.*?)^\];", FIELDS, re.MULTILINE | re.DOTALL)
    return str(line).replace("...PEOPLE", str(people))


@pytest.mark.parametrize(("element", "name"), ADDED)
def test_every_attribute_has_a_field_a_word_and_a_name_for_its_change(element: str, name: str) -> None:
    place = FIELDS if element in KINDS else _group(element)
    assert f'"{name}"' in place
    assert name in words.WORDS
    assert name in terms.FACTS or element == REPETITION


@pytest.mark.parametrize("element", sorted(CHILDREN))
def test_every_list_that_an_element_may_have_has_rows(element: str) -> None:
    (rows,) = re.findall(r"rows: \[(.*?)\]", _group(element))
    assert {one.strip('" ') for one in rows.split(",")} == CHILDREN[element]
    assert CHILDREN[element] <= words.WORDS.keys()


def test_the_level_of_a_signature_is_chosen_in_words_and_only_what_is_executed(house: House) -> None:
    li, at = house.signed_in("li"), "/procedures/service-planning"
    li.post(f"{at}/draft/begin", at=at)
    for language, said in (("zh", "再次输入密码或动态码"), ("en", "password or code once more")):
        page = li.page(f"{at}/draft/diagram?file=processes/svc_requirements.bpmn&language={language}")
        found = re.search(r'"signatures": (\[\[.*?\]\])', page)
        assert found is not None
        assert json.loads(found[1]) == [["L1", f"L1 · {said}"]]
