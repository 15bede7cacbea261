"""Compensation in a few words: events, handlers and the associations between them, as strings of XML."""

from __future__ import annotations

from tests.engine.flow.drawing import node, script, user

COMPENSATE = "<bpmn:compensateEventDefinition{of}/>"


def undone_by(activity: str, handler: str) -> str:
    """A compensation boundary event of an activity, associated with a handler."""
    event = f"c_{activity}"
    line = f'<bpmn:association id="a_{activity}" associationDirection="One" sourceRef="{event}" targetRef="{handler}"/>'
    return node("boundaryEvent", event, COMPENSATE.format(of=""), attachedToRef=activity) + line


def remedy(key: str, inner: str = "") -> str:
    """A user task that is a compensation handler."""
    return user(key, inner, isForCompensation="true")


def booked(*keys: str) -> str:
    """User tasks, each with a handler of its name and `_undo`."""
    return "".join(user(key) + remedy(f"{key}_undo") + undone_by(key, f"{key}_undo") for key in keys)


def counted(key: str, body: str, undo: str) -> str:
    """A script with a script that compensates it."""
    handler = script(f"{key}_undo", undo).replace(f'id="{key}_undo"', f'id="{key}_undo" isForCompensation="true"')
    return script(key, body) + handler + undone_by(key, f"{key}_undo")


def throw(key: str, of: str = "") -> str:
    """An intermediate compensation event, for one activity or all of its scope."""
    return node("intermediateThrowEvent", key, COMPENSATE.format(of=f' activityRef="{of}"' if of else ""))


def end(key: str, of: str = "") -> str:
    """A compensation end event."""
    return node("endEvent", key, COMPENSATE.format(of=f' activityRef="{of}"' if of else ""))


def undoing(key: str, inner: str) -> str:
    """A compensation event sub-process; its start event is named after it."""
    start = node("startEvent", f"{key}_start", COMPENSATE.format(of=""))
    return node("subProcess", key, start + inner, triggeredByEvent="true")


def cancel_end(key: str) -> str:
    """A cancel end event."""
    return node("endEvent", key, "<bpmn:cancelEventDefinition/>")


def cancelled(key: str, transaction: str) -> str:
    """A cancel boundary event."""
    return node("boundaryEvent", key, "<bpmn:cancelEventDefinition/>", attachedToRef=transaction)
