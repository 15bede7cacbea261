"""Several tasks at once: claimed, or done with one entry for all; each is a command of its own, and its outcome is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine import bulk, signature
from engine.commands import ClaimTask, Command, CompleteTask, Envelope
from engine.errors import Reason, Refused, Text
from engine.form import Form
from engine.value import Context
from storage import intake, personal
from web import asking, reading
from web.acting.allowed import standing
from web.sight.desk import Desk

MOST = 100
"""Tasks at once."""

Made = tuple[Command, Sequence[personal.Row]]
OTHER = Text(
    "只有同一步骤、允许批量办理的任务才能一起完成;请单独办理这一项",
    "expected tasks of one step that may be done together; do this one by itself",
)
SIGNED = Text(
    "这一步须签名:请逐项打开,看过内容后输入密码或动态码提交",
    "expected tasks without a signature: open this one by itself, read it, and give your password or a code when handing in",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one of the tasks: done, or why not."""

    desk: Desk
    refusal: Refused | None = None

    @property
    def done(self) -> bool:
        """It is done."""
        return self.refusal is None


def claim(desks: Sequence[Desk], first: Envelope) -> list[Outcome]:
    """Take each of the tasks."""

    def made(envelope: Envelope, desk: Desk) -> Made:
        return ClaimTask(envelope=envelope, task=desk.key), ()

    return [_tried(desk, first, made) for desk in desks]


def complete(desks: Sequence[Desk], data: Mapping[str, object], first: Envelope) -> list[Outcome]:
    """Hand in the same entry for each of the tasks that allow it."""
    like = [desk.key for desk in together(desks)]
    return [
        _completed(desk, data, first)
        if desk.key in like or asking.is_done(_key(desk, first))
        else Outcome(desk=desk, refusal=_other(desk))
        for desk in desks
    ]


def together(desks: Sequence[Desk]) -> list[Desk]:
    """Those that may be done with one entry: of the first step among them that allows it, where this person may do it."""
    allowed = [desk for desk in desks if bulk.is_bulk(desk.element) and desk.task is not None]
    if not allowed:
        return []
    return [desk for desk in allowed if _step(desk) == _step(allowed[0]) and standing(desk).may_do]


def form_of(desk: Desk) -> Form | None:
    """What is filled in for all: the fields that this step writes; None when there are none."""
    form = desk.form
    if form is None:
        return None
    fields = tuple(bulk.written(form, dict(desk.surrounding.rights)))
    return replace(form, fields=fields) if fields else None


def _completed(desk: Desk, data: Mapping[str, object], first: Envelope) -> Outcome:
    def made(envelope: Envelope, desk: Desk) -> Made:
        if desk.task is None:  # a repeat, which gets its first answer
            return CompleteTask(envelope=envelope, task=desk.key, data=Context()), ()
        values, rows = intake.prepare(reading.store(), desk.instance, desk.task, data, envelope)
        return CompleteTask(envelope=envelope, task=desk.key, data=values), rows

    return _tried(desk, first, made)


def _tried(desk: Desk, first: Envelope, made: Callable[[Envelope, Desk], Made]) -> Outcome:
    """One command; sent twice it is done once, as its id comes from that of the whole and its task."""
    envelope = replace(first, id=asking.untried(_key(desk, first)), stream=desk.instance.stream)
    try:
        command, rows = made(envelope, desk)
        reading.store().submit(command, rows)
    except Refused as refused:
        return Outcome(desk=desk, refusal=refused)
    return Outcome(desk=desk)


def _key(desk: Desk, first: Envelope) -> str:
    """The id of the command about one of the tasks."""
    digest = hashlib.sha256(f"{first.id}/{desk.key}".encode()).hexdigest()[:32]
    return f"{first.id.rpartition(':')[0]}:{digest}"


def _step(desk: Desk) -> tuple[str, str, str]:
    return desk.instance.version, desk.row.process, desk.row.element


def _other(desk: Desk) -> Refused:
    why = SIGNED if signature.is_signed(desk.element) else OTHER
    return Refused(Reason.INVALID_DATA, why.zh, why.en)
