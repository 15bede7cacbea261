"""What is gone by right, in the organisation's stream."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """Name and handle of a person are gone; the person holds no role and deputises for nobody."""

    person: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseErased(Event):
    """The personal values that a case and its instances held are gone."""

    case: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDisposed(Event):
    """The entries of a stream are gone; the last one had this revision and digest."""

    disposed: int
    revision: int
    digest: str
    reason: str
