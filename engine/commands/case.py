"""What is asked of a case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Command):
    """Begin a service project; when `process` is given, its root instance is started by a job.

    `start` and `payload` are those of the root instance, when a message begins it.
    """

    procedure: str
    version: str
    data: Context
    process: str | None
    input: Context
    start: str | None = None
    payload: Context | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCaseData(Command):
    """Change what the instances of a case share; a person who names other people says why."""

    data: Context
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCaseRole(Command):
    """Say who holds a role in this case, and as a person why; replaces the holders before."""

    role: str
    persons: tuple[Person, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCase(Command):
    """End the case."""

    outcome: str
