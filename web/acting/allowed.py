"""What this person may do with a task besides handing in its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import commands, returning, signing, target
from engine import task as tasks
from engine.entitlement import holds_right, offered_to, rights, taking_part
from engine.errors import Refused, Text
from engine.separation import separated
from engine.step import Progress
from engine.target import Target
from engine.task import Task
from engine.words import Stage
from web import texts
from web.acting import adhoc
from web.acting.act import ACTS, Act
from web.identity import me
from web.sight.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How this person stands to a task: may hand it in, or why not, and which actions there are."""

    may_do: bool
    is_mine: bool
    barred: Text | None
    acts: tuple[Act, ...]

    def has(self, name: str) -> bool:
        """The action is offered."""
        return any(act.name == name for act in self.acts)


def standing(desk: Desk) -> Standing:
    """How this person stands to the task."""
    task, who = desk.task, me().person
    if task is None:
        again = [ACTS["withdraw"]] if _may_withdraw(desk) else []
        return Standing(may_do=False, is_mine=False, barred=None, acts=(*again, *_of_case(desk)))
    barred = _barred(desk, task)
    may_do = barred is None and (task.stage is Stage.OFFERED or (task.stage is Stage.CLAIMED and task.holder == who))
    names = set(_offered(desk, task, may_do=may_do))
    acts = tuple(act for act in ACTS.values() if act.name in names)
    return Standing(may_do=may_do, is_mine=task.holder == who, barred=barred, acts=(*acts, *_of_case(desk)))


def goals(desk: Desk, *, straight: bool) -> list[tuple[Target, str]]:
    """Where a task can be returned to, nearest first, each with why not; what is far off and impossible is left out."""
    if desk.task is None:
        return []
    found = target.targets(desk.procedure, desk.instance, desk.window, desk.key, straight=straight)
    told = [(one, "" if one.refusal is None else texts.said(one.refusal)) for one in found]
    done = {name for scope in desk.instance.scopes.values() for name in scope.done}
    return [(one, why) for one, why in told if not why or one.element in done]


def _barred(desk: Desk, task: Task) -> Text | None:
    """Why this person may not do the task; None when they may, as far as can be seen from here."""
    progress, who, found = desk.progress, me().person, None
    if task.stage is not Stage.OFFERED:
        return None
    for right in rights(progress, task, who):
        try:
            separated(progress, task, right, who)
        except Refused as refused:
            found = found or refused.text
        else:
            return None
    if found is None:
        try:
            offered_to(progress, task, who)
        except Refused as refused:
            return refused.text
    return found


def _offered(desk: Desk, task: Task, *, may_do: bool) -> Iterator[str]:
    """The names of the actions that the stage of the task and this person's part in it allow."""
    who, stage = me().person, task.stage
    reassigns = holds_right(desk.progress, "reassign")
    if may_do:
        yield from ("claim",) if stage is Stage.OFFERED and (task.roles or task.persons != (who,)) else ()
        yield from ("transfer", "delegate", "sign")
        if any(not why for _one, why in goals(desk, straight=False)):
            yield "return"
    elif reassigns and stage in tasks.LIFECYCLE[commands.TransferTask]:
        yield "transfer"
    if stage is Stage.CLAIMED and (who in (task.holder, task.on_behalf_of) or reassigns):
        yield "release"
    if stage is Stage.DELEGATED and who in (task.holder, task.owner):
        yield "resolve"
    if stage is Stage.SIGNING and _signs(desk, task):
        yield from ("resolve", "sign")
    if _takes_part(desk):
        yield "copy"
        if task.holder != who:
            yield "urge"
    if holds_right(desk.progress, "terminate"):
        yield "terminate"


def _of_case(desk: Desk) -> list[Act]:
    return [ACTS["begin"]] if adhoc.startable(desk.progress, desk.names) else []


def _signs(desk: Desk, task: Task) -> bool:
    try:
        signing.signing(desk.progress, task)
    except Refused:
        return False
    return True


def _takes_part(desk: Desk) -> bool:
    try:
        taking_part(desk.progress)
    except Refused:
        return False
    return True


def _may_withdraw(desk: Desk) -> bool:
    """Tried on the state as it is: nothing is written, and the answer is the engine's own."""
    if desk.key not in desk.instance.completions:
        return False
    envelope, progress = desk.progress.command.envelope, desk.progress
    wish = commands.WithdrawTask(envelope=envelope, task=desk.key, reason="?")
    try:
        returning.withdraw(Progress(progress.procedure, progress.instance, wish, progress.around), wish, desk.window)
    except Refused:
        return False
    return True
