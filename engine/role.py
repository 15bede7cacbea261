"""Who may act: company-wide roles, case teams, deputies, and the separation of duties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.case import Case
from engine.organisation import Organisation
from engine.value import Date, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a step reads of other streams, at the revisions its entry names.

    `performers` are those of other instances of the case, by `process:element`.
    """

    organisation: Organisation
    case: Case | None
    performers: Mapping[str, tuple[Person, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """In which role a person acts, and for whom when not for themselves."""

    role: str | None
    on_behalf_of: Person | None = None


def holders(around: Surroundings, role: str) -> tuple[Person, ...]:
    """Who holds the role here: the case's team if it names anybody, else the company."""
    team = () if around.case is None else around.case.roles.get(role, ())
    return team or around.organisation.roles.get(role, ())


def authority(
    around: Surroundings, person: Person, day: Date, *, persons: Iterable[Person], roles: Iterable[str]
) -> Authority | None:
    """In which role the person may do what is offered to these persons and roles; None when not at all.

    Own right comes before a deputyship; a deputy of a deputy has none.
    """
    return next(authorities(around, person, day, persons=persons, roles=roles), None)


def authorities(
    around: Surroundings, person: Person, day: Date, *, persons: Iterable[Person], roles: Iterable[str]
) -> Iterator[Authority]:
    """Every way in which the person may do it: in their own right, then for each principal of the day."""
    persons, roles = tuple(persons), tuple(roles)
    if (own := _own(around, person, persons, roles)) is not None:
        yield own
    for principal in around.organisation.principals(person, day):
        if (theirs := _own(around, principal, persons, roles)) is not None:
            yield Authority(role=theirs.role, on_behalf_of=principal)


def _own(around: Surroundings, person: Person, persons: tuple[Person, ...], roles: tuple[str, ...]) -> Authority | None:
    if person in around.organisation.erased:
        return None  # a case may still name them
    held = next((role for role in roles if person in holders(around, role)), None)
    if held is not None:
        return Authority(role=held)
    return Authority(role=None) if person in persons else None
