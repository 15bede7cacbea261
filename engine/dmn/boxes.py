"""Boxed expressions as they are written in a DMN file. DMN 1.5 §7.3 and §10.2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from lxml import etree

from engine.dmn.model import (
    Aggregator,
    Boxed,
    Conditional,
    Entries,
    Filtered,
    Function,
    HitPolicy,
    InputClause,
    Invocation,
    Items,
    Literal,
    OutputClause,
    Relation,
    Repeated,
    Rule,
    Table,
    Variable,
)
from engine.dmn.reader import Reader, local, words
from engine.errors import Text

Read: TypeAlias = Callable[[Reader, etree._Element], Boxed]

NOTHING = "null"
PASSED = frozenset(words("description extensionElements variable parameter formalParameter column"))
CELL = "-"


def expression_in(reader: Reader, node: etree._Element, passed: frozenset[str] = PASSED) -> Boxed | None:
    """The one boxed expression within a node."""
    found: Boxed | None = None
    for child in reader.children(node, passed):
        name = local(child)
        if name not in _READ:
            raise reader.error(child, f"不支持元素 {name}", f"expected no {name}: it is not supported")
        if found is not None:
            raise reader.error(child, "只应有一个表达式", "expected one expression")
        found = _READ[name](reader, child)
    return found


def _required(reader: Reader, node: etree._Element, name: str | None = None) -> Boxed:
    """The expression within a child of that name, or within the node itself; null when nothing is written."""
    within = node if name is None else reader.first(node, name)
    found = None if within is None else expression_in(reader, within)
    return found if found is not None else Literal(NOTHING, node.get("id") or "", node.sourceline or 0)


def _type(reader: Reader, node: etree._Element) -> str | None:
    return reader.type_name(node.get("typeRef"), node)


def _variable(reader: Reader, node: etree._Element) -> Variable:
    return Variable(node.get("name") or "", _type(reader, node))


def _literal(reader: Reader, node: etree._Element) -> Boxed:
    if (found := reader.first(node, "importedValues")) is not None:
        raise reader.error(found, "不支持 importedValues", "expected no importedValues: they are not supported")
    found_text = reader.literal(node)
    return found_text or Literal(NOTHING, node.get("id") or "", node.sourceline or 0, _type(reader, node))


def _context(reader: Reader, node: etree._Element) -> Boxed:
    entries: list[tuple[Variable | None, Boxed]] = []
    written = [part for part in reader.all(node, "contextEntry") if reader.first(part, "variable") is not None]
    for entry in reader.all(node, "contextEntry"):
        variable = reader.first(entry, "variable")
        entries.append((None if variable is None else _variable(reader, variable), _required(reader, entry)))
    reader.distinct(written, [variable.name for variable, _ in entries if variable is not None])
    return Entries(tuple(entries), _type(reader, node))


def _list(reader: Reader, node: etree._Element) -> Boxed:
    return Items(_expressions(reader, node), _type(reader, node))


def _expressions(reader: Reader, node: etree._Element) -> tuple[Boxed, ...]:
    found: list[Boxed] = []
    for child in reader.children(node, PASSED):
        if local(child) not in _READ:
            raise reader.error(child, f"不支持元素 {local(child)}", f"expected no {local(child)}: it is not supported")
        found.append(_READ[local(child)](reader, child))
    return tuple(found)


def _relation(reader: Reader, node: etree._Element) -> Boxed:
    columns = tuple(_variable(reader, column) for column in reader.all(node, "column"))
    reader.distinct(reader.all(node, "column"), [column.name for column in columns])
    rows = tuple(_expressions(reader, row) for row in reader.all(node, "row"))
    for row, written in zip(rows, reader.all(node, "row"), strict=True):
        if len(row) != len(columns):
            raise reader.error(written, f"一行应有 {len(columns)} 格", f"expected {len(columns)} cells in a row")
    return Relation(columns, rows, _type(reader, node))


def _invocation(reader: Reader, node: etree._Element) -> Boxed:
    arguments: list[tuple[Variable, Boxed]] = []
    for binding in reader.all(node, "binding"):
        parameter = reader.first(binding, "parameter")
        if parameter is None:
            raise reader.error(binding, "缺少参数名称", "expected the name of a parameter")
        arguments.append((_variable(reader, parameter), _required(reader, binding)))
    reader.distinct(reader.all(node, "binding"), [variable.name for variable, _ in arguments])
    called = expression_in(reader, node, PASSED | {"binding"})
    if called is None:
        raise reader.error(node, "缺少被调用的函数", "expected the function that is called")
    return Invocation(called, tuple(arguments), _type(reader, node))


def function(reader: Reader, node: etree._Element) -> Function:
    """A function definition."""
    kind = node.get("kind") or "FEEL"
    parameters = tuple(_variable(reader, parameter) for parameter in reader.all(node, "formalParameter"))
    reader.distinct(reader.all(node, "formalParameter"), [parameter.name for parameter in parameters])
    body = None if kind.upper() != "FEEL" else expression_in(reader, node)
    element, line = node.get("id") or "", node.sourceline or 0
    return Function(parameters, body, element, line, kind.upper() != "FEEL", _type(reader, node))


def _conditional(reader: Reader, node: etree._Element) -> Boxed:
    parts = [_required(reader, node, name) for name in ("if", "then", "else")]
    return Conditional(parts[0], parts[1], parts[2], _type(reader, node))


def _filter(reader: Reader, node: etree._Element) -> Boxed:
    return Filtered(_required(reader, node, "in"), _required(reader, node, "match"), _type(reader, node))


def _repeated(reader: Reader, node: etree._Element) -> Boxed:
    kind = local(node)
    body = _required(reader, node, "return" if kind == "for" else "satisfies")
    name = node.get("iteratorVariable") or ""
    return Repeated(kind, name, _required(reader, node, "in"), body, _type(reader, node))


# ------------------------------------------------------------------ decision tables


def _table(reader: Reader, node: etree._Element) -> Boxed:
    inputs = tuple(_input(reader, part) for part in reader.all(node, "input"))
    outputs = tuple(_output(reader, part) for part in reader.all(node, "output"))
    written = enumerate(reader.all(node, "rule"), start=1)
    rules = tuple(_rule(reader, part, number, inputs, outputs) for number, part in written)
    if not outputs:
        raise reader.error(node, "决策表应有输出列", "expected an output column in the decision table")
    policy, aggregator = _policy(reader, node)
    if aggregator is not None and len(outputs) > 1:
        raise reader.error(node, "有多个输出列时不能汇总", "expected one output column when hits are aggregated")
    if len(outputs) > 1:
        reader.distinct(reader.all(node, "output"), [clause.name for clause in outputs])
    return Table(
        id=node.get("id") or "",
        name=node.get("label") or node.get("outputLabel") or "",
        decision=reader.drawn_in(node),
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        policy=policy,
        aggregator=aggregator,
        line=node.sourceline or 0,
        type=_type(reader, node),
    )


def _policy(reader: Reader, node: etree._Element) -> tuple[HitPolicy, Aggregator | None]:
    written, aggregation = node.get("hitPolicy") or "UNIQUE", node.get("aggregation")
    try:
        policy = HitPolicy(written)
        aggregator = None if aggregation is None or policy is not HitPolicy.COLLECT else Aggregator(aggregation)
    except ValueError:
        raise reader.error(
            node, f"命中策略应为 {'、'.join(HitPolicy)}", f"expected a hit policy of {', '.join(HitPolicy)}"
        ) from None
    return policy, aggregator


def _input(reader: Reader, node: etree._Element) -> InputClause:
    written = reader.first(node, "inputExpression")
    source = None if written is None else reader.literal(written)
    if written is None or source is None:
        raise reader.error(node, "输入列应有表达式", "expected an expression of the input column")
    label = node.get("label") or source.text.strip()
    place = Text(f"列「{label}」", f"column {label}")
    values = reader.tests(node, "inputValues", Text(f"{place.zh}的允许值", f"allowed values of {place.en}"))
    return InputClause(replace(source, place=place), source.type, values, label)


def _output(reader: Reader, node: etree._Element) -> OutputClause:
    name = node.get("name") or ""
    label = node.get("label") or name
    place = Text(f"结果列「{label}」", f"output {label}") if label else Text("结果列", "output")
    default = reader.first(node, "defaultOutputEntry")
    return OutputClause(
        name=name,
        type=_type(reader, node),
        allowed=reader.tests(node, "outputValues", Text(f"{place.zh}的允许值", f"allowed values of {place.en}")),
        default=None
        if default is None
        else reader.literal(default, Text(f"{place.zh}的默认值", f"default of {place.en}")),
        label=label,
        element=reader.owner(node),
        line=node.sourceline or 0,
    )


def _rule(
    reader: Reader, node: etree._Element, number: int, inputs: Sequence[InputClause], outputs: Sequence[OutputClause]
) -> Rule:
    asked, yielded = list(reader.all(node, "inputEntry")), list(reader.all(node, "outputEntry"))
    if (len(asked), len(yielded)) != (len(inputs), len(outputs)):
        raise reader.error(
            node,
            f"规则 {number} 应有 {len(inputs)} 个条件和 {len(outputs)} 个结果,但有 {len(asked)} 和 {len(yielded)} 个",
            f"expected {len(inputs)} conditions and {len(outputs)} results in rule {number}, "
            f"but found {len(asked)} and {len(yielded)}",
        )
    tests = tuple(
        _cell(reader, cell, CELL, Text(f"规则 {number},列「{clause.label}」", f"rule {number}, column {clause.label}"))
        for cell, clause in zip(asked, inputs, strict=True)
    )
    results = tuple(
        _cell(
            reader,
            cell,
            NOTHING,
            Text(f"规则 {number},结果「{clause.label}」", f"rule {number}, output {clause.label}"),
        )
        for cell, clause in zip(yielded, outputs, strict=True)
    )
    remarks = tuple(
        (text.text or "") for note in reader.all(node, "annotationEntry") for text in reader.all(note, "text")
    )
    return Rule(node.get("id") or "", tests, results, remarks, node.sourceline or 0)


def _cell(reader: Reader, node: etree._Element, empty: str, place: Text) -> Literal:
    return reader.literal(node, place) or Literal(empty, reader.owner(node), node.sourceline or 0, None, place)


_READ: dict[str, Read] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _repeated,
    "some": _repeated,
    "every": _repeated,
}
