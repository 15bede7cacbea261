"""An incident about something that was null says why it was, in both languages; about anything else it says nothing more."""

from __future__ import annotations

import pytest

from engine.errors import Text
from tests.engine.world import World, chain, lane, process, trial


def incident(body: str, elements: str, **values: object) -> Text:
    """What the one incident of a process that starts with these values says."""
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", *elements.split(), "e")}</bpmn:laneSet>'
    model = '<bpmn:startEvent id="s" zx:inputs="given"/>' + body + '<bpmn:endEvent id="e"/>'
    world = World(trial(process(model, lanes=lanes)))
    stream = world.start(None, **values)
    (found,) = world.instance(stream).incidents.values()
    return Text(found.message_zh, found.message_en)


def choice(condition: str) -> str:
    written = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    return (
        '<bpmn:exclusiveGateway id="g"/><bpmn:task id="a"/>'
        + chain("s", "g")
        + f'<bpmn:sequenceFlow id="f1" sourceRef="g" targetRef="a">{written}</bpmn:sequenceFlow>'
        + f'<bpmn:sequenceFlow id="f2" sourceRef="g" targetRef="e">{written.replace("1", "2")}</bpmn:sequenceFlow>'
        + chain("a", "e")
    )


def test_a_gateway_without_a_way_names_the_conditions_that_were_null() -> None:
    said = incident(choice("number(given.text) &gt; 1"), "g a", given="x")
    assert said.zh.startswith("g 之后没有一个条件成立,也没有默认流(为空的原因:")
    assert "expected one condition after g to hold" in said.en
    assert said.en.count("(why null: number(given.text) > 1: ") == 1
    assert "; number(given.text) > 2: " in said.en


def test_a_gateway_whose_conditions_are_false_says_no_more() -> None:
    said = incident(choice("1 = 3 or given = null"), "g a", given="x")
    assert "null" not in said.en
    assert "为空" not in said.zh
    assert incident(choice('given = "y1"'), "g a", given="x").en == said.en


SCRIPT = '<bpmn:scriptTask id="z" scriptFormat="feel"><bpmn:script>{}</bpmn:script></bpmn:scriptTask>' + chain(
    "s", "z", "e"
)
TIMER = (
    '<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>" + chain("s", "t", "e")
)
SEVERAL = (
    '<bpmn:userTask id="u"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{}</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>" + chain("s", "u", "e")
)


@pytest.mark.parametrize(
    ("body", "element", "source"),
    [(SCRIPT, "z", "given.a + 1"), (TIMER, "t", "duration(given)"), (SEVERAL, "u", "number(given)")],
    ids=["script", "timer", "multi-instance"],
)
def test_an_element_that_needs_a_value_says_why_there_is_none(body: str, element: str, source: str) -> None:
    said = incident(body.format(source), element, given="x")
    assert f"但得到空值(为空的原因:{source}:" in said.zh
    assert f"but found nothing (null) (why null: {source}: " in said.en


def test_a_value_of_the_wrong_kind_is_no_null() -> None:
    said = incident(SCRIPT.format("given"), "z", given="x")
    assert "why null" not in said.en
    assert said.en.endswith("but found a text")


def test_a_long_expression_is_shortened_and_the_reasons_are_few() -> None:
    source = "given.a + 1" + " + number(given)" * 40
    said = incident(SCRIPT.format(source), "z", given="x")
    assert "…" in said.en
    assert len(said.en) < 600
