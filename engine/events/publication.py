"""Versions of a procedure that came into force."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublished(Event):
    """A version is in force until one of `publishers` (roles) publishes the next.

    `normaliser` is the number of the rewriting it was published under.
    """

    procedure: str
    version: str
    label: str
    normaliser: int
    publishers: tuple[str, ...]
    reason: str
