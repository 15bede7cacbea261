"""The gate: sign-in by handle and password, with a second factor also by a code, and sign-out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.value import Person
from storage import accounts, people, second_factor
from web import identity, notices, onward, passwords, proving, reading, texts
from web.access import anybody, with_any_password
from web.logs import log
from web.pages.account import two_steps
from web.translation import _

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@anybody
def form() -> str | Response:
    """The form; whoever has signed in already is sent on."""
    if identity.visitor() is not None:
        return redirect(_onward())
    return render_template("sign_in/form.html", handle="", fault="", onward=request.args.get("next", ""))


@pages.post("/sign-in")
@anybody
def enter() -> Response:
    """A session for who knows the password; the same answer whatever was wrong."""
    handle, password = texts.printable(request.form.get("handle", "")).strip(), request.form.get("password", "")
    fault, status = _attempt(handle, password)
    if isinstance(fault, Person):
        return _second(fault) or _begin(fault)
    page = render_template("sign_in/form.html", handle=handle, fault=fault, onward=request.form.get("next", ""))
    return make_response(page, status)


@pages.post("/sign-in/code")
@anybody
def give_code() -> Response:
    """A session for who gave the password a moment ago, and now the code of their telephone or a recovery code."""
    store, now, held = reading.store(), reading.store().now(), request.form.get("ticket", "")
    with store.database.read() as connection:
        person = second_factor.holder(connection, held, now)
        account = None if person is None else accounts.of(connection, person)
    if person is None or account is None or not account.enabled or account.locked_until > now:
        return notices.say(redirect(url_for(".form", next=_onward())), _("请重新输入账号和密码。"), "late")
    if not two_steps.takes(person, request.form.get("code", "")):
        accounts.failed(store.database, person, now)
        log.warning("code refused", address=request.remote_addr)
        fault = _("动态码不正确,或已经用过。请等手机上显示下一个,或使用一个恢复码。")
        return make_response(_code_form(held, fault), 422)
    second_factor.drop(store.database, person)
    return _begin(person)


@pages.post("/sign-out")
@with_any_password
def leave() -> Response:
    """End this session."""
    mine = identity.me()
    accounts.end(reading.store().database, [mine.session.digest], mine.person)
    response = redirect(url_for("sign_in.form"))
    identity.forget(response)
    return notices.say(response, _("您已退出。"), "note")


def _attempt(handle: str, password: str) -> tuple[Person | str, int]:
    """Who it is; else what to say, and the status."""
    store, now = reading.store(), reading.store().now()
    if not (handle and password):
        return _("请填写账号和密码。"), 422
    if not proving.admitted(handle):
        return _("尝试次数太多,请等十分钟再试。"), 429
    person = people.find(store, handle[:100])
    with store.database.read() as connection:
        account = None if person is None else accounts.of(connection, person)
    usable = account is not None and account.enabled and account.locked_until <= now
    fits = passwords.fits(account.password if account is not None and usable else None, password)
    if account is not None and fits:
        if account.password is not None and passwords.is_dated(account.password):
            accounts.rehash(store.database, account.person, passwords.hashed(password))
        return account.person, 200
    if account is not None and usable:
        accounts.failed(store.database, account.person, now)
    log.warning("sign-in refused", address=request.remote_addr)
    return _("账号或密码不正确。连续五次错误后,账号会锁定十五分钟。"), 422


def _second(person: Person) -> Response | None:
    """The form for the code, for whoever has a second factor."""
    store = reading.store()
    with store.database.read() as connection:
        factor = second_factor.of(connection, person)
    if factor is None or not factor.confirmed:
        return None
    return make_response(_code_form(second_factor.ticket(store.database, person, store.now()), ""))


def _code_form(held: str, fault: str) -> str:
    return render_template("sign_in/code.html", ticket=held, fault=fault, onward=request.form.get("next", ""))


def _begin(person: Person) -> Response:
    store = reading.store()
    agent = request.headers.get("User-Agent", "")
    if identity.visitor() is not None:
        accounts.end(store.database, [identity.me().session.digest], identity.me().person)
    token = accounts.begin(store.database, person, store.now(), request.remote_addr or "", agent)
    response = redirect(_onward())
    identity.remember(response, token)
    return response


def _onward() -> str:
    """Where to go behind the gate: only to a page of ours."""
    return onward.ours(request.values.get("next", "")) or url_for("inbox.waiting")
