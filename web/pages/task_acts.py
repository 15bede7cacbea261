"""What this person may do with a task besides handing in its form, and the commands that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import abort, request

from engine import commands, returning, signing, target
from engine import task as tasks
from engine.commands import Command, Envelope
from engine.entitlement import holds_right, offered_to, rights, taking_part
from engine.errors import Refused, Text
from engine.organisation import Organisation
from engine.role import authority
from engine.separation import separated
from engine.step import Progress
from engine.target import Target
from engine.task import Task
from engine.value import Person
from engine.words import ReturnMode, SignPlace, Stage
from web import texts
from web.identity import me
from web.pages import people_absence
from web.pages.task_act import ACTS, Act
from web.pages.task_desk import Desk
from web.translation import _


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


class Missing(NamedTuple):
    """A control of a dialog that was left empty, and what is expected there."""

    control: str
    text: str


CHOSEN = {"person": "to", "persons": "to", "target": "target", "activity": "activity"}
"""What a dialog asks to be chosen, and the control for it."""


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


def command(desk: Desk, name: str) -> Callable[[Envelope], Command]:
    """The command that a dialog asks for, from what was entered there."""
    key, form = desk.key, request.form
    reason = form.get("reason", "")
    match name:
        case "claim":
            return lambda envelope: commands.ClaimTask(envelope=envelope, task=key)
        case "release":
            return lambda envelope: commands.ReleaseTask(envelope=envelope, task=key)
        case "withdraw":
            return lambda envelope: commands.WithdrawTask(envelope=envelope, task=key, reason=reason)
        case "resolve":
            opinion = form.get("opinion", "")
            return lambda envelope: commands.ResolveTask(envelope=envelope, task=key, opinion=opinion)
        case "terminate":
            return lambda envelope: commands.TerminateInstance(envelope=envelope, reason=reason)
        case "urge":
            message = form.get("message", "")
            return lambda envelope: commands.UrgeTask(envelope=envelope, task=key, message=message)
        case _:
            return _with_more(key, name, reason)


def _with_more(key: str, name: str, reason: str) -> Callable[[Envelope], Command]:
    """The commands that name other people, steps or activities."""
    form = request.form
    to, several = Person(form.get("to", "")), _persons()
    match name:
        case "transfer":
            return lambda envelope: commands.TransferTask(envelope=envelope, task=key, to=to, reason=reason)
        case "delegate":
            return lambda envelope: commands.DelegateTask(envelope=envelope, task=key, to=to, reason=reason)
        case "copy":
            message = form.get("message", "")
            return lambda envelope: commands.CopyTask(envelope=envelope, task=key, to=several, message=message)
        case "sign":
            place = SignPlace.AFTER if form.get("place") == "after" else SignPlace.BEFORE
            return lambda envelope: commands.AddSigner(
                envelope=envelope, task=key, persons=several, place=place, reason=reason
            )
        case "return":
            mode = ReturnMode.STRAIGHT if form.get("mode") == "straight" else ReturnMode.STEP
            goal = form.get("target", "")
            return lambda envelope: commands.ReturnTask(
                envelope=envelope, task=key, target=goal, mode=mode, reason=reason
            )
        case "begin":
            activity, _sign, element = form.get("activity", "").partition("/")
            return lambda envelope: commands.StartActivity(envelope=envelope, activity=activity, element=element)
        case _:
            abort(404)


def missing(desk: Desk, act: Act) -> Missing | None:
    """What a dialog has to ask for and was left empty, the first first."""
    form = request.form
    if "person" in act.asks and not form.get("to"):
        return Missing("to", _("请选择一个人。"))
    if "persons" in act.asks and not _persons():
        return Missing("to", _("请至少选择一个人。"))
    if "target" in act.asks and not form.get("target"):
        return Missing("target", _("请选择退回到哪一步。"))
    if "activity" in act.asks and not form.get("activity"):
        return Missing("activity", _("请选择一项活动。"))
    if "reason" in act.asks and not form.get("reason", "").strip():
        return Missing("reason", _("请写明理由:它会留在记录中,对方也会看到。"))
    if "opinion" in act.asks and not form.get("opinion", "").strip() and _is_signing(desk):
        return Missing("opinion", _("请写明您的意见:它会留在记录中,请您加签的人也会看到。"))
    return None


def about(desk: Desk, act: Act) -> str:
    """The control of a dialog that a refusal is about: while the action is still offered, it is what was chosen there."""
    if not standing(desk).has(act.name):
        return ""
    return next((control for asked, control in CHOSEN.items() if asked in act.asks), "")


def goals(desk: Desk, *, straight: bool) -> list[tuple[Target, str]]:
    """Where a task can be returned to, nearest first, each with why not; what is far off and impossible is left out."""
    if desk.task is None:
        return []
    found = target.targets(desk.procedure, desk.instance, desk.window, desk.key, straight=straight)
    told = [(one, "" if one.refusal is None else texts.said(one.refusal)) for one in found]
    done = {name for scope in desk.instance.scopes.values() for name in scope.done}
    return [(one, why) for one, why in told if not why or one.element in done]


def activities(desk: Desk) -> list[tuple[str, Text]]:
    """What people may start now in this run."""
    return [
        (f"{activity.id}/{element}", desk.names.step(activity.process, element))
        for activity in desk.instance.activities.values()
        for element in activity.enabled
        if _may_begin(desk, desk.procedure.model.element(activity.process, element).role)
    ]


def roles(desk: Desk) -> list[str]:
    """The roles in which it is done, in words: its own where each of several has another, else that of its lane."""
    codes = () if desk.task is None else desk.task.qualifying
    if not codes and desk.element.loop is None and desk.element.role:
        codes = (desk.element.role,)
    return [texts.said(desk.names.role(code)) for code in codes]


def people(desk: Desk, role: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody who may be chosen, those who hold the role first: headings, each with ids and names."""
    organisation, names = desk.progress.around.organisation, desk.names.people
    wanted = (role,) if role else _roles(desk)
    team = () if desk.case is None else [p for one in wanted for p in desk.case.roles.get(one, ())]
    return grouped(
        organisation, names, [p.id for p in (*team, *(p for w in wanted for p in organisation.roles.get(w, ())))]
    )


def grouped(
    organisation: Organisation, names: Mapping[str, str], first: Iterable[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody of the organisation under two headings: those who qualify, in their order, and the others by name."""
    present = {p.id for p in organisation.persons if p not in organisation.erased and p.id in names}
    wanted = dict.fromkeys(first)
    near = [(key, names[key]) for key in wanted if key in present]
    others = sorted(((key, names[key]) for key in present if key not in wanted), key=lambda pair: pair[1])
    heads = [(_("具有所需角色"), near), (_("其他人员") if near else _("全部人员"), others)]
    return [(head, [(key, _marked(organisation, key, name)) for key, name in rows]) for head, rows in heads if rows]


def _marked(organisation: Organisation, key: str, name: str) -> str:
    return _("%(name)s(我)", name=name) if key == me().person.id else _away(organisation, key, name)


def _away(organisation: Organisation, key: str, name: str) -> str:
    return people_absence.marked(organisation, Person(key), name)


def _persons() -> tuple[Person, ...]:
    return tuple(Person(found) for found in request.form.getlist("to") if found)


def _roles(desk: Desk) -> tuple[str, ...]:
    role = desk.element.role
    return () if desk.task is None else desk.task.qualifying or (() if role is None else (role,))


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
    return [ACTS["begin"]] if activities(desk) else []


def _signs(desk: Desk, task: Task) -> bool:
    try:
        signing.signing(desk.progress, task)
    except Refused:
        return False
    return True


def _is_signing(desk: Desk) -> bool:
    return desk.task is not None and desk.task.stage is Stage.SIGNING


def _takes_part(desk: Desk) -> bool:
    try:
        taking_part(desk.progress)
    except Refused:
        return False
    return True


def _may_begin(desk: Desk, role: str | None) -> bool:
    if role is None:
        return _takes_part(desk)
    progress = desk.progress
    return authority(progress.around, me().person, progress.now.date, persons=(), roles=(role,)) is not None


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
