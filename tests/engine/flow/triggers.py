"""Events in a few words: what they throw and wait for, and what they refer to at the root of the file."""

from __future__ import annotations

from tests.engine.flow.drawing import escape, node

ROOT = (
    '<bpmn:signal id="sg" name="S"/><bpmn:signal id="sg2" name="S2"/><bpmn:message id="ms" name="M"/>'
    '<bpmn:error id="er" name="E" errorCode="E1"/><bpmn:error id="er2" name="E" errorCode="E2"/>'
    '<bpmn:escalation id="es" name="U" escalationCode="U1"/><bpmn:escalation id="es2" name="U" escalationCode="U2"/>'
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="ms"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sg"/>'
SIGNAL2 = '<bpmn:signalEventDefinition signalRef="sg2"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="er"/>'
ERROR2 = '<bpmn:errorEventDefinition errorRef="er2"/>'
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="es"/>'
ESCALATION2 = '<bpmn:escalationEventDefinition escalationRef="es2"/>'
ANY_ESCALATION = "<bpmn:escalationEventDefinition/>"
TERMINATE = "<bpmn:terminateEventDefinition/>"
HOUR = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>'
HOURLY = '<bpmn:timerEventDefinition><bpmn:timeCycle>duration("PT1H")</bpmn:timeCycle></bpmn:timerEventDefinition>'


def condition(text: str) -> str:
    """A conditional event definition."""
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{escape(text)}</bpmn:condition></bpmn:conditionalEventDefinition>"


def link(name: str) -> str:
    """A link event definition."""
    return f'<bpmn:linkEventDefinition name="{name}"/>'


def start(key: str, trigger: str = "", *, interrupting: bool = True) -> str:
    """A start event."""
    return node("startEvent", key, trigger, isInterrupting=str(interrupting).lower())


def catch(key: str, trigger: str) -> str:
    """An intermediate catch event."""
    return node("intermediateCatchEvent", key, trigger)


def throw(key: str, trigger: str, **inputs: str) -> str:
    """An intermediate throw event, with what it carries."""
    return node("intermediateThrowEvent", key, carries(**inputs) + trigger)


def end(key: str, trigger: str = "", **inputs: str) -> str:
    """An end event, with what it carries."""
    return node("endEvent", key, carries(**inputs) + trigger)


def attached(key: str, host: str, trigger: str, *, interrupting: bool = True) -> str:
    """A boundary event."""
    return node("boundaryEvent", key, trigger, attachedToRef=host, cancelActivity=str(interrupting).lower())


def handler(key: str, trigger: str, inner: str, *, interrupting: bool = True, then: str = "") -> str:
    """An event sub-process `key` with start `key_s` and end `key_e`; `inner` begins with element `then`."""
    flows = ""
    first = then or f"{key}_e"
    flows = f'<bpmn:sequenceFlow id="{key}_f" sourceRef="{key}_s" targetRef="{first}"/>'
    body = start(f"{key}_s", trigger, interrupting=interrupting) + inner + node("endEvent", f"{key}_e") + flows
    return node("subProcess", key, body, triggeredByEvent="true")


def carries(**inputs: str) -> str:
    """What a throw event carries."""
    if not inputs:
        return ""
    written = "".join(f'<zx:input name="{name}" value="{value}"/>' for name, value in inputs.items())
    return f"<bpmn:extensionElements>{written}</bpmn:extensionElements>"
