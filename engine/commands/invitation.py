"""What is asked for with a one-time link, by which somebody without an account does a task."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, DateTime, Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteContact(Command):
    """Give a contact outside a link for the task; it ends the link before.

    `contact` is a context of name, organisation and mail; `digest` the SHA-256 in hex of what the link holds, which is
    kept nowhere. `mailed`: it is sent by mail, not handed on by the person who asks.
    """

    task: str
    contact: Personal
    digest: str
    until: DateTime
    message: str
    mailed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitation(Command):
    """End the link of a task before it is used."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInvitation(Command):
    """Hand in the task's form by its link; `evidence` is a context of the name typed, the address and the browser."""

    task: str
    digest: str
    data: Context
    evidence: Personal
