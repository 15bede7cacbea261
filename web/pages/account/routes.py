"""One's own account: deputies, language and look, password, and the browsers in which one has signed in."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from jobs import mail
from storage import accounts, recovery, second_factor
from web import identity, notices, onward, own_password, passwords, reading, texts
from web.access import signed_in, with_any_password
from web.identity import me
from web.pages.people import absence, deputies
from web.sight import absence as absences
from web.sight import people
from web.texts import LANGUAGES, THEMES
from web.translation import _

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("/")
@signed_in
def mine() -> str:
    """The page of one's own account."""
    return _page({})


@pages.post("/look")
@with_any_password
def look() -> Response:
    """Choose language and look; the page one was on is shown again."""
    language, theme = request.form.get("language"), request.form.get("theme")
    if language not in (*LANGUAGES, None) or theme not in (*THEMES, None) or (language is theme is None):
        return make_response(_page({"look": _("请从列表中选择语言和外观。")}), 422)
    accounts.choose(reading.store().database, me().person, language=language, theme=theme)
    return redirect(onward.ours(request.form.get("next", "")) or url_for(".mine"))


@pages.post("/deputies")
@signed_in
def appoint() -> Response:
    """Let somebody act for me while I am away."""
    faults = deputies.appoint(me().person)
    return _answer(faults, _("已指定代理人。代理期间,您的待办也会出现在代理人的待办里。"))


@pages.post("/deputies/end")
@signed_in
def dismiss() -> Response:
    """End what somebody does for me."""
    return _answer(deputies.dismiss(me().person), _("已结束代理。"))


@pages.post("/absences")
@signed_in
def report_absence() -> Response:
    """Say that I am not there."""
    return _answer(absence.report(me().person), _("已登记缺勤。"))


@pages.post("/absences/end")
@signed_in
def end_absence() -> Response:
    """Say that I am there again."""
    return _answer(absence.end(me().person), _("已结束缺勤。"))


@pages.get("/password")
@with_any_password
def password() -> str:
    """The form for a new password."""
    return render_template("account/password.html", faults={})


@pages.post("/password")
@with_any_password
def change_password() -> Response:
    """Replace the password: every other session ends, this one goes on with a new cookie."""
    now, new, again = (request.form.get(name, "") for name in ("now", "new", "again"))
    faults = _faults(now, new, again)
    if faults:
        return make_response(render_template("account/password.html", faults=faults), 422)
    store, mine = reading.store(), me()
    accounts.set_password(store.database, mine.person, passwords.hashed(new), store.now(), one_time=False)
    agent = request.headers.get("User-Agent", "")
    token = accounts.begin(store.database, mine.person, store.now(), request.remote_addr or "", agent)
    response = redirect(url_for("inbox.waiting"))
    identity.remember(response, token)
    return notices.say(response, _("密码已更换,其他浏览器中的登录都已结束。"))


@pages.post("/mail")
@signed_in
def set_mail() -> Response:
    """Say where my mail goes: with the password, as a new one can be had there."""
    given, store = request.form.get("mail", "").strip(), reading.store()
    faults: dict[str, str] = {}
    if given and not mail.is_address(given):
        faults["mail"] = _("请填写一个邮箱地址,例如 name@example.com。")
    if wrong := own_password.fault(request.form.get("mail_now", "")):
        faults["mail_now"] = wrong
    if not faults:
        recovery.set_address(store.database, me().person, given)
    return _answer(faults, _("邮箱已保存。") if given else _("邮箱已删除。"))


@pages.post("/sessions/end")
@signed_in
def end_session() -> Response:
    """End one of one's other sessions, or all of them."""
    database, digest = reading.store().database, request.form.get("session", "")
    if digest:
        accounts.end(database, [texts.printable(digest)], me().person)
    else:
        accounts.end_all(database, me().person, but=me().session.digest)
    return notices.say(redirect(url_for(".mine")), _("已结束登录。"))


def _answer(faults: dict[str, str], done: str) -> Response:
    return make_response(_page(faults), 422) if faults else notices.say(redirect(url_for(".mine")), done)


def _page(faults: dict[str, str]) -> str:
    store, person = reading.store(), me().person
    with store.database.read() as connection:
        factor = second_factor.of(connection, person)
        return render_template(
            "account/mine.html",
            sessions=accounts.sessions(connection, person, store.now()),
            deputyships=people.deputyships(connection, person),
            others=people.others(connection, person),
            absences=absences.to_come(connection, person),
            in_hand=absences.in_hand(connection, person),
            mail=recovery.address_of(connection, person),
            factor=factor if factor is not None and factor.confirmed else None,
            faults=faults,
        )


def _faults(now: str, new: str, again: str) -> dict[str, str]:
    """What is wrong with a new password, by field."""
    wrong = own_password.fault(now)
    return ({"now": wrong} if wrong else {}) | new_faults(new, again, now, me().handle)


def new_faults(new: str, again: str, now: str, handle: str) -> dict[str, str]:
    """What is wrong with a password to come; `now` is the one before, where it is known."""
    faults: dict[str, str] = {}
    if not passwords.SHORTEST <= len(new) <= passwords.LONGEST:
        faults["new"] = _("新密码应有 %(least)s 到 %(most)s 个字符。", least=passwords.SHORTEST, most=passwords.LONGEST)
    elif new == now or handle.casefold() in new.casefold():
        faults["new"] = _("新密码应与现在的不同,并且不含您的账号。")
    if again != new:
        faults["again"] = _("两次输入的新密码应相同。")
    return faults
