"""The separation of duties: who may not do a task because of what they did before. Deputy and principal count as one."""

from __future__ import annotations

from engine.countersign import once
from engine.errors import Reason, Refused
from engine.flow.elements import Element
from engine.role import Authority
from engine.step import Progress
from engine.task import SIGNED, Task, signers_of
from engine.value import Person


def separated(progress: Progress, task: Task, right: Authority, person: Person) -> None:
    """Refuse a performer of a task that this one must be kept apart from.

    A waiver is for one person, acting in whatever right; it says nothing for those who deputise for them.
    """
    acting = {person} if right.on_behalf_of is None else {person, right.on_behalf_of}
    if person in task.waived:
        acting -= set(task.waived)
    apart(progress, progress.procedure.model.element(task.process, task.element), acting)
    once(progress, task, acting)


def apart(progress: Progress, element: Element, acting: set[Person]) -> None:
    """Refuse performers of the tasks that the element must be kept apart from."""
    for key in separation_keys(element):
        done = (*progress.instance.performers.get(key, ()), *progress.around.performers.get(key, ()))
        clash = sorted(p.id for p in acting.intersection(done))
        if clash:
            other = key.partition(":")[2].removesuffix(SIGNED)
            raise Refused(
                Reason.SEPARATION_OF_DUTIES,
                f"职责分离:{clash[0]} 已办理 {other},不得再办理 {element.id}",
                f"separation of duties: {clash[0]} performed {other} and may not perform {element.id}",
            )


def separate_from(progress: Progress, task: Task) -> tuple[str, ...]:
    """The keys, as in `separation_keys`, of those who may not do this task."""
    return separation_keys(progress.procedure.model.element(task.process, task.element))


def separation_keys(element: Element) -> tuple[str, ...]:
    """What `zx:separateFrom` names, each as `process:element`: its performers, and those who signed it."""
    named = element.extensions.get("separateFrom", "").split()
    keys = [name if ":" in name else f"{element.process}:{name}" for name in named]
    return tuple(name for key in keys for name in (key, signers_of(key)))
