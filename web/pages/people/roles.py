"""Roles: who holds each, what it may do in the procedures in force, and where nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import Connection

from engine.errors import Text
from engine.flow.elements import Kind
from engine.organisation import ADMINISTRATOR
from engine.procedure import Procedure
from engine.value import Person
from storage import accounts
from web import reading, rights
from web.access import holders
from web.sight import doing, people
from web.translation import _

pages = Blueprint("roles", __name__, url_prefix="/roles")

WORK = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})
"""What people do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a role; `able` is False for somebody whose account is closed or has no password."""

    person: Person
    name: str
    able: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a role has to do with a procedure: steps that it does, rights that it has."""

    procedure: Procedure
    steps: int
    rights: Sequence[Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role as the page shows it."""

    code: str
    title: Text
    holders: Sequence[Holder]
    parts: Sequence[Part]

    @property
    def vacancy(self) -> str:
        """What to say when nobody can act in it; nothing otherwise."""
        if not self.holders:
            return _("空缺:没有人担任")
        return "" if any(holder.able for holder in self.holders) else _("空缺:担任者都不能登录")


@pages.get("/")
@holders(ADMINISTRATOR, right="read")
def every() -> str:
    """Every role."""
    with reading.store().database.read() as connection:
        found = _roles(connection)
    return render_template("people/roles.html", roles=found, vacant=sum(bool(role.vacancy) for role in found))


def _roles(connection: Connection) -> list[Role]:
    company, names = reading.organisation(connection), reading.names(connection)
    known, procedures = accounts.all_of(connection), reading.procedures(connection)

    def holder(person: Person) -> Holder:
        account = known.get(person.id)
        able = account is not None and account.enabled and account.password is not None
        return Holder(person=person, name=names.get(person.id, ""), able=able)

    return [
        Role(
            code=code,
            title=title,
            holders=[holder(person) for person in company.roles.get(code, ())],
            parts=[_part(procedure, code) for procedure in procedures if code in procedure.roles],
        )
        for code, title in people.roles(connection)
    ]


def _part(procedure: Procedure, code: str) -> Part:
    steps = sum(
        element.kind in WORK and code in doing.of(procedure, element).roles
        for process in procedure.model.processes.values()
        for element in process.elements.values()
    )
    return Part(procedure=procedure, steps=steps, rights=rights.held(procedure, code))
