"""Days on which people are not there: said by themselves, or by an administrator."""

from __future__ import annotations

from datetime import date

from flask import Response, abort
from marshmallow import fields

from engine import commands
from engine.commands import Envelope
from engine.organisation import ADMINISTRATOR
from engine.stream import ORGANISATION
from engine.temporal import format_date
from engine.value import Date
from storage import people
from web import reading
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.paging import part
from web.api.shapes import HANDLE, Paged, Receipt, Shape, Who
from web.identity import me

pages = resource("absence", "Days on which people are not there")


class Absence(Shape):
    """A person is not there from one day to another, both included."""

    person = fields.Nested(Who, required=True)
    first = fields.String(required=True)
    last = fields.String(required=True)


class Absences(Shape):
    """A page of absences; `next` is null at the end."""

    items = fields.List(fields.Nested(Absence), required=True)
    next = fields.String(required=True, allow_none=True)


class Reported(Shape):
    """Who is not there, by handle, and on which days."""

    person = fields.String(required=True, validate=HANDLE)
    first = fields.Date(required=True)
    last = fields.Date(required=True)


class Ending(Shape):
    """Which absence: the one that begins on a day, or without it the one that runs."""

    first = fields.Date(load_default=None)


@pages.route("/organisation/absences", zh="谁在哪些日子缺勤")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Absences, tagged=True)
def listed(asked: dict[str, object]) -> Response:
    """Who is not there on which days: everybody for administrators, else whoever asks."""
    who = me()
    with reading.store().database.read() as connection:
        found = reading.organisation(connection)
    mine = [one for one in found.absences if ADMINISTRATOR in who.roles or one.person == who.person]
    shown, onward = part(mine, asked, lambda one: f"{one.person.id}~{format_date(one.first)}")
    rows = [
        {"person": values.named(one.person), "first": format_date(one.first), "last": format_date(one.last)}
        for one in shown
    ]
    return asking.tagged({"items": rows, "next": onward}, found.stream, found.revision)


@pages.route("/organisation/absences", methods=["POST"], zh="登记缺勤:为自己,或由管理员为他人")
@works
@pages.arguments(Reported)
@pages.response(200, Receipt)
def report(asked: dict[str, object]) -> Response:
    """Say that a person is not there: oneself, or as an administrator anybody."""
    person = values.person(str(asked["person"]), "person")
    first, last = _day(asked["first"]), _day(asked["last"])

    def build(envelope: Envelope) -> commands.ReportAbsence:
        return commands.ReportAbsence(envelope=envelope, person=person, first=first, last=last)

    return asking.submit(build, ORGANISATION)


@pages.route(
    "/organisation/absences/<name:handle>", methods=["DELETE"], zh="一人已回到岗位:结束正在进行的缺勤,或自某日起的缺勤"
)
@works
@pages.arguments(Ending, location="query")
@pages.response(200, Receipt)
def end(asked: dict[str, object], handle: str) -> Response:
    """Say that a person is there again: the absence that runs ends, or the one that begins on the day `first`."""
    person = people.find(reading.store(), handle) or abort(404)
    first = None if asked["first"] is None else _day(asked["first"])

    def build(envelope: Envelope) -> commands.EndAbsence:
        return commands.EndAbsence(envelope=envelope, person=person, first=first)

    return asking.submit(build, ORGANISATION)


def _day(found: object) -> Date:
    assert isinstance(found, date)
    return Date(found.year, found.month, found.day)
