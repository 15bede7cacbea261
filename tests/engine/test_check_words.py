"""Every word of BPMN 2.0 is executed, or refused by name with what to draw instead; nothing is dropped without a word."""

import pytest

from engine.flow.vocabulary import INSTEAD, WORDS
from tests.engine.sketch import FLOW, OTHER, beside, found, model


def names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


STANDARD = names("""
activity adHocSubProcess artifact assignment association auditing baseElement baseElementWithMixedContent boundaryEvent
businessRuleTask callableElement callActivity callChoreography callConversation cancelEventDefinition catchEvent
category categoryValue choreography choreographyActivity choreographyTask collaboration compensateEventDefinition
complexBehaviorDefinition complexGateway conditionalEventDefinition conversation conversationAssociation
conversationLink conversationNode correlationKey correlationProperty correlationPropertyBinding
correlationPropertyRetrievalExpression correlationSubscription dataAssociation dataInput dataInputAssociation
dataObject dataObjectReference dataOutput dataOutputAssociation dataState dataStore dataStoreReference definitions
documentation endEvent endPoint error errorEventDefinition escalation escalationEventDefinition event eventBasedGateway
eventDefinition exclusiveGateway expression extension extensionElements flowElement flowNode formalExpression gateway
globalBusinessRuleTask globalChoreographyTask globalConversation globalManualTask globalScriptTask globalTask
globalUserTask group humanPerformer implicitThrowEvent import inclusiveGateway inputSet interface
intermediateCatchEvent intermediateThrowEvent ioBinding ioSpecification itemDefinition lane laneSet linkEventDefinition
loopCharacteristics manualTask message messageEventDefinition messageFlow messageFlowAssociation monitoring
multiInstanceLoopCharacteristics operation outputSet parallelGateway participant participantAssociation
participantMultiplicity partnerEntity partnerRole performer potentialOwner process property receiveTask relationship
rendering resource resourceAssignmentExpression resourceParameter resourceParameterBinding resourceRole rootElement
script scriptTask sendTask sequenceFlow serviceTask signal signalEventDefinition standardLoopCharacteristics startEvent
subChoreography subConversation subProcess task terminateEventDefinition text textAnnotation throwEvent
timerEventDefinition transaction userTask
activationCondition childLaneSet choreographyRef completionCondition condition conditionExpression dataInputRefs
dataOutputRefs endPointRef errorRef eventDefinitionRef flowNodeRef from inMessageRef incoming inputDataItem
inputSetRefs interfaceRef loopCardinality loopCondition loopDataInputRef loopDataOutputRef messagePath dataPath
operationRef optionalInputRefs optionalOutputRefs outMessageRef outgoing outputDataItem outputSetRefs participantRef
messageFlowRef partitionElement resourceRef source supportedInterfaceRef supports target timeCycle timeDate
timeDuration to transformation whileExecutingInputRefs whileExecutingOutputRefs innerParticipantRef
outerParticipantRef innerConversationNodeRef outerConversationNodeRef correlationPropertyRef messageRef
""")
"""The elements of the standard's schema, global ones first; abstract ones included."""

ROOT = names("""callableElement choreography category conversation correlationProperty dataStore endPoint error escalation
    eventDefinition extension globalBusinessRuleTask globalChoreographyTask globalConversation globalManualTask
    globalScriptTask globalTask globalUserTask import interface itemDefinition partnerEntity partnerRole relationship
    resource rootElement signal""")
IN_TASK = names("""dataInputAssociation dataOutputAssociation ioSpecification property performer humanPerformer potentialOwner
    resourceRole rendering loopCharacteristics""")


def test_the_model_that_the_cases_change_has_no_findings() -> None:
    assert found(model()) == []


def test_every_element_of_the_standard_is_executed_or_refused_by_name() -> None:
    assert sorted(WORDS.keys() | INSTEAD.keys()) == sorted(set(STANDARD))
    assert not WORDS.keys() & INSTEAD.keys()


@pytest.mark.parametrize("tag", sorted(INSTEAD))
def test_an_element_is_refused_with_what_to_draw_instead(tag: str) -> None:
    made = f'<bpmn:{tag} id="x"/>'
    if tag in ROOT:
        source = model(root=made)
    elif tag in IN_TASK:
        source = model(task=made)
    elif tag.endswith("EventDefinition"):
        source = model(
            f'<bpmn:intermediateThrowEvent id="t">{made}</bpmn:intermediateThrowEvent>' + FLOW.format("u", "t")
        )
    else:
        source = model(made)
    ((element, rule, sentence),) = found(source)
    assert (element, rule) == ("x", "unsupported")
    assert sentence == f"{tag} is not supported; draw {INSTEAD[tag][1]} instead"


CASES: dict[str, tuple[bytes, str, str]] = {
    # ------------------------------------------------------------------ attributes
    "unknown attribute": (model(attributes='speed="3"'), "u", "the attribute speed"),
    "attribute of another element": (model(attributes='calledElement="p"'), "u", "the attribute calledElement"),
    "implementation": (model(attributes='implementation="##other"'), "u", "zx:connector, zx:form or zx:decision"),
    "parallel multiple": (
        model().replace(b'startEvent id="s"', b'startEvent id="s" parallelMultiple="true"'),
        "s",
        "several events behind a parallel gateway",
    ),
    "multi-instance behaviour": (
        model(task='<bpmn:multiInstanceLoopCharacteristics id="l" behavior="Some" zx:collection="[1]" zx:item="i"/>'),
        "l",
        "All, None, One or Complex",
    ),
    "public process": (
        model().replace(b'id="p"', b'id="p" processType="Public"'),
        "p",
        "a private process",
    ),
    "not executable": (model().replace(b'isExecutable="true"', b'isExecutable="false"'), "p", 'isExecutable="true"'),
    "flow that is not immediate": (
        model().replace(b'id="s_u"', b'id="s_u" isImmediate="false"'),
        "s_u",
        "a sequence flow without steps left out",
    ),
    "boolean written as a number": (
        model(task='<bpmn:multiInstanceLoopCharacteristics id="l" isSequential="1" zx:collection="[1]"/>'),
        "l",
        "isSequential to be true or false",
    ),
    "resource of a lane": (
        model('<bpmn:laneSet id="ls"><bpmn:lane id="la" partitionElementRef="x"/></bpmn:laneSet>'),
        "la",
        "the attribute partitionElementRef",
    ),
    "type of a message": (model(root='<bpmn:message id="m" name="M" itemRef="i"/>'), "m", "the attribute itemRef"),
    "operation": (model(beside('<bpmn:serviceTask id="x" operationRef="o"/>')), "x", "the attribute operationRef"),
    # ------------------------------------------------------------------ expressions
    "language of the model": (model(before='expressionLanguage="http://www.w3.org/1999/XPath"'), "d", "expected FEEL"),
    "language of an expression": (
        model(
            beside('<bpmn:task id="x"/>').replace(
                'targetRef="x"/>',
                'targetRef="x"><bpmn:conditionExpression id="c" language="juel">true'
                "</bpmn:conditionExpression></bpmn:sequenceFlow>",
            )
        ),
        "c",
        "expected FEEL as language",
    ),
    "type of an expression": (
        model(
            beside('<bpmn:task id="x"/>').replace(
                'targetRef="x"/>',
                'targetRef="x"><bpmn:conditionExpression id="c" xsi:type="bpmn:tExpression">'
                "true</bpmn:conditionExpression></bpmn:sequenceFlow>",
            )
        ),
        "c",
        "expected xsi:type tFormalExpression",
    ),
    "type of the result": (
        model(
            beside('<bpmn:task id="x"/>').replace(
                'targetRef="x"/>',
                'targetRef="x"><bpmn:conditionExpression id="c" evaluatesToTypeRef="b">'
                "true</bpmn:conditionExpression></bpmn:sequenceFlow>",
            )
        ),
        "c",
        "the attribute evaluatesToTypeRef",
    ),
    "another type of an element": (model(attributes='xsi:type="bpmn:tManualTask"'), "u", "expected xsi:type"),
    "script in another language": (
        model(beside('<bpmn:scriptTask id="x" scriptFormat="python"><bpmn:script>1</bpmn:script></bpmn:scriptTask>')),
        "x",
        'expected scriptFormat="feel"',
    ),
    "script without a language": (
        model(beside('<bpmn:scriptTask id="x"><bpmn:script>{}</bpmn:script></bpmn:scriptTask>')),
        "x",
        'expected scriptFormat="feel"',
    ),
    # ------------------------------------------------------------------ namespaces and places
    "camunda attribute": (
        model(attributes='camunda:assignee="demo"', before='xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'),
        "u",
        "camunda:@assignee tells another engine",
    ),
    "zeebe element": (
        model(
            task='<bpmn:extensionElements><zeebe:taskDefinition type="x"/></bpmn:extensionElements>',
            before='xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
        ),
        "u",
        "zeebe:taskDefinition tells another engine",
    ),
    "spiffworkflow element": (
        model(
            task="<bpmn:extensionElements><spiff:preScript>x = 1</spiff:preScript></bpmn:extensionElements>",
            before='xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core"',
        ),
        "u",
        "spiffworkflow:preScript tells another engine",
    ),
    "unknown extension namespace": (
        model(task='<bpmn:extensionElements><other:thing id="o"/></bpmn:extensionElements>', before=OTHER),
        "o",
        "thing is of the unknown namespace urn:other",
    ),
    "element that only looks like one": (
        model('<other:userTask id="o"/>', before=OTHER),
        "o",
        "userTask is of the unknown namespace urn:other",
    ),
    "element without a namespace": (model('<userTask id="o"/>'), "o", "(no namespace)"),
    "XInclude": (
        model('<xi:include id="o" href="file:///etc/passwd"/>', before='xmlns:xi="http://www.w3.org/2001/XInclude"'),
        "o",
        "include is of the unknown namespace",
    ),
    "unknown zx attribute": (model(attributes='zx:colour="red"'), "u", "there is no extension zx:colour"),
    "zx attribute of another element": (
        model(attributes='zx:connector="x"'),
        "u",
        "expected no zx:connector on userTask",
    ),
    "signature": (model(beside('<bpmn:manualTask id="x" zx:sign="L1"/>')), "x", "expected no zx:sign on manualTask"),
    "milestone": (
        model(attributes='zx:per="case"'),
        "u",
        "expected no zx:per on userTask",
    ),
    "zx element of another element": (
        model(task='<bpmn:extensionElements><zx:parameter name="a" value="1"/></bpmn:extensionElements>'),
        "u",
        "expected no zx:parameter on this element",
    ),
    "zx element outside the extensions": (
        model(beside('<bpmn:callActivity id="x" calledElement="p"><zx:input name="a" value="1"/></bpmn:callActivity>')),
        "x",
        "expected zx:input in extensionElements",
    ),
    "input twice": (
        model(
            beside(
                '<bpmn:callActivity id="x" calledElement="p"><bpmn:extensionElements><zx:input name="a" value="1"/>'
                '<zx:input name="a" value="2"/></bpmn:extensionElements></bpmn:callActivity>'
            )
        ),
        "x",
        "expected one zx:input named a",
    ),
    "task inside a task": (model(task='<bpmn:userTask id="x"/>'), "x", "expected no userTask within userTask"),
    "task inside an extension": (
        model(task='<bpmn:extensionElements><bpmn:userTask id="x"/></bpmn:extensionElements>'),
        "x",
        "expected no userTask within extensionElements",
    ),
    "element that the standard has not": (model('<bpmn:humanTask id="x"/>'), "x", "BPMN 2.0 has no element humanTask"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_executed_is_refused(case: str) -> None:
    source, element, sentence = CASES[case]
    findings = found(source)
    assert [(key, rule) for key, rule, text in findings if sentence in text and key == element]
    assert len(findings) <= 2


HARMLESS: dict[str, bytes] = {
    "colour and layout": model(
        attributes='bioc:fill="#fff" color:background-color="#fff"',
        before='xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" '
        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"',
    ),
    "the drawing tool's name": model(
        before='exporter="bpmn-js" exporterVersion="18" xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        'modeler:executionPlatform="Camunda"'
    ),
    "FEEL by name": model(before='expressionLanguage="https://www.omg.org/spec/DMN/20230324/FEEL/"'),
    "notes": model(
        '<bpmn:textAnnotation id="n"><bpmn:text>note</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="u" targetRef="n"/><bpmn:group id="g" categoryValueRef="cv"/>',
        root='<bpmn:category id="ca"><bpmn:categoryValue id="cv" value="x"/></bpmn:category>',
    ),
    "a pool of somebody else": model(
        root='<bpmn:collaboration id="co"><bpmn:participant id="pa" processRef="p"/><bpmn:participant id="pb"/>'
        '<bpmn:messageFlow id="mf" sourceRef="u" targetRef="pb"/></bpmn:collaboration>'
    ),
    "lanes in a lane": model(
        '<bpmn:laneSet id="ls"><bpmn:lane id="la"><bpmn:flowNodeRef>u</bpmn:flowNodeRef><bpmn:childLaneSet id="cs">'
        '<bpmn:lane id="lb"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>'
    ),
    "a formal expression": model(
        beside('<bpmn:task id="x"/>').replace(
            'targetRef="x"/>',
            'targetRef="x"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">true'
            "</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_has_no_meaning_for_execution_is_left_in_peace(case: str) -> None:
    assert found(HARMLESS[case]) == []
