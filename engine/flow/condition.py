"""Conditional events: their condition is asked when they begin to wait, and after each token that changed a variable.

It triggers when it becomes true; one that stays true does not trigger again. BPMN 2.0.2 §10.5.5.
"""

from __future__ import annotations

from engine.errors import Text
from engine.feel import called
from engine.flow.elements import Trigger
from engine.flow.host import ExpressionFailed
from engine.flow.token import Token, Tokens


def ask_all(tokens: Tokens) -> None:
    """Ask every condition that is waited for, oldest first, if a variable has changed since they were asked."""
    if tokens.asked == tokens.host.changes:
        return
    tokens.asked = tokens.host.changes
    for token in tokens.listeners(Trigger.CONDITIONAL):
        if not tokens.gone(token):
            ask(token)


def ask(token: Token) -> None:
    """Trigger the event if its condition has become true; an incident if it cannot be evaluated."""
    try:
        if became_true(token):
            token.node.resume(token)
    except ExpressionFailed as error:
        token.node.fail(token, error.text)


def became_true(token: Token) -> bool:
    """The condition is true and was not when it was last asked. Raises ExpressionFailed."""
    tokens, notes = token.workflow, token.internal_data
    tokens.host.spend()
    found = tokens.host.evaluate(token.element.expression or "null", token.scope)
    if found is not None and not isinstance(found, bool):
        key, kind = token.element.id, called(found)
        raise ExpressionFailed(
            Text(
                f"{key} 的条件应得到 true 或 false,但得到{kind.zh}",
                f"expected true or false from the condition of {key}, but found {kind.en}",
            )
        )
    held = notes.pop("held", False)
    if found is True and not held:
        tokens.host.meet(token.activity)
        return True
    if found is True:
        notes["held"] = True
    return False
