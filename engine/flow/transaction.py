"""The transaction: a sub-process that can be cancelled from inside; what was done in it is then undone."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.flow.activities import SubProcess
from engine.flow.token import Token


class Transaction(SubProcess):
    """Cancelled, it is left by its cancel boundary event; an error leaves it without undoing anything. BPMN 2.0.2 §13.3.6."""

    def __init__(self, spec: object, name: str, element: object) -> None:
        super().__init__(spec, name, element)
        self.cancelled_by: str | None = None

    def within_done(self, token: Token, scope: str) -> None:
        """Nothing goes on inside: all is done, or all is undone."""
        if "cancelled" not in token.internal_data or self.cancelled_by is None:
            super().within_done(token, scope)
            return
        tokens, around = token.workflow, token.scope
        token.cancel()
        tokens.add(self.cancelled_by, around, TaskState.READY, phase="leaving")
