"""Stored commands and events of any age as today's classes: old versions become new ones when they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import cast

from engine import record
from engine.commands import Command, Envelope
from engine.errors import MalformedValue
from engine.events import Event
from engine.record import Shelf

Document = list[object]
"""`[kind, version, fields]`."""

Upgrade = Callable[[Document], Document]

UPGRADES: dict[tuple[str, int], Upgrade] = {
    ("AbsenceEnded", 1): lambda found: ["AbsenceEnded", 2, found[2]],
    ("EndAbsence", 1): lambda found: ["EndAbsence", 2, found[2]],
}
"""From a kind and version to the document of the next version. A new event version adds one line here."""


def read_command(document: object, envelope: Envelope, shelf: Shelf) -> tuple[Command, Mapping[str, object]]:
    """The command, and its fields for the events that point to them. Raises UnknownKind, MalformedValue."""
    kind, content = _newest(document)
    command = cast("Command", record.read(kind, content, shelf, given={"envelope": envelope}))
    return command, {field.name: getattr(command, field.name) for field in fields(command)}


def read_event(document: object, command: Mapping[str, object], shelf: Shelf) -> Event:
    """The event of a document. Raises UnknownKind, MalformedValue."""
    kind, content = _newest(document)
    return cast("Event", record.read(kind, content, shelf, command))


def _newest(document: object) -> tuple[type, dict[str, object]]:
    found = document
    while True:
        if not isinstance(found, list) or len(found) != 3 or not isinstance(found[2], dict):
            raise MalformedValue("expected a command or event as [kind, version, fields]")
        name, version, content = found
        upgrade = UPGRADES.get((str(name), version if isinstance(version, int) else 0))
        if upgrade is None:
            return record.kind_of(name, version), content
        found = upgrade(found)
