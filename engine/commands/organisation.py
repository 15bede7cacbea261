"""What is asked about people, roles, deputies, settings and the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Date, Person, Personal, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson(Command):
    """Add a person; name and sign-in handle are personal values."""

    name: Personal
    handle: Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole(Command):
    """Let a person hold a role company-wide."""

    person: Person
    role: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole(Command):
    """Take a company-wide role from a person."""

    person: Person
    role: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointDeputy(Command):
    """Let a person act for another from one day to another, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissDeputy(Command):
    """End every deputyship of one person for another."""

    person: Person
    deputy: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting(Command):
    """Give a setting of a procedure the organisation's own value; null returns to the default."""

    procedure: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCalendar(Command):
    """Replace the table of holidays and make-up working days (`Calendar.to_value`)."""

    calendar: Context
