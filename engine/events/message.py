"""Messages and signals, awaited and thrown."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import DateTime, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAwaited(Event):
    """An element waits for a message of this name and correlation."""

    subscription: str
    activity: str
    name: str
    correlation: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """The awaited message came."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWaitCancelled(Event):
    """The message is no longer waited for."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageThrown(Event):
    """A message left; a job delivers it. Until `until` it waits for a receiver; None is as long as is usual."""

    message: str
    name: str
    correlation: Value
    payload: Value
    until: DateTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAwaited(Event):
    """An element waits for a signal of this name."""

    subscription: str
    activity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Event):
    """The awaited signal came."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalWaitCancelled(Event):
    """The signal is no longer waited for."""

    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown(Event):
    """A signal left; whoever waited in the same instance has it at once, a job tells the others."""

    signal: str
    name: str
    payload: Value
