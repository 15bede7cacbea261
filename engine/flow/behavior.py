"""The behaviour of a multi-instance: events that it throws as its instances complete. BPMN 2.0.2 §10.3.8."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.errors import Text
from engine.flow.elements import Implied, MultiInstance
from engine.flow.host import ExpressionFailed
from engine.flow.throwing import throw
from engine.flow.token import Token
from engine.value import Value


def due(token: Token, scope: str, completed: int, names: Mapping[str, Value]) -> list[Implied]:
    """What is to be thrown as an instance completes; conditions see the scope of the instance. Raises ExpressionFailed."""
    loop = token.element.loop
    assert isinstance(loop, MultiInstance)
    return list(_due(token, loop, scope, completed, names))


def throw_implied(token: Token, implied: Implied) -> None:
    """Throw it from the activity itself, whose boundary events may catch it. Raises ExpressionFailed."""
    thrower = replace(token.element, trigger=implied.trigger, code=implied.code, inputs={})
    throw(token, thrower, attached=True)


def _due(
    token: Token, loop: MultiInstance, scope: str, completed: int, names: Mapping[str, Value]
) -> Iterator[Implied]:
    for implied in loop.throws:
        if implied.first and completed > 1:
            continue
        if implied.condition is None or _holds(token, implied.condition, scope, names):
            yield implied


def _holds(token: Token, condition: str, scope: str, names: Mapping[str, Value]) -> bool:
    found = token.workflow.host.evaluate(condition, scope, names)
    if found is None or isinstance(found, bool):
        return found is True
    kind, key = type(found).__name__, token.element.id
    raise ExpressionFailed(
        Text(
            f"{key} 的 complexBehaviorDefinition 条件应得到 true 或 false,但得到 {kind}",
            f"expected true or false from a complexBehaviorDefinition of {key}, but found {kind}",
        )
    )
