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
    EVENT_GATEWAY = "eventBasedGateway"
    COMPLEX_GATEWAY = "complexGateway"
    CATCH_EVENT = "intermediateCatchEvent"
    THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    AD_HOC = "adHocSubProcess"
    CALL_ACTIVITY = "callActivity"


ACTIVITIES = frozenset(
    {
        Kind.TASK,
        Kind.USER_TASK,
        Kind.MANUAL_TASK,
        Kind.SCRIPT_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SERVICE_TASK,
        Kind.SEND_TASK,
        Kind.RECEIVE_TASK,
        Kind.SUB_PROCESS,
        Kind.TRANSACTION,
        Kind.AD_HOC,
        Kind.CALL_ACTIVITY,
    }
)
"""What does work; the others are events and gateways."""

GATEWAYS = frozenset(
    {
        Kind.EXCLUSIVE_GATEWAY,
        Kind.PARALLEL_GATEWAY,
        Kind.INCLUSIVE_GATEWAY,
        Kind.EVENT_GATEWAY,
        Kind.COMPLEX_GATEWAY,
    }
)


class Trigger(StrEnum):
    """What an event waits for or throws."""

    NONE = "none"
    TIMER_DATE = "timeDate"
    TIMER_DURATION = "timeDuration"
    TIMER_CYCLE = "timeCycle"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITIONAL = "conditional"
    ERROR = "error"
    ESCALATION = "escalation"
    LINK = "link"
    TERMINATE = "terminate"
    COMPENSATION = "compensation"
    CANCEL = "cancel"


AWAITED = frozenset(
    {
        Trigger.TIMER_DATE,
        Trigger.TIMER_DURATION,
        Trigger.TIMER_CYCLE,
        Trigger.MESSAGE,
        Trigger.SIGNAL,
        Trigger.CONDITIONAL,
    }
)
"""Triggers that are waited for; errors and escalations go up from where they are thrown to whoever catches them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; `condition` is FEEL."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What an instance of a multi-instance throws as it completes: if `condition` (FEEL) holds; `first`: only the first."""

    trigger: Trigger
    code: str | None
    condition: str | None
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Several instances of one activity: over a collection or a number of times (both FEEL)."""

    sequential: bool
    collection: str | None = None
    item: str | None = None
    cardinality: str | None = None
    completion_condition: str | None = None
    throws: tuple[Implied, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """One activity again and again while the condition (FEEL) holds, at most `maximum` times."""

    condition: str | None
    maximum: int | None
    test_before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHoc:
    """Activities that people start as they see fit, until the condition (FEEL) holds."""

    sequential: bool
    completion_condition: str | None
    cancel_remaining: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A flow node. `extensions` are the zx attributes and parameters by local name; `line` is that of the XML.

    `code`: the name of a signal or link, the code of an error or escalation; None catches every error or escalation.
    `by_event`: an event sub-process. `instantiate`: a receive task or event-based gateway that begins the process.
    `activation` is the condition of a complex gateway; `handler` what a compensation boundary event is associated with,
    `compensates` the activity that a compensation throw event names.
    """

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
    code: str | None = None
    by_event: bool = False
    instantiate: bool = False
    script: str | None = None
    called: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str | None = None
    activation: str | None = None
    start_quantity: int = 1
    completion_quantity: int = 1
    for_compensation: bool = False
    handler: str | None = None
    compensates: str | None = None
    ad_hoc: AdHoc | None = None
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
