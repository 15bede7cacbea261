"""The dialogs of a task: what they ask for, whom they offer, and the commands that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from flask import abort, request

from engine import commands
from engine.commands import Command, Envelope
from engine.errors import Reason, Refused
from engine.organisation import Organisation
from engine.value import Person
from engine.words import ReturnMode, SignPlace, Stage
from web import proving, texts
from web.acting.act import Act
from web.acting.allowed import standing
from web.identity import me
from web.pages.task import signature
from web.sight import absence
from web.sight.desk import Desk
from web.translation import _


class Missing(NamedTuple):
    """A control of a dialog that was left empty, and what is expected there."""

    control: str
    text: str


CHOSEN = {"person": "to", "persons": "to", "target": "target", "activity": "activity"}
"""What a dialog asks to be chosen, and the control for it."""


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
            return lambda envelope: commands.ResolveTask(
                envelope=signature.proven(desk, envelope), task=key, opinion=opinion
            )
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


def about(desk: Desk, act: Act, refused: Refused) -> str:
    """The control of a dialog that a refusal is about: while the action is still offered, it is what was chosen there."""
    if refused.reason is Reason.NOT_PROVEN:
        return proving.FIELD
    if not standing(desk).has(act.name):
        return ""
    return next((control for asked, control in CHOSEN.items() if asked in act.asks), "")


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
    return absence.marked(organisation, Person(key), name)


def _persons() -> tuple[Person, ...]:
    return tuple(Person(found) for found in request.form.getlist("to") if found)


def _roles(desk: Desk) -> tuple[str, ...]:
    role = desk.element.role
    return () if desk.task is None else desk.task.qualifying or (() if role is None else (role,))


def _is_signing(desk: Desk) -> bool:
    return desk.task is not None and desk.task.stage is Stage.SIGNING
