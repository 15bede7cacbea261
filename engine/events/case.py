"""What happens to a case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Person, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    """A service project began."""

    procedure: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDataSet(Event):
    """A value that the instances of the case share changed."""

    name: str
    value: Value
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRoleAssigned(Event):
    """These persons hold the role in the case."""

    role: str
    persons: tuple[Person, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(Event):
    """The case ended."""

    outcome: str
