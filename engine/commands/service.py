"""What the worker answers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerService(Command):
    """The worker has done what a service task asked for."""

    request: str
    result: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FailService(Command):
    """The worker could not do what a service task asked for, after its last try.

    `error` is the code of an error that the model may catch; None is caught only by what catches every error.
    """

    request: str
    message: str
    error: str | None = None
