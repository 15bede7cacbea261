"""The organisation: deputies, settings, the working calendar; changed by those with the right."""

from __future__ import annotations

from datetime import date

from flask import Response, abort
from marshmallow import fields, validate

from engine import commands
from engine.calendar import Calendar
from engine.commands import Envelope
from engine.errors import Fault, Reason, Refused, Text
from engine.organisation import ADMINISTRATOR
from engine.organisation import Organisation as State
from engine.service_window import windows_of
from engine.stream import ORGANISATION
from engine.temporal import format_date, parse_date
from engine.value import Context, Date
from engine.value import Person as Someone
from storage import people
from web import reading
from web.api import asking, values
from web.api.blueprint import Whole, careful, resource
from web.api.gate import administers, reads, works
from web.api.paging import part
from web.api.shapes import HANDLE, Deputyship, Paged, Receipt, Shape
from web.identity import me
from web.telling import plain

pages = resource("organisation", "Deputies, settings, calendar")


class Deputies(Shape):
    """A page of deputyships; `next` is null at the end."""

    items = fields.List(fields.Nested(Deputyship), required=True)
    next = fields.String(required=True, allow_none=True)


class Appointed(Shape):
    """A deputy, by handle, from one day to another."""

    person = fields.String(required=True, validate=HANDLE)
    deputy = fields.String(required=True, validate=HANDLE)
    first = fields.Date(required=True)
    last = fields.Date(required=True)


class Setting(Shape):
    """A setting of a procedure."""

    setting = fields.String(required=True)
    type = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    default = fields.Raw(required=True, allow_none=True)


class Settings(Shape):
    """A page of the settings of a procedure; `next` is null at the end."""

    items = fields.List(fields.Nested(Setting), required=True)
    next = fields.String(required=True, allow_none=True)


class NewValue(Shape):
    """A new value; null returns to the default."""

    value = fields.Raw(required=True, allow_none=True)


class Working(Shape):
    """The working calendar."""

    zone = fields.String(required=True, validate=validate.Length(min=1, max=64))
    complete_until = Whole(required=True)
    holidays = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    make_up_days = fields.List(fields.String(), required=True)
    windows = fields.Dict(keys=fields.String(), load_default=dict)


@pages.route("/organisation/deputies", zh="谁代理谁")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Deputies, tagged=True)
def deputies(asked: dict[str, object]) -> Response:
    """Who acts for whom: all of them for administrators, else those one has a part in."""
    found, who = _organisation(), me()
    mine = [one for one in found.deputies if ADMINISTRATOR in who.roles or who.person in (one.person, one.deputy)]
    shown, onward = part(mine, asked, lambda one: f"{one.person.id}~{one.deputy.id}~{format_date(one.first)}")
    rows = [
        {
            "person": values.named(one.person),
            "deputy": values.named(one.deputy),
            "first": format_date(one.first),
            "last": format_date(one.last),
        }
        for one in shown
    ]
    return asking.tagged({"items": rows, "next": onward}, found.stream, found.revision)


@pages.route("/organisation/deputies", methods=["POST"], zh="指定代理人:为自己,或由管理员为他人")
@works
@pages.arguments(Appointed)
@pages.response(200, Receipt)
def appoint(asked: dict[str, object]) -> Response:
    """Appoint a deputy: for oneself, or as an administrator for anybody."""
    person, deputy = (values.person(str(asked[name]), name) for name in ("person", "deputy"))
    first, last = _day(asked["first"]), _day(asked["last"])

    def build(envelope: Envelope) -> commands.AppointDeputy:
        return commands.AppointDeputy(envelope=envelope, person=person, deputy=deputy, first=first, last=last)

    return _submit(build)


@pages.route("/organisation/deputies/<name:handle>/<name:deputy>", methods=["DELETE"], zh="结束一人对另一人的全部代理")
@works
@pages.response(200, Receipt)
def dismiss(handle: str, deputy: str) -> Response:
    """End every deputyship of one person for another."""
    person, other = _person(handle), _person(deputy)
    return _submit(lambda envelope: commands.DismissDeputy(envelope=envelope, person=person, deputy=other))


@pages.route("/organisation/settings/<name:procedure>", zh="程序的设置,以及本组织自己的值")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Settings, tagged=True)
def settings(asked: dict[str, object], procedure: str) -> Response:
    """The settings of a procedure in force, with the organisation's own values."""
    with reading.store().database.read() as connection:
        known = reading.store().procedures.in_force(procedure, connection) or abort(404)
    found = _organisation()
    own = found.settings.get(procedure, Context())
    shown, onward = part(list(known.settings.values()), asked, lambda one: one.key)
    rows = [
        {
            "setting": one.key,
            "type": one.type,
            "value": values.shown(own.get(one.key, one.default)),
            "default": values.shown(one.default),
        }
        for one in shown
    ]
    return asking.tagged({"items": rows, "next": onward}, found.stream, found.revision)


@pages.route("/organisation/settings/<name:procedure>/<name:setting>", methods=["PUT"], zh="更改一项设置;须有相应权限")
@works
@pages.arguments(NewValue)
@pages.response(200, Receipt)
def change(asked: dict[str, object], procedure: str, setting: str) -> Response:
    """Give a setting another value, with the right to do so."""
    value = values.value(asked["value"])

    def build(envelope: Envelope) -> commands.ChangeSetting:
        return commands.ChangeSetting(envelope=envelope, procedure=procedure, key=setting, value=value)

    return _submit(build)


@pages.route("/organisation/calendar", zh="工作日历")
@reads
@pages.response(200, Working, tagged=True)
def calendar() -> Response:
    """The working calendar."""
    organisation = _organisation()
    found = organisation.working
    document = {
        "zone": found.zone,
        "complete_until": found.complete_until,
        "holidays": {format_date(day): name for day, name in sorted(found.holidays.items())},
        "make_up_days": [format_date(day) for day in sorted(found.make_up_days)],
        "windows": {name: plain.shown(window.to_value()) for name, window in found.windows.items()},
    }
    return asking.tagged(document, organisation.stream, organisation.revision)


@pages.route("/organisation/calendar", methods=["PUT"], zh="替换工作日历;须用 If-Match 说明所读的版本")
@careful
@administers
@pages.arguments(Working)
@pages.response(200, Receipt)
def replace(asked: dict[str, object]) -> Response:
    """Replace the working calendar; `If-Match` names what was read."""
    content = _calendar(asked)

    def build(envelope: Envelope) -> commands.ChangeCalendar:
        return commands.ChangeCalendar(envelope=envelope, calendar=content)

    return asking.submit(build, ORGANISATION)


def _submit(build: asking.Build) -> Response:
    return asking.submit(build, ORGANISATION)


def _organisation() -> State:
    with reading.store().database.read() as connection:
        return reading.organisation(connection)


def _person(handle: str) -> Someone:
    return people.find(reading.store(), handle) or abort(404)


def _day(found: object) -> Date:
    assert isinstance(found, date)
    return Date(found.year, found.month, found.day)


def _calendar(asked: dict[str, object]) -> Context:
    """The stored value of a calendar. Raises Refused."""
    holidays, days = asked["holidays"], asked["make_up_days"]
    assert isinstance(holidays, dict)
    assert isinstance(days, list)
    try:
        made = Calendar(
            zone=str(asked["zone"]),
            holidays={parse_date(day): str(name) for day, name in holidays.items()},
            make_up_days=frozenset(parse_date(day) for day in days),
            complete_until=int(str(asked["complete_until"])),
            windows=windows_of(plain.value(asked["windows"])) if asked["windows"] else windows_of(None),
        )
        return made.to_value()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        text = Text(f"工作日历无法读取:{error}", f"expected a calendar as it is read here, but {error}")
        raise Refused(Reason.INVALID_DATA, text.zh, text.en, (Fault("", text),)) from error
