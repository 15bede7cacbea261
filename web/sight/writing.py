"""The task in which a version of a document was written."""

from __future__ import annotations

from engine.events import DocumentDrafted, TaskCompleted
from engine.journal import Entry
from web.sight.dossier import Dossier


def written_in(found: Dossier, key: str, version: str) -> str:
    """The task whose form became this version of a document of the case; nothing when there is no such version."""
    marks = found.courses[found.number].marks
    entries = found.entries([(found.number, mark.revision) for mark in marks if mark.papers])
    for entry in entries.values():
        cause = entry.command.envelope.cause
        if cause is not None and _drafts(entry, key, version):
            done = [
                event.task
                for event in found.entry((cause.stream, cause.revision)).events
                if isinstance(event, TaskCompleted)
            ]
            return done[0] if done else ""
    return ""


def _drafts(entry: Entry, key: str, version: str) -> bool:
    return any(
        isinstance(event, DocumentDrafted) and (event.document, event.version) == (key, version)
        for event in entry.events
    )
