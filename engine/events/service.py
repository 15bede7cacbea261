"""What the worker is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequested(Event):
    """A service task asks the worker to run a connector."""

    request: str
    activity: str
    connector: str
    parameters: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAnswered(Event):
    """The worker did it."""

    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFailed(Event):
    """The worker could not do it after its last try, and the model has a way for that error."""

    request: str
    error: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCancelled(Event):
    """The answer no longer matters."""

    request: str
