"""The link of a task for a contact outside, as whoever sees the task sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine import invitation
from engine import task as tasks
from engine.commands import InviteContact
from engine.errors import Refused
from storage import invitations
from storage.invitations import Ending, Given
from web import reading
from web.sight.desk import Desk
from web.translation import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The link of a task before this person."""

    given: Given | None
    is_open: bool
    may_give: bool
    may_revoke: bool
    tone: str
    text: str


def standing(desk: Desk) -> Standing | None:
    """The link of a task, for whoever sees the task; nothing where the drawing provides for none."""
    if not invitation.is_external(desk.element):
        return None
    store, task = reading.store(), desk.task
    with store.database.read() as connection:
        given = invitations.of_task(connection, desk.key)
    may = task is not None and task.stage in tasks.LIFECYCLE[InviteContact] and _has(desk)
    is_open = given is not None and given.works(store.now()) and task is not None
    mine = given is not None and desk.progress.command.envelope.actor == given.by
    tone, text = _told(given, store.now())
    return Standing(
        given=given, is_open=is_open, may_give=may, may_revoke=is_open and (may or mine), tone=tone, text=text
    )


def _told(given: Given | None, now: datetime) -> tuple[str, str]:
    """How a link stands, in a word."""
    if given is None:
        return "", _("未发出")
    said = {
        Ending.ANSWERED: ("good", _("已答复")),
        Ending.REVOKED: ("", _("已收回")),
        Ending.REPLACED: ("", _("已更换")),
        Ending.GONE: ("", _("已结束")),
    }
    if given.ending is not None:
        return said[given.ending]
    return ("accent", _("等待答复")) if given.works(now) else ("late", _("已过期"))


def _has(desk: Desk) -> bool:
    assert desk.task is not None
    try:
        invitation.having(desk.progress, desk.task)
    except Refused:
        return False
    return True
