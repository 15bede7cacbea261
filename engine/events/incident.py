"""Elements that could not go on."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised(Event):
    """An element could not go on; `waiting` when its worker failed, not the model; the messages say why."""

    incident: str
    activity: str
    waiting: bool
    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved(Event):
    """A person retried or decided for the element."""

    incident: str
    person: Person | None
    decided: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCancelled(Event):
    """The element is gone, and its incident with it."""

    incident: str
