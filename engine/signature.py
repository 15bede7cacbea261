"""Tasks whose handing in is signed: whoever does it proves themselves anew, with the password or a code, for that one command."""

from __future__ import annotations

from engine.commands import Command, ResolveTask
from engine.errors import Reason, Refused
from engine.events import Event, TaskCompleted, TaskSigned, TaskSubmitted
from engine.flow.elements import Element
from engine.step import Progress
from engine.task import Task

LEVEL = "L1"
"""The one level above a click that is executed: who is signed in proves themselves anew."""

MARK = "sign"
HANDED_IN = (TaskCompleted, TaskSubmitted)


def is_signed(element: Element) -> bool:
    """Handing in the task, a vote and an opinion on it need a proof; a level that nobody executes is never less."""
    return MARK in element.extensions


def demand(progress: Progress, task: Task) -> None:
    """Refuse a signed task to whoever has not proven themselves for this command. Raises Refused (NOT_PROVEN)."""
    if progress.command.envelope.proof is None and is_signed(
        progress.procedure.model.element(task.process, task.element)
    ):
        raise Refused(
            Reason.NOT_PROVEN,
            "这一步须签名:请在浏览器中打开任务,提交时再次输入本人的密码或动态码(程序须附上 password 或 code)",
            "expected a signature: open the task in a browser and give your password or a code once more when handing in "
            "(programs send password or code)",
        )


def signs(command: Command, event: Event) -> bool:
    """The event is what the actor of the command signed by it, with a proof of who they are."""
    by_it = TaskSigned if isinstance(command, ResolveTask) else HANDED_IN
    return command.envelope.proof is not None and isinstance(event, by_it)
