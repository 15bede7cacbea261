"""What becomes of an element that could not go on."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryIncident(Command):
    """Try the failed element again."""

    incident: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideIncident(Command):
    """Answer for the failed element: sequence flows to take (gateway) or its result (script, service)."""

    incident: str
    flows: tuple[str, ...]
    result: Value
    reason: str
