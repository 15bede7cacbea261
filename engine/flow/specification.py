"""From processes to one SpiffWorkflow specification: every flow node becomes a task spec of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.flow.activities import BusinessRule, CallActivity, Script, SubProcess, Throwing, Waiting
from engine.flow.elements import Element, Kind, MultiInstance, Process
from engine.flow.events import Boundary, End, Start
from engine.flow.gateways import Exclusive, Inclusive, Parallel
from engine.flow.node import FlowNode
from engine.flow.several import ITEM, Loop, Several

NODES: dict[Kind, type[FlowNode]] = {
    Kind.START: Start,
    Kind.END: End,
    Kind.TASK: FlowNode,
    Kind.USER_TASK: Waiting,
    Kind.MANUAL_TASK: Waiting,
    Kind.SCRIPT_TASK: Script,
    Kind.BUSINESS_RULE_TASK: BusinessRule,
    Kind.SERVICE_TASK: Waiting,
    Kind.SEND_TASK: Throwing,
    Kind.RECEIVE_TASK: Waiting,
    Kind.EXCLUSIVE_GATEWAY: Exclusive,
    Kind.PARALLEL_GATEWAY: Parallel,
    Kind.INCLUSIVE_GATEWAY: Inclusive,
    Kind.CATCH_EVENT: Waiting,
    Kind.THROW_EVENT: Throwing,
    Kind.BOUNDARY_EVENT: Boundary,
    Kind.SUB_PROCESS: SubProcess,
    Kind.CALL_ACTIVITY: CallActivity,
}


def build(processes: Mapping[str, Process]) -> WorkflowSpec:
    """The specification of all processes of a version; it is never changed by a run, so all instances share it."""
    spec = WorkflowSpec("version", addstart=True)
    for process in processes.values():
        for element in process.elements.values():
            _add(spec, element)
        for flow in process.flows.values():
            source, target = _node(spec, process.id, flow.source), _node(spec, process.id, flow.target)
            source.outgoing.append(flow)
            target.incoming.append(flow)
            source.connect(target)
    for process in processes.values():
        _link(spec, process, processes)
    return spec


def starts(process: Process, parent: str | None) -> list[str]:
    """The names of the nodes at which a process or sub-process begins: its start events, else what nothing leads to."""
    inside = [element for element in process.elements.values() if element.parent == parent]
    begins = [element for element in inside if element.kind is Kind.START]
    if not begins:
        reached = {flow.target for flow in process.flows.values()}
        begins = [e for e in inside if e.id not in reached and e.kind is not Kind.BOUNDARY_EVENT]
    return [f"{process.id}:{element.id}" for element in begins]


def _add(spec: WorkflowSpec, element: Element) -> None:
    name, node = f"{element.process}:{element.id}", NODES[element.kind]
    if element.loop is None:
        node(spec, name, element)
        return
    (Several if isinstance(element.loop, MultiInstance) else Loop)(spec, name, element)
    node(spec, name + ITEM, element)


def _node(spec: WorkflowSpec, process: str, element: str) -> FlowNode:
    node: FlowNode = spec.task_specs[f"{process}:{element}"]
    return node


def _link(spec: WorkflowSpec, process: Process, processes: Mapping[str, Process]) -> None:
    for element in process.elements.values():
        if element.attached_to is not None:
            _node(spec, process.id, element.attached_to).boundaries.append(f"{process.id}:{element.id}")
        called = processes.get(element.called or "")
        for node in _bodies(spec, element):
            if isinstance(node, CallActivity):
                node.starts = [] if called is None else starts(called, None)
            elif isinstance(node, SubProcess):
                node.starts = starts(process, element.id)


def _bodies(spec: WorkflowSpec, element: Element) -> Iterable[FlowNode]:
    name = f"{element.process}:{element.id}"
    return [spec.task_specs[key] for key in (name, name + ITEM) if key in spec.task_specs]
