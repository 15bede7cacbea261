"""Events: start, end, and those attached to the boundary of an activity."""

from __future__ import annotations

from collections.abc import Sequence

from SpiffWorkflow.util.task import TaskState

from engine.flow.elements import Flow, Trigger
from engine.flow.host import ExpressionFailed
from engine.flow.node import FlowNode
from engine.flow.token import Token, Tokens


class Start(FlowNode):
    """The none start event."""


class End(FlowNode):
    """End events: none, message, terminate."""

    def work(self, token: Token) -> bool:
        """Throw the message, or end everything else in this scope."""
        tokens = token.workflow
        if self.element.trigger is Trigger.MESSAGE:
            tokens.host.throw(token.activity, self.element, token.scope)
        if self.element.trigger is Trigger.TERMINATE:
            tokens.cancel_all(other for other in tokens.within(token.scope) if other is not token)
        return True

    def choose(self, token: Token) -> Sequence[Flow]:
        """Nothing follows."""
        return ()

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        if token.workflow.owner(token.scope) is None:
            token.workflow.host.ended(self.element)


class Boundary(FlowNode):
    """Boundary events: they wait while their activity is under way, and may end it."""

    def arm(self, tokens: Tokens, scope: str, activity: str) -> None:
        """Begin to wait beside the activity."""
        token = tokens.add(self.name, scope, TaskState.WAITING, attached=activity)
        tokens.enter(token, tokens.host.enter(self.element, scope, None))
        self._wait(token)

    def retry(self, token: Token) -> None:
        """Try to wait again."""
        token.internal_data.pop("failed", None)
        self._wait(token)

    def resume(self, token: Token) -> None:
        """The moment or message came: end the activity, or go on beside it.

        Beside it a cycle or message waits again, as often as it comes while the activity lasts.
        """
        tokens = token.workflow
        activity = tokens.detach(token)
        super().resume(token)
        if self.element.interrupting:
            tokens.of(activity).cancel()
        elif self.element.trigger in (Trigger.TIMER_CYCLE, Trigger.MESSAGE):
            self.arm(tokens, token.scope, activity)

    def _wait(self, token: Token) -> None:
        try:
            token.workflow.host.wait(token.activity, self.element, token.scope)
        except ExpressionFailed as error:
            self.fail(token, error.text)
