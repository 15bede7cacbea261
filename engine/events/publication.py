"""Versions of a procedure that came into force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.events.event import Event
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublished(Event):
    """A version is in force, from `effective` on or at once, until one of `publishers` (roles) publishes the next.

    `normaliser` is the number of the rewriting it was published under. Holders of `self_publishers` may publish what they
    wrote themselves; `waiver` is the reason why that was done here.
    """

    procedure: str
    version: str
    label: str
    normaliser: int
    publishers: tuple[str, ...]
    reason: str
    authors: tuple[Person, ...] = ()
    effective: datetime | None = None
    self_publishers: tuple[str, ...] = ()
    waiver: str | None = None
