"""Who catches an error or escalation: the nearest thing around that names its code, else the nearest that catches all.

On the way up come, level by level: the event sub-processes of the level, then the boundary events of the activity that
holds it. A level that an event sub-process has interrupted catches nothing more, and an event sub-process never what is
thrown inside it. BPMN 2.0.2 §10.5.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.flow.elements import Trigger
from engine.flow.node import FlowNode
from engine.flow.token import Token, Tokens
from engine.value import Value


@dataclass(frozen=True)
class Catcher:
    """A boundary event of `activity`, or the start event of an event sub-process (then `activity` is None)."""

    node: FlowNode
    tokens: Tokens
    scope: str
    activity: Token | None

    def take(self, payload: Value) -> None:
        """Catch it: end what it interrupts, and go on."""
        self.node.catch(self.tokens, self.scope, self.activity, payload)


def catcher(token: Token, trigger: Trigger, code: str | None, *, attached: bool = False) -> Catcher | None:
    """The nearest that catches what a token throws; `attached` when boundary events of its own element may."""
    tokens: Tokens = token.workflow
    current: Token | None = token
    while current is not None:
        names = current.node.catching if attached else []
        if (found := _match(tokens, names, trigger, code)) is not None:
            return Catcher(found, tokens, current.scope, current)
        attached = True
        body = current.internal_data.get("body")
        if body is not None:  # an item or turn: next is the activity it belongs to
            current = tokens.of(body)
            continue
        if (found := _match(tokens, _level(tokens, current), trigger, code)) is not None:
            return Catcher(found, tokens, current.scope, None)
        current = tokens.owner(current.scope)
    return None


def _level(tokens: Tokens, current: Token) -> list[str]:
    """The start events of the event sub-processes that may catch what comes from a token's level."""
    if tokens.interrupted(current.scope):
        return []
    element = current.element
    catching: list[str] = tokens.spec.levels[element.process, element.parent].catching
    return [name for name in catching if tokens.spec.task_specs[name].element.parent != element.id]


def _match(tokens: Tokens, names: Iterable[str], trigger: Trigger, code: str | None) -> FlowNode | None:
    nodes: list[FlowNode] = [tokens.spec.task_specs[name] for name in names]
    fitting = [node for node in nodes if node.element.trigger is trigger]
    exact = (node for node in fitting if node.element.code is not None and node.element.code == code)
    return next(exact, next((node for node in fitting if node.element.code is None), None))
