"""What happens when somebody is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.events.event import Event
from engine.value import Date, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceReported(Event):
    """A person is not there from one day to another, both included."""

    person: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceEnded(Event):
    """The absence that begins on `first` is over, or does not come; without it, as before version 2, every absence is."""

    VERSION: ClassVar[int] = 2
    person: Person
    first: Date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigneePassed(Event):
    """The task was for a person who is not there until a day and has no deputy: it was offered to these roles instead."""

    task: str
    person: Person
    until: Date
    roles: tuple[str, ...]
