"""What happens to an instance as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStarted(Event):
    """A process began."""

    case: int | None
    version: str
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCompleted(Event):
    """The last token arrived at an end; `ends` names the end elements reached, in order."""

    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTerminated(Event):
    """The instance was ended by a person."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpScheduled(Event):
    """What must happen in another stream: a job puts this command there (`kind` and fields of a command)."""

    job: str
    stream: int | None
    kind: str
    fields: Context
