"""Days on which somebody is not there, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from engine.absence import Absence
from engine.organisation import Organisation
from engine.temporal import format_date
from engine.value import Date, Person
from storage import schema
from web import reading, texts
from web.translation import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Days on which somebody is not there, as a page shows them; `first` as a form sends it."""

    days: str
    first: str
    is_now: bool


def to_come(connection: Connection, person: Person) -> list[Away]:
    """The absences of a person that are not over, the first first."""
    company = reading.organisation(connection)
    day = company.today(reading.store().now())
    mine = sorted((one for one in company.absences if one.person == person and one.last >= day), key=_first)
    return [
        Away(
            days=_("%(first)s 至 %(last)s", first=_written(one.first), last=_written(one.last)),
            first=format_date(one.first),
            is_now=one.first <= day,
        )
        for one in mine
    ]


def until(company: Organisation, person: Person) -> str:
    """The last day on which a person is not there, when they are away today; empty when they are there."""
    found = company.absence(person, company.today(reading.store().now()))
    return "" if found is None else _written(found.last)


def marked(company: Organisation, person: Person, name: str) -> str:
    """A name to choose, with until when the person is away."""
    day = until(company, person)
    return _("%(name)s(缺勤至 %(day)s)", name=name, day=day) if day else name


def in_hand(connection: Connection, person: Person) -> int:
    """How many tasks a person has in hand."""
    task = schema.task.c
    query = select(func.count()).select_from(schema.task).where(task.holder == person.id, task.closed_at.is_(None))
    return int(connection.execute(query).scalar_one())


def _first(one: Absence) -> Date:
    return one.first


def _written(day: Date) -> str:
    return texts.day(date(day.year, day.month, day.day))
