"""The complex gateway: activated by a condition on the tokens that have come, reset when no more can come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from SpiffWorkflow.util.task import TaskState

from engine.errors import Text
from engine.feel import called
from engine.flow.elements import Flow
from engine.flow.gateways import Joining
from engine.flow.host import ExpressionFailed
from engine.flow.node import holds, nothing_holds
from engine.flow.token import Token, Tokens
from engine.value import Context, Value, number

Came = Mapping[str, list[Token]]


class Complex(Joining):
    """Joins by its activation condition, splits by the conditions of its flows. BPMN 2.0.2 §13.4.5.

    While it waits for its reset a token of its own notes the flows it has consumed; tokens that come by the others are
    consumed at the reset, tokens that come by the same ones wait for the next round.
    """

    def arrive(self, tokens: Tokens, flow: Flow, scope: str) -> None:
        """A token comes: the condition is asked, unless the gateway waits for its reset."""
        if len(self.incoming) == 1:
            super().arrive(tokens, flow, scope)
            return
        token = tokens.add(self.name, scope, TaskState.WAITING, flow=flow.id)
        self._ask(token)

    def choose(self, token: Token) -> Sequence[Flow]:
        """Every flow whose condition holds; at the start the default if none does, at a reset perhaps none.

        Raises ExpressionFailed when none may be taken at the start.
        """
        default, reset = self.element.default_flow, "reset" in token.internal_data
        names: dict[str, Value] = {"waitingForStart": not reset}
        held = [f for f in self.outgoing if f.condition is not None and f.id != default and holds(token, f, names)]
        if reset or held:
            return held
        rest = [f for f in self.outgoing if f.id == default or f.condition is None]
        if self.outgoing and not rest:
            raise nothing_holds(self.element)
        return rest

    def join(self, tokens: Tokens, scope: str) -> bool:
        """Reset, if no other token of the scope can still come by a flow that is awaited."""
        mark = tokens.resetting(self.name, scope)
        if mark is None:
            return False
        came, consumed = tokens.arrivals(self.name, scope), mark.internal_data["consumed"]
        empty = [flow for flow in self.incoming if flow.id not in came and flow.id not in consumed]
        if self.expects(tokens, scope, empty, [flow for flow in self.incoming if flow not in empty]):
            return False
        rest = [came[flow.id] for flow in self.incoming if flow.id in came and flow.id not in consumed]
        tokens.remove(mark)
        if rest:
            self._consume([_first(waiting) for waiting in rest], reset=True)
        again = [token for waiting in tokens.arrivals(self.name, scope).values() for token in waiting]
        if again:
            self._ask(again[-1])
        tokens.settle(scope)
        return True

    def lost(self, came: Collection[str], places: Collection[str]) -> list[Flow]:
        """It is asked as each token comes: it waits in vain once none can come by any flow."""
        gone = [flow for flow in self.incoming if self._out_of_reach(flow, places)]
        return [flow for flow in gone if flow.id not in came] or gone if len(gone) == len(self.incoming) else []

    def retry(self, token: Token) -> None:
        """Ask the activation condition again, or go on from where it failed behind it."""
        if "flow" in token.internal_data:
            token.internal_data.pop("failed", None)
            self._ask(token)
        else:
            super().retry(token)

    def decide(self, token: Token) -> None:
        """Go on as if the activation condition held."""
        if "flow" in token.internal_data:
            token.internal_data.pop("failed", None)
            self._activate(token.workflow, token.scope)
        else:
            super().decide(token)

    def _ask(self, token: Token) -> None:
        tokens, scope = token.workflow, token.scope
        if tokens.resetting(self.name, scope) is not None:
            return
        try:
            activated = self._activated(tokens.arrivals(self.name, scope), token)
        except ExpressionFailed as error:
            self.fail_at(token, error.text)
            return
        if activated:
            self._activate(tokens, scope)

    def _activated(self, came: Came, token: Token) -> bool:
        counts = {flow.id: number(len(came.get(flow.id, ()))) for flow in self.incoming}
        total = number(sum(len(waiting) for waiting in came.values()))
        names: dict[str, Value] = {"activationCount": total, "activationCounts": Context(counts)}
        found = token.workflow.host.evaluate(self.element.activation or "null", token.scope, names)
        if found is None or isinstance(found, bool):
            return found is True
        kind, key = called(found), self.element.id
        raise ExpressionFailed(
            Text(
                f"{key} 的激活条件应得到 true 或 false,但得到{kind.zh}",
                f"expected true or false from the activation condition of {key}, but found {kind.en}",
            )
        )

    def _activate(self, tokens: Tokens, scope: str) -> None:
        came = tokens.arrivals(self.name, scope)
        if len(came) < len(self.incoming):
            consumed = [flow.id for flow in self.incoming if flow.id in came]
            tokens.add(self.name, scope, TaskState.WAITING, consumed=consumed)
        self._consume([_first(waiting) for waiting in came.values()], reset=False)

    def _consume(self, tokens: list[Token], *, reset: bool) -> None:
        """One token goes on for all."""
        going = self.consume(tokens)
        if reset:
            going.internal_data["reset"] = True


def _first(waiting: list[Token]) -> Token:
    return next((token for token in waiting if token.activity is not None), waiting[0])
