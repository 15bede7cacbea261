"""What events throw: a message goes out, a signal reaches all who wait, an error or escalation goes up."""

from __future__ import annotations

from engine.errors import Text
from engine.flow import catching
from engine.flow.elements import Trigger
from engine.flow.host import ExpressionFailed
from engine.flow.token import Token
from engine.value import Context


def throw(token: Token) -> None:
    """Throw what the element says; the token itself may be cancelled by that. Raises ExpressionFailed."""
    match token.element.trigger:
        case Trigger.MESSAGE:
            token.workflow.host.throw(token.activity, token.element, token.scope)
        case Trigger.SIGNAL:
            _signal(token)
        case Trigger.ERROR:
            _error(token)
        case Trigger.ESCALATION:
            _escalation(token)
        case _:
            pass


def _signal(token: Token) -> None:
    """Whoever waits for it at this moment has it at once, oldest first."""
    tokens, payload = token.workflow, _payload(token)
    tokens.host.throw_signal(token.activity, token.element, payload)
    token.internal_data["thrown"] = True
    for listener in tokens.listeners(Trigger.SIGNAL, token.element.code or ""):
        if not tokens.gone(listener):
            tokens.host.receive_signal(listener.activity)
            listener.node.receive(listener, payload)


def _error(token: Token) -> None:
    """An error that nothing catches is an incident at the event that throws it."""
    code, payload = token.element.code, _payload(token)
    catcher = catching.catcher(token, Trigger.ERROR, code)
    if catcher is None:
        key = token.element.id
        raise ExpressionFailed(
            Text(
                f"{key} 抛出错误 {code},但没有边界事件或事件子流程捕获它",
                f"expected a boundary event or event sub-process that catches error {code} of {key}, but there is none",
            )
        )
    token.workflow.host.throw_error(token.activity, code)
    token.internal_data["thrown"] = True
    catcher.take(Context({**payload, "code": code}))


def _escalation(token: Token) -> None:
    """An escalation that nothing catches is recorded, and the token goes on."""
    code, payload = token.element.code, _payload(token)
    catcher = catching.catcher(token, Trigger.ESCALATION, code)
    token.workflow.host.escalate(token.activity, code, caught=catcher is not None)
    token.internal_data["thrown"] = True
    if catcher is not None:
        catcher.take(Context({**payload, "code": code}))


def _payload(token: Token) -> Context:
    evaluate = token.workflow.host.evaluate
    return Context({name: evaluate(source, token.scope) for name, source in token.element.inputs.items()})
