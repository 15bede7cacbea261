"""What is wrong with a draft before it may be published: one finding is file, element, rule, sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine import feel
from engine import procedure as procedures
from engine.errors import Refused, Text
from engine.expression import HOST_FUNCTIONS
from engine.flow import unsupported, xml
from engine.flow.elements import Element, Kind, MultiInstance, Process, Trigger
from engine.form_fields import Right
from engine.procedure import Procedure


class Rule(StrEnum):
    """What a finding is about; the name stands in documents and is never renamed."""

    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    IDENTIFIER = "identifier"
    STRUCTURE = "structure"
    EXPRESSION = "expression"
    FORM = "form"
    ROLE = "role"
    CONNECTOR = "connector"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to be mended."""

    file: str
    element: str
    rule: Rule
    text: Text


CONNECTORS = frozenset({"number-sequence"})
RUNTIME = frozenset(
    {"numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances", "numberOfTerminatedInstances"}
)


def check(files: Mapping[str, bytes]) -> list[Finding]:
    """Everything that is wrong; a procedure without findings may be published."""
    found = list(_unsupported(files))
    try:
        procedure = procedures.load(files)
    except Refused as refused:
        return [*found, *_unreadable(refused)]
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            found += _element(procedure, process, element)
        for flow in process.flows.values():
            if flow.condition is not None:
                found += _expression(procedure, process, flow.id, flow.condition)
    return found


def _unsupported(files: Mapping[str, bytes]) -> Iterator[Finding]:
    for path, data in sorted(files.items()):
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
        yield Finding(file="procedure.toml", element="", rule=Rule.UNREADABLE, text=refused.text)
    for fault in faults:
        file, _, element = fault.path.partition("#")
        rule = Rule.FORM if file.endswith(".form") else Rule.UNREADABLE
        yield Finding(file=file, element=element, rule=rule, text=fault.text)


def _element(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    for source, names in _expressions(element):
        yield from _expression(procedure, process, element.id, source, names)
    yield from _role(procedure, process, element)
    if element.kind is Kind.SERVICE_TASK and element.extensions.get("connector") not in CONNECTORS:
        yield _finding(
            process,
            element.id,
            Rule.CONNECTOR,
            f"自动任务应指定连接器:{'、'.join(sorted(CONNECTORS))}",
            f"expected zx:connector to be one of {', '.join(sorted(CONNECTORS))}",
        )
    if element.kind is Kind.CALL_ACTIVITY and element.called not in procedure.model.processes:
        yield _finding(
            process,
            element.id,
            Rule.STRUCTURE,
            f"调用的流程 {element.called} 不在本程序中",
            f"expected a process of this procedure, but {element.called} is none",
        )
    yield from _form(procedure, process, element)


def _form(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    path = element.extensions.get("form")
    if path is not None and path not in procedure.forms:
        yield _finding(process, element.id, Rule.FORM, f"没有表单 {path}", f"there is no form {path}")
        return
    for part in element.extensions.get("section", "").split():
        name, _, right = part.partition(":")
        known = path is not None and name in procedure.forms[path].sections
        if not known or right not in set(Right):
            yield _finding(
                process,
                element.id,
                Rule.FORM,
                f"zx:section 应为 分区:{'/'.join(Right)},但为 {part}",
                f"expected zx:section as section:{'|'.join(Right)}, but found {part}",
            )


def _role(procedure: Procedure, process: Process, element: Element) -> Iterator[Finding]:
    if element.kind not in (Kind.USER_TASK, Kind.MANUAL_TASK):
        return
    offered = {"assignee", "candidates"} & element.extensions.keys()
    if element.role is None and not offered:
        yield _finding(
            process,
            element.id,
            Rule.ROLE,
            "任务应在带 zx:role 的泳道中,或有 zx:assignee、zx:candidates",
            "expected the task in a lane with zx:role, or with zx:assignee or zx:candidates",
        )
    if element.role is not None and element.role not in procedure.roles:
        yield _finding(
            process, element.id, Rule.ROLE, f"程序没有角色 {element.role}", f"the procedure has no role {element.role}"
        )
    for name in element.extensions.get("separateFrom", "").split():
        other_process, _, other = name.rpartition(":")
        owner = procedure.model.processes.get(other_process or process.id)
        if owner is None or other not in owner.elements:
            yield _finding(
                process,
                element.id,
                Rule.ROLE,
                f"zx:separateFrom 指向不存在的 {name}",
                f"expected zx:separateFrom to name a task, but there is no {name}",
            )


def _expressions(element: Element) -> Iterator[tuple[str, frozenset[str]]]:
    nothing: frozenset[str] = frozenset()
    for key in ("assignee", "candidates", "due", "remind", "correlation", "approved"):
        if key in element.extensions:
            yield element.extensions[key], nothing
    yield from ((source, nothing) for source in (*element.inputs.values(), *element.parameters.values()))
    if element.kind is Kind.SCRIPT_TASK:
        yield element.script or "", nothing
    if element.trigger in (Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE):
        yield element.expression or "", nothing
    if isinstance(element.loop, MultiInstance):
        for source in (element.loop.collection, element.loop.cardinality):
            if source is not None:
                yield source, nothing
        if element.loop.completion_condition is not None:
            yield element.loop.completion_condition, RUNTIME
    elif element.loop is not None and element.loop.condition is not None:
        yield element.loop.condition, frozenset({"loopCounter"})


def _expression(
    procedure: Procedure, process: Process, element: str, source: str, names: Iterable[str] = ()
) -> Iterator[Finding]:
    try:
        feel.compile(source, procedure.visible | frozenset(names), HOST_FUNCTIONS)
    except feel.FeelError as error:
        yield _finding(process, element, Rule.EXPRESSION, f"{source}:{error.text.zh}", f"{source}: {error.text.en}")


def _finding(process: Process, element: str, rule: Rule, zh: str, en: str) -> Finding:
    return Finding(file=process.path, element=element, rule=rule, text=Text(zh, en))
