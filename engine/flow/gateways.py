"""Gateways: exclusive, parallel, inclusive. Joins count the tokens that have come by each flow, as BPMN says."""

from __future__ import annotations

from collections.abc import Sequence

from SpiffWorkflow.util.task import TaskState

from engine.flow.elements import AWAITED, Flow
from engine.flow.node import FlowNode, holds, nothing_holds
from engine.flow.token import Token, Tokens


class Exclusive(FlowNode):
    """The first flow whose condition holds, else the default. BPMN 2.0.2 §13.4.2."""

    def choose(self, token: Token) -> Sequence[Flow]:
        """Exactly one flow. Raises ExpressionFailed when none may be taken."""
        default = self.element.default_flow
        for flow in self.outgoing:
            if flow.condition is not None and flow.id != default and holds(token, flow):
                return (flow,)
        rest = [f for f in self.outgoing if f.id == default] or [f for f in self.outgoing if f.condition is None]
        if not rest:
            raise nothing_holds(self.element)
        return rest[:1]


class Parallel(FlowNode):
    """One token from each incoming flow, one to each outgoing flow. BPMN 2.0.2 §13.4.1."""

    def arrive(self, tokens: Tokens, flow: Flow, scope: str) -> None:
        """Wait for a token on every incoming flow; tokens in excess wait for the next round."""
        if len(self.incoming) == 1:
            super().arrive(tokens, flow, scope)
            return
        tokens.add(self.name, scope, TaskState.WAITING, flow=flow.id)
        came = tokens.arrivals(self.name, scope)
        if len(came) == len(self.incoming):
            tokens.fire([waiting[0] for waiting in came.values()])

    def choose(self, token: Token) -> Sequence[Flow]:
        """Every flow."""
        return self.outgoing


class Joining(FlowNode):
    """A gateway that asks whether a token can still come by some of its flows."""

    def join(self, tokens: Tokens, scope: str) -> bool:
        """All else has come to rest: fire if nothing more can come; whether it did."""
        raise NotImplementedError

    def expects(self, tokens: Tokens, scope: str, empty: Sequence[Flow], full: Sequence[Flow]) -> bool:
        """Another token of the scope can reach an empty flow, and no full one. BPMN 2.0.2 §13.4.3."""
        for other in tokens.within(scope):
            name = other.stands_for
            if other.task_spec is self or "consumed" in other.internal_data:
                continue
            if self._reaches(name, empty) and not self._reaches(name, full):
                return True
        return False

    def _reaches(self, name: str, flows: Sequence[Flow]) -> bool:
        return any(name in self.before[flow.id] for flow in flows)

    @property
    def before(self) -> dict[str, frozenset[str]]:
        """For each incoming flow, the nodes from which a token can come by it without passing this gateway."""
        if not hasattr(self, "_before"):
            self._before = {flow.id: frozenset(self._upstream(flow)) for flow in self.incoming}
        return self._before

    def _upstream(self, flow: Flow) -> set[str]:
        """Where a token can come from, also by a boundary event of an activity that it has not entered yet.

        Of an activity already entered the boundary events that still wait are tokens of their own.
        """
        specs = self._wf_spec.task_specs
        seen: set[str] = set()
        todo = [f"{self.element.process}:{flow.source}"]
        while todo:
            name = todo.pop()
            if name in seen or name == self.name:
                continue
            seen.add(name)
            node = specs[name]
            if node.element.attached_to is not None:
                host = f"{self.element.process}:{node.element.attached_to}"
                todo += [] if node.element.trigger in AWAITED else [host]  # it need not wait to catch what comes
                node = specs[host]
            todo += [f"{self.element.process}:{back.source}" for back in node.incoming]
            todo += node.linked
        return seen


class Inclusive(Joining):
    """Every flow whose condition holds, else the default; joins what may still come. BPMN 2.0.2 §13.4.3."""

    def arrive(self, tokens: Tokens, flow: Flow, scope: str) -> None:
        """Wait until nothing more can come; whether that is so is asked when all else has come to rest."""
        if len(self.incoming) == 1:
            super().arrive(tokens, flow, scope)
            return
        tokens.add(self.name, scope, TaskState.WAITING, flow=flow.id)

    def choose(self, token: Token) -> Sequence[Flow]:
        """At least one flow. Raises ExpressionFailed when none may be taken."""
        default = self.element.default_flow
        held = [f for f in self.outgoing if f.id != default and holds(token, f)]
        rest = held or [f for f in self.outgoing if f.id == default]
        if not rest:
            raise nothing_holds(self.element)
        return rest

    def join(self, tokens: Tokens, scope: str) -> bool:
        """Fire if no other token of the scope can still reach an incoming flow that is empty."""
        came = tokens.arrivals(self.name, scope)
        empty = [flow for flow in self.incoming if flow.id not in came]
        full = [flow for flow in self.incoming if flow.id in came]
        if self.expects(tokens, scope, empty, full):
            return False
        tokens.fire([waiting[0] for waiting in came.values()])
        return True
