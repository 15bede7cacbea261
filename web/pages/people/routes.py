"""People, for the administrator: who there is, their roles, deputies and accounts."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.commands import Command, Envelope, GrantRole, RevokeRole
from engine.errors import Refused
from engine.organisation import ADMINISTRATOR
from engine.stream import ORGANISATION
from engine.value import Person
from jobs import mail
from storage import accounts, people, recovery, second_factor
from web import asking, notices, passwords, reading
from web.access import holders
from web.identity import me
from web.pages.people import absence, deputies
from web.sight import naming
from web.sight import people as staff
from web.sight.people import Dossier
from web.texts import said
from web.translation import _

pages = Blueprint("people", __name__, url_prefix="/people")

LONGEST = 100
LONGEST_SEARCH = 60


@pages.get("/")
@holders(ADMINISTRATOR)
def every() -> str:
    """Everybody of the organisation whom what was typed finds."""
    sought = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with reading.store().database.read() as connection:
        rows = staff.rows(connection, sought)
    name = "people/list.html" if request.headers.get("HX-Request") else "people/every.html"
    return render_template(name, rows=rows, sought=sought)


@pages.get("/new")
@holders(ADMINISTRATOR)
def new() -> str:
    """The form for one more person."""
    return _form({})


@pages.post("/new")
@holders(ADMINISTRATOR)
def add() -> str | Response:
    """One more person, with roles, and a one-time password that is shown once."""
    handle, name = request.form.get("handle", "").strip(), request.form.get("name", "").strip()
    envelope = asking.envelope(ORGANISATION)
    faults = _faults(handle, name, envelope)
    if faults:
        return make_response(_form(faults), 422)
    person = people.add(reading.store(), envelope.id, handle, name, (), by=envelope)
    if not staff.is_added_by(envelope.id, person):
        return make_response(_form({"handle": _is_taken(handle)}), 422)
    refusal = _granted(person, envelope, request.form.getlist("roles"))
    made = passwords.one_time()
    accounts.set_password(
        reading.store().database, person, passwords.hashed(made), reading.store().now(), one_time=True
    )
    g.pop("names", None)
    return _page(_found(person.id), one_time=made, faults={"grant": refusal} if refusal else {})


@pages.get("/<person>")
@holders(ADMINISTRATOR)
def one(person: str) -> str:
    """One person: roles, teams, deputies, account, sessions."""
    return _page(_found(person))


@pages.post("/<person>/roles")
@holders(ADMINISTRATOR)
def grant(person: str) -> Response:
    """Let a person hold a role company-wide."""
    found, role = _found(person), request.form.get("role", "")
    faults = {} if role in _known() else {"role": _("请选择角色。")}
    return _role(found, faults, "reason", lambda envelope, why: _grant(envelope, found.row.person, role, why))


@pages.post("/<person>/roles/end")
@holders(ADMINISTRATOR)
def revoke(person: str) -> Response:
    """Take a role from a person."""
    found, role = _found(person), request.form.get("role", "")

    def build(envelope: Envelope, why: str) -> Command:
        return RevokeRole(envelope=envelope, person=found.row.person, role=role, reason=why)

    return _role(found, {}, f"reason-{role}", build)


@pages.post("/<person>/absences")
@holders(ADMINISTRATOR)
def report_absence(person: str) -> Response:
    """Say that a person is not there."""
    found = _found(person)
    return _answer(found, absence.report(found.row.person), _("已登记缺勤。"))


@pages.post("/<person>/absences/end")
@holders(ADMINISTRATOR)
def end_absence(person: str) -> Response:
    """Say that a person is there again."""
    found = _found(person)
    return _answer(found, absence.end(found.row.person), _("已结束缺勤。"))


@pages.post("/<person>/deputies")
@holders(ADMINISTRATOR)
def appoint(person: str) -> Response:
    """Appoint a deputy of a person who is absent."""
    found = _found(person)
    faults = deputies.appoint(found.row.person)
    return _answer(found, faults, _("已指定代理人。"))


@pages.post("/<person>/deputies/end")
@holders(ADMINISTRATOR)
def dismiss(person: str) -> Response:
    """End what a deputy does for a person."""
    found = _found(person)
    faults = deputies.dismiss(found.row.person)
    return _answer(found, faults, _("已结束代理。"))


@pages.post("/<person>/password")
@holders(ADMINISTRATOR)
def reset_password(person: str) -> str:
    """A new one-time password, shown once; every session of the person ends."""
    found, store = _found(person), reading.store()
    made = passwords.one_time()
    accounts.set_password(store.database, found.row.person, passwords.hashed(made), store.now(), one_time=True)
    return _page(_found(person), one_time=made)


@pages.post("/<person>/enabled")
@holders(ADMINISTRATOR)
def enable(person: str) -> Response:
    """Open or close an account; nobody closes their own."""
    found, opened = _found(person), request.form.get("enabled") == "1"
    back = redirect(url_for(".one", person=person))
    if found.row.person == me().person:
        return notices.say(back, _("不能停用自己的账号。请由另一位系统管理员进行。"), "late")
    accounts.enable(reading.store().database, found.row.person, enabled=opened)
    return notices.say(back, _("账号已启用。") if opened else _("账号已停用,该人员的登录都已结束。"))


@pages.post("/<person>/two-steps/end")
@holders(ADMINISTRATOR)
def end_two_steps(person: str) -> Response:
    """Ask for no telephone code any more, for somebody who has lost it; one's own is ended with the password."""
    found, back = _found(person), redirect(url_for(".one", person=person))
    if found.row.person == me().person:
        return notices.say(back, _("自己的两步验证请在“我的账号”中用密码关闭。"), "late")
    second_factor.remove(reading.store().database, found.row.person)
    return notices.say(back, _("两步验证已关闭。请提醒本人尽快重新开启。"))


@pages.post("/<person>/mail")
@holders(ADMINISTRATOR)
def set_mail(person: str) -> Response:
    """Say where mail to a person goes; one's own is changed with the password."""
    found, given = _found(person), request.form.get("mail", "").strip()
    if found.row.person == me().person:
        back = redirect(url_for(".one", person=person))
        return notices.say(back, _("自己的邮箱请在“我的账号”中用密码修改。"), "late")
    faults = {} if not given or mail.is_address(given) else {"mail": _("请填写一个邮箱地址,例如 name@example.com。")}
    if not faults:
        recovery.set_address(reading.store().database, found.row.person, given)
    return _answer(found, faults, _("邮箱已保存。") if given else _("邮箱已删除。"))


@pages.post("/<person>/sessions/end")
@holders(ADMINISTRATOR)
def end_sessions(person: str) -> Response:
    """End the sessions of a person; one's own goes on."""
    ended = accounts.end_all(reading.store().database, _found(person).row.person, but=me().session.digest)
    back = redirect(url_for(".one", person=person))
    return notices.say(back, _("已结束 %(count)s 处登录。", count=ended))


def _role(found: Dossier, faults: dict[str, str], field: str, build: staff.WithReason) -> Response:
    """Ask for a change of a role, with the reason that stands in the form."""
    why = request.form.get("reason", "").strip()
    if not why:
        faults = {**faults, field: _("请写明理由,例如任命文件或岗位调整。")}
    if not faults:
        try:
            asking.submit(lambda envelope: build(envelope, why), ORGANISATION)
        except Refused as refused:
            faults = {field: said(naming.named(refused.text))}
    return _answer(found, faults, _("角色已更改,立即生效。"))


def _grant(envelope: Envelope, person: Person, role: str, why: str) -> Command:
    return GrantRole(envelope=envelope, person=person, role=role, reason=why)


def _granted(person: Person, first: Envelope, roles: list[str]) -> str:
    """Let a new person hold the roles of the form; the first refusal in words."""
    for role in dict.fromkeys(roles):
        envelope, why = replace(first, id=asking.untried(f"{first.id}:{role}")), request.form.get("reason", "").strip()
        try:
            reading.store().submit(_grant(envelope, person, role, why))
        except Refused as refused:
            return said(naming.named(refused.text))
    return ""


def _faults(handle: str, name: str, envelope: Envelope) -> dict[str, str]:
    """What is wrong with a new person, by field; what the same form has added already is none of it."""
    faults: dict[str, str] = {}
    for field, text, what in (("name", name, _("姓名")), ("handle", handle, _("账号"))):
        if not text or len(text) > LONGEST or not text.isprintable():
            faults[field] = _("%(what)s应为 1 到 %(most)s 个可见字符。", what=what, most=LONGEST)
    if any(sign.isspace() for sign in handle):
        faults["handle"] = _("账号中不能有空格。")
    taken = None if "handle" in faults else people.alike(reading.store(), handle)
    if taken is not None and not staff.is_added_by(envelope.id, taken):
        faults["handle"] = _is_taken(handle)
    if request.form.getlist("roles") and not request.form.get("reason", "").strip():
        faults["reason"] = _("授予角色要写明理由,例如入职或任命文件。")
    if not _known().issuperset(request.form.getlist("roles")):
        faults["roles"] = _("请从列表中选择角色。")
    return faults


def _is_taken(handle: str) -> str:
    return _("账号“%(handle)s”已有人使用,请换一个。", handle=handle)


def _known() -> set[str]:
    """The roles that may be granted."""
    with reading.store().database.read() as connection:
        return {code for code, _title in staff.roles(connection)}


def _form(faults: dict[str, str]) -> str:
    with reading.store().database.read() as connection:
        choices = staff.roles(connection)
    return render_template("people/new.html", choices=choices, faults=faults)


def _answer(found: Dossier, faults: dict[str, str], done: str) -> Response:
    if faults:
        return make_response(_page(found, faults=faults), 422)
    return notices.say(redirect(url_for(".one", person=found.row.person.id)), done)


def _page(found: Dossier, *, one_time: str = "", faults: dict[str, str] | None = None) -> str:
    return render_template("people/one.html", found=found, row=found.row, one_time=one_time, faults=faults or {})


def _found(person: str) -> Dossier:
    with reading.store().database.read() as connection:
        return staff.dossier(connection, person)
