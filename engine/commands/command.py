"""What every command is, and who asks, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from engine.value import Person
from engine.words import Channel, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A request about one stream."""

    VERSION: ClassVar[int] = 1

    envelope: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who asks, when, on whose behalf, by which way.

    `id` makes a repeat harmless; `at` is UTC in microseconds, never before the stream's last entry;
    `actor` is None for the clock and the worker; `proof` is there when the actor proved themselves anew for exactly this command.
    """

    id: str
    stream: int
    at: datetime
    actor: Person | None = None
    channel: Channel = Channel.CLI
    cause: Cause | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The entry and the place in it that made this command necessary: stream, revision, n."""

    stream: int
    revision: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnd:
    """The last entry of a stream; `digest` in hexadecimal."""

    stream: int
    revision: int
    digest: str
