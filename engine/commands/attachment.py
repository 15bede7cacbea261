"""What is asked about attachments."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import File


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile(Command):
    """Add a file to the record of a case; `task` is the one it was added at.

    With `personal` its bytes are erased with the personal values of the case; its name and label stay.
    """

    file: File
    label: str
    task: str | None = None
    personal: bool = False
