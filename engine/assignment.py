"""To whom a task goes when the person it is for is not there and nobody acts for them."""

from __future__ import annotations

from engine.absence import Absence
from engine.flow.elements import Element
from engine.procedure import Procedure
from engine.role import Surroundings, holders
from engine.value import Date, Person


def passed_to(
    procedure: Procedure, around: Surroundings, element: Element, person: Person, day: Date
) -> tuple[Absence, tuple[str, ...]] | None:
    """The absence of a person who has no deputy that day, and the roles that get the task; None when it stays theirs.

    First the role of the lane, then whoever the escalation tells first, then the procedure's owner: whichever has somebody
    who is there. Without anybody it stays, and waits.
    """
    absence = _without_deputy(around, person, day)
    if absence is None:
        return None
    lane = () if element.role is None else (element.role,)
    for roles in (lane, _told_first(procedure, element), (procedure.owner,)):
        others = [other for role in roles for other in holders(around, role)]
        if any(_without_deputy(around, other, day) is None for other in others):
            return absence, roles
    return None


def _told_first(procedure: Procedure, element: Element) -> tuple[str, ...]:
    """Whom the task's escalation tells first."""
    found = procedure.escalations.get(element.extensions.get("escalation", ""))
    return () if found is None else next((step.to for step in found.steps if step.to), ())


def _without_deputy(around: Surroundings, person: Person, day: Date) -> Absence | None:
    company = around.organisation
    return None if company.has_deputy(person, day) else company.absence(person, day)
