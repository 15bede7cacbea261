"""Gateways: exclusive, parallel, inclusive. Joins count the tokens that have come by each flow, as BPMN says."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from SpiffWorkflow.util.task import TaskState

from engine.errors import Text
from engine.flow.elements import AWAITED, Flow
from engine.flow.node import FlowNode, holds, nothing_holds
from engine.flow.token import Token, Tokens
from engine.words import Outcome


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


class Gathering(FlowNode):
    """A gateway at which tokens wait for others; the wait may come to nothing, and then be told as an incident."""

    def lost(self, came: Collection[str], places: Collection[str]) -> list[Flow]:
        """The flows it waits for though none of the tokens at these places can come by them; came by is what waits here."""
        raise NotImplementedError

    def needs(self, came: Collection[str]) -> list[frozenset[str]]:
        """For it to go on, a token has to move at one node of each of these sets; came by is what waits here."""
        known = [nodes for nodes in self.sources.values() if nodes is not None]
        return [frozenset().union(*known)] if len(known) == len(self.incoming) else []

    def fail_at(self, token: Token, text: Text) -> None:
        """A waiting token is where the incident stands; it goes on waiting."""
        if token.activity is None:
            tokens = token.workflow
            tokens.enter(token, tokens.host.enter(self.element, token.scope, token.internal_data["flow"]))
        self.fail(token, text)

    def consume(self, waiting: Sequence[Token]) -> Token:
        """One token goes on for all of these; one at which an incident stood has been entered already, and is that one."""
        ordered = sorted(waiting, key=lambda token: token.activity is None)
        for other in ordered[1:]:
            if other.activity is not None:
                other.workflow.host.leave(other.activity, Outcome.CANCELLED)
        ordered[0].workflow.fire(ordered)
        return ordered[0]

    @property
    def sources(self) -> dict[str, frozenset[str] | None]:
        """For each incoming flow, every node from which a token might ever come by it without passing this gateway.

        None where a handler of compensation is among them: it may be called from anywhere.
        """
        if not hasattr(self, "_sources"):
            self._sources = {flow.id: self._from(flow) for flow in self.incoming}
        return self._sources

    def _from(self, flow: Flow) -> frozenset[str] | None:
        specs = self._wf_spec.task_specs
        seen: set[str] = set()
        todo = [f"{self.element.process}:{flow.source}"]
        while todo:
            name = todo.pop()
            if name in seen or name == self.name:
                continue
            seen.add(name)
            node = specs[name]
            if node.element.for_compensation:
                return None
            if node.element.attached_to is not None:
                todo.append(f"{self.element.process}:{node.element.attached_to}")
            todo += [f"{self.element.process}:{back.source}" for back in node.incoming]
            todo += node.linked
        return frozenset(seen)

    def _out_of_reach(self, flow: Flow, places: Collection[str]) -> bool:
        sources = self.sources[flow.id]
        return sources is not None and sources.isdisjoint(places)


class Parallel(Gathering):
    """One token from each incoming flow, one to each outgoing flow. BPMN 2.0.2 §13.4.1."""

    def arrive(self, tokens: Tokens, flow: Flow, scope: str) -> None:
        """Wait for a token on every incoming flow; tokens in excess wait for the next round."""
        if len(self.incoming) == 1:
            super().arrive(tokens, flow, scope)
            return
        tokens.add(self.name, scope, TaskState.WAITING, flow=flow.id)
        came = tokens.arrivals(self.name, scope)
        if len(came) == len(self.incoming):
            self.consume([waiting[0] for waiting in came.values()])

    def choose(self, token: Token) -> Sequence[Flow]:
        """Every flow."""
        return self.outgoing

    def lost(self, came: Collection[str], places: Collection[str]) -> list[Flow]:
        """It needs a token by every flow."""
        return [flow for flow in self.incoming if flow.id not in came and self._out_of_reach(flow, places)]

    def needs(self, came: Collection[str]) -> list[frozenset[str]]:
        """One node for each flow that none has come by."""
        missing = [self.sources[flow.id] for flow in self.incoming if flow.id not in came]
        return [nodes for nodes in missing if nodes is not None]

    def retry(self, token: Token) -> None:
        """Wait again; whether anything can still come is asked when all else has come to rest."""
        if "flow" in token.internal_data:
            token.internal_data.pop("failed", None)
        else:
            super().retry(token)

    def decide(self, token: Token) -> None:
        """Go on without what does not come."""
        if "flow" in token.internal_data:
            self.consume([waiting[0] for waiting in token.workflow.arrivals(self.name, token.scope).values()])
        else:
            super().decide(token)


class Joining(Gathering):
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

    def lost(self, came: Collection[str], places: Collection[str]) -> list[Flow]:
        """It waits for nothing that cannot come."""
        return []

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
