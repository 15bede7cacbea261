"""The one port: where streams are kept, as the engine wants to read and add to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.commands import Command
from engine.events import Event
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.stream import State, Step
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command with what it made happen, as it stands in a stream.

    `window` is the SHA-256 in hex of the flow's window after it, or None; `consulted` the revisions of the other
    streams that were read; `performers` those of other instances that a decision used; `semantics` names the release of the execution code.
    """

    stream: int
    revision: int
    at: datetime
    command: Command
    events: tuple[Event, ...]
    window: str | None
    consulted: Mapping[int, int]
    performers: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    semantics: str


class Journal(Protocol):
    """Streams of entries: read, and append in the transaction that is under way."""

    def entries(self, stream: int, *, until: int | None = None) -> Iterator[Entry]:
        """The entries of a stream, oldest first, up to a revision."""
        ...

    def state(self, stream: int) -> tuple[State, bytes]:
        """The state and window after the last entry."""
        ...

    def surroundings(self, entry: Entry) -> Surroundings:
        """What the entry's command read of other streams, at the revisions it names."""
        ...

    def procedure(self, version: str) -> Procedure:
        """The published version with this digest."""
        ...

    def append(self, command: Command, step: Step) -> Entry:
        """Add what a command made. Raises when the revision is taken: somebody else was faster."""
        ...
