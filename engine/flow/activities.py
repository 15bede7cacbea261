"""Activities: tasks for people and workers, scripts, decisions, messages, sub-processes and called processes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Text
from engine.feel import called
from engine.flow.condition import became_true
from engine.flow.elements import Trigger
from engine.flow.host import ExpressionFailed, wanted
from engine.flow.node import FlowNode
from engine.flow.throwing import throw
from engine.flow.token import Token
from engine.value import Context, Value
from engine.words import ScopeKind


class Waiting(FlowNode):
    """User, manual, service and receive tasks, and intermediate catch events: under way until told to go on."""

    def work(self, token: Token) -> bool:
        """Wait for a person, the worker, a moment or a message."""
        tokens, trigger = token.workflow, self.element.trigger
        tokens.host.wait(token.activity, self.element, token.scope)
        if trigger in (Trigger.SIGNAL, Trigger.CONDITIONAL):
            tokens.listen(token)
        if trigger is not Trigger.CONDITIONAL or not became_true(token):
            return False
        tokens.unlisten(token)
        tokens.win(token)
        return True

    def resume(self, token: Token) -> None:
        """It came; behind an event-based gateway the other events are no longer waited for."""
        token.workflow.win(token)
        super().resume(token)


class Throwing(FlowNode):
    """Send tasks and intermediate throw events."""

    def work(self, token: Token) -> bool:
        """Throw the message, signal or escalation."""
        throw(token)
        return True


class Script(FlowNode):
    """Script tasks: a FEEL context whose entries become variables."""

    def work(self, token: Token) -> bool:
        """Evaluate the context and set its entries."""
        host = token.workflow.host
        found = host.evaluate(self.element.script or "{}", token.scope)
        if not isinstance(found, Context):
            kind = called(found)
            raise ExpressionFailed(
                wanted(
                    f"脚本 {self.element.id} 应得到上下文(如 {{a: 1}}),但得到{kind.zh}",
                    f"expected a context such as {{a: 1}} from script {self.element.id}, but found {kind.en}",
                    found,
                )
            )
        for name, value in found.items():
            host.assign(token.scope, name, value)
        return True


class BusinessRule(FlowNode):
    """Business rule tasks: a decision of the procedure, whose value becomes the result."""

    def work(self, token: Token) -> bool:
        """Make the decision and set its value."""
        host = token.workflow.host
        host.assign(token.scope, self.element.result, host.decide(token.activity, self.element, token.scope))
        return True


class SubProcess(FlowNode):
    """Embedded sub-processes: a scope of their own; done when no token is left in it."""

    kind = ScopeKind.SUB_PROCESS

    def __init__(self, spec: object, name: str, element: object) -> None:
        super().__init__(spec, name, element)  # type: ignore[arg-type]  # an Element; mypy loses it through SpiffWorkflow
        self.starts: list[str] = []
        self.guards: list[str] = []

    def work(self, token: Token) -> bool:
        """Open the scope and put a token at each start."""
        self.open(token, {})
        return False

    def open(self, token: Token, values: Mapping[str, Value]) -> None:
        """Open the scope with these variables; its event sub-processes wait, then it begins at each start."""
        tokens = token.workflow
        if not self.starts:
            key = self.element.id
            raise ExpressionFailed(Text(f"{key} 之内没有开始的地方", f"expected a start within {key}, but it has none"))
        scope = tokens.open_scope(token, self.kind)
        for name, value in values.items():
            tokens.host.create(scope, name, value)
        tokens.begin(self.starts, self.guards, scope)

    def within_done(self, token: Token, scope: str) -> None:
        """No token is left inside."""
        self.leave_scope(token, scope)
        self.resume(token)

    def leave_scope(self, token: Token, scope: str) -> None:
        """Close the scope, or keep it for what can still be compensated in it."""
        tokens, element = token.workflow, self.element
        holds = self.undo_within is not None or tokens.compensable.holds(scope)
        if holds and self.undo is None and not element.for_compensation and not element.by_event:
            tokens.keep_scope(token, scope)
        else:
            tokens.close_scope(token, scope)


class CallActivity(SubProcess):
    """Called processes: they see only the inputs and give back only the outputs."""

    kind = ScopeKind.CALL

    def work(self, token: Token) -> bool:
        """Evaluate the inputs outside and set them inside; after a failure at the end, the outputs once more."""
        for scope in token.internal_data.get("scopes", {}):
            self._give_back(token, scope)
            return True
        host = token.workflow.host
        self.open(token, {name: host.evaluate(source, token.scope) for name, source in self.element.inputs.items()})
        return False

    def within_done(self, token: Token, scope: str) -> None:
        """Evaluate the outputs inside and set them outside."""
        try:
            self._give_back(token, scope)
        except ExpressionFailed as error:
            self.fail(token, error.text)
            return
        self.resume(token)

    def _give_back(self, token: Token, scope: str) -> None:
        host = token.workflow.host
        outputs = {name: host.evaluate(source, scope) for name, source in self.element.outputs.items()}
        token.workflow.close_scope(token, scope)
        for name, value in outputs.items():
            host.assign(token.scope, name, value)
