"""People, roles, deputies, settings and the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Context, Date, Person, Personal, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """A person belongs to the organisation."""

    person: Person
    name: Personal
    handle: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """A person holds a role company-wide."""

    person: Person
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(Event):
    """A person no longer holds a role company-wide."""

    person: Person
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyAppointed(Event):
    """A person may act for another from one day to another, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyDismissed(Event):
    """A person no longer acts for another."""

    person: Person
    deputy: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """The organisation's own value of a setting; null returns to the default."""

    procedure: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(Event):
    """The table of holidays and make-up working days."""

    calendar: Context
