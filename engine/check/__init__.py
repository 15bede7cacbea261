"""What is wrong with a draft before it may be published.

One rule is one module with one function `findings(procedure)`; RULES below names them all. A rule never raises, and
says of everything it finds where it is, what was expected, and in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from engine import procedure as procedures
from engine import xml
from engine.check import (
    bulks,
    calls,
    connectors,
    countersignatures,
    decisions,
    documents,
    expressions,
    externals,
    files,
    formwork,
    gateways,
    joins,
    manifest,
    messages,
    milestones,
    roles,
    signatures,
    texts,
    variables,
)
from engine.check.finding import ONLY_TO_PUBLISH, Finding, Rule
from engine.errors import Refused, Text
from engine.flow import unsupported
from engine.procedure import Procedure

LINE = re.compile(r":[0-9]+$")

RULES: tuple[Callable[[Procedure], Iterator[Finding]], ...] = (
    manifest.findings,
    roles.findings,
    formwork.findings,
    externals.findings,
    bulks.findings,
    variables.findings,
    expressions.findings,
    gateways.findings,
    calls.findings,
    decisions.findings,
    messages.findings,
    milestones.findings,
    documents.findings,
    countersignatures.findings,
    signatures.findings,
    connectors.findings,
    texts.findings,
)


def check(draft: Mapping[str, bytes]) -> list[Finding]:
    """Everything that is wrong, in one order; a procedure without findings may be published."""
    found = list(files.findings(draft))
    if not files.readable(draft):
        return _ordered(found)
    found += _unsupported(draft)
    try:
        procedure = procedures.load(draft)
    except Refused as refused:
        told = {(f.file, f.element, f.text) for f in found}
        return _ordered([*found, *(f for f in _unreadable(refused) if (f.file, f.element, f.text) not in told)])
    for rule in RULES:
        found += rule(procedure)
    return _ordered(found)


def advice(draft: Mapping[str, bytes]) -> list[Finding]:
    """What may be published and is hardly meant so. Raises Refused when the draft cannot be read."""
    procedure = procedures.load(draft)
    return _ordered([*decisions.advice(procedure), *joins.advice(procedure)])


def _ordered(found: list[Finding]) -> list[Finding]:
    return sorted(set(found), key=lambda f: (f.file, f.element, f.rule, f.text.en, f.text.zh))


def _unsupported(draft: Mapping[str, bytes]) -> Iterator[Finding]:
    for path, data in draft.items():
        if not path.endswith(".bpmn"):
            continue
        try:
            root = xml.parse(data, path)
        except Refused:
            continue  # told by the load
        for element, rule, text in unsupported.findings(root):
            yield Finding(file=path, element=element, rule=Rule(rule), text=text)


def _unreadable(refused: Refused) -> Iterator[Finding]:
    faults = refused.faults or ()
    if not faults:
        yield Finding(file=procedures.MANIFEST, element="", rule=Rule.UNREADABLE, text=refused.text)
    for fault in faults:
        where, _, element = fault.path.partition("#")
        file, _, line = where.rpartition(":") if LINE.search(where) else (where, "", "")
        rule = Rule.FORM if file.endswith(".form") else Rule.UNREADABLE
        text = Text(f"第 {line} 行:{fault.text.zh}", f"line {line}: {fault.text.en}") if line else fault.text
        yield Finding(file=file, element=element, rule=rule, text=text)


__all__ = ["ONLY_TO_PUBLISH", "RULES", "Finding", "Rule", "advice", "check"]
