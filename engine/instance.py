"""The state of one run, as its events made it (`effect.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine import trail
from engine.task import Task
from engine.value import Context, DateTime, Person, Value
from engine.words import ScopeKind, Status, TimerKind


@dataclass(frozen=True, kw_only=True)  # no slots: it is copied often
class Scope:
    """A scope of variables: one value for each name; `done` are the elements completed in it, each once."""

    id: str
    parent: str | None
    kind: ScopeKind
    activity: str | None
    index: int | None
    variables: dict[str, Value] = field(default_factory=dict)
    done: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)  # no slots: it is copied often
class Activity:
    """A token at an element; of a multi-instance, `taken` is what it runs over, `items` its results by place.

    `enabled` are the elements of an ad-hoc sub-process that people may start.
    """

    id: str
    process: str
    element: str
    scope: str
    taken: tuple[Value, ...] = ()
    items: dict[str, Value] = field(default_factory=dict)
    enabled: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)  # no slots: it is copied often
class Timer:
    """A moment that is waited for since another; `step` is the place of the escalation's step."""

    id: str
    kind: TimerKind
    activity: str
    due: DateTime
    step: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A message that is waited for."""

    id: str
    activity: str
    name: str
    correlation: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSubscription:
    """A signal that is waited for."""

    id: str
    activity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Work that the worker was asked for."""

    id: str
    activity: str
    connector: str
    parameters: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An element that cannot go on; `waiting` when the worker failed and the token already waits."""

    id: str
    activity: str
    waiting: bool
    message_zh: str
    message_en: str


@dataclass(frozen=True, kw_only=True)  # no slots: it is copied often
class Instance:
    """Everything that is open in one run, and who did what so far (for the separation of duties).

    `closed`: the last few tasks that are gone, in order, each with the id of who completed it, or "" when it was cancelled;
    `completions`: the last few that were completed; `awaited`: who returned a task that comes straight back, by `place_of`.
    """

    stream: int
    revision: int = 0
    status: Status | None = None
    case: int | None = None
    version: str = ""
    process: str = ""
    started_at: datetime = datetime(1, 1, 1, tzinfo=UTC)
    scopes: dict[str, Scope] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    signals: dict[str, SignalSubscription] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    performers: dict[str, tuple[Person, ...]] = field(default_factory=dict)
    closed: tuple[tuple[str, str], ...] = ()
    completions: dict[str, trail.Completion] = field(default_factory=dict)
    awaited: dict[str, trail.Awaited] = field(default_factory=dict)
    ends: tuple[str, ...] = ()


def counted(key: str) -> tuple[int, ...]:
    """The numbers of a counted id, `stream.revision.n`: ids sort in the order in which they came about."""
    return tuple(int(part) for part in key.split("."))
