"""Where tokens go, and which variables they leave."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Person, Value
from engine.words import Outcome, ScopeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeOpened(Event):
    """A scope of variables began inside another; an item scope knows its place (from 0)."""

    scope: str
    parent: str | None
    kind: ScopeKind
    activity: str | None
    index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeClosed(Event):
    """A scope of variables ended; its variables are gone."""

    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementEntered(Event):
    """A token arrived at an element of the model; `flow` is the sequence flow it came by."""

    activity: str
    process: str
    element: str
    scope: str
    flow: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementLeft(Event):
    """The token is done with the element."""

    activity: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSet(Event):
    """A variable has a new value."""

    scope: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Event):
    """A business rule task made its decision; `tables` has a context for each decision table it used, in order.

    Its entries: `table`, `inputs` (a list of `label` and `value`), `rules` (those that count, from 1), `matching`,
    `default` (no rule matched and the default was taken) and `hits`, the first rules that count: `rule`, `conditions`
    as they are written, `results`, `remarks`.
    """

    activity: str
    decision: str
    tables: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsTaken(Event):
    """A multi-instance evaluated its collection, once and for all."""

    activity: str
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCompleted(Event):
    """One item of a multi-instance is done; `activity` is the multi-instance, `index` counts from 0."""

    activity: str
    index: int
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReopened(Event):
    """A finished item of a multi-instance is done again; its result no longer counts."""

    activity: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesEnabled(Event):
    """People may start these elements of an ad-hoc sub-process, as often as they see fit; none: no more from now on."""

    activity: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityStarted(Event):
    """A person started an element of an ad-hoc sub-process, in a role, perhaps for another."""

    activity: str
    process: str
    element: str
    person: Person
    role: str | None
    on_behalf_of: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationStarted(Event):
    """A compensation or cancel event begins to undo an element that is done; `activity` is the event's."""

    activity: str
    process: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMoved(Event):
    """The work of an activity was put at another element, against the drawing."""

    activity: str
    person: Person
    process: str
    element: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionAwaited(Event):
    """An element waits until its condition becomes true."""

    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet(Event):
    """The awaited condition became true."""

    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorThrown(Event):
    """An element threw an error that something around it catches; `code` is null for a failure without one."""

    activity: str
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationThrown(Event):
    """An element threw an escalation; nothing need catch it."""

    activity: str
    code: str | None
    caught: bool
