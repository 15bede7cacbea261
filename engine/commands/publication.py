"""What is asked of a procedure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.commands.command import Command
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersion(Command):
    """Put a frozen version in force; its files are stored under the digest.

    `reason` says why in a sentence, `authors` who wrote of it as far as this house knows, `effective` from when new
    cases run on it (None: at once), `waiver` why one of the authors may publish it.
    """

    procedure: str
    version: str
    label: str
    reason: str
    authors: tuple[Person, ...] = ()
    effective: datetime | None = None
    waiver: str | None = None
