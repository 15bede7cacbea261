"""What is asked of the documents of a case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDocument(Command):
    """Write the next version of a document of the case; `content` is what the task entered."""

    document: str
    author: Person
    content: Context
    change_note: str
    on_behalf_of: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDocument(Command):
    """Record a review of the newest version; a positive one approves it. `waived`: even by its author."""

    document: str
    reviewer: Person
    approved: bool
    opinion: str
    on_behalf_of: Person | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDocument(Command):
    """Put the approved version in force under a number."""

    document: str
    number: str
