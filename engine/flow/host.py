"""What the flow asks of the instance during a step: the one interface between SpiffWorkflow and our events.

The flow decides where tokens go; the host keeps variables, makes ids, emits events and knows what people, timers and
workers are. Every call takes effect at once and in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.errors import EngineError, Text
from engine.flow.elements import Element
from engine.value import Context, Value
from engine.words import Outcome, ScopeKind


class ExpressionFailed(EngineError):
    """An expression of the model could not be evaluated."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Missing(Text):
    """A sentence about something that was null: whoever raises the incident adds why it was."""


def wanted(zh: str, en: str, found: Value) -> Text:
    """A sentence about a value that was not what was expected."""
    return Missing(zh, en) if found is None else Text(zh, en)


class Host(Protocol):
    """The instance, as the flow sees it during one step."""

    @property
    def changes(self) -> int:
        """How many variables were set in this step so far."""

    def spend(self, tokens: int = 1) -> None:
        """Count work against the step's budget; raises `engine.errors.Refused` (BUDGET) when it is used up."""

    def open_scope(self, kind: ScopeKind, parent: str | None, activity: str | None, index: int | None = None) -> str:
        """Open a scope of variables and return its counted id."""

    def close_scope(self, scope: str) -> None:
        """Close a scope; its variables are gone."""

    def enter(self, element: Element, scope: str, flow: str | None) -> str:
        """A token arrived at an element: returns the counted id of this activity (one per arrival)."""

    def leave(self, activity: str, outcome: Outcome) -> None:
        """The token is done with the element; what waited for it (task, timer, message, request) is cancelled."""

    def wait(self, activity: str, element: Element, scope: str) -> None:
        """The element now waits: for a person, the worker, a moment or a message, as its kind and trigger say.

        A boundary event waits too, under its own activity id. Raises `ExpressionFailed`.
        """

    def throw(self, activity: str, element: Element, scope: str) -> None:
        """A send task or throw event of kind message lets its message go. Raises `ExpressionFailed`."""

    def throw_signal(self, activity: str, element: Element, payload: Context) -> None:
        """A signal goes to the world; the flow itself gives it to whoever waits in this instance."""

    def receive_signal(self, activity: str) -> None:
        """The signal that an activity waits for has come."""

    def meet(self, activity: str) -> None:
        """The condition that an activity waits for has become true."""

    def throw_error(self, activity: str, code: str | None) -> None:
        """An error goes up to what catches it."""

    def escalate(self, activity: str, code: str | None, *, caught: bool) -> None:
        """An escalation goes up, whether or not anything catches it."""

    def evaluate(self, expression: str, scope: str, names: Mapping[str, Value] | None = None) -> Value:
        """The value of a FEEL expression in a scope. Raises `ExpressionFailed`."""

    def enable(self, activity: str, elements: tuple[str, ...]) -> None:
        """People may start these activities of an ad-hoc sub-process."""

    def compensate(self, activity: str, element: Element) -> None:
        """A compensation event begins to undo an element that is done."""

    def decide(self, activity: str, element: Element, scope: str) -> Value:
        """The value of the decision that a business rule task names. Raises `ExpressionFailed`."""

    def assign(self, scope: str, name: str, value: Value) -> None:
        """Set the nearest existing variable of that name up to the call boundary, else create it in `scope`."""

    def create(self, scope: str, name: str, value: Value) -> None:
        """Create a variable in exactly this scope: a multi-instance item, an input of a call."""

    def take(self, activity: str, items: tuple[Value, ...]) -> None:
        """A multi-instance has evaluated its collection, once and for all."""

    def taken(self, activity: str) -> tuple[Value, ...]:
        """The items a multi-instance runs over."""

    def item_done(self, activity: str, index: int, scope: str, name: str) -> None:
        """One item of the multi-instance `activity` is done; its value is variable `name` of the item's scope."""

    def reopen_item(self, activity: str, index: int) -> Value:
        """A finished item is done again: its value counts no longer, and is returned to begin with."""

    def items(self, activity: str) -> tuple[Value, ...]:
        """What the items of a multi-instance yielded so far, in item order; null for items not done."""

    def fail(self, activity: str, element: Element, text: Text) -> None:
        """The element cannot go on; it stays until a person retries or decides."""

    def ended(self, element: Element) -> None:
        """An end event of the outermost process was reached."""
