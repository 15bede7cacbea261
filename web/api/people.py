"""People: added, their roles, accounts and sessions; for administrators."""

from __future__ import annotations

from flask import Response, abort, g
from marshmallow import fields, validate

from engine import commands
from engine.errors import Fault, Reason, Refused, Text
from engine.organisation import ADMINISTRATOR
from engine.stream import ORGANISATION
from engine.temporal import format_date
from engine.value import Date
from engine.value import Person as Someone
from storage import accounts, people, recovery, second_factor
from web import passwords, reading
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import administers, reads
from web.api.once import journaled, note, secret
from web.api.paging import part
from web.api.shapes import HANDLE, Addressed, Deputyship, Ended, Paged, Receipt, Said, Shape, Who, Why
from web.identity import me
from web.sight import people as staff
from web.sight.people import Dossier, Row

pages = resource("people", "People, their roles, accounts and sessions")
VISIBLE = validate.Regexp(r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
NO_SPACE = validate.Regexp(r"^[^\s\x00-\x1f\x7f]+$")


class Sought(Paged):
    """Which people."""

    q = fields.String(
        load_default="", validate=validate.Length(max=60), metadata={"description": "In name, handle or role"}
    )


class Person(Who):
    """A person with company-wide roles."""

    roles = fields.List(fields.String(), required=True)


class People(Shape):
    """A page of people; `next` is null at the end."""

    items = fields.List(fields.Nested(Person), required=True)
    next = fields.String(required=True, allow_none=True)


class Added(Shape):
    """A person to be added; roles and a password are given next."""

    handle = fields.String(required=True, validate=[HANDLE, NO_SPACE])
    name = fields.String(required=True, validate=[validate.Length(min=1, max=100), VISIBLE])


class Account(Shape):
    """May this person sign in; `two_steps`: with a code of their telephone, too."""

    enabled = fields.Boolean(required=True)
    one_time = fields.Boolean(required=True, metadata={"description": "A one-time password waits to be replaced"})
    two_steps = fields.Boolean(required=True)
    sessions = fields.Integer(required=True, metadata={"description": "Browsers in which they have signed in"})


class Change(Shape):
    """A role granted or revoked."""

    role = fields.Nested(Said, required=True)
    granted = fields.Boolean(required=True)
    at = fields.String(required=True)
    by = fields.String(required=True, metadata={"description": "A name; empty for the operator at the machine"})
    reason = fields.String(required=True)


class Seat(Shape):
    """A role in the team of a case; the number is null where whoever asks may not know of the case."""

    case = fields.Integer(required=True, allow_none=True)
    title = fields.String(required=True)
    role = fields.Nested(Said, required=True)


class One(Person):
    """All of one person; without an account that is null."""

    account = fields.Nested(Account, required=True, allow_none=True)
    mail = fields.String(required=True, metadata={"description": "Empty when nobody said where mail goes"})
    changes = fields.List(fields.Nested(Change), required=True)
    teams = fields.List(fields.Nested(Seat), required=True)
    deputies = fields.List(fields.Nested(Deputyship), required=True)


class Opened(Shape):
    """Whether the person may sign in."""

    enabled = fields.Boolean(required=True)


class OneTime(Shape):
    """A password for one sign-in, told this once."""

    password = fields.String(required=True, allow_none=True, metadata={"description": "Null in a repeat under a key"})


@pages.route("/organisation/people", zh="组织中的人员;角色只告诉管理员,以及本人")
@reads
@pages.arguments(Sought, location="query")
@pages.response(200, People)
def everybody(asked: dict[str, object]) -> dict[str, object]:
    """Everybody of the organisation; roles are told to administrators, and one's own to oneself."""
    who = me()
    tells = ADMINISTRATOR in who.roles
    with reading.store().database.read() as connection:
        company, found = reading.organisation(connection), staff.rows(connection)
    roles = {
        row.person: sorted(code for code, held in company.roles.items() if row.person in held)
        if tells or row.person == who.person
        else []
        for row in found
    }
    kept = [row for row in found if _is_found(row, str(asked["q"]), in_roles=tells)]
    shown, onward = part(kept, asked, lambda row: row.person.id)
    rows = [{**(values.named(row.person) or {}), "roles": roles[row.person]} for row in shown]
    return {"items": rows, "next": onward}


@pages.route("/organisation/people", methods=["POST"], zh="添加人员")
@journaled
@administers
@pages.arguments(Added)
@pages.response(201, Who)
def add(asked: dict[str, str]) -> tuple[object, int]:
    """Add a person."""
    first, handle = asking.envelope(ORGANISATION), asked["handle"]
    alike = people.alike(reading.store(), handle)
    person = alike or people.add(reading.store(), first.id, handle, asked["name"], (), by=first)
    if not staff.is_added_by(first.id, person):
        text = Text(f"账号 {handle} 已有人使用,请换一个", f"expected another handle, but somebody has {handle}")
        raise Refused(Reason.INVALID_DATA, text.zh, text.en, (Fault("handle", text),))
    note()
    g.pop("handles", None)
    g.pop("names", None)
    return values.named(person), 201


@pages.route("/organisation/people/<name:handle>", zh="一位人员:角色及其变更、项目组、代理、账号")
@administers
@pages.response(200, One)
def one(handle: str) -> dict[str, object]:
    """One person: roles and their changes, teams, deputies, account."""
    with reading.store().database.read() as connection:
        found = staff.dossier(connection, _person(handle).id)
    return {
        **(values.named(found.row.person) or {}),
        "roles": [code for code, _title in found.held],
        "account": _account(found),
        "mail": found.mail,
        "changes": [
            {
                "role": values.said(change.role),
                "granted": change.granted,
                "at": change.at.isoformat(),
                "by": change.by,
                "reason": change.reason,
            }
            for change in found.changes
        ],
        "teams": [{"case": team.number, "title": team.title, "role": values.said(team.role)} for team in found.teams],
        "deputies": [
            {
                "person": values.named(row.person),
                "deputy": values.named(row.deputy),
                "first": format_date(Date(row.first.year, row.first.month, row.first.day)),
                "last": format_date(Date(row.last.year, row.last.month, row.last.day)),
            }
            for row in found.deputyships
        ],
    }


@pages.route("/organisation/people/<name:handle>/roles/<name:role>", methods=["PUT"], zh="授予人员一个全公司的角色")
@administers
@pages.arguments(Why)
@pages.response(200, Receipt)
def grant(asked: dict[str, str], handle: str, role: str) -> Response:
    """Let a person hold a role company-wide."""
    person, reason = _person(handle), asked["reason"]
    with reading.store().database.read() as connection:
        if role not in {code for code, _title in staff.roles(connection)}:
            abort(404)

    def build(envelope: commands.Envelope) -> commands.GrantRole:
        return commands.GrantRole(envelope=envelope, person=person, role=role, reason=reason)

    return asking.submit(build, ORGANISATION)


@pages.route(
    "/organisation/people/<name:handle>/roles/<name:role>", methods=["DELETE"], zh="撤销人员的一个全公司的角色"
)
@administers
@pages.arguments(Why, location="query")
@pages.response(200, Receipt)
def revoke(asked: dict[str, str], handle: str, role: str) -> Response:
    """Take a company-wide role from a person; the reason stands in the address."""
    person, reason = _person(handle), asked["reason"]

    def build(envelope: commands.Envelope) -> commands.RevokeRole:
        return commands.RevokeRole(envelope=envelope, person=person, role=role, reason=reason)

    return asking.submit(build, ORGANISATION)


@pages.route("/organisation/people/<name:handle>/password", methods=["POST"], zh="发放一次性密码;该人员的登录都会结束")
@secret("password")
@administers
@pages.response(200, OneTime)
def give_password(handle: str) -> dict[str, object]:
    """Give a one-time password, told this once; the person's sessions end, and an account is made if there is none."""
    person, made, store = _person(handle), passwords.one_time(), reading.store()
    accounts.set_password(store.database, person, passwords.hashed(made), store.now(), one_time=True)
    return {"password": made}


@pages.route("/organisation/people/<name:handle>/account", methods=["PUT"], zh="启用或停用账号")
@administers
@pages.arguments(Opened)
@pages.response(200, Account)
def enable(asked: dict[str, bool], handle: str) -> object:
    """Open an account, or close it and end its sessions; nobody closes their own."""
    person, database = _person(handle), reading.store().database
    _of_another(person, "不能停用自己的账号", "expected the account of somebody else, but this is one's own")
    with database.read() as connection:
        if accounts.of(connection, person) is None:
            raise Refused(
                Reason.WRONG_STATE,
                "该人员还没有账号,请先发放一次性密码",
                "expected a person with an account: give a one-time password first",
            )
    accounts.enable(database, person, enabled=asked["enabled"])
    with database.read() as connection:
        return _account(staff.dossier(connection, person.id))


@pages.route("/organisation/people/<name:handle>/two-steps", methods=["DELETE"], zh="为丢失手机的人员关闭两步验证")
@administers
@pages.response(204)
def end_two_steps(handle: str) -> Response:
    """Ask for no telephone code any more, for somebody who has lost it."""
    person = _person(handle)
    _of_another(person, "自己的两步验证请用密码关闭", "expected somebody else: one's own is ended with the password")
    second_factor.remove(reading.store().database, person)
    return Response(status=204)


@pages.route("/organisation/people/<name:handle>/mail", methods=["PUT"], zh="登记、修改或删除别人的邮箱")
@administers
@pages.arguments(Addressed)
@pages.response(200, Addressed)
def address(asked: dict[str, str], handle: str) -> dict[str, str]:
    """Say where mail to somebody else goes, or with an empty text nowhere; links sent to the address before end."""
    person = _person(handle)
    _of_another(person, "自己的邮箱请用密码修改", "expected somebody else: one's own is changed with the password")
    given = values.address(asked["mail"])
    recovery.set_address(reading.store().database, person, given)
    return {"mail": given}


@pages.route("/organisation/people/<name:handle>/sessions", methods=["DELETE"], zh="结束人员在所有浏览器中的登录")
@administers
@pages.response(200, Ended)
def end_sessions(handle: str) -> dict[str, int]:
    """End the sessions of a person; the one that asks goes on."""
    return {"ended": accounts.end_all(reading.store().database, _person(handle), but=me().session.digest)}


def _is_found(row: Row, sought: str, *, in_roles: bool) -> bool:
    """What is sought is in name or handle, and for whoever is told roles in these, too."""
    named = f"{row.name} {row.handle}".casefold()
    return row.has(sought) if in_roles else all(one in named for one in sought.casefold().split())


def _person(handle: str) -> Someone:
    return people.find(reading.store(), handle) or abort(404)


def _of_another(person: Someone, zh: str, en: str) -> None:
    if person == me().person:
        raise Refused(Reason.NOT_ALLOWED, zh, en)


def _account(found: Dossier) -> dict[str, object] | None:
    account = found.row.account
    if account is None:
        return None
    return {
        "enabled": account.enabled,
        "one_time": account.one_time,
        "two_steps": found.two_steps,
        "sessions": len(found.sessions),
    }
