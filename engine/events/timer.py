"""Moments an instance waits for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import DateTime
from engine.words import TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(Event):
    """A moment is waited for: by an element, to remind of a task, or to escalate it; all by `activity`.

    `step` is the place of the escalation's step, from 0.
    """

    timer: str
    kind: TimerKind
    activity: str
    due: DateTime
    step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerMoved(Event):
    """The moment is another one, as the calendar has changed."""

    timer: str
    due: DateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """The moment came."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerCancelled(Event):
    """The moment no longer matters."""

    timer: str
