"""The attachments of a case: files that belong to its record without being a field of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.commands import AttachFile
from engine.errors import Reason, Refused
from engine.events import FileAttached
from engine.value import File

MOST = 1_000
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the record, what it is, and the task it was added at."""

    file: File
    label: str
    task: str | None = None
    personal: bool = False


def attach(attachments: Mapping[str, Attachment], key: str, command: AttachFile) -> FileAttached:
    """Add a file under a counted id. Raises Refused when it is there already, or there are too many."""
    label = command.label.strip()
    if len(label) > LONGEST_LABEL or not (label.isprintable() or not label):
        raise Refused(
            Reason.INVALID_DATA,
            f"附件说明应为一行,不超过 {LONGEST_LABEL} 个字",
            f"expected a label of one line, of at most {LONGEST_LABEL} characters",
        )
    if len(attachments) >= MOST:
        raise Refused(
            Reason.WRONG_STATE, f"一个项目最多 {MOST} 个附件", f"expected fewer than {MOST} attachments of a case"
        )
    if any(one.file == command.file for one in attachments.values()):
        raise Refused(
            Reason.WRONG_STATE,
            f"附件“{command.file.name}”已经在项目中",
            f"expected another file, but “{command.file.name}” is attached already",
        )
    return FileAttached(attachment=key, file=command.file, label=label, task=command.task, personal=command.personal)


def attached(event: FileAttached) -> Attachment:
    """The attachment that an event made."""
    return Attachment(file=event.file, label=event.label, task=event.task, personal=event.personal)
