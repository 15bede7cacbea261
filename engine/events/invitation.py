"""What happens to the one-time link of a task."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import DateTime, Person, Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInvited(Event):
    """A contact outside may do the task once, by a link; a link before it has ended.

    The id of the invitation is also that of the contact, where whoever did the task is named.
    """

    invitation: str
    task: str
    person: Person
    on_behalf_of: Person | None
    contact: Personal
    digest: str
    until: DateTime
    message: str
    mailed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(Event):
    """The link was ended before it was used."""

    invitation: str
    task: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswered(Event):
    """The link was used, by whoever typed this name."""

    invitation: str
    task: str
    evidence: Personal
