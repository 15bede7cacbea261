"""The second step of one's sign-in: begun and ended with the password, confirmed with a first code."""

from __future__ import annotations

from datetime import timedelta

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.value import Person
from storage import accounts, second_factor
from storage.second_factor import SecondFactor
from web import notices, own_password, passwords, proving, reading, telephone_codes
from web.access import signed_in
from web.identity import me
from web.translation import _

pages = Blueprint("two_steps", __name__, url_prefix="/account/two-steps")

TRIES, SPAN = 10, timedelta(minutes=10)
"""How many codes are tried here in one span of time."""


@pages.get("/")
@signed_in
def mine() -> str:
    """How my sign-in is protected, and what to do next."""
    return _page({})


@pages.post("/begin")
@signed_in
def begin() -> Response:
    """A new secret for my telephone; it is asked for only when a code of it was given."""
    faults = _password_faults()
    if faults:
        return make_response(_page(faults), 422)
    second_factor.propose(reading.store().database, me().person, telephone_codes.new_secret())
    return redirect(url_for(".mine"))


@pages.post("/confirm")
@signed_in
def confirm() -> str | Response:
    """The first code of the telephone: from now on it is asked for, and recovery codes are shown once."""
    factor, store = _factor(), reading.store()
    if factor is None or factor.confirmed:
        return redirect(url_for(".mine"))
    if not _admitted():
        return make_response(_page({"code": _("尝试次数太多,请等十分钟再试。")}), 429)
    step = telephone_codes.step_of(factor.secret, proving.plain(request.form.get("code", "")), store.now())
    codes = passwords.recovery_codes()
    if step is None or not second_factor.confirm(store.database, me().person, factor.secret, step, codes):
        return make_response(_page({"code": _("动态码应为手机上正在显示的六位数字;也请检查手机的时间是否准确。")}), 422)
    return _page({}, codes)


@pages.post("/end")
@signed_in
def end() -> Response:
    """Ask me for no code any more; the recovery codes are void."""
    faults = _password_faults()
    if faults:
        return make_response(_page(faults), 422)
    second_factor.remove(reading.store().database, me().person)
    return notices.say(redirect(url_for(".mine")), _("两步验证已关闭,恢复码已作废。"))


def takes(person: Person, given: str) -> bool:
    """What was given is the present code of the person's telephone or a recovery code, and is used by this."""
    code = proving.plain(given)
    return proving.by_telephone(person, code) or second_factor.recover(reading.store().database, person, code)


def _page(faults: dict[str, str], codes: tuple[str, ...] = ()) -> str:
    factor = _factor()
    secret = factor.secret if factor is not None and not factor.confirmed else ""
    return render_template(
        "account/two_steps.html",
        factor=factor,
        secret=telephone_codes.spaced(secret),
        link=telephone_codes.link(secret, me().handle) if secret else "",
        picture=_picture(secret),
        codes=codes,
        faults=faults,
    )


def _picture(secret: str) -> Markup:
    """The link as a square that a telephone reads, drawn here: no other host learns the secret."""
    if not secret:
        return Markup()
    code = segno.make(telephone_codes.link(secret, me().handle), error="m", micro=False)
    drawn = code.svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None, title=_("供手机扫描的二维码"))
    return Markup(drawn)  # noqa: S704  # made of squares, and of a title that is ours


def _factor() -> SecondFactor | None:
    with reading.store().database.read() as connection:
        return second_factor.of(connection, me().person)


def _password_faults() -> dict[str, str]:
    wrong = own_password.fault(request.form.get("now", ""))
    return {"now": wrong} if wrong else {}


def _admitted() -> bool:
    store = reading.store()
    return accounts.admitted(store.database, f"two-steps:{me().person.id}", store.now(), TRIES, SPAN)
