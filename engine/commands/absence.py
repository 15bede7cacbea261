"""What is asked for about days on which somebody is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.commands.command import Command
from engine.value import Date, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAbsence(Command):
    """Say that a person is not there from one day to another, both included; why is nobody's business here."""

    person: Person
    first: Date
    last: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAbsence(Command):
    """Say that a person is there again: the absence that runs ends, or the one that begins on `first`.

    Before version 2 every absence of theirs ended, also what was to come.
    """

    VERSION: ClassVar[int] = 2
    person: Person
    first: Date | None = None
