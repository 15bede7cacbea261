"""Every expression of a procedure, with its place and the names it may use beyond the variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.flow.elements import Element, Kind, MultiInstance, Process, Trigger
from engine.milestone_rule import OF_KEYS, OF_MOMENT, is_timed, per
from engine.procedure import Procedure

OF_TASK = ("assignee", "candidates", "due", "remind")
TIMERS = (Trigger.TIMER_DATE, Trigger.TIMER_DURATION, Trigger.TIMER_CYCLE)
RUNTIME = frozenset(
    {"numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances", "numberOfTerminatedInstances"}
)
TURNS = frozenset({"loopCounter"})
ACTIVATION = frozenset({"activationCount", "activationCounts"})
STARTING = frozenset({"waitingForStart"})
"""What a complex gateway knows when its activation condition is asked, and when the conditions behind it are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One expression: `what` it is for, `names` beyond the variables, `task` when it sees the task it belongs to."""

    process: Process
    element: str
    what: str
    text: str
    names: frozenset[str] = frozenset()
    task: bool = False


def sources(procedure: Procedure) -> Iterator[Source]:
    """The expressions of all diagrams."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            yield from _of(process, element)
        for flow in process.flows.values():
            if flow.condition is not None:
                source = process.elements.get(flow.source)
                names = STARTING if source is not None and source.kind is Kind.COMPLEX_GATEWAY else frozenset()
                yield Source(process=process, element=flow.id, what="condition", text=flow.condition, names=names)


def _of(process: Process, element: Element) -> Iterator[Source]:
    def source(what: str, text: str, names: frozenset[str] = frozenset()) -> Source:
        return Source(process=process, element=element.id, what=what, text=text, names=names, task=what in OF_TASK)

    for key in (*OF_TASK, "correlation", "ttl", "approved"):
        if key in element.extensions:
            yield source(key, element.extensions[key].strip().removeprefix("=").strip())
    for what, named in (("input", element.inputs), ("output", element.outputs), ("parameter", element.parameters)):
        yield from (source(what, text) for text in named.values())
    if element.kind is Kind.SCRIPT_TASK:
        yield source("script", element.script or "")
    for what, text, names in _trigger(element):
        yield source(what, text, names)
    if element.activation is not None:
        yield source("activation", element.activation, ACTIVATION)
    if element.ad_hoc is not None and element.ad_hoc.completion_condition is not None:
        yield source("completion", element.ad_hoc.completion_condition)
    for what, text, names in _loop(element):
        yield source(what, text, names)


def _trigger(element: Element) -> Iterator[tuple[str, str, frozenset[str]]]:
    if is_timed(element):
        yield "per", per(element), OF_KEYS
        yield "timer", element.expression or "", OF_MOMENT
    elif element.trigger in TIMERS:
        yield "timer", element.expression or "", frozenset()
    elif element.trigger is Trigger.CONDITIONAL:
        yield "condition", element.expression or "", frozenset()


def _loop(element: Element) -> Iterator[tuple[str, str, frozenset[str]]]:
    loop = element.loop
    if isinstance(loop, MultiInstance):
        for text in (loop.collection, loop.cardinality):
            if text is not None:
                yield "collection", text, frozenset()
        if loop.completion_condition is not None:
            yield "completion", loop.completion_condition, RUNTIME
        for implied in loop.throws:
            if implied.condition is not None:
                yield "behavior", implied.condition, RUNTIME
    elif loop is not None and loop.condition is not None:
        yield "loop", loop.condition, TURNS
