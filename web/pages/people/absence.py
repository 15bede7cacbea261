"""Days on which somebody is not there, said by form: by the person concerned, or by an administrator."""

from __future__ import annotations

from engine.commands import EndAbsence, ReportAbsence
from engine.value import Person
from web.pages.people import period
from web.pages.people.period import Faults


def report(person: Person) -> Faults:
    """Say that a person is not there; what is wrong by field, nothing when it is done."""
    days, faults = period.given("away_first", "away_last")
    if days is None:
        return faults
    first, last = days
    return period.asked(
        lambda envelope: ReportAbsence(envelope=envelope, person=person, first=first, last=last), "away_first"
    )


def end(person: Person) -> Faults:
    """Say that a person is there again, or that the absence that the form names does not come."""
    first, faults = period.day("away_first")
    return faults or period.asked(
        lambda envelope: EndAbsence(envelope=envelope, person=person, first=first), "away_first"
    )
