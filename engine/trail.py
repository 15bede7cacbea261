"""What an instance remembers of moments ago: completions that might be taken back, and who waits for a task they returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.changed import replace
from engine.events import TaskCompleted
from engine.task import Task
from engine.value import Person

REMEMBERED = 16
"""How many completions can still be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A task that was completed by the entry of `revision`; `thrown`: something left the instance with it.

    `whole` and `item` are the multi-instance it is an item of, and its place there.
    """

    task: str
    process: str
    element: str
    scope: str
    person: Person
    role: str | None
    on_behalf_of: Person | None
    revision: int
    thrown: bool = False
    whole: str | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Whoever returned a task, and has it again when the work comes straight back."""

    person: Person
    role: str | None
    on_behalf_of: Person | None


def place_of(scope: str, process: str, element: str) -> str:
    """The name of an element in one scope."""
    return f"{scope}/{process}:{element}"


def element_of(place: str) -> tuple[str, str]:
    """Process and element of a place."""
    process, _, element = place.partition("/")[2].rpartition(":")
    return process, element


def completed(
    before: Mapping[str, Completion],
    task: Task,
    event: TaskCompleted,
    revision: int,
    whole: str | None = None,
    item: int | None = None,
) -> dict[str, Completion]:
    """The last completions, with one more."""
    new = Completion(
        task=task.id,
        process=task.process,
        element=task.element,
        scope=task.scope,
        person=event.person,
        role=event.role,
        on_behalf_of=event.on_behalf_of,
        revision=revision,
        whole=whole,
        item=item,
    )
    kept = list(before.items())[1 - REMEMBERED :]
    return {**dict(kept), task.id: new}


def thrown(before: dict[str, Completion], revision: int) -> dict[str, Completion]:
    """The completions, of which those of this entry cannot be taken back: what left the instance stays outside."""
    now = {key: replace(found, thrown=True) for key, found in before.items() if found.revision == revision}
    return {**before, **now} if now else before


def without_scope(awaited: dict[str, Awaited], scope: str) -> dict[str, Awaited]:
    """Nobody waits for a place in a scope that is gone."""
    return (
        {place: found for place, found in awaited.items() if not place.startswith(f"{scope}/")} if awaited else awaited
    )
