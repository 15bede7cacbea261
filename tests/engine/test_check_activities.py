"""What is drawn of complex gateways, quantities, compensation, transactions and ad-hoc sub-processes is right, or refused."""

import pytest

from tests.engine.sketch import CONDITION, FLOW, beside, found, model
from tests.engine.world import chain

UNDO = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"
THROW = f'<bpmn:intermediateThrowEvent id="th">{UNDO}</bpmn:intermediateThrowEvent>' + FLOW.format("u", "th")
LINE = '<bpmn:association id="line" sourceRef="c" targetRef="h"/>'
EVENT = f'<bpmn:boundaryEvent id="c" attachedToRef="u">{UNDO}</bpmn:boundaryEvent>'
HANDLER = '<bpmn:userTask id="h" isForCompensation="true"/>'
INNER = '<bpmn:startEvent id="xs"/><bpmn:userTask id="xu"/>' + chain("xs", "xu")
ACTIVATION = "<bpmn:activationCondition>activationCount > 1</bpmn:activationCondition>"
DONE = "<bpmn:completionCondition>done</bpmn:completionCondition>"
CANCELLED = (
    '<bpmn:boundaryEvent id="b" attachedToRef="x">'
    + CANCEL
    + '</bpmn:boundaryEvent><bpmn:task id="t"/>'
    + chain("b", "t")
)


def thrown(of: str) -> str:
    """An intermediate compensation event that names an activity."""
    inner = f'<bpmn:compensateEventDefinition activityRef="{of}"/>'
    return beside(f'<bpmn:intermediateThrowEvent id="x">{inner}</bpmn:intermediateThrowEvent>')


def transaction(inner: str, attributes: str = "") -> str:
    """A transaction that is reached."""
    return beside(f'<bpmn:transaction id="x" {attributes}>{INNER}{inner}</bpmn:transaction>')


def ad_hoc(inner: str, attributes: str = "") -> str:
    """An ad-hoc sub-process that is reached."""
    return beside(f'<bpmn:adHocSubProcess id="x" {attributes}>{inner}</bpmn:adHocSubProcess>')


def joined(inner: str, out: str = "") -> str:
    """A complex gateway that two tasks lead to."""
    tasks = '<bpmn:task id="v"/><bpmn:task id="w"/>' + FLOW.format("u", "v") + FLOW.format("u", "w")
    gateway = f'<bpmn:complexGateway id="x">{inner}</bpmn:complexGateway>'
    return tasks + gateway + FLOW.format("v", "x") + FLOW.format("w", "x") + out


def event_sub_process(inner: str = "") -> str:
    """A compensation event sub-process."""
    start = f'<bpmn:startEvent id="es">{UNDO}</bpmn:startEvent><bpmn:task id="et"/>' + chain("es", "et")
    return f'<bpmn:subProcess id="ev" triggeredByEvent="true">{start}{inner}</bpmn:subProcess>'


ROOT = (
    '<bpmn:signal id="sg" name="Ready"/><bpmn:signalEventDefinition id="ds" signalRef="sg"/>'
    '<bpmn:terminateEventDefinition id="dt"/>'
)
ASKED = "<bpmn:condition>true</bpmn:condition>"
THROWN = '<bpmn:event id="ev"><bpmn:signalEventDefinition signalRef="sg"/></bpmn:event>'
COMPLEX = f"<bpmn:complexBehaviorDefinition>{ASKED}{THROWN}</bpmn:complexBehaviorDefinition>"


def several(attributes: str, inner: str = "") -> str:
    """A multi-instance marker."""
    return f'<bpmn:multiInstanceLoopCharacteristics id="l" {attributes} zx:collection="[1]">{inner}</bpmn:multiInstanceLoopCharacteristics>'


RIGHT: dict[str, bytes] = {
    "a multi-instance that throws for one instance": model(
        task=several('behavior="One" oneBehaviorEventRef="ds"'), root=ROOT
    ),
    "a multi-instance that throws under conditions": model(task=several('behavior="Complex"', COMPLEX), root=ROOT),
    "a compensation event with its activity": model(EVENT + HANDLER + LINE + THROW),
    "a compensation event that a cancelled transaction triggers": model(
        transaction(
            f'<bpmn:endEvent id="xe">{CANCEL}</bpmn:endEvent>'
            + chain("xu", "xe")
            + (EVENT + LINE).replace('"u"', '"xu"')
            + HANDLER
        )
        + CANCELLED
    ),
    "a compensation event sub-process": model(
        beside(f'<bpmn:subProcess id="x">{INNER}{event_sub_process()}</bpmn:subProcess>')
    ),
    "a throw event that names an activity": model(thrown("u") + EVENT + HANDLER + LINE),
    "a throw event that names a sub-process": model(
        f'<bpmn:subProcess id="sp">{INNER}</bpmn:subProcess>' + FLOW.format("u", "sp") + thrown("sp")
    ),
    "a transaction with its cancel events": model(
        transaction(f'<bpmn:endEvent id="xe">{CANCEL}</bpmn:endEvent>' + chain("xu", "xe")) + CANCELLED
    ),
    "an ad-hoc sub-process": model(ad_hoc(f'<bpmn:task id="a"/><bpmn:task id="b"/>{DONE}', 'ordering="Sequential"')),
    "a complex join": model(joined(ACTIVATION)),
    "quantities": model(attributes='startQuantity="2" completionQuantity="100"'),
    "a level without start event": model(beside('<bpmn:subProcess id="x"><bpmn:task id="a"/></bpmn:subProcess>')),
    "ids that other engines reserve": model(beside('<bpmn:task id="x"/><bpmn:task id="Root"/>') + chain("x", "Root")),
}

CASES: dict[str, tuple[bytes, str, str]] = {
    # ------------------------------------------------------------------ quantities
    "start quantity of nothing": (model(attributes='startQuantity="0"'), "u", "startQuantity to be a whole number"),
    "completion quantity in words": (
        model(attributes='completionQuantity="two"'),
        "u",
        "completionQuantity to be a whole number from 1 to 100",
    ),
    "start quantity without a flow": (
        model(ad_hoc(f'<bpmn:task id="a" startQuantity="2"/>{DONE}')),
        "a",
        "no tokens come for its startQuantity",
    ),
    # ------------------------------------------------------------------ complex gateways
    "complex join without condition": (model(joined("")), "x", "expected an activationCondition"),
    "complex split with an activation condition": (
        model(beside(f'<bpmn:complexGateway id="x">{ACTIVATION}</bpmn:complexGateway>')),
        "x",
        "expected no activationCondition",
    ),
    "condition behind a complex join that is asked twice": (
        model(
            joined(
                ACTIVATION,
                f'<bpmn:sequenceFlow id="x_y" sourceRef="x" targetRef="y">{CONDITION}</bpmn:sequenceFlow><bpmn:task id="y"/>'
                + f'<bpmn:sequenceFlow id="x_z" sourceRef="x" targetRef="z">{CONDITION}</bpmn:sequenceFlow><bpmn:task id="z"/>',
            ).replace('id="x_z" sourceRef="x" targetRef="z">' + CONDITION, 'id="x_z" sourceRef="x" targetRef="z">')
        ).replace(b'complexGateway id="x"', b'complexGateway id="x" default="x_z"'),
        "x_y",
        "expected the condition to say waitingForStart",
    ),
    "complex flow without a condition": (
        model(
            joined(ACTIVATION, '<bpmn:task id="y"/><bpmn:task id="z"/>' + FLOW.format("x", "y") + FLOW.format("x", "z"))
        ).replace(b'complexGateway id="x"', b'complexGateway id="x" default="x_z"'),
        "x_y",
        "expected each flow out of the gateway to have a condition",
    ),
    # ------------------------------------------------------------------ compensation
    "compensation event without association": (model(EVENT), "c", "expected an association from c to one activity"),
    "compensation event that nothing triggers": (
        model(EVENT + HANDLER + LINE),
        "c",
        "expected a compensation event that could undo u",
    ),
    "compensation event that only a level within would trigger": (
        model(
            EVENT
            + HANDLER
            + LINE
            + beside(
                '<bpmn:subProcess id="x">'
                + THROW.replace('"u"', '"xu"').replace("u_th", "xu_th")
                + INNER
                + "</bpmn:subProcess>"
            )
        ),
        "c",
        "expected a compensation event that could undo u",
    ),
    "compensation event of an ordinary activity": (
        model(EVENT + LINE.replace('"h"', '"x"') + beside('<bpmn:task id="x"/>')),
        "c",
        "marked isForCompensation",
    ),
    "compensation event with a flow": (
        model(EVENT + HANDLER + LINE + '<bpmn:task id="x"/>' + FLOW.format("c", "x")),
        "c",
        "expected no sequence flow out of a compensation boundary event",
    ),
    "two compensation events": (
        model(EVENT + HANDLER + LINE + (EVENT + LINE).replace('"c"', '"d"').replace('"line"', '"other"')),
        "d",
        "expected one compensation event",
    ),
    "two ways to compensate a sub-process": (
        model(
            beside(f'<bpmn:subProcess id="x">{INNER}{event_sub_process()}</bpmn:subProcess>')
            + (EVENT.replace('"u"', '"x"') + HANDLER + LINE)
        ),
        "ev",
        "expected one way to compensate",
    ),
    "activity for compensation that nothing leads to": (
        model(HANDLER),
        "h",
        "expected an association from a compensation boundary event",
    ),
    "activity for compensation in the flow": (
        model(EVENT + HANDLER + LINE + FLOW.format("u", "h")),
        "h",
        "expected no sequence flow at an activity for compensation",
    ),
    "activity for compensation with a boundary event": (
        model(
            EVENT
            + HANDLER
            + LINE
            + '<bpmn:boundaryEvent id="x" attachedToRef="h"><bpmn:timerEventDefinition><bpmn:timeDuration>1</bpmn:timeDuration>'
            + '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:task id="y"/>'
            + FLOW.format("x", "y")
        ),
        "h",
        "expected no boundary event on an activity for compensation",
    ),
    "throw event that names what cannot be undone": (model(thrown("u")), "x", "but u is none"),
    "compensation that is not waited for": (
        model(thrown("u").replace("activityRef", 'waitForCompletion="false" activityRef') + EVENT + HANDLER + LINE),
        "x",
        "on a branch of its own behind a parallel gateway",
    ),
    "compensation event sub-process of a process": (
        model(event_sub_process()),
        "es",
        "in an event sub-process within a sub-process only",
    ),
    # ------------------------------------------------------------------ transactions
    "cancel end event outside of a transaction": (
        model(beside(f'<bpmn:endEvent id="x">{CANCEL}</bpmn:endEvent>')),
        "x",
        "directly within a transaction only",
    ),
    "cancel boundary event outside of a transaction": (
        model(CANCELLED.replace('"x"', '"u"')),
        "b",
        "on a transaction only",
    ),
    "cancel boundary event that does not interrupt": (
        model(
            transaction(f'<bpmn:endEvent id="xe">{CANCEL}</bpmn:endEvent>' + chain("xu", "xe"))
            + CANCELLED.replace('"x"', '"x" cancelActivity="false"')
        ),
        "b",
        "to interrupt its transaction",
    ),
    "transaction that cannot be left when cancelled": (
        model(transaction(f'<bpmn:endEvent id="xe">{CANCEL}</bpmn:endEvent>' + chain("xu", "xe"))),
        "x",
        "expected one cancel boundary event",
    ),
    "transaction that loops": (
        model(
            transaction(
                f'<bpmn:endEvent id="xe">{CANCEL}</bpmn:endEvent>'
                + chain("xu", "xe")
                + '<bpmn:standardLoopCharacteristics id="l" loopMaximum="2"/>'
            )
            + CANCELLED
        ),
        "x",
        "expected no loop on a transaction",
    ),
    "transaction by another method": (
        model(transaction("", 'method="##Store"')),
        "x",
        "a transaction that compensation undoes",
    ),
    # ------------------------------------------------------------------ behaviours of multi-instances
    "behaviour without its event": (
        model(task=several('behavior="One"')),
        "l",
        "expected oneBehaviorEventRef to name a signal, escalation or error definition",
    ),
    "behaviour with an event of another kind": (
        model(task=several('behavior="None" noneBehaviorEventRef="dt"'), root=ROOT),
        "l",
        "expected noneBehaviorEventRef to name",
    ),
    "event of another behaviour": (
        model(task=several('oneBehaviorEventRef="ds"'), root=ROOT),
        "l",
        "expected no oneBehaviorEventRef with behavior All",
    ),
    "complex behaviour without definitions": (
        model(task=several('behavior="Complex"')),
        "l",
        "expected complexBehaviorDefinitions",
    ),
    "complex behaviour without a condition": (
        model(task=several('behavior="Complex"', COMPLEX.replace(ASKED, "")), root=ROOT),
        "l",
        "each with a condition and an event",
    ),
    "definitions of another behaviour": (
        model(task=several("", COMPLEX), root=ROOT),
        "l",
        "expected no complexBehaviorDefinition with behavior All",
    ),
    # ------------------------------------------------------------------ ad-hoc sub-processes
    "ad-hoc without end": (model(ad_hoc('<bpmn:task id="a"/>')), "x", "expected a completionCondition"),
    "ad-hoc with a start event": (
        model(ad_hoc(f'<bpmn:startEvent id="y"/><bpmn:task id="a"/>{DONE}' + FLOW.format("y", "a"))),
        "y",
        "expected no startEvent here",
    ),
    "ad-hoc that begins with a gateway": (
        model(ad_hoc(f'<bpmn:parallelGateway id="y"/><bpmn:task id="a"/>{DONE}')),
        "y",
        "begins with an activity",
    ),
    "ad-hoc with nothing to start": (model(ad_hoc(DONE)), "x", "expected an activity in the ad-hoc sub-process"),
    "ad-hoc in sequence with flows": (
        model(ad_hoc(f'<bpmn:task id="a"/><bpmn:task id="b"/>{DONE}' + chain("a", "b"), 'ordering="Sequential"')),
        "a_b",
        "put what is connected into a sub-process",
    ),
    "ad-hoc in another order": (
        model(ad_hoc(f'<bpmn:task id="a"/>{DONE}', 'ordering="Random"')),
        "x",
        "Parallel or Sequential",
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_can_run_has_no_findings(case: str) -> None:
    assert found(RIGHT[case]) == []


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_run_is_refused_with_what_to_draw(case: str) -> None:
    source, element, sentence = CASES[case]
    assert [key for key, _, text in found(source) if sentence in text] == [element]
