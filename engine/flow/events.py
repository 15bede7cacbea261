"""Start and end events; those in between are beside their own word."""

from __future__ import annotations

from collections.abc import Sequence

from engine.flow.elements import Flow, Kind, Trigger
from engine.flow.node import FlowNode
from engine.flow.throwing import throw
from engine.flow.token import Token, Tokens


class Start(FlowNode):
    """The start event of a process or sub-process: what triggered it has come."""


class End(FlowNode):
    """End events: none, terminate, and those that throw."""

    def work(self, token: Token) -> bool:
        """Throw what it says, or end everything else in this scope."""
        tokens = token.workflow
        if self.element.trigger is Trigger.TERMINATE:
            tokens.cancel_all(other for other in tokens.within(token.scope) if other is not token)
        else:
            throw(token)
        return True

    def choose(self, token: Token) -> Sequence[Flow]:
        """Nothing follows."""
        return ()

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        if _outermost(token.workflow, token.scope):
            token.workflow.host.ended(self.element)


def _outermost(tokens: Tokens, scope: str) -> bool:
    """The scope of the process, or of an event sub-process of it."""
    owner = tokens.owner(scope)
    while owner is not None and owner.element.kind is Kind.SUB_PROCESS and owner.element.by_event:
        owner = tokens.owner(owner.scope)
    return owner is None
