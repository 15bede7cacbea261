"""Connectors of service tasks: known, with the parameters they need and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine import feel
from engine.check.finding import Finding, Rule, at
from engine.feel.tree import Literal
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure

NEEDED: Mapping[str, frozenset[str]] = {"number-sequence": frozenset({"pattern"})}
"""Every connector with the parameters it cannot do without."""
RESULTS: Mapping[str, frozenset[str]] = {"number-sequence": frozenset({"number", "sequence"})}
"""What a connector yields."""
OPTIONAL = frozenset({"pattern", "keep"})
PLACEHOLDER = re.compile(r"\{([a-z_]+?)[0-9]?\}")
OWN = {"seq": "seq", "yyyy": "year"}
"""Fields of a number's pattern that have a meaning of their own; `yyyy` takes the parameter `year`."""


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Connectors that do not exist, and parameters that are missing or never used."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.kind is not Kind.SERVICE_TASK:
                continue
            name = element.extensions.get("connector", "")
            if name not in NEEDED:
                yield at(
                    process,
                    element.id,
                    Rule.CONNECTOR,
                    f"自动任务应指定连接器:{'、'.join(sorted(NEEDED))}",
                    f"expected zx:connector to be one of {', '.join(sorted(NEEDED))}",
                )
                continue
            for missing in sorted(NEEDED[name] - element.parameters.keys()):
                yield _missing(process, element, missing)
            yield from _number(procedure, process, element)


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


def _pattern(procedure: Procedure, source: str) -> str | None:
    """The pattern, when it is a text or the default of a setting."""
    if source.startswith("settings."):
        setting = procedure.settings.get(source.removeprefix("settings."))
        return setting.default if setting is not None and isinstance(setting.default, str) else None
    try:
        tree = feel.compile(source).tree
    except feel.FeelError:
        return None
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def _missing(process: Process, element: Element, name: str) -> Finding:
    return at(process, element.id, Rule.CONNECTOR, f"缺少参数 {name}", f"expected a parameter {name}")
