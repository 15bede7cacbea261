"""Which task wrote which version of a document of a case."""

from __future__ import annotations

from collections.abc import Iterator

from engine.events import DocumentDrafted, TaskCompleted
from web.sight.dossier import Dossier


def written_in(found: Dossier, key: str, version: str) -> str:
    """The task whose form became this version of a document of the case; nothing when there is no such version."""
    return next(
        (task for drafted, task in _writings(found) if (drafted.document, drafted.version) == (key, version)), ""
    )


def written_by(found: Dossier, task: str) -> DocumentDrafted | None:
    """The version that the form of a task became."""
    return next((drafted for drafted, writer in _writings(found) if writer == task), None)


def _writings(found: Dossier) -> Iterator[tuple[DocumentDrafted, str]]:
    """Each version that was drafted, with the task completed by the entry that made it necessary."""
    marks = found.courses[found.number].marks
    for entry in found.entries([(found.number, mark.revision) for mark in marks if mark.papers]).values():
        cause, drafted = entry.command.envelope.cause, [one for one in entry.events if isinstance(one, DocumentDrafted)]
        if cause is None or not drafted:
            continue
        done = found.entry((cause.stream, cause.revision)).events
        for event in done:
            if isinstance(event, TaskCompleted):
                yield drafted[0], event.task
