"""What our namespace adds is said once, for the editor and for the engine."""

from __future__ import annotations

from engine.flow import extension
from engine.flow.vocabulary import WORDS


def test_every_extension_is_of_an_element_that_is_executed() -> None:
    drawn = {f"bpmn:{name[0].upper()}{name[1:]}" for name in WORDS} | {extension.ANYTHING, extension.ACTIVITY}
    assert extension.ATTRIBUTES.keys() | extension.CHILDREN.keys() <= drawn


def test_an_extension_added_to_the_description_is_known_to_the_engine() -> None:
    attributes, children = extension.read(
        b'{"types": [{"name": "Paid", "extends": ["bpmn:UserTask"], "properties": [{"name": "price"}]},'
        b' {"name": "Bill", "meta": {"allowedIn": ["bpmn:EndEvent"]}, "properties": [{"name": "sum"}]}]}'
    )
    assert extension.of(attributes, "userTask", is_activity=True) == {"price"}
    assert extension.of(attributes, "manualTask", is_activity=True) == frozenset()
    assert extension.of(children, "endEvent", is_activity=False) == {"bill"}


def test_what_every_activity_may_have_an_event_may_not() -> None:
    assert "result" in WORDS["subProcess"].zx
    assert "result" not in WORDS["endEvent"].zx
    assert {"clause", "source"} <= WORDS["endEvent"].zx
    assert "parameter" in WORDS["serviceTask"].inside
