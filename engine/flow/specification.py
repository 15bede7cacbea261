"""From processes to one SpiffWorkflow specification: every flow node becomes a task spec of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.flow.activities import BusinessRule, CallActivity, Script, SubProcess, Throwing, Waiting
from engine.flow.adhoc import AdHocSubProcess
from engine.flow.boundary import Boundary
from engine.flow.compensation import CancelEnd, CompensationEnd, CompensationThrow, connect
from engine.flow.complexgateway import Complex
from engine.flow.countersign import Countersigned
from engine.flow.elements import AWAITED, Element, Kind, MultiInstance, Process, Trigger
from engine.flow.eventgateway import EventBased
from engine.flow.events import End, Start
from engine.flow.eventsubprocess import EventStart, EventSubProcess
from engine.flow.gateways import Exclusive, Inclusive, Parallel
from engine.flow.level import CAUGHT, level, starts
from engine.flow.link import LinkCatch, LinkThrow
from engine.flow.node import FlowNode
from engine.flow.several import ITEM, Loop, Several
from engine.flow.transaction import Transaction

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
    Kind.COMPLEX_GATEWAY: Complex,
    Kind.EVENT_GATEWAY: EventBased,
    Kind.CATCH_EVENT: Waiting,
    Kind.THROW_EVENT: Throwing,
    Kind.BOUNDARY_EVENT: Boundary,
    Kind.SUB_PROCESS: SubProcess,
    Kind.TRANSACTION: Transaction,
    Kind.AD_HOC: AdHocSubProcess,
    Kind.CALL_ACTIVITY: CallActivity,
}


UNDOING: dict[tuple[Kind, Trigger], type[FlowNode]] = {
    (Kind.THROW_EVENT, Trigger.COMPENSATION): CompensationThrow,
    (Kind.END, Trigger.COMPENSATION): CompensationEnd,
    (Kind.END, Trigger.CANCEL): CancelEnd,
}
"""Events that undo what was done."""

HOLDERS = (Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.AD_HOC)
"""What holds a level of its own."""


def build(processes: Mapping[str, Process]) -> WorkflowSpec:
    """The specification of all processes of a version; it is never changed by a run, so all instances share it."""
    spec = WorkflowSpec("version", addstart=True)
    for process in processes.values():
        for element in process.elements.values():
            _add(spec, element, process)
        for flow in process.flows.values():
            source, target = _node(spec, process.id, flow.source), _node(spec, process.id, flow.target)
            source.outgoing.append(flow)
            target.incoming.append(flow)
            source.connect(target)
    spec.levels = {
        (process.id, parent): level(process, parent)
        for process in processes.values()
        for parent in (None, *process.elements)
        if parent is None or process.elements[parent].kind in HOLDERS
    }
    for process in processes.values():
        _link(spec, process, processes)
        connect(spec, process)
    return spec


def _add(spec: WorkflowSpec, element: Element, process: Process) -> None:
    name, node = f"{element.process}:{element.id}", _kind(element, process)
    if element.loop is None:
        node(spec, name, element)
        return
    _several(element)(spec, name, element)
    node(spec, name + ITEM, element)


def _several(element: Element) -> type[FlowNode]:
    """The class that runs an activity several times."""
    if not isinstance(element.loop, MultiInstance):
        return Loop
    return Countersigned if "countersign" in element.extensions else Several


def _kind(element: Element, process: Process) -> type[FlowNode]:
    """The class of an element; some events are of their own."""
    if element.trigger is Trigger.LINK:
        return LinkThrow if element.kind is Kind.THROW_EVENT else LinkCatch
    if element.by_event:
        return EventSubProcess
    around = process.elements.get(element.parent or "")
    handles = element.kind is Kind.START and around is not None and around.by_event
    return EventStart if handles else UNDOING.get((element.kind, element.trigger), NODES[element.kind])


def _node(spec: WorkflowSpec, process: str, element: str) -> FlowNode:
    node: FlowNode = spec.task_specs[f"{process}:{element}"]
    return node


def _link(spec: WorkflowSpec, process: Process, processes: Mapping[str, Process]) -> None:
    for element in process.elements.values():
        if element.attached_to is not None:
            _attach(_node(spec, process.id, element.attached_to), element)
        around = process.elements.get(element.parent or "")
        if element.kind is Kind.START and around is not None and around.by_event:
            interrupting = element.interrupting and element.trigger is not Trigger.COMPENSATION
            _node(spec, process.id, around.id).interrupts = interrupting
        called = processes.get(element.called or "")
        for node in _bodies(spec, element):
            if isinstance(node, CallActivity):
                if called is not None:
                    node.starts, node.guards = starts(called, None), list(spec.levels[called.id, None].guards)
            elif isinstance(node, SubProcess):
                node.starts, node.guards = starts(process, element.id), list(spec.levels[process.id, element.id].guards)
        if element.trigger is Trigger.LINK and element.kind is Kind.THROW_EVENT:
            _lead(spec, process, element)


def _attach(host: FlowNode, event: Element) -> None:
    name = f"{event.process}:{event.id}"
    if event.trigger in AWAITED:
        host.boundaries.append(name)
    elif event.trigger in CAUGHT:
        host.catching.append(name)


def _lead(spec: WorkflowSpec, process: Process, thrown: Element) -> None:
    """A link throw event leads to the catch event of its name and level."""
    for element in process.elements.values():
        same = (element.kind, element.trigger, element.code, element.parent)
        if same == (Kind.CATCH_EVENT, Trigger.LINK, thrown.code, thrown.parent):
            source, target = _node(spec, process.id, thrown.id), _node(spec, process.id, element.id)
            assert isinstance(source, LinkThrow)
            source.target = target.name
            target.linked.append(source.name)


def _bodies(spec: WorkflowSpec, element: Element) -> Iterable[FlowNode]:
    name = f"{element.process}:{element.id}"
    return [spec.task_specs[key] for key in (name, name + ITEM) if key in spec.task_specs]
