"""What is asked of a procedure."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersion(Command):
    """Put a frozen version in force; its files are stored under the digest."""

    procedure: str
    version: str
    label: str
    reason: str
