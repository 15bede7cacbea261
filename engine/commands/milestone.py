"""What is asked of a milestone."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import DateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMilestone(Command):
    """Look at a milestone by the rules of the version in force, as case and organisation are now; what is due happens.

    `start` is the timer start event of a process, `case` the case it is for (None: the organisation), `key` which of those
    that `zx:per` yields.
    """

    procedure: str
    version: str
    process: str
    start: str
    case: int | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveMilestone(Command):
    """Let the next occurrence, planned for this moment, pass without starting anything."""

    planned: DateTime
    reason: str
