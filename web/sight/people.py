"""People and roles as pages show them: who holds what, in which teams, represented by whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort
from sqlalchemy import Connection, select

from engine.commands import Command, Envelope
from engine.errors import Text
from engine.organisation import ADMINISTRATOR, Deputyship, Organisation
from engine.stream import ORGANISATION
from engine.value import Date, Person
from storage import accounts, appointments, people, recovery, registers, schema, second_factor
from storage.accounts import Account, Session
from storage.case_search import values_of
from web import reading, texts
from web.reader import who_reads
from web.sight import absence
from web.sight.absence import Away
from web.translation import _

WithReason = Callable[[Envelope, str], Command]
MOST_CHANGES, MOST_TEAMS = 20, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person as the list shows them; `deputies` are those who act for them today, `away` until when they are not there."""

    person: Person
    handle: str
    name: str
    roles: tuple[Text, ...]
    account: Account | None
    deputies: tuple[str, ...] = ()
    away: str = ""

    def has(self, sought: str) -> bool:
        """What was typed is in the name, the handle, or a role's name."""
        texts = (self.name, self.handle, *(text for role in self.roles for text in (role.zh, role.en)))
        return all(any(part in text.casefold() for text in texts) for part in sought.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A role granted or revoked, in words."""

    role: Text
    granted: bool
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A case in whose team a person is; `number` is None where whoever asks may not know of the case."""

    number: int | None
    title: str
    role: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Represented:
    """A deputyship, with names. `stage` is "now", "later" or "over"."""

    person: Person
    deputy: Person
    person_name: str
    deputy_name: str
    first: date
    last: date
    stage: str

    @property
    def days(self) -> str:
        """From when to when."""
        return _("%(first)s 至 %(last)s", first=texts.day(self.first), last=texts.day(self.last))


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """All of one person."""

    row: Row
    held: tuple[tuple[str, Text], ...]
    changes: Sequence[Change]
    teams: Sequence[Team]
    deputyships: Sequence[Represented]
    sessions: Sequence[Session]
    two_steps: bool
    mail: str
    choices: Sequence[tuple[str, Text]]
    absences: Sequence[Away]
    others: Sequence[Row]


def rows(connection: Connection, sought: str = "") -> list[Row]:
    """Everybody of the organisation whom what was typed finds, by name."""
    company, handles = reading.organisation(connection), people.handles(connection)
    names, known = reading.names(connection), accounts.all_of(connection)
    day = company.today(reading.store().now())
    found = [
        Row(
            person=person,
            handle=handles[person.id],
            name=names[person.id],
            roles=tuple(title for _code, title in held(connection, company, person)),
            account=known.get(person.id),
            away=absence.until(company, person),
            deputies=tuple(
                names.get(one.deputy.id, "")
                for one in company.deputies
                if one.person == person and one.first <= day <= one.last
            ),
        )
        for person in company.persons
        if person.id in handles
    ]
    return [row for row in found if row.has(sought)]


def dossier(connection: Connection, person: str) -> Dossier:
    """One person; 404 for nobody."""
    everybody = rows(connection)
    row = next((row for row in everybody if row.person.id == person), None) or abort(404)
    company, store = reading.organisation(connection), reading.store()
    mine, factor = held(connection, company, row.person), second_factor.of(connection, row.person)
    codes = {code for code, _title in mine}
    return Dossier(
        row=row,
        held=mine,
        changes=_changes(connection, row.person),
        teams=_teams(connection, row.person),
        deputyships=deputyships(connection, row.person),
        sessions=accounts.sessions(connection, row.person, store.now()),
        two_steps=factor is not None and factor.confirmed,
        mail=recovery.address_of(connection, row.person),
        choices=[(code, title) for code, title in roles(connection) if code not in codes],
        absences=absence.to_come(connection, row.person),
        others=[other for other in everybody if other.person != row.person],
    )


def held(connection: Connection, company: Organisation, person: Person) -> tuple[tuple[str, Text], ...]:
    """The company-wide roles of a person, by code."""
    codes = sorted(code for code, holders in company.roles.items() if person in holders)
    return tuple((code, reading.role_name(connection, code)) for code in codes)


def roles(connection: Connection) -> list[tuple[str, Text]]:
    """Every role that a procedure in force knows, that somebody holds, and the administrator's, in the procedures' order."""
    named = [code for procedure in reading.procedures(connection) for code in procedure.roles]
    company = reading.organisation(connection)
    also = sorted(code for code, holders in company.roles.items() if holders)
    return [(code, reading.role_name(connection, code)) for code in dict.fromkeys((*named, ADMINISTRATOR, *also))]


def deputyships(connection: Connection, person: Person) -> list[Represented]:
    """Where a person is represented or represents, those that are not over first."""
    company, names = reading.organisation(connection), reading.names(connection)
    day = company.today(reading.store().now())
    mine = [one for one in company.deputies if person in (one.person, one.deputy)]
    found = [
        Represented(
            person=one.person,
            deputy=one.deputy,
            person_name=names.get(one.person.id, ""),
            deputy_name=names.get(one.deputy.id, ""),
            first=date(one.first.year, one.first.month, one.first.day),
            last=date(one.last.year, one.last.month, one.last.day),
            stage=_stage(one, day),
        )
        for one in mine
    ]
    return sorted(found, key=lambda one: (("now", "later", "over").index(one.stage), one.first))


def others(connection: Connection, person: Person) -> list[Row]:
    """Everybody else, as choices."""
    return [row for row in rows(connection) if row.person != person]


def _stage(one: Deputyship, day: Date) -> str:
    if day < one.first:
        return "later"
    return "now" if day <= one.last else "over"


def _changes(connection: Connection, person: Person) -> list[Change]:
    names = reading.names(connection)
    return [
        Change(
            role=reading.role_name(connection, one.role),
            granted=one.granted,
            at=one.at,
            by="" if one.by is None else names.get(one.by.id, one.by.id),
            reason=one.reason,
        )
        for one in appointments.of(connection, person, MOST_CHANGES)
    ]


def _teams(connection: Connection, person: Person) -> list[Team]:
    team, case = schema.case_role.c, schema.case.c
    query = (
        select(team.case_no, team.role, case.version)
        .join_from(schema.case_role, schema.case, case.stream_no == team.case_no)
        .where(team.person == person.id)
        .order_by(team.case_no.desc(), team.role)
    )
    found = connection.execute(query.limit(MOST_TEAMS)).all()
    numbers = {row.case_no for row in found}
    values = values_of(connection, list(numbers))
    visible = registers.those_seen(connection, who_reads(connection), numbers)
    return [
        Team(
            number=row.case_no if row.case_no in visible else None,
            title=_title(connection, row.version, values.get(row.case_no, {})) if row.case_no in visible else "",
            role=reading.role_name(connection, row.role),
        )
        for row in found
    ]


def _title(connection: Connection, version: str, values: dict[str, str]) -> str:
    return values.get(reading.shown_fields(reading.procedure(connection, version)).get("title", ""), "")


def is_added_by(command: str, person: Person) -> bool:
    """The command with this id added the person: the same form was sent twice."""
    table = schema.received.c
    query = select(table.revision).where(table.key == command, table.stream_no == ORGANISATION)
    with reading.store().database.read() as connection:
        revision = connection.execute(query).scalar_one_or_none()
    return revision is not None and person.id == f"{ORGANISATION}.{revision}.1"
