"""A forgotten password: a link by mail, good once and for half an hour, and the same answer whoever asks for it."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.value import Person
from jobs import mail
from jobs.connector import Target
from storage import accounts, people, recovery
from storage.submission import Store
from web import inviting, notices, passwords, reading, texts
from web.access import anybody
from web.logs import log
from web.pages.account import routes
from web.translation import _

pages = Blueprint("recovery", __name__, url_prefix="/recovery")

OF_ADDRESS, OF_HANDLE, SPAN = 10, 3, timedelta(hours=1)
"""How many links are asked for from one address and for one handle in one span of time."""

OF_SECRET, SOON = 30, timedelta(minutes=10)
LONGEST = 100
SECRET = "{secret}"


@pages.app_template_global("may_recover")
def is_offered() -> bool:
    """The operator named a way for mails, and the address that stands in them."""
    return inviting.office() is not None and inviting.has_address()


@pages.get("/")
@anybody
def form() -> str:
    """The form that asks for a link."""
    _offered()
    return render_template("sign_in/forgotten.html", fault="", sent=False)


@pages.post("/")
@anybody
def ask() -> Response:
    """Send a link, if there is anybody to send it to; what is answered tells nobody which."""
    target, handle = _offered(), texts.printable(request.form.get("handle", "")).strip()[:LONGEST]
    if not handle:
        return make_response(render_template("sign_in/forgotten.html", fault=_("请填写账号。"), sent=False), 422)
    if not (_admitted(f"address:{request.remote_addr}", OF_ADDRESS) and _admitted(f"handle:{handle}", OF_HANDLE)):
        fault = _("请求次数太多,请一小时后再试,或请系统管理员帮助。")
        return make_response(render_template("sign_in/forgotten.html", fault=fault, sent=False), 429)
    subject, text = _("更换知行的密码"), _letter()
    link = inviting.address("recovery.new", secret=SECRET).replace("%7B", "{").replace("%7D", "}")
    work = (reading.store(), target, handle, subject, text.replace("{link}", link))
    threading.Thread(target=_send, args=work, name="recovery", daemon=True).start()
    return make_response(render_template("sign_in/forgotten.html", fault="", sent=True))


@pages.get("/<secret>")
@anybody
def new(secret: str) -> Response:
    """The form for a new password; looking at it uses nothing up."""
    _offered()
    if not _admitted(f"look:{request.remote_addr}", OF_SECRET, SOON):
        return _private("sign_in/renew.html", 429, secret="", faults={}, handle="")
    return _form(secret, {}, 200)


@pages.post("/new")
@anybody
def renew() -> Response:
    """Set the new password: the link is used up, and every session of the person ends."""
    _offered()
    secret = request.form.get("secret", "")[:LONGEST]
    if not _admitted(f"use:{request.remote_addr}", OF_SECRET, SOON):
        return _private("sign_in/renew.html", 429, secret="", faults={}, handle="")
    store, person = reading.store(), _holder(secret)
    given, again = request.form.get("new", ""), request.form.get("again", "")
    if person is None:
        return _form(secret, {}, 404)
    faults = routes.new_faults(given, again, "", _handle(person))
    if faults:
        return _form(secret, faults, 422)
    if recovery.use(store.database, secret, store.now()) != person:
        return _form(secret, {}, 404)
    accounts.set_password(store.database, person, passwords.hashed(given), store.now(), one_time=False)
    log.info("password recovered", address=request.remote_addr, person=person.id)
    return notices.say(redirect(url_for("sign_in.form")), _("密码已更换,其他登录都已结束。请用新密码登录。"))


def _send(store: Store, target: Target, handle: str, subject: str, text: str) -> None:
    """What takes time, and longer for whoever is known, is done while nobody waits."""
    with store.database.read() as connection:
        person = recovery.known_as(connection, handle)
        address = "" if person is None else recovery.address_of(connection, person)
    if person is not None:
        secret = recovery.give(store.database, person, store.now())
        mail.send(target, address, subject, text.replace(SECRET, secret))


def _letter() -> str:
    return _(
        "有人请求更换您在知行的密码。\n\n如果是您,请在 %(minutes)s 分钟内打开下面的链接,设置新密码:\n{link}\n\n"
        "链接只能使用一次。如果不是您,请不要理会本邮件,您的密码没有变。",
        minutes=recovery.GOOD_FOR // timedelta(minutes=1),
    )


def _form(secret: str, faults: dict[str, str], status: int) -> Response:
    person = _holder(secret)
    if person is None:
        return _private("sign_in/renew.html", 404, secret="", faults={}, handle="")
    return _private("sign_in/renew.html", status, secret=secret, faults=faults, handle=_handle(person))


def _holder(secret: str) -> Person | None:
    store = reading.store()
    with store.database.read() as connection:
        return recovery.holder(connection, secret[:LONGEST], store.now())


def _handle(person: Person) -> str:
    with reading.store().database.read() as connection:
        return people.handles(connection).get(person.id, "")


def _offered() -> Target:
    target = inviting.office()
    if target is None or not is_offered():
        abort(404)
    return target


def _admitted(key: str, limit: int, span: timedelta = SPAN) -> bool:
    store = reading.store()
    return accounts.admitted(store.database, f"recovery:{key}", store.now(), limit, span)


def _private(template: str, status: int, **words: object) -> Response:
    """No other page learns the address."""
    response = make_response(render_template(template, **words), status)
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
