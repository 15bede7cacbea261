"""Deputies appointed and dismissed by form: by the person concerned, or by an administrator."""

from __future__ import annotations

from datetime import date

from flask import request

from engine.commands import AppointDeputy, Command, DismissDeputy, Envelope
from engine.errors import Refused
from engine.stream import ORGANISATION
from engine.value import Date, Person
from web import asking
from web.sight import naming
from web.texts import said, today
from web.translation import _

Faults = dict[str, str]


def appoint(person: Person) -> Faults:
    """Appoint the deputy of the form; what is wrong with it by field, nothing when it is done."""
    deputy = request.form.get("deputy", "")
    first, last = day_given("first"), day_given("last")
    faults = {} if deputy else {"deputy": _("请选择代理人。")}
    for name, found in (("first", first), ("last", last)):
        if found is None:
            faults[name] = _("日期应写作 2026-12-01 这样的年月日。")
    if last is not None and last < today():
        faults["last"] = _("最后一天应不早于今天。")
    elif first is not None and last is not None and last < first:
        faults["last"] = _("最后一天应不早于第一天。")
    if faults or first is None or last is None:
        return faults
    begins, ends = date_of(first), date_of(last)

    def build(envelope: Envelope) -> Command:
        return AppointDeputy(envelope=envelope, person=person, deputy=Person(deputy), first=begins, last=ends)

    return _asked(build)


def dismiss(person: Person) -> Faults:
    """End what the deputy of the form does for this person."""
    deputy = Person(request.form.get("deputy", ""))
    return _asked(lambda envelope: DismissDeputy(envelope=envelope, person=person, deputy=deputy))


def _asked(build: asking.Build) -> Faults:
    try:
        asking.submit(build, ORGANISATION)
    except Refused as refused:
        return {"deputy": said(naming.named(refused.text))}
    return {}


def day_given(name: str) -> date | None:
    """The day in a field; None when it is none."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


def date_of(found: date) -> Date:
    """The day as the engine has it."""
    return Date(found.year, found.month, found.day)
