"""What events throw: a message goes out, a signal reaches all who wait, an error or escalation goes up."""

from __future__ import annotations

from engine.errors import Text
from engine.flow import catching
from engine.flow.elements import Element, Trigger
from engine.flow.host import ExpressionFailed
from engine.flow.token import Token
from engine.value import Context


def throw(token: Token, element: Element | None = None, *, attached: bool = False) -> None:
    """Throw what the element says; the token itself may be cancelled by that. Raises ExpressionFailed.

    `attached`: boundary events of the token's own activity may catch it.
    """
    thrown = element or token.element
    match thrown.trigger:
        case Trigger.MESSAGE:
            token.workflow.host.throw(token.activity, thrown, token.scope)
        case Trigger.SIGNAL:
            _signal(token, thrown)
        case Trigger.ERROR:
            _error(token, thrown, attached)
        case Trigger.ESCALATION:
            _escalation(token, thrown, attached)
        case _:
            pass


def _signal(token: Token, element: Element) -> None:
    """Whoever waits for it at this moment has it at once, oldest first."""
    tokens, payload = token.workflow, _payload(token, element)
    tokens.host.throw_signal(token.activity, element, payload)
    _has_thrown(token, element)
    for listener in tokens.listeners(Trigger.SIGNAL, element.code or ""):
        if not tokens.gone(listener):
            tokens.host.receive_signal(listener.activity)
            listener.node.receive(listener, payload)


def _error(token: Token, element: Element, attached: bool) -> None:
    """An error that nothing catches is an incident at the event that throws it."""
    code, payload = element.code, _payload(token, element)
    catcher = catching.catcher(token, Trigger.ERROR, code, attached=attached)
    if catcher is None:
        key = element.id
        raise ExpressionFailed(
            Text(
                f"{key} 抛出错误 {code},但没有边界事件或事件子流程捕获它",
                f"expected a boundary event or event sub-process that catches error {code} of {key}, but there is none",
            )
        )
    token.workflow.host.throw_error(token.activity, code)
    _has_thrown(token, element)
    catcher.take(Context({**payload, "code": code}))


def _escalation(token: Token, element: Element, attached: bool) -> None:
    """An escalation that nothing catches is recorded, and the token goes on."""
    code, payload = element.code, _payload(token, element)
    catcher = catching.catcher(token, Trigger.ESCALATION, code, attached=attached)
    token.workflow.host.escalate(token.activity, code, caught=catcher is not None)
    _has_thrown(token, element)
    if catcher is not None:
        catcher.take(Context({**payload, "code": code}))


def _has_thrown(token: Token, element: Element) -> None:
    """An event that throws has done its work, even if what it throws ends it; an activity that throws goes on working."""
    if element is token.element:
        token.internal_data["thrown"] = True


def _payload(token: Token, element: Element) -> Context:
    evaluate = token.workflow.host.evaluate
    return Context({name: evaluate(source, token.scope) for name, source in element.inputs.items()})
