"""Link events: a way from a throw event to the catch event of the same name in the same level. BPMN 2.0.2 §10.5.5."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.flow.node import FlowNode
from engine.flow.token import Token


class LinkThrow(FlowNode):
    """Its token goes on at the catch event."""

    target: str | None = None

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        if self.target is not None:
            token.workflow.add(self.target, token.scope, TaskState.READY)


class LinkCatch(FlowNode):
    """Goes on at once; `linked` are the throw events that lead here."""
