"""The parts of a model as the engine sees them: what the XML says, before SpiffWorkflow knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The elements of BPMN 2.0 that this release executes; the names are those of the XML."""

    START = "startEvent"
    END = "endEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SCRIPT_TASK = "scriptTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    CATCH_EVENT = "intermediateCatchEvent"
    THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    SUB_PROCESS = "subProcess"
    CALL_ACTIVITY = "callActivity"


class Trigger(StrEnum):
    """What an event waits for or throws."""

    NONE = "none"
    TIMER_DATE = "timeDate"
    TIMER_DURATION = "timeDuration"
    TIMER_CYCLE = "timeCycle"
    MESSAGE = "message"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; `condition` is FEEL."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Several instances of one activity: over a collection or a number of times (both FEEL)."""

    sequential: bool
    collection: str | None = None
    item: str | None = None
    cardinality: str | None = None
    completion_condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """One activity again and again while the condition (FEEL) holds, at most `maximum` times."""

    condition: str | None
    maximum: int | None
    test_before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A flow node. `extensions` are the zx attributes and parameters by local name; `line` is that of the XML."""

    id: str
    kind: Kind
    process: str
    parent: str | None = None
    name: str | None = None
    documentation: str | None = None
    role: str | None = None
    lane: str | None = None
    trigger: Trigger = Trigger.NONE
    expression: str | None = None
    message: str | None = None
    script: str | None = None
    called: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str | None = None
    loop: MultiInstance | StandardLoop | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def result(self) -> str:
        """The variable that holds what the activity yields."""
        return self.extensions.get("result", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of a model: its flow nodes by id (those of sub-processes included) and its flows by id."""

    id: str
    name: str | None
    path: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[tuple[str, str | None, str | None], ...] = ()
