"""What is asked of an instance as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInstance(Command):
    """Begin a process of a published version in a case; `input` becomes variables of the instance.

    `start` names the element at which it begins: a start event with a trigger, an instantiating receive task, or an event
    behind an instantiating gateway; `payload` becomes its result. None is the start event without trigger.
    """

    case: int | None
    version: str
    process: str
    input: Context
    start: str | None = None
    payload: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateInstance(Command):
    """End the instance now; open work is cancelled."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartActivity(Command):
    """Start an element of the ad-hoc sub-process that is under way as `activity`."""

    activity: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveToken(Command):
    """Put the work of an activity elsewhere, against the drawing; `target` is an element, perhaps `process:element`."""

    activity: str
    target: str
    reason: str
