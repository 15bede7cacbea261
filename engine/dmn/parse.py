"""A DMN file to its model: what the standard gives a meaning is read, what it only notes is passed over.

Anything else in the standard's namespaces is refused: nothing of a model is dropped without a word.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from engine.dmn import boxes
from engine.dmn.model import (
    Decision,
    Definitions,
    Element,
    FunctionItem,
    Import,
    InputData,
    ItemDefinition,
    Key,
    Knowledge,
    Service,
    Variable,
)
from engine.dmn.reader import Reader, local, words
from engine.errors import Text
from engine.xml import parse, unreadable

MODELS = (
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
"""DMN 1.1 to 1.5."""

NOTES = frozenset(
    words(
        "description extensionElements knowledgeSource textAnnotation association group elementCollection "
        "performanceIndicator organizationUnit businessContextElement DMNDI"
    )
)
"""What stands in a model and means nothing for its outcome."""


def read(data: bytes, path: str) -> Definitions:
    """The model in a file. Raises Refused (INVALID_MODEL) with file and line."""
    root = parse(data, path)
    name = etree.QName(root)
    if name.namespace not in MODELS or name.localname != "definitions":
        raise unreadable(
            path, root.sourceline or 1, "应为 DMN 1.1 至 1.5 的 definitions", "expected definitions of DMN 1.1 to 1.5"
        )
    reader = Reader(path, str(name.namespace), root.get("namespace") or "")
    reader.language(root)
    imports: list[Import] = []
    types: list[ItemDefinition] = []
    elements: list[Element] = []
    seen: set[Key] = set()
    for child in reader.children(root, NOTES):
        match local(child):
            case "import":
                imports.append(_import(reader, child))
            case "itemDefinition":
                types.append(item_definition(reader, child))
            case found if found in _ELEMENTS:
                elements.append(_ELEMENTS[found](reader, child))
                if elements[-1].key in seen:
                    repeated = elements[-1].key[1]
                    raise reader.error(
                        child, f"重复的 id {repeated}", f"expected different ids, but {repeated} repeats"
                    )
                seen.add(elements[-1].key)
            case found:
                raise reader.error(child, f"不支持元素 {found}", f"expected no {found}: it is not supported")
    return Definitions(
        path=path,
        namespace=reader.namespace,
        name=root.get("name") or "",
        imports=tuple(imports),
        types=tuple(types),
        elements=tuple(elements),
        type_uses=tuple(reader.type_uses),
    )


def _import(reader: Reader, node: etree._Element) -> Import:
    kind = node.get("importType") or ""
    if kind not in MODELS:
        raise reader.error(node, "只能导入 DMN 模型", "expected the import of a DMN model")
    found = Import(node.get("name") or "", node.get("namespace") or "", node.sourceline or 0)
    reader.aliases[found.namespace] = found.name
    return found


def item_definition(reader: Reader, node: etree._Element) -> ItemDefinition:
    """A type, with the types of its components."""
    type_ref = reader.first(node, "typeRef")
    function = reader.first(node, "functionItem")
    name = node.get("name") or ""
    parts = tuple(reader.all(node, "itemComponent"))
    reader.distinct(parts, [part.get("name") or "" for part in parts])
    place = Text(f"类型「{name}」", f"type {name}")
    return ItemDefinition(
        name=name,
        type=reader.type_name(type_ref.text if type_ref is not None else None, node),
        components=tuple(item_definition(reader, part) for part in parts),
        function=None if function is None else _function_item(reader, function),
        collection=node.get("isCollection") in ("true", "1"),
        allowed=reader.tests(node, "allowedValues", place),
        constraint=reader.tests(node, "typeConstraint", place),
    )


def _function_item(reader: Reader, node: etree._Element) -> FunctionItem:
    parameters = tuple(
        Variable(part.get("name") or "", reader.type_name(part.get("typeRef"), part))
        for part in reader.all(node, "parameters")
    )
    return FunctionItem(parameters, reader.type_name(node.get("outputTypeRef"), node))


# ------------------------------------------------------------------ elements of the requirements graph


def _variable(reader: Reader, node: etree._Element) -> Variable:
    found = reader.first(node, "variable")
    name = node.get("name") or ""
    if found is None:
        return Variable(name)
    return Variable(found.get("name") or name, reader.type_name(found.get("typeRef"), found))


def _requires(reader: Reader, node: etree._Element) -> tuple[Key, ...]:
    found: list[Key] = []
    for requirement in reader.all(node, "informationRequirement", "knowledgeRequirement"):
        for kind in ("requiredInput", "requiredDecision", "requiredKnowledge"):
            found.extend(reader.reference(part) for part in reader.all(requirement, kind))
    return tuple(dict.fromkeys(found))


def _input_data(reader: Reader, node: etree._Element) -> InputData:
    return InputData(reader.key(node), _variable(reader, node), node.sourceline or 0)


def _decision(reader: Reader, node: etree._Element) -> Decision:
    expression = boxes.expression_in(reader, node, _DECISION_PARTS)
    return Decision(
        reader.key(node), _variable(reader, node), _requires(reader, node), expression, node.sourceline or 0
    )


def _knowledge(reader: Reader, node: etree._Element) -> Knowledge:
    logic = reader.first(node, "encapsulatedLogic")
    function = None if logic is None else boxes.function(reader, logic)
    return Knowledge(reader.key(node), _variable(reader, node), _requires(reader, node), function, node.sourceline or 0)


def _service(reader: Reader, node: etree._Element) -> Service:
    def keys(kind: str) -> tuple[Key, ...]:
        return tuple(reader.reference(part) for part in reader.all(node, kind))

    outputs, decisions, inputs = keys("outputDecision"), keys("inputDecision"), keys("inputData")
    return Service(reader.key(node), _variable(reader, node), outputs, decisions, inputs, node.sourceline or 0)


_DECISION_PARTS = frozenset(
    words(
        "description extensionElements question allowedAnswers variable informationRequirement knowledgeRequirement "
        "authorityRequirement supportedObjective impactedPerformanceIndicator decisionMaker decisionOwner usingProcess "
        "usingTask"
    )
)
_ELEMENTS: dict[str, Callable[[Reader, etree._Element], Element]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}
