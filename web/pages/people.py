"""People and their accounts, for the administrator: who may sign in, one-time passwords, sessions ended."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Text
from engine.organisation import ADMINISTRATOR
from engine.value import Person
from storage import accounts, people
from storage.accounts import Account, Session
from web import notices, passwords, reading
from web.access import holders
from web.identity import me
from web.translation import _

pages = Blueprint("people", __name__, url_prefix="/people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person as the list shows them."""

    person: Person
    handle: str
    name: str
    roles: tuple[Text, ...]
    account: Account | None


@pages.get("/")
@holders(ADMINISTRATOR)
def every() -> str:
    """Everybody of the organisation."""
    return render_template("people/every.html", rows=_rows())


@pages.get("/<person>")
@holders(ADMINISTRATOR)
def one(person: str) -> str:
    """One person, their account and their sessions."""
    return _page(_found(person))


@pages.post("/<person>/password")
@holders(ADMINISTRATOR)
def reset_password(person: str) -> str:
    """A new one-time password, shown once; every session of the person ends."""
    row, store = _found(person), reading.store()
    made = passwords.one_time()
    accounts.set_password(store.database, row.person, passwords.hashed(made), store.now(), one_time=True)
    return _page(_found(person), made)


@pages.post("/<person>/enabled")
@holders(ADMINISTRATOR)
def enable(person: str) -> Response:
    """Open or close an account; nobody closes their own."""
    row, opened = _found(person), request.form.get("enabled") == "1"
    back = redirect(url_for(".one", person=person))
    if row.person == me().person:
        return notices.say(back, _("不能停用自己的账号。请由另一位系统管理员进行。"), "late")
    accounts.enable(reading.store().database, row.person, enabled=opened)
    return notices.say(back, _("账号已启用。") if opened else _("账号已停用,该人员的登录都已结束。"))


@pages.post("/<person>/sessions/end")
@holders(ADMINISTRATOR)
def end_sessions(person: str) -> Response:
    """End the sessions of a person; one's own goes on."""
    ended = accounts.end_all(reading.store().database, _found(person).person, but=me().session.digest)
    back = redirect(url_for(".one", person=person))
    return notices.say(back, _("已结束 %(count)s 处登录。", count=ended))


def _page(row: Row, one_time: str = "") -> str:
    store = reading.store()
    with store.database.read() as connection:
        sessions: list[Session] = accounts.sessions(connection, row.person, store.now())
    return render_template("people/one.html", row=row, sessions=sessions, one_time=one_time)


def _found(person: str) -> Row:
    return next((row for row in _rows() if row.person.id == person), None) or abort(404)


def _rows() -> list[Row]:
    store = reading.store()
    with store.database.read() as connection:
        company, handles = reading.organisation(connection), people.handles(connection)
        names, known = reading.names(connection), accounts.all_of(connection)
        return [
            Row(
                person=person,
                handle=handles[person.id],
                name=names[person.id],
                roles=tuple(
                    reading.role_name(connection, role)
                    for role, held in sorted(company.roles.items())
                    if person in held
                ),
                account=known.get(person.id),
            )
            for person in company.persons
            if person.id in handles
        ]
