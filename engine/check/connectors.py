"""Connectors of service tasks: known, with the parameters they need and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine import feel
from engine.check.finding import Finding, Rule, at
from engine.connector import CONNECTORS, fits
from engine.feel.tree import Literal
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure
from engine.value import Value

RESULTS: Mapping[str, frozenset[str]] = {
    name: frozenset(declared.results) for name, declared in CONNECTORS.items() if declared.results
}
"""What a connector yields."""
NUMBER, RECORD = "number-sequence", "record-to-case"
OPTIONAL = frozenset({"pattern", "keep"})
PLACEHOLDER = re.compile(r"\{([a-z_]+?)[0-9]?\}")
OWN = {"seq": "seq", "yyyy": "year"}
"""Fields of a number's pattern that have a meaning of their own; `yyyy` takes the parameter `year`."""


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Connectors that do not exist, and parameters that are missing, unknown or of another type."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.kind is Kind.SERVICE_TASK:
                yield from _service(procedure, process, element)


def _service(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    declared = CONNECTORS.get(element.extensions.get("connector", ""))
    if declared is None:
        yield at(
            process,
            element.id,
            Rule.CONNECTOR,
            f"自动任务应指定连接器:{'、'.join(sorted(CONNECTORS))}",
            f"expected zx:connector to be one of {', '.join(sorted(CONNECTORS))}",
        )
        return
    for missing in sorted(declared.needed - element.parameters.keys()):
        yield _missing(process, element, missing)
    for name, source in element.parameters.items():
        if not declared.takes(name):
            zh, en = f"{declared.name} 没有参数 {name}", f"expected no parameter {name}: {declared.name} has none"
            yield at(process, element.id, Rule.CONNECTOR, zh, en)
        elif name in declared.parameters and not _suits(declared.parameters[name].type, source):
            kind = declared.parameters[name].type
            zh, en = f"参数 {name} 应为 {kind} 类型", f"expected {kind} as the parameter {name}"
            yield at(process, element.id, Rule.CONNECTOR, zh, en)
    if declared.name == NUMBER:
        yield from _number(procedure, process, element)
    elif declared.name == RECORD:
        yield from _record(procedure, process, element)


def _number(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    """The pattern of a number: every field has its parameter, every parameter its field."""
    pattern = _pattern(procedure, element.parameters.get("pattern", ""))
    if pattern is None:
        return
    fields = {OWN.get(field, field) for field in PLACEHOLDER.findall(pattern)}
    if "seq" not in fields:
        yield at(
            process,
            element.id,
            Rule.CONNECTOR,
            "编号规则应含 {seq} 或 {seq3} 等序号",
            "expected a pattern with {seq} or {seq3} for the number",
        )
    for missing in sorted(fields - {"seq"} - element.parameters.keys()):
        yield _missing(process, element, missing)
    from_setting = "settings" in element.parameters.get("pattern", "")
    for unused in sorted(element.parameters.keys() - fields - OPTIONAL) if not from_setting else ():
        yield at(
            process,
            element.id,
            Rule.CONNECTOR,
            f"编号规则不使用参数 {unused}",
            f"expected no parameter {unused}: the pattern does not use it",
        )


def _record(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    """What is recorded are data of the case, by their names."""
    if not element.parameters:
        zh, en = "应至少有一个参数,名称为项目数据项", "expected a parameter, named as the data of the case it sets"
        yield at(process, element.id, Rule.CONNECTOR, zh, en)
    for name in sorted(element.parameters.keys() - procedure.case_fields.keys()):
        zh = f"项目数据中没有 {name};应为 procedure.toml 的 [case] 中的名称"
        en = f"expected the name of a field in [case] of procedure.toml, but found {name}"
        yield at(process, element.id, Rule.CONNECTOR, zh, en)


def _pattern(procedure: Procedure, source: str) -> str | None:
    """The pattern, when it is a text or the default of a setting."""
    if source.startswith("settings."):
        setting = procedure.settings.get(source.removeprefix("settings."))
        return setting.default if setting is not None and isinstance(setting.default, str) else None
    known, value = _constant(source)
    return value if known and isinstance(value, str) else None


def _suits(kind: str, source: str) -> bool:
    """The expression is no constant of another type."""
    known, value = _constant(source)
    return not known or fits(kind, value)


def _constant(source: str) -> tuple[bool, Value]:
    try:
        tree = feel.compile(source).tree
    except feel.FeelError:
        return False, None
    return (True, tree.value) if isinstance(tree, Literal) else (False, None)


def _missing(process: Process, element: Element, name: str) -> Finding:
    return at(process, element.id, Rule.CONNECTOR, f"缺少参数 {name}", f"expected a parameter {name}")
