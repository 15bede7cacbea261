"""What happens to attachments."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events.event import Event
from engine.value import File


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAttached(Event):
    """A file belongs to the record of the case from now on."""

    attachment: str
    file: File
    label: str
    task: str | None = None
    personal: bool = False
