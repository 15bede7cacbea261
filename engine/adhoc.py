"""What people start inside an ad-hoc sub-process, and who may."""

from __future__ import annotations

from engine.commands import StartActivity
from engine.entitlement import actor, taking_part, today
from engine.errors import Reason, Refused
from engine.events import ActivityStarted
from engine.role import Authority, authority
from engine.step import Progress


def start(progress: Progress, command: StartActivity) -> None:
    """Note who starts an element of an ad-hoc sub-process: a holder of its lane's role, or whoever takes part if it has none."""
    found = progress.instance.activities.get(command.activity)
    if found is None or command.element not in found.enabled:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有可开始的活动 {command.element}",
            f"expected an activity that may be started now, but {command.element} is none",
        )
    right = right_to_start(
        progress, progress.procedure.model.element(found.process, command.element).role, command.element
    )
    progress.emit(
        ActivityStarted(
            activity=found.id,
            process=found.process,
            element=command.element,
            person=actor(progress),
            role=right.role,
            on_behalf_of=right.on_behalf_of,
        )
    )


def right_to_start(progress: Progress, role: str | None, element: str) -> Authority:
    """In which role whoever asks starts an element of a lane with this role. Raises Refused (NOT_ALLOWED)."""
    person = actor(progress)
    if role is None:
        taking_part(progress)
        return Authority(role=None)
    right = authority(progress.around, person, today(progress), persons=(), roles=(role,))
    if right is None:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"{element} 应由 {role} 开始",
            f"expected a holder of {role} to start {element}",
        )
    return right
