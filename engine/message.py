"""Messages from outside: who may send one, and which names there are."""

from __future__ import annotations

from collections.abc import Iterator

from engine.commands import SendMessage
from engine.errors import Reason, Refused
from engine.events import MessageThrown
from engine.flow.elements import Element, Kind, Trigger
from engine.organisation import Organisation, unattended
from engine.procedure import Procedure
from engine.size import bounded

SENDERS = (Kind.SEND_TASK, Kind.THROW_EVENT, Kind.END)
"""Elements that throw a message; every other element with a message waits for it."""

NEW = "new"
"""What `zx:case` says where a message begins a case of its own."""


def receivers(procedure: Procedure, name: str) -> Iterator[Element]:
    """The elements that wait for a message of this name, or begin with it."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.trigger is Trigger.MESSAGE and element.kind not in SENDERS and element.message == name:
                yield element


def sent(
    procedure: Procedure | None, stream: int, revision: int, command: SendMessage, organisation: Organisation
) -> MessageThrown:
    """The message, which a job delivers as one that an instance throws. Raises Refused."""
    waiting = [] if procedure is None else list(receivers(procedure, command.name))
    if procedure is None or not waiting:
        raise Refused(
            Reason.NOT_FOUND,
            f"程序 {command.procedure} 不接收消息 {command.name}",
            f"expected a message that procedure {command.procedure} waits for, but {command.name} is none",
        )
    _may(procedure, waiting, command, organisation)
    bounded((command.payload, command.correlation), "消息内容", "a message")
    return MessageThrown(
        message=f"{stream}.{revision + 1}.1",
        name=command.name,
        correlation=command.correlation,
        payload=command.payload,
    )


def _may(procedure: Procedure, waiting: list[Element], command: SendMessage, organisation: Organisation) -> None:
    """Whoever has the right `message`, or a role in whose lane the message is awaited, says that it came."""
    actor = command.envelope.actor
    if unattended(command.envelope):
        return
    roles = {*procedure.may("message"), *(element.role for element in waiting if element.role is not None)}
    if actor is None or not organisation.acts(actor, roles, command.envelope.at):
        named = sorted(roles)
        raise Refused(
            Reason.NOT_ALLOWED,
            f"消息 {command.name} 应由 {'、'.join(named)} 转入",
            f"expected a holder of {', '.join(named)} to send message {command.name}",
        )
