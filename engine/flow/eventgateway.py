"""The event-based gateway: the first of the events behind it decides the way. BPMN 2.0.2 §13.4.4."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.flow.node import FlowNode
from engine.flow.token import Token
from engine.words import Outcome


class EventBased(FlowNode):
    """Every event behind it is waited for; the first that comes cancels the others."""

    def _on_complete_hook(self, token: Token) -> None:
        """Put a token at each event; when one of them began the process, at that one alone, as come already."""
        tokens, begun = token.workflow, token.internal_data.get("begun")
        tokens.host.leave(token.activity, Outcome.COMPLETED)
        for flow in self.outgoing:
            name = f"{self.element.process}:{flow.target}"
            if begun is None:
                tokens.add(name, token.scope, TaskState.READY, flow=flow.id, race=token.activity)
            elif flow.target == begun:
                tokens.add(name, token.scope, TaskState.READY, flow=flow.id, phase="leaving")
