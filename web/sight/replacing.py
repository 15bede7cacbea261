"""How a procedure itself replaces whoever holds a role in a case: a message begins an event sub-process with the steps to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.flow.elements import Element, Kind, Process, Trigger
from engine.procedure import Procedure

ROLE = re.compile(r'\s*"([^"\\]+)"\s*')
WORK = (Kind.USER_TASK, Kind.MANUAL_TASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacing:
    """The message that begins it names the new person as `field`; `data` are fields of the case that are set to them, too."""

    role: str
    message: str
    field: str
    start: Element
    steps: tuple[Element, ...]
    data: tuple[str, ...]


def replacing(procedure: Procedure) -> dict[str, Replacing]:
    """By role: how the procedure has its holders replaced, where it says so."""
    found = (way for process in procedure.model.processes.values() for way in _ways(process))
    return {way.role: way for way in found}


def _ways(process: Process) -> Iterator[Replacing]:
    for start in process.elements.values():
        around = process.elements.get(start.parent or "")
        if (
            around is None
            or not around.by_event
            or start.kind is not Kind.START
            or start.trigger is not Trigger.MESSAGE
        ):
            continue
        inside = [element for element in process.elements.values() if element.parent == around.id]
        for element in inside:
            if (way := _given(start, element, inside)) is not None:
                yield way


def _given(start: Element, element: Element, inside: list[Element]) -> Replacing | None:
    """The step gives a role to the one person whom the message names."""
    role = ROLE.fullmatch(element.parameters.get("role", ""))
    person = re.fullmatch(rf"\s*\[\s*({re.escape(start.result)}\.(\w+))\s*\]\s*", element.parameters.get("persons", ""))
    if element.extensions.get("connector") != "case-role" or role is None or person is None or start.message is None:
        return None
    return Replacing(
        role=role[1],
        message=start.message,
        field=person[2],
        start=start,
        steps=tuple(one for one in inside if one.kind in WORK),
        data=tuple(
            name
            for one in inside
            if one.extensions.get("connector") == "record-to-case"
            for name, value in one.parameters.items()
            if value.strip() == person[1]
        ),
    )
