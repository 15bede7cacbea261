"""Messages and signals that came."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverMessage(Command):
    """A message has come for a waiting receiver: an element of the instance."""

    subscription: str
    payload: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSignal(Command):
    """A signal thrown by another stream has come for a waiting element."""

    subscription: str
    payload: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(Command):
    """A message came in from outside, for a case or for nobody in particular; whoever awaits it there has it.

    `procedure` is that of the case; without a case the version in force says which messages there are.
    """

    procedure: str
    name: str
    correlation: Value
    payload: Context
