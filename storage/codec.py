"""Stored commands and events of any age as today's classes: old versions become new ones when they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import cast

from engine import record
from engine.commands import Command, Envelope
from engine.errors import UnknownKind
from engine.events import Event
from engine.record import Shelf

Document = dict[str, object]
Upgrade = Callable[[Document], Document]

UPGRADES: dict[tuple[str, int], Upgrade] = {}
"""From a kind and version to the document of the next version. A new event version adds one line here."""


def read_command(document: Document, envelope: Envelope, shelf: Shelf) -> tuple[Command, Mapping[str, object]]:
    """The command, and its fields for the events that point to them. Raises UnknownKind, MalformedValue."""
    kind, content = _newest(document)
    command = cast("Command", record.read(kind, content, shelf, given={"envelope": envelope}))
    return command, {field.name: getattr(command, field.name) for field in fields(command)}


def read_event(document: Document, command: Mapping[str, object], shelf: Shelf) -> Event:
    """The event of a document. Raises UnknownKind, MalformedValue."""
    kind, content = _newest(document)
    return cast("Event", record.read(kind, content, shelf, command))


def _newest(document: Document) -> tuple[type, Document]:
    name, version = document.get("kind"), document.get("version")
    while isinstance(name, str) and isinstance(version, int) and (name, version) in UPGRADES:
        document = UPGRADES[name, version](document)
        name, version = document.get("kind"), document.get("version")
    if not isinstance(version, int):
        raise UnknownKind(str(name), 0)
    return record.kind_of(name, version), {k: v for k, v in document.items() if k not in ("kind", "version")}
