"""What happens to the documents of a case."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import Context, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDrafted(Event):
    """A version of a document was written; `digest` is that of the content's encoding."""

    document: str
    version: str
    author: Person
    content: Context
    digest: str
    change_note: str
    on_behalf_of: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReviewed(Event):
    """A version was reviewed."""

    document: str
    version: str
    reviewer: Person
    approved: bool
    opinion: str
    on_behalf_of: Person | None = None
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIssued(Event):
    """An approved version is in force under a number."""

    document: str
    version: str
    number: str
    digest: str
