"""Days on which somebody is not there, said by form: by the person concerned, or by an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from engine.absence import Absence
from engine.commands import EndAbsence, Envelope, ReportAbsence
from engine.errors import Refused
from engine.organisation import Organisation
from engine.stream import ORGANISATION
from engine.value import Date, Person
from storage import schema
from web import asking, reading, texts
from web.pages import listing
from web.pages.people_deputies import Faults, date_of, day_given
from web.texts import said, today
from web.translation import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Days on which somebody is not there, as a page shows them."""

    days: str
    is_now: bool


def report(person: Person) -> Faults:
    """Say that a person is not there; what is wrong by field, nothing when it is done."""
    first, last = day_given("away_first"), day_given("away_last")
    faults: Faults = {}
    for name, found in (("away_first", first), ("away_last", last)):
        if found is None:
            faults[name] = _("日期应写作 2026-12-01 这样的年月日。")
    if last is not None and last < today():
        faults["away_last"] = _("最后一天应不早于今天。")
    elif first is not None and last is not None and last < first:
        faults["away_last"] = _("最后一天应不早于第一天。")
    if faults or first is None or last is None:
        return faults
    begins, ends = date_of(first), date_of(last)

    def build(envelope: Envelope) -> ReportAbsence:
        return ReportAbsence(envelope=envelope, person=person, first=begins, last=ends)

    return _asked(build)


def end(person: Person) -> Faults:
    """Say that a person is there again."""
    return _asked(lambda envelope: EndAbsence(envelope=envelope, person=person))


def to_come(connection: Connection, person: Person) -> list[Away]:
    """The absences of a person that are not over, the first first."""
    company = reading.organisation(connection)
    day = company.today(reading.store().now())
    mine = sorted((one for one in company.absences if one.person == person and one.last >= day), key=_first)
    return [
        Away(
            days=_("%(first)s 至 %(last)s", first=_written(one.first), last=_written(one.last)), is_now=one.first <= day
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


def _asked(build: asking.Build) -> Faults:
    try:
        asking.submit(build, ORGANISATION)
    except Refused as refused:
        return {"away_first": said(listing.named(refused.text))}
    return {}


def _first(one: Absence) -> Date:
    return one.first


def _written(day: Date) -> str:
    return texts.day(date(day.year, day.month, day.day))
