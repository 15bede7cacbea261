"""A document of a case: versions in order, reviews by others than its author, issue under a number."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import document as documents
from engine.commands import DraftDocument, Envelope, IssueDocument, ReviewDocument
from engine.document import Document, DocumentStatus
from engine.errors import Reason, Refused
from engine.value import Context, Person

AT = Envelope(id="c", stream=2, at=datetime(2026, 3, 2, tzinfo=UTC))
AUTHOR, PRINCIPAL, REVIEWER = Person("1.1.1"), Person("1.2.1"), Person("1.3.1")


def draft(document: Document | None, note: str = "修订", **who: Person) -> Document:
    command = DraftDocument(
        envelope=AT, document="spec", author=AUTHOR, content=Context({"text": "…"}), change_note=note, **who
    )
    return documents.drafted(document, documents.draft(document, command))


def review(document: Document | None, reviewer: Person = REVIEWER, approved: bool = True, **more: object) -> Document:
    command = ReviewDocument(
        envelope=AT,
        document="spec",
        reviewer=reviewer,
        approved=approved,
        opinion="",
        **more,  # type: ignore[arg-type]  # a person or a boolean
    )
    event = documents.review(document, command)
    assert document is not None
    return documents.reviewed(document, event)


def issue(document: Document | None, number: str = "ZX-SRS-001") -> Document:
    event = documents.issue(document, IssueDocument(envelope=AT, document="spec", number=number))
    assert document is not None
    return documents.issued(document, event)


def reason(act: object, *arguments: object, **fields: object) -> Reason:
    assert callable(act)
    with pytest.raises(Refused) as refusal:
        act(*arguments, **fields)
    return refusal.value.reason


def test_a_document_goes_from_draft_to_review_to_issue_and_begins_a_new_letter_after_it() -> None:
    first = draft(None, note="")
    second = draft(review(first, approved=False))
    issued = issue(review(second))
    third = draft(issued)
    assert [d.version for d in (first, second, third)] == ["A/0", "A/1", "B/0"]
    assert (issued.status, issued.number, issued.issued_version) == (DocumentStatus.ISSUED, "ZX-SRS-001", "A/1")
    assert (third.number, third.issued_version) == ("ZX-SRS-001", "A/1")


def test_what_was_approved_is_reviewed_again_until_it_is_issued_and_the_last_review_counts() -> None:
    approved = review(draft(None, note=""))
    assert review(approved).status is DocumentStatus.APPROVED
    rejected = review(approved, approved=False)
    assert rejected.status is DocumentStatus.REJECTED
    for closed in (rejected, issue(approved)):
        assert reason(review, closed) is Reason.WRONG_STATE


def test_the_second_version_says_what_it_changes() -> None:
    assert reason(draft, draft(None), note="  ") is Reason.INVALID_DATA


@pytest.mark.parametrize(
    ("wrote", "reviews"),
    [
        ({}, {"reviewer": AUTHOR}),
        ({}, {"reviewer": REVIEWER, "on_behalf_of": AUTHOR}),
        ({"on_behalf_of": PRINCIPAL}, {"reviewer": AUTHOR}),
        ({"on_behalf_of": PRINCIPAL}, {"reviewer": PRINCIPAL}),
        ({"on_behalf_of": PRINCIPAL}, {"reviewer": REVIEWER, "on_behalf_of": PRINCIPAL}),
    ],
    ids=["the author", "a deputy of the author", "the deputy who wrote", "whom it was written for", "another deputy"],
)
def test_whoever_wrote_a_version_does_not_review_it_not_even_by_a_deputy(
    wrote: dict[str, Person], reviews: dict[str, Person]
) -> None:
    written = draft(None, **wrote)
    assert reason(review, written, **reviews) is Reason.SEPARATION_OF_DUTIES
    assert review(written, **reviews, waived=True).status is DocumentStatus.APPROVED


def test_what_is_not_drafted_is_not_reviewed_and_what_is_not_approved_is_not_issued() -> None:
    assert reason(review, None) is Reason.NOT_FOUND
    assert reason(issue, None) is Reason.NOT_FOUND
    assert reason(issue, draft(None)) is Reason.WRONG_STATE
    assert reason(issue, review(draft(None), approved=False)) is Reason.WRONG_STATE
    assert reason(review, review(draft(None), approved=False)) is Reason.WRONG_STATE
    assert reason(issue, issue(review(draft(None)))) is Reason.WRONG_STATE


@given(st.lists(st.booleans(), max_size=80))
def test_versions_only_go_up(decisions: list[bool]) -> None:
    document = draft(None)
    seen = [document.version]
    for approved in decisions:
        document = review(document, approved=approved)
        document = draft(issue(document) if approved else document)
        seen.append(document.version)
    order = [(len(letter), letter, int(digit)) for letter, digit in (version.split("/") for version in seen)]
    assert order == sorted(set(order))
