"""What happens to a milestone."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import DateTime, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneOpened(Event):
    """A key of a milestone is there, for the first time or again."""

    procedure: str
    process: str
    start: str
    case: int | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFollowed(Event):
    """The milestone follows the rules of this version from now on."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonePlanned(Event):
    """The next occurrence is due then; null when there is none."""

    due: DateTime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneOccurred(Event):
    """The planned moment came; the job starts the instance. Occurrences are counted from 1."""

    number: int
    planned: DateTime
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestonesPassed(Event):
    """These planned moments were missed, and only a later one is caught up; `number` is the first one's."""

    number: int
    planned: tuple[DateTime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneWaived(Event):
    """A person let a planned moment pass without starting anything."""

    number: int
    planned: DateTime
    person: Person
    on_behalf_of: Person | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFailed(Event):
    """The rules say no moment, but fail; nothing is due until they are right or what they read has changed."""

    message_zh: str
    message_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneEnded(Event):
    """The key is gone: the case was closed, the member left, the rules no longer yield it."""
