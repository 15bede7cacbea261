"""A task done by somebody without an account: who may give them a link, until when, and what using it comes to.

The link holds a secret that is kept nowhere; the journal has its digest. A task has one link at a time, and it works once.
"""

from __future__ import annotations

import hmac
import re
from datetime import timedelta

from engine import task as tasks
from engine import temporal, work
from engine.changed import replace
from engine.commands import AnswerInvitation, Command, InviteContact, RevokeInvitation
from engine.entitlement import actor, holds_right, offered_to, still_entitled
from engine.errors import Fault, Reason, Refused, Text
from engine.events import ContactInvited, InvitationAnswered, InvitationRevoked, TaskCompleted, TaskSubmitted
from engine.flow.elements import Element
from engine.form import Form
from engine.remark import written
from engine.signature import demand
from engine.step import Progress
from engine.task import Task
from engine.value import Context, DateTime, Person
from engine.words import Channel, Stage

LONGEST = timedelta(days=60)
DIGEST = re.compile(r"[0-9a-f]{64}")
MARK = "external"


def is_external(element: Element) -> bool:
    """Somebody without an account may do the task by a link."""
    return element.extensions.get(MARK) == "true"


def invite(progress: Progress, command: InviteContact) -> None:
    """Give a contact a link, by whoever has the task or may take it; the duties that bar from doing it do not bar from this."""
    task = tasks.permitted(work.open_task(progress.instance, command.task), command)
    if not is_external(progress.procedure.model.element(task.process, task.element)):
        raise Refused(
            Reason.INVALID_DATA,
            f"{task.element} 未声明可由外部人员通过链接办理",
            f"expected a task with zx:external, but {task.element} has none",
        )
    right = having(progress, task)
    written(command.message)
    if not DIGEST.fullmatch(command.digest):
        raise Refused(Reason.INVALID_DATA, "链接的摘要应为 64 位十六进制", "expected a digest of 64 hexadecimal digits")
    _in_time(progress, command.until)
    progress.emit(
        ContactInvited(
            invitation=progress.new_id(),
            task=task.id,
            person=actor(progress),
            on_behalf_of=right,
            contact=command.contact,
            digest=command.digest,
            until=command.until,
            message=command.message,
            mailed=command.mailed,
        )
    )


def revoke(progress: Progress, command: RevokeInvitation) -> None:
    """End the link, by whoever gave it, has the task, or may reassign it."""
    task = tasks.permitted(work.open_task(progress.instance, command.task), command)
    person, found = actor(progress), task.invitation
    if found is None:
        raise Refused(Reason.WRONG_STATE, f"任务 {task.id} 没有链接", f"task {task.id} has no link")
    if person != found.person and not holds_right(progress, "reassign"):
        having(progress, task)
    progress.emit(InvitationRevoked(invitation=found.id, task=task.id, person=person))


def answer(progress: Progress, command: AnswerInvitation) -> tuple[Task, Context]:
    """Check link and form, and note who did it: the task as the contact has it, and the values to be kept.

    The performer is the contact, not whoever gave the link. Raises Refused.
    """
    _by_link(command)
    task = tasks.permitted(work.open_task(progress.instance, command.task), command)
    found = task.invitation
    if found is None or not hmac.compare_digest(found.digest, command.digest) or progress.has_come(found.until):
        raise Refused(
            Reason.NOT_ALLOWED, "链接已失效,请联系发给您的人", "the link no longer works: ask whoever gave it to you"
        )
    contact = Person(found.id)
    form = progress.procedure.form(progress.procedure.model.element(task.process, task.element))
    if form is not None:
        _only_offered(form, command.data)
    values = work.form_accepts(progress, task, command.data)
    demand(progress, task)
    progress.emit(InvitationAnswered(invitation=found.id, task=task.id, evidence=command.evidence))
    done = TaskSubmitted if task.turns else TaskCompleted
    progress.emit(done(task=task.id, person=contact, role=None, on_behalf_of=None))
    return replace(task, holder=contact, role=None, on_behalf_of=None), values


def having(progress: Progress, task: Task) -> Person | None:
    """For whom the actor has the task, or could take it; None when for themselves. Raises Refused (NOT_ALLOWED)."""
    person = actor(progress)
    if task.stage is Stage.OFFERED:
        return offered_to(progress, task, person).on_behalf_of
    if person != task.on_behalf_of:
        work.holding(progress, task)
        still_entitled(progress, task, person)
        return task.on_behalf_of
    return None


def _by_link(command: Command) -> None:
    if command.envelope.actor is not None or command.envelope.channel is not Channel.LINK:
        raise Refused(
            Reason.NOT_ALLOWED,
            "此命令只由持有链接的外部人员发出",
            "expected this to be asked by whoever holds the link, and by nobody else",
        )


def _in_time(progress: Progress, until: DateTime) -> None:
    longest = temporal.from_datetime(progress.at + LONGEST)
    found = temporal.compare(until, longest)
    if progress.has_come(until) or found is None or found > 0:
        raise Refused(
            Reason.INVALID_DATA,
            f"链接的有效期应在现在之后,且不超过 {LONGEST.days} 天",
            f"expected the link to end after now, and within {LONGEST.days} days",
        )


def _only_offered(form: Form, data: Context) -> None:
    """Refuse an option that is only for people with an account."""
    wrong = [one for one in form.fields if data.get(one.key) in one.inner_options]
    faults = tuple(Fault(one.key, Text("应为所列的选项之一", "expected one of the options shown")) for one in wrong)
    if faults:
        first = faults[0]
        raise Refused(Reason.INVALID_DATA, f"{first.path}:{first.text.zh}", f"{first.path}: {first.text.en}", faults)
