"""What every flow node does with a token: enter, work, choose where to go on, leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.errors import Text
from engine.feel import called
from engine.flow.elements import Element, Flow
from engine.flow.host import ExpressionFailed, Missing
from engine.flow.token import Token, Tokens
from engine.value import Value
from engine.words import Outcome


class FlowNode(TaskSpec):
    """A flow node as a SpiffWorkflow task spec; its subclasses say what `work` is.

    `boundaries` are the events attached to it that wait while it is under way, `catching` those that come into being when
    they catch an error or escalation; `linked` the link events that lead to it. `undo` is the handler that compensates it,
    `undo_within` the compensation event sub-process inside it.
    """

    interrupts = False

    def __init__(self, spec: object, name: str, element: Element) -> None:
        super().__init__(spec, name)
        self.element = element
        self.incoming: list[Flow] = []
        self.outgoing: list[Flow] = []
        self.boundaries: list[str] = []
        self.catching: list[str] = []
        self.linked: list[str] = []
        self.undo: str | None = None
        self.undo_within: str | None = None

    # -------------------------------------------------------------- for subclasses

    def work(self, token: Token) -> bool:
        """Do what the element does; False when it is now under way. Raises ExpressionFailed."""
        return True

    def choose(self, token: Token) -> Sequence[Flow]:
        """The flows that get a token: plain ones, conditional ones that hold, else the default. BPMN 2.0.2 §8.4.13.

        Raises ExpressionFailed when all are conditional and none holds: a token never vanishes without a word.
        """
        default = self.element.default_flow
        conditional = [f for f in self.outgoing if f.condition is not None and f.id != default]
        plain = [f for f in self.outgoing if f.condition is None and f.id != default]
        held = [f for f in conditional if holds(token, f)]
        rest = [f for f in self.outgoing if f.id == default] if not held else []
        if conditional and not (plain or held or rest):
            raise nothing_holds(self.element)
        return [f for f in self.outgoing if f in plain or f in held or f in rest]

    def arrive(self, tokens: Tokens, flow: Flow, scope: str) -> None:
        """A token comes by a flow; an activity may need several to start. BPMN 2.0.2 §13.3.2."""
        needed = self.element.start_quantity
        tokens.add(self.name, scope, TaskState.READY if needed == 1 else TaskState.WAITING, flow=flow.id)
        came = [] if needed == 1 else tokens.queue(self.name, scope)
        if needed > 1 and len(came) >= needed:
            tokens.fire(came[:needed])

    def receive(self, token: Token, payload: Value) -> None:
        """The awaited message or signal is there; what it carries becomes the result."""
        token.workflow.host.assign(token.scope, self.element.result, payload)
        self.resume(token)

    def part_done(self, token: Token, scope: str) -> None:
        """An activity is done in a scope that the token's element opened."""

    def resume(self, token: Token) -> None:
        """What the element waited for is there."""
        token.workflow.unlisten(token)
        token.internal_data["phase"] = "leaving"
        token.workflow.make_ready(token)

    def retry(self, token: Token) -> None:
        """Try again after a failure, from where it failed."""
        token.workflow.make_ready(token)

    def decide(self, token: Token) -> None:
        """Go on as if the work were done, because a person decided so; what is still under way inside is cancelled."""
        token.workflow.cancel_within(token)
        self.resume(token)

    # -------------------------------------------------------------- SpiffWorkflow's hooks

    def test(self) -> None:
        """Nothing to test: `check` has read the model."""

    def _predict(self, *_: object, **__: object) -> None:
        """Nothing is predicted: a token goes where it is sent."""

    def _run_hook(self, token: Token) -> bool | None:
        notes = token.internal_data
        if token.activity is None:
            self._enter(token)
        try:
            if token.workflow.gone(token):
                return None  # a condition at its boundary held at once
            if notes.get("phase") != "leaving":
                if not self.work(token) or token.workflow.gone(token):
                    return None
                notes["phase"] = "leaving"
            self.disarm(token)
            if "chosen" not in notes:
                notes["chosen"] = [] if "back" in notes else [flow.id for flow in self.choose(token)]
        except ExpressionFailed as error:
            self.fail(token, error.text)
            return None
        return True

    def _on_complete_hook(self, token: Token) -> None:
        tokens, chosen = token.workflow, token.internal_data["chosen"]
        tokens.host.leave(token.activity, Outcome.COMPLETED)
        self._remember(token)
        if "back" in token.internal_data:
            tokens.go_back(token)
            return
        for _ in range(self.element.completion_quantity):
            for flow in self.outgoing:
                if flow.id in chosen:
                    tokens.send(flow, token)

    def _on_cancel(self, token: Token) -> None:
        """Cancel from the inside out: what is within, what is attached, then the token itself."""
        tokens = token.workflow
        tokens.cancel_within(token)
        tokens.give_up(token.internal_data.pop("kept", ()), token.scope)
        self.disarm(token)
        if token.activity is not None:
            thrown = "thrown" in token.internal_data  # it did its work, and what it threw ended it
            tokens.host.leave(token.activity, Outcome.COMPLETED if thrown else Outcome.CANCELLED)
        tokens.remove(token)

    # -------------------------------------------------------------- parts

    def fail(self, token: Token, text: Text) -> None:
        """The token stays where it is until a person retries or decides."""
        token.workflow.unlisten(token)
        token.internal_data["failed"] = True
        token.workflow.host.fail(token.activity, self.element, text)

    def disarm(self, token: Token) -> None:
        """The work is over: boundary events at this activity wait no longer, whatever the flows out of it say."""
        if self.boundaries:
            token.workflow.cancel_all(token.workflow.serving(token.activity))

    def _remember(self, token: Token) -> None:
        """What can be compensated is kept; a handler itself cannot."""
        notes = token.internal_data
        if (self.undo is None and "kept" not in notes) or self.element.for_compensation:
            return
        body = None if "body" not in notes else token.workflow.of(notes["body"])
        is_turn = body is not None and "turns" in body.internal_data
        token.workflow.remember(token, notes["body"] if is_turn else None)

    def _enter(self, token: Token) -> None:
        tokens = token.workflow
        tokens.enter(token, tokens.host.enter(self.element, token.scope, token.internal_data.pop("flow", None)))
        if "bare" in token.internal_data:
            return
        for name in self.boundaries:
            if not tokens.gone(token):
                tokens.spec.task_specs[name].arm(tokens, token.scope, token.activity)


def holds(token: Token, flow: Flow, names: Mapping[str, Value] | None = None) -> bool:
    """The flow's condition is true; null is not. Raises ExpressionFailed for anything but true, false and null."""
    if flow.condition is None:
        return True
    found = token.workflow.host.evaluate(flow.condition, token.scope, names)
    if found is None or isinstance(found, bool):
        return found is True
    raise ExpressionFailed(
        Text(
            f"顺序流 {flow.id} 的条件应得到 true 或 false,但得到{called(found).zh}",
            f"expected true or false from the condition of {flow.id}, but found {called(found).en}",
        )
    )


def nothing_holds(element: Element) -> ExpressionFailed:
    """No flow may be taken."""
    return ExpressionFailed(
        Missing(
            f"{element.id} 之后没有一个条件成立,也没有默认流",
            f"expected one condition after {element.id} to hold, but none does and it has no default flow",
        )
    )
