"""The words of BPMN 2.0: what may stand in each element that is executed, and what to draw instead of the others.

An element, attribute or child that stands in neither table is refused: nothing is dropped without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.flow import extension


def _names(text: str) -> list[str]:
    return text.split()


NOTHING: frozenset[str] = frozenset()
ZX_ANYWHERE, ZX_ELEMENTS = extension.ANYWHERE, extension.ELEMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What may stand in an element: attributes, child elements (`once` at most once), zx attributes and elements."""

    attributes: frozenset[str] = NOTHING
    once: frozenset[str] = NOTHING
    many: frozenset[str] = NOTHING
    zx: frozenset[str] = NOTHING
    inside: frozenset[str] = NOTHING

    @property
    def children(self) -> frozenset[str]:
        """Every child element that has a meaning here."""
        return self.once | self.many | {"documentation", "extensionElements"}


def _word(attributes: str = "", *, once: str = "", many: str = "") -> Word:
    return Word(
        attributes=frozenset(["id", *attributes.split()]),
        once=frozenset(once.split()),
        many=frozenset(many.split()),
    )


FLOW_NODES = frozenset(
    _names("""startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent
    task userTask manualTask scriptTask businessRuleTask serviceTask sendTask receiveTask subProcess transaction
    adHocSubProcess callActivity exclusiveGateway parallelGateway inclusiveGateway complexGateway eventBasedGateway""")
)
"""Flow nodes that are executed."""

ACTIVITIES = frozenset(
    _names(
        """task userTask manualTask scriptTask businessRuleTask serviceTask sendTask receiveTask subProcess transaction
        adHocSubProcess callActivity"""
    )
)
_ARTIFACTS = "textAnnotation association group"
_CONTENT = " ".join(sorted(FLOW_NODES)) + f" sequenceFlow laneSet {_ARTIFACTS}"
_ACTIVITY = "name default isForCompensation startQuantity completionQuantity"
_LOOPS = "standardLoopCharacteristics multiInstanceLoopCharacteristics"
_FLOWS = "incoming outgoing"
_EXPRESSION = _word("language evaluatesToTypeRef")
_AWAITED = "timerEventDefinition messageEventDefinition signalEventDefinition conditionalEventDefinition"
_THROWN = "messageEventDefinition signalEventDefinition escalationEventDefinition"
_CAUGHT = "errorEventDefinition escalationEventDefinition"
_UNDONE = "compensateEventDefinition"
_CANCELLED = "cancelEventDefinition"
_DEFINITIONS = f"{_AWAITED} {_CAUGHT} linkEventDefinition terminateEventDefinition {_UNDONE} {_CANCELLED}"


def _activity(attributes: str = "", *, once: str = "", many: str = "") -> Word:
    return _word(f"{_ACTIVITY} {attributes}", once=f"{_LOOPS} {once}", many=f"{_FLOWS} {many}")


def _event(attributes: str = "", *, definitions: str = "") -> Word:
    return _word(f"name {attributes}", many=f"{_FLOWS} eventDefinitionRef {definitions}")


_BPMN: dict[str, Word] = {
    "definitions": _word(
        "name targetNamespace expressionLanguage typeLanguage exporter exporterVersion",
        many=f"process collaboration message signal error escalation category {_DEFINITIONS}",
    ),
    "process": _word(
        "name isExecutable processType isClosed definitionalCollaborationRef", many=f"{_CONTENT} {_ARTIFACTS}"
    ),
    "collaboration": _word("name isClosed", many=f"participant messageFlow {_ARTIFACTS}"),
    "participant": _word("name processRef"),
    "messageFlow": _word("name sourceRef targetRef messageRef"),
    "message": _word("name"),
    "signal": _word("name"),
    "error": _word("name errorCode"),
    "escalation": _word("name escalationCode"),
    "laneSet": _word("name", many="lane"),
    "lane": _word("name", once="childLaneSet", many="flowNodeRef"),
    "childLaneSet": _word("name", many="lane"),
    "flowNodeRef": _word(),
    "sequenceFlow": _word("name sourceRef targetRef isImmediate", once="conditionExpression"),
    "conditionExpression": _EXPRESSION,
    "startEvent": _event(
        "isInterrupting parallelMultiple",
        definitions=f"{_AWAITED} {_CAUGHT} {_UNDONE}",
    ),
    "endEvent": _event(
        definitions=f"{_THROWN} errorEventDefinition terminateEventDefinition {_UNDONE} {_CANCELLED}",
    ),
    "intermediateCatchEvent": _event("parallelMultiple", definitions=f"{_AWAITED} linkEventDefinition"),
    "intermediateThrowEvent": _event(definitions=f"{_THROWN} linkEventDefinition {_UNDONE}"),
    "boundaryEvent": _event(
        "attachedToRef cancelActivity parallelMultiple",
        definitions=f"{_AWAITED} {_CAUGHT} {_UNDONE} {_CANCELLED}",
    ),
    "timerEventDefinition": _word(once="timeDate timeDuration timeCycle"),
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "messageEventDefinition": _word("messageRef"),
    "signalEventDefinition": _word("signalRef"),
    "errorEventDefinition": _word("errorRef"),
    "escalationEventDefinition": _word("escalationRef"),
    "conditionalEventDefinition": _word(once="condition"),
    "condition": _EXPRESSION,
    "linkEventDefinition": _word("name"),
    "eventDefinitionRef": _word(),
    "terminateEventDefinition": _word(),
    "compensateEventDefinition": _word("activityRef waitForCompletion"),
    "cancelEventDefinition": _word(),
    "task": _activity(),
    "userTask": _activity("implementation"),
    "manualTask": _activity(),
    "scriptTask": _activity("scriptFormat", once="script"),
    "script": _word(),
    "businessRuleTask": _activity("implementation"),
    "serviceTask": _activity("implementation"),
    "sendTask": _activity("implementation messageRef"),
    "receiveTask": _activity("implementation messageRef instantiate"),
    "subProcess": _activity("triggeredByEvent", many=_CONTENT),
    "transaction": _activity("method", many=_CONTENT),
    "adHocSubProcess": _activity("ordering cancelRemainingInstances", once="completionCondition", many=_CONTENT),
    "callActivity": _activity("calledElement"),
    "exclusiveGateway": _word("name gatewayDirection default", many=_FLOWS),
    "parallelGateway": _word("name gatewayDirection", many=_FLOWS),
    "inclusiveGateway": _word("name gatewayDirection default", many=_FLOWS),
    "complexGateway": _word("name gatewayDirection default", once="activationCondition", many=_FLOWS),
    "activationCondition": _EXPRESSION,
    "eventBasedGateway": _word("name gatewayDirection instantiate eventGatewayType", many=_FLOWS),
    "multiInstanceLoopCharacteristics": _word(
        "isSequential behavior oneBehaviorEventRef noneBehaviorEventRef",
        once="loopCardinality loopDataInputRef inputDataItem completionCondition",
        many="complexBehaviorDefinition",
    ),
    "complexBehaviorDefinition": _word(once="condition event"),
    "event": _word(
        "name", many="signalEventDefinition escalationEventDefinition errorEventDefinition eventDefinitionRef"
    ),
    "loopCardinality": _EXPRESSION,
    "loopDataInputRef": _word(),
    "inputDataItem": _word("name isCollection"),
    "completionCondition": _EXPRESSION,
    "standardLoopCharacteristics": _word("testBefore loopMaximum", once="loopCondition"),
    "loopCondition": _EXPRESSION,
    "documentation": _word("textFormat"),
    "extensionElements": _word(),
    "incoming": _word(),
    "outgoing": _word(),
    "textAnnotation": _word("textFormat", once="text"),
    "text": _word(),
    "association": _word("sourceRef targetRef associationDirection"),
    "group": _word("categoryValueRef"),
    "category": _word("name", many="categoryValue"),
    "categoryValue": _word("value"),
}
"""Everything of BPMN that is executed, or that has no meaning for execution in the standard either."""


def _extended(element: str, word: Word) -> Word:
    """The same with what our namespace adds."""
    is_activity = element in ACTIVITIES
    return replace(
        word,
        zx=extension.of(extension.ATTRIBUTES, element, is_activity=is_activity),
        inside=extension.of(extension.CHILDREN, element, is_activity=is_activity),
    )


WORDS = {element: _extended(element, word) for element, word in _BPMN.items()}
"""The same, with the extensions of ours."""

BOOLEANS = frozenset(
    _names("""isExecutable isClosed isImmediate isInterrupting parallelMultiple cancelActivity isForCompensation instantiate
    triggeredByEvent isSequential testBefore isCollection waitForCompletion cancelRemainingInstances""")
)
"""Attributes that are read as `true` or `false`; XML's `1` and `0` would be read as neither."""

Sentence = tuple[str, str]

ONLY: dict[str, tuple[frozenset[str], Sentence]] = {
    "processType": (frozenset({"None", "Private"}), ("用私有流程", "a private process")),
    "isImmediate": (frozenset({"true"}), ("直接相连的顺序流", "a sequence flow without steps left out")),
    "parallelMultiple": (frozenset({"false"}), ("并行网关后画多个事件", "several events behind a parallel gateway")),
    "waitForCompletion": (
        frozenset({"true"}),
        ("并行网关后的补偿事件", "the compensation event on a branch of its own behind a parallel gateway"),
    ),
    "method": (frozenset({"##Compensate"}), ("用补偿撤销的事务", "a transaction that compensation undoes")),
    "ordering": (frozenset({"Parallel", "Sequential"}), ("Parallel 或 Sequential", "Parallel or Sequential")),
    "eventGatewayType": (
        frozenset({"Exclusive"}),
        (
            "每个消息一个开始事件,或并行网关后画接收任务",
            "a start event for each message, or receive tasks behind a parallel gateway",
        ),
    ),
    "behavior": (
        frozenset({"All", "None", "One", "Complex"}),
        ("All、None、One 或 Complex", "All, None, One or Complex"),
    ),
    "implementation": (
        frozenset({"##unspecified", "##WebService"}),
        ("用 zx:connector、zx:form 或 zx:decision", "zx:connector, zx:form or zx:decision"),
    ),
}
"""Attributes whose other values would change execution, and what to draw instead."""

_GATEWAY = ("用排他网关和条件", "an exclusive gateway with conditions")
_VARIABLE = ("用变量(zx:result)", "a variable (zx:result)")
_MAPPING = ("用 zx:input、zx:output 或 zx:parameter", "zx:input, zx:output or zx:parameter")
_LANE = ("用带 zx:role 的泳道或 zx:candidates", "a lane with zx:role, or zx:candidates")
_MESSAGE = ("用消息事件和 zx:correlation", "message events with zx:correlation")
_PROCESS = ("画成可执行的流程", "an executable process")
_CONNECTOR = ("用 zx:connector", "zx:connector")
_AWAY = ("去掉它", "nothing: leave it out")
_CALLED = ("画成流程并用调用活动引用", "a process, called by a call activity")

INSTEAD: dict[str, Sentence] = {
    "eventDefinition": ("用定时、消息、信号等具体的触发", "a timer, a message, a signal or another trigger"),
    "implicitThrowEvent": ("用中间抛出事件", "an intermediate throw event"),
    "operationRef": _CONNECTOR,
    "interface": _CONNECTOR,
    "operation": _CONNECTOR,
    "interfaceRef": _CONNECTOR,
    "supportedInterfaceRef": _CONNECTOR,
    "inMessageRef": _CONNECTOR,
    "outMessageRef": _CONNECTOR,
    "errorRef": _CONNECTOR,
    "endPoint": _CONNECTOR,
    "endPointRef": _CONNECTOR,
    "ioBinding": _CONNECTOR,
    "rendering": ("用 zx:form", "zx:form"),
    **dict.fromkeys(
        _names("""dataObject dataObjectReference dataStore dataStoreReference dataState property itemDefinition
        loopDataOutputRef outputDataItem"""),
        _VARIABLE,
    ),
    **dict.fromkeys(
        _names("""ioSpecification dataInput dataOutput inputSet outputSet dataInputRefs dataOutputRefs optionalInputRefs
        optionalOutputRefs whileExecutingInputRefs whileExecutingOutputRefs inputSetRefs outputSetRefs
        dataInputAssociation dataOutputAssociation dataAssociation assignment transformation from to"""),
        _MAPPING,
    ),
    **dict.fromkeys(
        _names("""resourceRole performer humanPerformer potentialOwner resource resourceParameter resourceParameterBinding
        resourceRef resourceAssignmentExpression partitionElement"""),
        _LANE,
    ),
    **dict.fromkeys(
        _names("""correlationKey correlationProperty correlationPropertyRef correlationPropertyBinding
        correlationPropertyRetrievalExpression correlationSubscription messagePath dataPath messageRef"""),
        _MESSAGE,
    ),
    **dict.fromkeys(
        _names("""choreography choreographyTask subChoreography callChoreography globalChoreographyTask choreographyActivity
        choreographyRef conversation subConversation callConversation globalConversation conversationNode
        conversationLink conversationAssociation participantRef messageFlowRef messageFlowAssociation
        participantAssociation innerParticipantRef outerParticipantRef innerConversationNodeRef
        outerConversationNodeRef"""),
        _PROCESS,
    ),
    "participantMultiplicity": ("用多实例", "a multi-instance activity"),
    "loopCharacteristics": ("用循环或多实例标记", "a loop or multi-instance marker"),
    **dict.fromkeys(
        _names("globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask callableElement"),
        _CALLED,
    ),
    "import": ("把被引用的流程放进本程序", "the called processes in this procedure"),
    "expression": ("用 formalExpression 类型的条件", "a condition of type tFormalExpression"),
    "formalExpression": ("用 conditionExpression", "conditionExpression"),
    **dict.fromkeys(
        _names("""extension relationship source target partnerEntity partnerRole auditing monitoring supports artifact
        baseElement baseElementWithMixedContent rootElement flowElement flowNode gateway activity catchEvent
        throwEvent"""),
        _AWAY,
    ),
}
"""Every other element of the standard, with what to draw instead."""

HARMLESS_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://camunda.org/schema/modeler/1.0",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
    }
)
"""Layout, colour and the drawing tool's own notes: without meaning for execution."""

ENGINES = {
    "http://camunda.org/schema/1.0/bpmn": "camunda",
    "http://camunda.org/schema/zeebe/1.0": "zeebe",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
    "http://activiti.org/bpmn": "activiti",
    "http://flowable.org/bpmn": "flowable",
    "http://www.jboss.org/drools": "drools",
    "http://www.jboss.org/jbpm": "jbpm",
}
"""Extensions that tell another engine what to execute."""
