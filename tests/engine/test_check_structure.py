"""What is drawn but cannot run is refused: events, conditions, loops, lanes, messages, identifiers, paths."""

import pytest

from tests.engine.sketch import CONDITION, FLOW, HOUR, LETTER, MESSAGE, TIMER, beside, found, model
from tests.engine.world import chain

CASES: dict[str, tuple[bytes, str, str]] = {
    # ------------------------------------------------------------------ events
    "several triggers": (
        model(
            beside(f'<bpmn:intermediateCatchEvent id="x">{HOUR}{LETTER}</bpmn:intermediateCatchEvent>'), root=MESSAGE
        ),
        "x",
        "at most one trigger",
    ),
    "nothing to wait for": (
        model(beside('<bpmn:intermediateCatchEvent id="x"/>')),
        "x",
        "expected the event to wait for something: a timer, a message",
    ),
    "timer on a throw event": (
        model(beside(f'<bpmn:intermediateThrowEvent id="x">{HOUR}</bpmn:intermediateThrowEvent>')),
        "x",
        "expected no timerEventDefinition within intermediateThrowEvent",
    ),
    "terminate on a throw event": (
        model(
            beside('<bpmn:intermediateThrowEvent id="x"><bpmn:terminateEventDefinition/></bpmn:intermediateThrowEvent>')
        ),
        "x",
        "expected no terminateEventDefinition within intermediateThrowEvent",
    ),
    "timer without a time": (
        model(beside('<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>')),
        "x",
        "expected one of timeDate, timeDuration, timeCycle, but found 0",
    ),
    "cycle that would not repeat": (
        model(
            beside(f'<bpmn:intermediateCatchEvent id="x">{TIMER.format("timeCycle", 1)}</bpmn:intermediateCatchEvent>')
        ),
        "x",
        "timeCycle repeats on a non-interrupting boundary event or event sub-process",
    ),
    "cycle with a count": (
        model(
            '<bpmn:boundaryEvent id="x" attachedToRef="u" cancelActivity="false">'
            + TIMER.format("timeCycle", '"R3/PT1H"')
            + "</bpmn:boundaryEvent>"
            + FLOW.format("x", "e")
        ),
        "x",
        "a cycle with a count",
    ),
    "message without a name": (
        model(
            beside('<bpmn:intermediateThrowEvent id="x"><bpmn:messageEventDefinition/></bpmn:intermediateThrowEvent>')
        ),
        "x",
        "expected messageRef to name a message",
    ),
    "message of another file": (
        model(beside('<bpmn:receiveTask id="x" messageRef="elsewhere"/>')),
        "x",
        "expected messageRef to name a message",
    ),
    "boundary on a gateway": (
        model(
            beside('<bpmn:parallelGateway id="x"/>')
            + f'<bpmn:boundaryEvent id="b" attachedToRef="x">{HOUR}</bpmn:boundaryEvent>{FLOW.format("b", "e")}'
        ),
        "b",
        "attached to an activity",
    ),
    "boundary that leads nowhere": (
        model(f'<bpmn:boundaryEvent id="b" attachedToRef="u">{HOUR}</bpmn:boundaryEvent>'),
        "b",
        "expected a sequence flow out of the boundaryEvent",
    ),
    "flow into a boundary event": (
        model(
            f'<bpmn:boundaryEvent id="b" attachedToRef="u">{HOUR}</bpmn:boundaryEvent>'
            + FLOW.format("b", "e")
            + FLOW.format("u", "b")
        ),
        "b",
        "expected no sequence flow into a boundaryEvent",
    ),
    "flow into the start": (model(FLOW.format("u", "s")), "s", "expected no sequence flow into a startEvent"),
    "flow out of an end": (model(FLOW.format("e", "u")), "e", "expected no sequence flow out of an end event"),
    # ------------------------------------------------------------------ conditions
    "condition behind a parallel gateway": (
        model(
            '<bpmn:parallelGateway id="x"/><bpmn:task id="y"/>'
            + FLOW.format("u", "x")
            + f'<bpmn:sequenceFlow id="c" sourceRef="x" targetRef="y">{CONDITION}</bpmn:sequenceFlow>'
        ),
        "c",
        "expected no condition on a flow out of a parallelGateway",
    ),
    "condition behind an event": (
        model().replace(
            b'id="s_u" sourceRef="s" targetRef="u"/>',
            f'id="s_u" sourceRef="s" targetRef="u">{CONDITION}</bpmn:sequenceFlow>'.encode(),
        ),
        "s_u",
        "expected no condition on a flow out of a startEvent",
    ),
    "condition on a default flow": (
        model(
            '<bpmn:exclusiveGateway id="x" default="c"/><bpmn:task id="y"/><bpmn:task id="z"/>'
            + FLOW.format("u", "x")
            + f'<bpmn:sequenceFlow id="c" sourceRef="x" targetRef="y">{CONDITION}</bpmn:sequenceFlow>'
            + f'<bpmn:sequenceFlow id="f" sourceRef="x" targetRef="z">{CONDITION}</bpmn:sequenceFlow>'
        ),
        "c",
        "expected no condition on a default flow",
    ),
    "condition on the only flow": (
        model(
            '<bpmn:exclusiveGateway id="x"/><bpmn:task id="y"/>'
            + FLOW.format("u", "x")
            + f'<bpmn:sequenceFlow id="c" sourceRef="x" targetRef="y">{CONDITION}</bpmn:sequenceFlow>'
        ),
        "c",
        "expected no condition on the only flow",
    ),
    "exclusive flow without a condition": (
        model(
            '<bpmn:exclusiveGateway id="x" default="f"/><bpmn:task id="y"/><bpmn:task id="z"/>'
            + FLOW.format("u", "x")
            + FLOW.format("x", "y")
            + '<bpmn:sequenceFlow id="f" sourceRef="x" targetRef="z"/>'
        ),
        "x_y",
        "expected each flow out of the gateway to have a condition",
    ),
    "empty condition": (
        model(
            beside('<bpmn:task id="x"/>').replace(
                'targetRef="x"/>',
                'targetRef="x"><bpmn:conditionExpression id="c"> = </bpmn:conditionExpression></bpmn:sequenceFlow>',
            )
        ),
        "c",
        "expected an expression in conditionExpression",
    ),
    "two conditions": (
        model(
            beside('<bpmn:task id="x"/>').replace(
                'targetRef="x"/>', f'targetRef="x">{CONDITION * 2}</bpmn:sequenceFlow>'
            )
        ),
        "u_x",
        "expected at most one conditionExpression",
    ),
    "default flow of another": (
        model(attributes='default="s_u"'),
        "u",
        "expected the default flow s_u to leave this element",
    ),
    "default of a parallel gateway": (
        model(beside('<bpmn:parallelGateway id="x" default="f"/>')),
        "x",
        "the attribute default",
    ),
    "direction of a gateway": (
        model(beside('<bpmn:exclusiveGateway id="x" gatewayDirection="Mixed"/>')),
        "x",
        "the gateway says Mixed",
    ),
    # ------------------------------------------------------------------ loops
    "multi-instance over nothing": (
        model(task='<bpmn:multiInstanceLoopCharacteristics id="l"/>'),
        "l",
        "expected either a collection",
    ),
    "two kinds of loop": (
        model(
            task='<bpmn:multiInstanceLoopCharacteristics zx:collection="[1]"/>'
            '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
        ),
        "u",
        "expected one kind of loop",
    ),
    "loop without end": (
        model(task="<bpmn:standardLoopCharacteristics/>"),
        "u",
        "expected a loopCondition or a loopMaximum",
    ),
    "maximum that is no number": (
        model(task='<bpmn:standardLoopCharacteristics loopMaximum="three"/>'),
        "u",
        "a whole number above 0",
    ),
    # ------------------------------------------------------------------ lanes and pools
    "lane with an element that is none": (
        model(
            '<bpmn:laneSet id="ls"><bpmn:lane id="la"><bpmn:flowNodeRef>la</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
        ),
        "la",
        "expected an element la for the lane",
    ),
    "element in two lanes": (
        model(
            '<bpmn:laneSet id="ls"><bpmn:lane id="la"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane>'
            '<bpmn:lane id="lb"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
        ),
        "lb",
        "expected u in one lane",
    ),
    "pool without its process": (
        model(root='<bpmn:collaboration id="co"><bpmn:participant id="pa" processRef="q"/></bpmn:collaboration>'),
        "pa",
        "expected processRef to name a process",
    ),
    "message flow that nobody sends": (
        model(
            root='<bpmn:collaboration id="co"><bpmn:participant id="pa" processRef="p"/>'
            '<bpmn:messageFlow id="mf" sourceRef="u" targetRef="e"/></bpmn:collaboration>'
        ),
        "mf",
        "expected the message flow from an element that sends",
    ),
    # ------------------------------------------------------------------ identifiers
    "id with a hyphen": (
        model().replace(b'"u"', b'"u-1"'),
        "u-1",
        "expected an id of at most 64 letters",
    ),
    "id with two underscores": (model().replace(b'"u"', b'"u__1"'), "u__1", "single underscores"),
    "id that is too long": (model().replace(b'"u"', b'"u' + b"x" * 64 + b'"'), "u" + "x" * 64, "at most 64"),
    "the same id in a sub-process": (
        model(
            beside(
                '<bpmn:subProcess id="x"><bpmn:startEvent id="s"/><bpmn:endEvent id="xe"/>'
                f"{chain('s', 'xe')}</bpmn:subProcess>"
            )
        ),
        "s",
        "expected the id s once",
    ),
    # ------------------------------------------------------------------ shape
    "two starts": (
        model('<bpmn:startEvent id="x"/>' + FLOW.format("x", "u")),
        "p",
        "expected at most one start event without trigger, but found 2",
    ),
    "no way there": (model('<bpmn:task id="x"/>'), "x", "expected a path from the start to x"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_drawn_wrong_is_refused(case: str) -> None:
    source, element, sentence = CASES[case]
    findings = found(source)
    assert [(key, rule) for key, rule, text in findings if sentence in text and key == element]
    assert len(findings) <= 2
