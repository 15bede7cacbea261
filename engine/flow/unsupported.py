"""What a model contains that this release does not execute. Nothing is dropped without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.errors import Text
from engine.flow.xml import BPMN, ZX

FLOW_NODES = frozenset(
    [
        "startEvent",
        "endEvent",
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "subProcess",
        "callActivity",
    ]
)
"""Flow nodes that are executed."""

HARMLESS = frozenset(
    [
        "definitions",
        "process",
        "collaboration",
        "participant",
        "laneSet",
        "lane",
        "childLaneSet",
        "flowNodeRef",
        "sequenceFlow",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "conditionExpression",
        "script",
        "timeDate",
        "timeDuration",
        "timeCycle",
        "message",
        "textAnnotation",
        "text",
        "association",
        "group",
        "category",
        "categoryValue",
        "messageFlow",
        "import",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "loopCardinality",
        "loopDataInputRef",
        "inputDataItem",
        "completionCondition",
        "loopCondition",
        "timerEventDefinition",
        "messageEventDefinition",
        "terminateEventDefinition",
    ]
)
"""Everything else that has a meaning here, or none for execution in the standard either."""

INSTEAD = {
    "businessRuleTask": ("用排他网关和条件", "an exclusive gateway with conditions"),
    "eventBasedGateway": ("用边界事件", "boundary events"),
    "complexGateway": ("用包容网关", "an inclusive gateway"),
    "adHocSubProcess": ("用并行或包容网关", "parallel or inclusive gateways"),
    "transaction": ("用子流程", "a sub-process"),
    "linkEventDefinition": ("直接画顺序流", "a sequence flow"),
    "signalEventDefinition": ("用消息", "a message"),
    "errorEventDefinition": ("用网关判断结果", "a gateway on the result"),
    "escalationEventDefinition": ("用非中断定时边界事件", "a non-interrupting timer boundary event"),
    "compensateEventDefinition": ("画出补救步骤", "the remedial steps drawn out"),
    "cancelEventDefinition": ("用终止结束事件", "a terminate end event"),
    "conditionalEventDefinition": ("用网关和循环", "a gateway and a loop"),
    "dataObject": ("用变量(zx:result)", "a variable (zx:result)"),
    "dataStoreReference": ("用变量(zx:result)", "a variable (zx:result)"),
    "ioSpecification": ("用 zx:input、zx:output", "zx:input and zx:output"),
}
EVENTS = {
    "startEvent": frozenset(),
    "endEvent": frozenset({"messageEventDefinition", "terminateEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "intermediateThrowEvent": frozenset({"messageEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
}
ATTRIBUTES = frozenset(
    [
        "id",
        "name",
        "sourceRef",
        "targetRef",
        "default",
        "isExecutable",
        "processType",
        "isClosed",
        "attachedToRef",
        "cancelActivity",
        "messageRef",
        "calledElement",
        "isSequential",
        "behavior",
        "testBefore",
        "loopMaximum",
        "scriptFormat",
        "implementation",
        "startQuantity",
        "completionQuantity",
        "gatewayDirection",
        "eventGatewayType",
        "triggeredByEvent",
        "isForCompensation",
        "operationRef",
        "instantiate",
        "parallelMultiple",
        "isInterrupting",
        "isImmediate",
        "targetNamespace",
        "expressionLanguage",
        "typeLanguage",
        "exporter",
        "exporterVersion",
        "processRef",
        "itemRef",
        "structureRef",
        "textFormat",
        "associationDirection",
        "isCollection",
        "evaluatesToTypeRef",
        "language",
        "isHorizontal",
        "categoryValueRef",
        "partitionElementRef",
    ]
)
DEFAULTS = {
    "startQuantity": "1",
    "completionQuantity": "1",
    "triggeredByEvent": "false",
    "isForCompensation": "false",
    "instantiate": "false",
    "parallelMultiple": "false",
    "behavior": "All",
}
"""Attributes whose other values would change execution."""

ZX_ATTRIBUTES = frozenset(
    [
        "role",
        "form",
        "result",
        "section",
        "assignee",
        "due",
        "remind",
        "escalation",
        "separateFrom",
        "candidates",
        "document",
        "approved",
        "clause",
        "source",
        "connector",
        "external",
        "bulk",
        "sign",
        "inputs",
        "correlation",
        "collection",
        "item",
    ]
)
ZX_ELEMENTS = frozenset({"parameter", "input", "output"})
ELEMENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RESERVED_IDS = frozenset({"Start", "End", "Root"})

Found = tuple[str, str, Text]


def findings(root: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for everything that is not supported."""
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node.tag)
        if name.namespace == BPMN:
            yield from _element(node, name.localname)
        elif name.namespace == ZX and name.localname not in ZX_ELEMENTS:
            yield _found(
                node, "unsupported", f"未知的扩展 zx:{name.localname}", f"there is no extension zx:{name.localname}"
            )
    for process in root.iter(f"{{{BPMN}}}process"):
        yield from _process(process)


def _element(node: etree._Element, tag: str) -> Iterator[Found]:
    if tag not in FLOW_NODES and tag not in HARMLESS:
        zh, en = INSTEAD.get(tag, ("去掉它", "leaving it out"))
        yield _found(node, "unsupported", f"不支持 {tag},请改为{zh}", f"{tag} is not supported; draw {en} instead")
        return
    if tag in EVENTS:
        yield from _event(node, tag)
    for name, value in node.attrib.items():
        yield from _attribute(node, etree.QName(name), str(value))
    if tag == "scriptTask" and node.get("scriptFormat") != "feel":
        yield _found(node, "unsupported", '脚本语言应为 feel(scriptFormat="feel")', 'expected scriptFormat="feel"')
    if tag in FLOW_NODES:
        yield from _identifier(node)
    if tag == "multiInstanceLoopCharacteristics" and node.find(f"{{{BPMN}}}loopDataOutputRef") is not None:
        yield _found(node, "unsupported", "多实例的结果用 zx:result 命名", "expected zx:result to name the results")


def _event(node: etree._Element, tag: str) -> Iterator[Found]:
    definitions = [
        etree.QName(child.tag).localname
        for child in node
        if isinstance(child.tag, str) and child.tag.endswith(("EventDefinition", "eventDefinitionRef"))
    ]
    for name in definitions:
        if name not in EVENTS[tag]:
            zh, en = INSTEAD.get(name, ("无触发的事件", "an event without trigger"))
            yield _found(
                node, "unsupported", f"{tag} 不支持 {name},请用{zh}", f"{tag} does not support {name}; use {en} instead"
            )
    if len(definitions) > 1:
        yield _found(node, "unsupported", "一个事件只能有一个触发", "expected at most one trigger on an event")
    if tag in ("intermediateCatchEvent", "boundaryEvent") and not definitions:
        yield _found(node, "structure", "事件应等待定时或消息", "expected the event to wait for a timer or a message")


def _attribute(node: etree._Element, name: etree.QName, value: str) -> Iterator[Found]:
    local = name.localname
    if name.namespace == ZX:
        if local not in ZX_ATTRIBUTES:
            yield _found(node, "unsupported", f"未知的扩展 zx:{local}", f"there is no extension zx:{local}")
    elif name.namespace is None and local not in ATTRIBUTES:
        yield _found(node, "unsupported", f"不支持的属性 {local}", f"the attribute {local} is not supported")
    elif local in DEFAULTS and value != DEFAULTS[local]:
        yield _found(node, "unsupported", f"不支持 {local}={value}", f"{local}={value} is not supported")


def _identifier(node: etree._Element) -> Iterator[Found]:
    key = node.get("id", "")
    if not ELEMENT_ID.fullmatch(key) or "__" in key or key in RESERVED_IDS - {"Start"}:
        yield _found(
            node,
            "identifier",
            f"id 应由字母、数字和单个下划线组成,以字母开头:{key!r}",
            f"expected an id of letters, digits and single underscores that begins with a letter, but found {key!r}",
        )


def _process(process: etree._Element) -> Iterator[Found]:
    if process.get("isExecutable") != "true":
        yield _found(process, "structure", '流程应标为可执行(isExecutable="true")', 'expected isExecutable="true"')
    scopes = [process, *process.iter(f"{{{BPMN}}}subProcess")]
    for scope in scopes:
        yield from _scope(scope)


def _scope(scope: etree._Element) -> Iterator[Found]:
    starts = scope.findall(f"{{{BPMN}}}startEvent")
    if len(starts) != 1:
        yield _found(
            scope, "structure", "应有且只有一个开始事件", f"expected exactly one start event, but found {len(starts)}"
        )
        return
    nodes = {child.get("id", ""): child for child in scope if _is_node(child)}
    follows: dict[str, list[str]] = {}
    for flow in scope.findall(f"{{{BPMN}}}sequenceFlow"):
        follows.setdefault(flow.get("sourceRef", ""), []).append(flow.get("targetRef", ""))
    for child in nodes.values():
        if child.get("attachedToRef"):
            follows.setdefault(child.get("attachedToRef", ""), []).append(child.get("id", ""))
    reached: set[str] = set()
    todo = [starts[0].get("id", "")]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += follows.get(key, [])
    for key in sorted(nodes.keys() - reached):
        yield _found(nodes[key], "structure", f"从开始事件到不了 {key}", f"expected a path from the start to {key}")
    yield from _gateways(nodes, follows)


def _gateways(nodes: dict[str, etree._Element], follows: dict[str, list[str]]) -> Iterator[Found]:
    arrive: dict[str, list[str]] = {}
    for source, targets in follows.items():
        for target in targets:
            arrive.setdefault(target, []).append(source)
    for key, node in nodes.items():
        if not str(node.tag).endswith("parallelGateway") or len(arrive.get(key, [])) < 2:
            continue
        behind = _after(key, follows)
        back = [source for source in arrive[key] if source in behind]
        if back and len(back) < len(arrive[key]):
            yield _found(
                node,
                "structure",
                "循环不能直接回到并行汇合,请先用排他网关合并",
                "a loop must not lead back directly into a parallel join: merge with an exclusive gateway first",
            )


def _after(key: str, follows: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(follows.get(key, []))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += follows.get(name, [])
    return found


def _is_node(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and etree.QName(node.tag).localname in FLOW_NODES


def _found(node: etree._Element, rule: str, zh: str, en: str) -> Found:
    key = node.get("id", "")
    parent = node.getparent()
    while not key and parent is not None:
        key, parent = parent.get("id", ""), parent.getparent()
    return key, rule, Text(zh, en)
