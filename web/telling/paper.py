"""The documents of a case, version by version."""

from __future__ import annotations

from collections.abc import Iterable

from engine.document import Document, drafted, issued, reviewed
from engine.events import DocumentDrafted, DocumentIssued, DocumentReviewed
from engine.journal import Entry


def versions(entries: Iterable[Entry]) -> list[Document]:
    """Each version of each document as it stands, the oldest first: the case itself knows the newest only."""
    newest: dict[str, Document] = {}
    found: dict[tuple[str, str], Document] = {}
    for entry in entries:
        for event in entry.events:
            match event:
                case DocumentDrafted():
                    after = drafted(newest.get(event.document), event)
                case DocumentReviewed():
                    after = reviewed(newest[event.document], event)
                case DocumentIssued():
                    after = issued(newest[event.document], event)
                case _:
                    continue
            newest[after.key] = found[after.key, after.version] = after
    return list(found.values())
