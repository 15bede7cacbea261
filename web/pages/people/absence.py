"""Days on which somebody is not there, said by form: by the person concerned, or by an administrator."""

from __future__ import annotations

from engine.commands import EndAbsence, Envelope, ReportAbsence
from engine.errors import Refused
from engine.stream import ORGANISATION
from engine.value import Person
from web import asking
from web.pages.people.deputies import Faults, date_of, day_given
from web.sight import naming
from web.texts import said, today
from web.translation import _


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


def _asked(build: asking.Build) -> Faults:
    try:
        asking.submit(build, ORGANISATION)
    except Refused as refused:
        return {"away_first": said(naming.named(refused.text))}
    return {}
