"""What the clock asks for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer(Command):
    """The moment of a timer has come."""

    timer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReckonTimers(Command):
    """The calendar has changed: what waits for a moment is reckoned anew, as on the day it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailTimer(Command):
    """The moment of a timer has come, but what should follow was refused; `zh` and `en` say why."""

    timer: str
    zh: str
    en: str
