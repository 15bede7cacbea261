"""Event sub-processes: their start event waits as long as the scope around them is open. BPMN 2.0.2 §13.5.4."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.flow.activities import SubProcess
from engine.flow.armed import Armed
from engine.flow.elements import Trigger
from engine.flow.token import Token, Tokens
from engine.value import Value
from engine.words import Outcome, ScopeKind


class EventSubProcess(SubProcess):
    """Entered when its start event is triggered; a scope of its own within the one it may have interrupted."""


class EventStart(Armed):
    """The start event of an event sub-process: it waits in the scope around it, and keeps that open for nobody."""

    def arm(self, tokens: Tokens, scope: str, *, held: bool = False) -> None:
        """Begin to wait; `held` when the condition is true already and must become false first."""
        token = tokens.add(self.name, scope, TaskState.WAITING, armed=True)
        if held:
            token.internal_data["held"] = True
        tokens.enter(token, tokens.host.enter(self.element, scope, None))
        self.wait(token)

    def receive(self, token: Token, payload: Value) -> None:
        """The awaited message or signal is there; what it carries is a variable of the event sub-process."""
        self._begin(token, {self.element.result: payload})

    def resume(self, token: Token) -> None:
        """The moment has come or the condition holds; or the start event, once within, goes on."""
        if "armed" in token.internal_data:
            self._begin(token, {})
        else:
            super().resume(token)

    def catch(self, tokens: Tokens, scope: str, _activity: Token | None, payload: Value) -> None:
        """An error or escalation from within the scope."""
        inner = self._open(tokens, scope, {self.element.result: payload})
        tokens.add(self.name, inner, TaskState.READY)

    def _begin(self, token: Token, values: dict[str, Value]) -> None:
        tokens, scope = token.workflow, token.scope
        tokens.disarm(token)
        inner = self._open(tokens, scope, values)
        tokens.host.leave(token.activity, Outcome.COMPLETED)
        tokens.remove(token)
        for flow in self.outgoing:
            tokens.spec.task_specs[f"{self.element.process}:{flow.target}"].arrive(tokens, flow, inner)
        if self.comes_again:
            self.arm(tokens, scope, held=self.element.trigger is Trigger.CONDITIONAL)

    def _open(self, tokens: Tokens, scope: str, values: dict[str, Value]) -> str:
        """Enter the event sub-process, after everything else in the scope was cancelled if it interrupts."""
        if self.element.interrupting:
            tokens.clear(scope)
        handler = tokens.add(f"{self.element.process}:{self.element.parent}", scope, TaskState.STARTED)
        tokens.enter(handler, tokens.host.enter(handler.element, scope, None))
        inner = tokens.open_scope(handler, ScopeKind.SUB_PROCESS)
        for name, value in values.items():
            tokens.host.create(inner, name, value)
        tokens.arm(handler.node.guards, inner)
        return inner
