"""One's own tokens: by which programs ask in one's name, made here and revoked at any time."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Refused
from storage import tokens
from storage.tokens import Scope
from web import notices, reading
from web.access import signed_in
from web.identity import me
from web.texts import said
from web.translation import _, lazy

pages = Blueprint("tokens", __name__, url_prefix="/account/tokens")
SCOPES = {
    Scope.READ: lazy("只读"),
    Scope.WORK: lazy("办理:以我的名义办理和修改"),
    Scope.OPERATE: lazy("运维:另含运行状况和组织管理"),
}
DAYS = (7, 30, 90, 366)


@pages.get("/")
@signed_in
def every() -> str:
    """My tokens."""
    return _page()


@pages.post("/")
@signed_in
def make() -> Response:
    """A new token, shown once."""
    store, scope, days = reading.store(), request.form.get("scope", ""), request.form.get("days", "")
    if scope not in set(Scope) or days not in {str(one) for one in DAYS}:
        return make_response(_page(fault=_("请选择范围和有效期。")), 422)
    try:
        text, _token = tokens.make(
            store.database, me().person, request.form.get("name", ""), Scope(scope), store.now(), int(days)
        )
    except Refused as refused:
        return make_response(_page(fault=said(refused.text)), 422)
    return make_response(_page(made=text))


@pages.post("/<key>/revoke")
@signed_in
def revoke(key: str) -> Response:
    """Revoke one of my tokens."""
    back = redirect(url_for(".every"))
    try:
        tokens.revoke(reading.store().database, me().person, key)
    except Refused as refused:
        return notices.say(back, said(refused.text), "late")
    return notices.say(back, _("令牌已吊销,使用它的程序不能再访问。"))


def _page(made: str = "", fault: str = "") -> str:
    store = reading.store()
    with store.database.read() as connection:
        found = tokens.of(connection, me().person, store.now())
    return render_template(
        "account/tokens.html",
        tokens=found,
        scopes=SCOPES,
        days=DAYS,
        made=made,
        fault=fault,
        name=request.form.get("name", "") if fault else "",
    )
