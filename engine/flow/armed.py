"""Events that wait beside other work: how they begin to wait, and which of them wait again."""

from __future__ import annotations

from engine.flow import condition
from engine.flow.elements import Trigger
from engine.flow.host import ExpressionFailed
from engine.flow.node import FlowNode
from engine.flow.token import Token

AGAIN = frozenset({Trigger.TIMER_CYCLE, Trigger.MESSAGE, Trigger.SIGNAL, Trigger.CONDITIONAL})
"""What may come more than once; a date or duration comes once."""


class Armed(FlowNode):
    """A boundary event, or the start event of an event sub-process."""

    @property
    def comes_again(self) -> bool:
        """It does not interrupt, and its trigger may come again."""
        return not self.element.interrupting and self.element.trigger in AGAIN

    def retry(self, token: Token) -> None:
        """Try to wait again."""
        token.internal_data.pop("failed", None)
        self.wait(token)

    def wait(self, token: Token) -> None:
        """Begin to wait; a condition that holds already triggers at once."""
        try:
            token.workflow.host.wait(token.activity, self.element, token.scope)
        except ExpressionFailed as error:
            self.fail(token, error.text)
            return
        if self.element.trigger in (Trigger.SIGNAL, Trigger.CONDITIONAL):
            token.workflow.listen(token)
        if self.element.trigger is Trigger.CONDITIONAL:
            condition.ask(token)
