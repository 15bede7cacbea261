"""A document of a case as facts: written in versions, reviewed, approved, issued under a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine import encoding
from engine.commands import DraftDocument, IssueDocument, ReviewDocument
from engine.errors import Reason, Refused
from engine.events import DocumentDrafted, DocumentIssued, DocumentReviewed
from engine.value import Person

ISSUES_LETTER = 26


class DocumentStatus(StrEnum):
    """Where the newest version of a document stands."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    REJECTED = "rejected"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The newest version of a document; the ones before stand in the journal."""

    key: str
    version: str
    status: DocumentStatus
    author: Person
    digest: str
    on_behalf_of: Person | None = None
    number: str | None = None
    issued_version: str | None = None


def draft(document: Document | None, command: DraftDocument) -> DocumentDrafted:
    """The next version: A/0, A/1 … and B/0 after an issue. Raises Refused without a change note."""
    if document is not None and not command.change_note.strip():
        raise missing_note()
    return DocumentDrafted(
        document=command.document,
        version=next_version(document),
        author=command.author,
        content=command.content,
        digest=encoding.digest(command.content),
        change_note=command.change_note,
        on_behalf_of=command.on_behalf_of,
    )


def missing_note() -> Refused:
    """The refusal of a later version that does not say what it changes."""
    return Refused(
        Reason.INVALID_DATA,
        "第二版起应填写修订说明",
        "expected a change note from the second version on",
    )


def review(document: Document | None, command: ReviewDocument) -> DocumentReviewed:
    """Record a review. Raises Refused unless a version is to be issued, and when its author reviews without a waiver.

    What was approved may be reviewed again, because work was returned to its reviewer; what was rejected is written anew.
    Whoever wrote it, or had a deputy write it, is its author; whoever has a deputy review it reviews.
    """
    found = _existing(document, command.document)
    if found.status not in (DocumentStatus.DRAFTED, DocumentStatus.APPROVED):
        raise Refused(
            Reason.WRONG_STATE,
            f"应有待审核的版本,但 {found.version} 的状态为 {found.status}",
            f"expected a version that waits for review, but {found.version} is {found.status}",
        )
    written = {found.author, found.on_behalf_of} - {None}
    if written & {command.reviewer, command.on_behalf_of} and not command.waived:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            f"{found.version} 的编制人不得审核该版本",
            f"the author of {found.version} may not review it",
        )
    return DocumentReviewed(
        document=found.key,
        version=found.version,
        reviewer=command.reviewer,
        approved=command.approved,
        opinion=command.opinion,
        on_behalf_of=command.on_behalf_of,
        waived=command.waived,
    )


def issue(document: Document | None, command: IssueDocument) -> DocumentIssued:
    """Put the newest version in force. Raises Refused unless it is approved."""
    found = _existing(document, command.document)
    if found.status is not DocumentStatus.APPROVED:
        raise Refused(
            Reason.WRONG_STATE,
            f"应为已批准的版本,但 {found.version} 的状态为 {found.status}",
            f"expected an approved version, but {found.version} is {found.status}",
        )
    return DocumentIssued(document=found.key, version=found.version, number=command.number, digest=found.digest)


def drafted(document: Document | None, event: DocumentDrafted) -> Document:
    """The document after a version was written."""
    return Document(
        key=event.document,
        version=event.version,
        status=DocumentStatus.DRAFTED,
        author=event.author,
        digest=event.digest,
        on_behalf_of=event.on_behalf_of,
        number=None if document is None else document.number,
        issued_version=None if document is None else document.issued_version,
    )


def reviewed(document: Document, event: DocumentReviewed) -> Document:
    """The document after a review."""
    return replace(document, status=DocumentStatus.APPROVED if event.approved else DocumentStatus.REJECTED)


def issued(document: Document, event: DocumentIssued) -> Document:
    """The document after it was put in force."""
    return replace(document, status=DocumentStatus.ISSUED, number=event.number, issued_version=event.version)


def next_version(document: Document | None) -> str:
    """The version after the newest one: the letter counts issues, the digit drafts since."""
    if document is None:
        return "A/0"
    letter, digit = document.version.split("/")
    if document.status is DocumentStatus.ISSUED:
        return f"{_next_letter(letter)}/0"
    return f"{letter}/{int(digit) + 1}"


def _next_letter(letter: str) -> str:
    """A … Z, AA, AB …"""
    count = 0
    for sign in letter:
        count = count * ISSUES_LETTER + ord(sign) - ord("A") + 1
    count, letters = count + 1, ""
    while count:
        count, rest = divmod(count - 1, ISSUES_LETTER)
        letters = chr(ord("A") + rest) + letters
    return letters


def _existing(document: Document | None, key: str) -> Document:
    if document is None:
        raise Refused(Reason.NOT_FOUND, f"本服务项目没有文件 {key}", f"this case has no document {key}")
    return document
