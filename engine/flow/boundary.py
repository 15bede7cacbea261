"""Boundary events: attached to an activity, which they may end."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.flow.armed import Armed
from engine.flow.elements import Trigger
from engine.flow.token import Token, Tokens
from engine.value import Value


class Boundary(Armed):
    """They wait while their activity is under way; those for errors and escalations come into being when they catch one."""

    def arm(self, tokens: Tokens, scope: str, activity: str, *, held: bool = False) -> None:
        """Begin to wait beside the activity; `held` when the condition is true already and must become false first."""
        token = tokens.add(self.name, scope, TaskState.WAITING, attached=activity)
        if held:
            token.internal_data["held"] = True
        tokens.enter(token, tokens.host.enter(self.element, scope, None))
        self.wait(token)

    def resume(self, token: Token) -> None:
        """What it waited for came: end the activity, or go on beside it.

        Beside it a cycle, message, signal or condition is waited for again, as often as it comes while the activity lasts.
        """
        tokens = token.workflow
        activity = tokens.detach(token)
        super().resume(token)
        if self.element.interrupting:
            tokens.of(activity).cancel()
        elif self.comes_again:
            self.arm(tokens, token.scope, activity, held=self.element.trigger is Trigger.CONDITIONAL)

    def catch(self, tokens: Tokens, scope: str, activity: Token, payload: Value) -> None:
        """An error or escalation from within the activity: end it, or go on beside it."""
        token = tokens.add(self.name, scope, TaskState.WAITING)
        tokens.enter(token, tokens.host.enter(self.element, scope, None))
        tokens.host.assign(scope, self.element.result, payload)
        super().resume(token)
        if self.element.interrupting:
            activity.cancel()
