"""The page behind a one-time link: somebody without an account sees what is asked, answers once, and nothing else.

Looking changes nothing, so programs that open links in mails use none up. A link that does not work says one and the
same, whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.commands import AnswerInvitation, Envelope
from engine.errors import Fault, Reason, Refused
from engine.value import Context
from engine.words import Channel
from storage import accounts, intake, personal
from storage.files import TooLarge
from web import asking, csrf, failures, reading, taking, texts, wish
from web.access import anybody
from web.acting import form as forms
from web.bounds import FORM, takes
from web.forms import shown
from web.forms.entry import Typed
from web.logs import log
from web.pages.confirm import desk as desks
from web.pages.confirm.desk import Invited
from web.sight.desk import Desk
from web.translation import _, lazy

pages = Blueprint("confirm", __name__, url_prefix="/confirm")

OF_LOOKS, OF_ANSWERS, SPAN = 60, 30, timedelta(minutes=10)
"""How often one address may look, and hand in or have checked, in one span of time."""

OF_CHECKS, OF_FILES = 600, 100
LONGEST_NAME, LONGEST_AGENT = 100, 200
TOO_OFTEN = lazy("打开或提交得太频繁,请等十分钟再试。")


@pages.get("/<secret>")
@anybody
def page(secret: str) -> Response:
    """What is asked; or when it was answered."""
    if not _admitted("look", OF_LOOKS):
        return _too_often()
    found = desks.find(secret)
    if found is None:
        return _none()
    if found.desk is None:
        return _told("confirm/done.html", found=found, secret=secret)
    return _shown(found, found.desk, secret, Typed(entries={}))


def _ahead_of_check(secret: str) -> Response | None:
    """Nothing of what is typed is read for whoever has no link, or asks too often."""
    is_heard = _admitted("check", OF_CHECKS) and desks.is_good(secret)
    return None if is_heard else _private(make_response("", 404))


def _ahead_of_answer(secret: str) -> Response | None:
    """Nothing of an answer is read for whoever has no link, or sends too often."""
    if not _admitted("answer", OF_ANSWERS):
        return _too_often()
    return None if desks.is_good(secret) else _none()


@pages.post("/<secret>/check")
@anybody
@takes(FORM, _ahead_of_check)
def check(secret: str) -> Response:
    """What the fields come to while somebody types; nothing is kept."""
    found = desks.find(secret)
    if found is None or found.desk is None or found.desk.form is None:
        return _private(make_response("", 404))
    typed = desks.typed(found.desk, _name())
    return _private(make_response(forms.live(found.desk, typed)))


@pages.get("/proof")
@anybody
def proof() -> Response:
    """A proof for a page whose own no longer holds."""
    return _private(make_response({"proof": csrf.proof()}))


@pages.post("/<secret>/files")
@anybody
def upload(secret: str) -> Response:
    """Keep a file for a field, for this link alone; it is handed in with the answer."""
    if not _admitted("file", OF_FILES):
        return _unkept(429, str(TOO_OFTEN))
    found = desks.find(secret)
    desk = None if found is None else found.desk
    field = None if desk is None else desks.field_for_file(desk, request.args.get("field", ""))
    if found is None or field is None:
        return _unkept(404, _("这个链接现在不能使用"))
    try:
        kept = taking.taken_by_link(found.given.id, request.args.get("name", ""), field.accept)
    except Refused as refused:
        status = 413 if isinstance(refused, TooLarge) else failures.STATUSES[refused.reason]
        return _unkept(status, texts.said(refused.text))
    file = {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size}
    return _private(make_response({"file": file, "size": shown.size(kept.size)}))


@pages.post("/<secret>")
@anybody
@takes(FORM, _ahead_of_answer)
def answer(secret: str) -> Response:
    """Hand in the answer: the link is used up, and the task done, in one command."""
    found = desks.find(secret)
    if found is None:
        return _none()
    again = _private(redirect(url_for(".page", secret=secret, language=request.args.get("language")), 303))
    if found.desk is None:
        return again
    typed = Typed(entries={}) if found.desk.form is None else desks.typed(found.desk, _name())
    unsigned = _unsigned()
    if unsigned:  # what is wrong in the form is said together with it
        form = found.desk.form
        wrong = () if form is None else forms.evaluate(found.desk, typed.entries).faults
        return _shown(found, found.desk, secret, typed, unsigned, 422, wrong)
    try:
        _submit(found, found.desk, secret, typed)
    except Refused as refused:
        if refused.reason is Reason.INVALID_DATA:
            said = "" if refused.faults else found.desk.sentence(refused.text)
            return _shown(found, found.desk, secret, typed, {}, 422, refused.faults, said)
        log.warning("link refused", reason=str(refused.reason))
    return again


def _submit(found: Invited, desk: Desk, secret: str, typed: Typed) -> None:
    """One command that uses the link and completes the task. Raises Refused."""
    assert desk.task is not None
    given = request.form.get(asking.FIELD, "")
    key = given if asking.ID.fullmatch(given) else asking.new_id()
    store = reading.store()
    envelope = Envelope(
        id=asking.untried(f"link:{found.given.id}:{key}"),
        stream=desk.instance.stream,
        at=store.now(),
        channel=Channel.LINK,
    )
    values, rows = intake.prepare(store, desk.instance, desk.task, typed.entries, envelope)
    agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    evidence = personal.separate(
        Context({"name": _name(), "address": request.remote_addr or "", "browser": texts.printable(agent)})
    )
    command = AnswerInvitation(
        envelope=envelope,
        task=desk.key,
        digest=wish.digest_of(secret),
        data=values,
        evidence=evidence.personal,
    )
    store.submit(command, [*rows, evidence])


def _shown(
    found: Invited,
    desk: Desk,
    secret: str,
    typed: Typed,
    faults: dict[str, str] | None = None,
    status: int = 200,
    wrong: Sequence[Fault] = (),
    said: str = "",
) -> Response:
    """The form, with what is wrong beside its fields."""
    form = desks.drawn(desk, typed.entries, wrong)
    return _told(
        "confirm/page.html",
        status,
        found=found,
        desk=desk,
        form=form,
        secret=secret,
        faults=faults or {},
        said=said,
        name=_name() or found.given.contact.name,
        agreed=request.form.get("agreed") == "yes",
        people_of=lambda _role: [],
        asker=_asker(found),
        file_address=lambda path: url_for(".upload", secret=secret, field=path),
        file_proof=url_for(".proof"),
    )


def _unsigned() -> dict[str, str]:
    """What is missing of the statement."""
    faults: dict[str, str] = {}
    if not 0 < len(_name()) <= LONGEST_NAME or not _name().isprintable():
        faults["name"] = _("请填写您的姓名,不超过 %(most)s 个字。", most=LONGEST_NAME)
    if request.form.get("agreed") != "yes":
        faults["agreed"] = _("请勾选声明后再提交。")
    return faults


def _asker(found: Invited) -> str:
    """Who gave the link: whoever gets it should know them."""
    with reading.store().database.read() as connection:
        return reading.names(connection).get(found.given.by.id, "")


def _name() -> str:
    return request.form.get("name", "").strip()


def _admitted(what: str, limit: int) -> bool:
    store = reading.store()
    return accounts.admitted(store.database, f"link:{what}:{request.remote_addr}", store.now(), limit, SPAN)


def _none() -> Response:
    return _told("confirm/none.html", 404)


def _unkept(status: int, said: str) -> Response:
    """Why a file was not kept."""
    return _private(make_response({"said": said}, status))


def _too_often() -> Response:
    log.warning("link asked too often", address=request.remote_addr)
    return _private(failures.failed(429, str(TOO_OFTEN)))


def _told(template: str, status: int = 200, **words: object) -> Response:
    return _private(make_response(render_template(template, **words), status))


def _private(response: Response) -> Response:
    """No other page learns the address, and no search engine keeps it."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
