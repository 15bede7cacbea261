"""Deputies appointed and dismissed by form: by the person concerned, or by an administrator."""

from __future__ import annotations

from flask import request

from engine.commands import AppointDeputy, DismissDeputy
from engine.value import Person
from web.pages.people import period
from web.pages.people.period import Faults
from web.translation import _


def appoint(person: Person) -> Faults:
    """Appoint the deputy of the form; what is wrong with it by field, nothing when it is done."""
    deputy = request.form.get("deputy", "")
    days, faults = period.given("first", "last")
    if not deputy:
        faults = {"deputy": _("请选择代理人。"), **faults}
    if faults or days is None:
        return faults
    first, last = days
    return period.asked(
        lambda envelope: AppointDeputy(envelope=envelope, person=person, deputy=Person(deputy), first=first, last=last),
        "deputy",
    )


def dismiss(person: Person) -> Faults:
    """End what the deputy of the form does for this person."""
    deputy = Person(request.form.get("deputy", ""))
    return period.asked(lambda envelope: DismissDeputy(envelope=envelope, person=person, deputy=deputy), "deputy")
