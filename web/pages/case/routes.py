"""Cases: the list, a new one, one case with its drawing and history, and any moment of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.commands import OpenCase, StartActivity
from engine.errors import Refused
from engine.value import Context, Ref, Value
from engine.words import StreamKind
from storage import preferences
from web import asking, failures, notices, reading
from web.access import hidden, signed_in
from web.acting import adhoc
from web.acting.adhoc import Startable
from web.identity import me
from web.pages.case import moment as moments
from web.pages.case import record as records
from web.pages.case import view
from web.sight import cases, dossier, file, naming, writing
from web.sight import picture as pictures
from web.sight.cases import PAGE, Asked, Beginning
from web.sight.dossier import Dossier
from web.texts import said
from web.translation import _

pages = Blueprint("case", __name__, url_prefix="/cases")
LONGEST = 200
"""Characters of what is given at the start: as long as it can be found by."""


@pages.get("/")
@signed_in
def every() -> str:
    """The cases I may know of."""
    asked = _asked()
    with reading.store().database.read() as connection:
        shown = cases.listed(connection, asked)
        may_begin = bool(cases.beginnings(connection))
    return render_template("case/every.html", shown=shown, asked=asked, may_begin=may_begin)


@pages.post("/wish")
@signed_in
def wish() -> Answer:
    """Keep what is shown, for this person."""
    asked = Asked.of(request.form)
    preferences.keep(reading.store().database, me().person, PAGE, asked.kept())
    address = url_for(".every", q=asked.text or None)
    if not request.headers.get("HX-Request"):
        return redirect(address)
    with reading.store().database.read() as connection:
        shown = cases.listed(connection, asked)
    response = make_response(render_template("case/list.html", shown=shown, asked=asked))
    response.headers["HX-Replace-Url"] = address
    return response


@pages.get("/more")
@signed_in
def more() -> str:
    """The next cases behind the one seen last."""
    asked = _asked()
    with reading.store().database.read() as connection:
        shown = cases.listed(connection, asked, request.args.get("after", type=int))
    return render_template("case/more.html", shown=shown, asked=asked)


@pages.get("/new")
@signed_in
def new() -> str:
    """What I may begin."""
    with reading.store().database.read() as connection:
        found = cases.beginnings(connection)
        offers = cases.offers(connection, found)
    if not found:
        hidden()
    return render_template("case/new.html", beginnings=found, offers=offers, faults={}, given={})


@pages.post("/new")
@signed_in
def begin() -> Answer:
    """Begin a case with a process."""
    with reading.store().database.read() as connection:
        beginnings = cases.beginnings(connection)
        chosen = next((one for one in beginnings if one.key == request.form.get("begin")), None) or hidden()
        offers = cases.offers(connection, beginnings)
    assert isinstance(chosen, Beginning)
    given = {name: request.form.get(name, "").strip() for name, _title in chosen.fields}
    faults, alike = _faults(chosen, given), None
    if not faults and not asking.is_repeat() and not request.form.get("anyway"):
        with reading.store().database.read() as connection:
            alike = cases.alike(connection, given)
    if not faults and alike is None:
        try:
            receipt = _open(chosen, given)
        except Refused as refused:
            beside = {fault.path: said(fault.text) for fault in refused.faults if fault.path in given}
            faults = beside or {"begin": said(naming.named(refused.text))}
        else:
            answer = redirect(url_for(".one", number=receipt))
            return notices.say(answer, _("项目已建立,流程正在启动。"))
    page = render_template(
        "case/new.html", beginnings=beginnings, offers=offers, chosen=chosen, faults=faults, given=given, alike=alike
    )
    return make_response(page, 409 if alike else 422)


@pages.get("/<number>")
@signed_in
def one(number: str) -> Answer:
    """A case as it is."""
    with reading.store().database.read() as connection:
        found = dossier.dossier(connection, dossier.number_of(number))
        if request.headers.get("HX-Request") and len(found.order) == request.args.get("seen", 0, type=int):
            return make_response("", 204)
        return make_response(_as_it_is(found))


@pages.post("/<number>/activities")
@signed_in
def start(number: str) -> Answer:
    """Start what the process leaves to people, also while no task waits in it."""
    with reading.store().database.read() as connection:
        found = dossier.dossier(connection, dossier.number_of(number))
        onward = redirect(url_for(".one", number=found.number))
        if asking.is_repeat():
            return onward
        wanted = request.form.get("activity", "")
        chosen = next((one for one in adhoc.startable_in(found) if one.key == wanted), None) or hidden()
        assert isinstance(chosen, Startable)
    activity, element = chosen.activity, chosen.element
    try:
        asking.submit(lambda first: StartActivity(envelope=first, activity=activity, element=element), chosen.stream)
    except Refused as refused:
        with reading.store().database.read() as connection:
            now = dossier.dossier(connection, found.number)
            page = _as_it_is(now, said(now.names(chosen.stream).sentence(chosen.told(refused.text))))
        return make_response(page, failures.STATUSES[refused.reason])
    return notices.say(onward, _("已开始。"))


@pages.get("/<number>/history")
@signed_in
def history(number: str) -> str:
    """What happened in a case, the newest first."""
    with reading.store().database.read() as connection:
        found = dossier.dossier(connection, dossier.number_of(number))
        record = records.record(found, request.args.get("before", type=int))
        name = "case/record.html" if request.headers.get("HX-Request") else "case/history.html"
        return render_template(name, page="history", record=record, **_page(found))


@pages.get("/<number>/at")
@signed_in
def at(number: str) -> str:
    """A case as it was after the entry at a place, counted from 1; the newest without one."""
    with reading.store().database.read() as connection:
        place = request.args.get("place", type=int)
        return _moment(dossier.dossier(connection, dossier.number_of(number), place=place))


@pages.get("/<number>/at/<spot>")
@signed_in
def moment(number: str, spot: str) -> str:
    """A case as it was after an entry."""
    with reading.store().database.read() as connection:
        wanted = dossier.number_of(number), dossier.spot_of(spot)
        return _moment(dossier.dossier(connection, *wanted))


@pages.get("/<number>/documents/<key>/<path:version>")
@signed_in
def paper(number: str, key: str, version: str) -> Answer:
    """One version of a document: the form that it was written in, as it was handed in."""
    with reading.store().database.read() as connection:
        found = dossier.dossier(connection, dossier.number_of(number))
        task = writing.written_in(found, key, version)
    return redirect(url_for("task.one", task=task)) if task else hidden()


@pages.get("/drawing/<version>/<process>")
@signed_in
def drawing(version: str, process: str) -> Response:
    """The drawing of a process of a published version, with names in the language of whoever asks."""
    with reading.store().database.read() as connection:
        picture = pictures.picture(connection, version, process)
    if picture is None:
        abort(404)
    response = Response(picture, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _as_it_is(found: Dossier, why_not: str = "") -> str:
    """The page of a case; `why_not` says why an activity was not started."""
    page = {**_page(found), **view.view(found), **file.on_page(found.connection, found.case)}
    return render_template("case/one.html", page="one", startable=adhoc.startable_in(found), why_not=why_not, **page)


def _moment(found: Dossier) -> str:
    name = "case/moment_body.html" if request.headers.get("HX-Request") else "case/moment.html"
    happened = moments.moment(found)
    return render_template(name, page="moment", moment=happened, **_page(found), **view.then(found, happened))


def _page(found: Dossier) -> dict[str, Any]:
    return {"found": found, "head": view.head(found)}


def _asked() -> Asked:
    with reading.store().database.read() as connection:
        kept = preferences.kept(connection, me().person, PAGE)
    return Asked.of({**kept, **request.values.to_dict()})


def _faults(chosen: Beginning, given: Mapping[str, str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for name, title in chosen.fields:
        if not given[name]:
            faults[name] = _("请填写%(field)s。", field=said(title))
        elif len(given[name]) > LONGEST:
            faults[name] = _("应不超过 %(most)s 个字,现有 %(count)s 个。", most=LONGEST, count=len(given[name]))
    return faults


def _open(chosen: Beginning, given: Mapping[str, str]) -> int:
    """The number of the new case. Raises Refused."""
    first = asking.envelope(0)
    fields = chosen.procedure.case_fields
    values: dict[str, Value] = {
        name: Ref(name, text) if fields[name].type == "ref" else text for name, text in given.items()
    }

    def build(number: int) -> OpenCase:
        return OpenCase(
            envelope=replace(first, stream=number),
            procedure=chosen.procedure.key,
            version=chosen.procedure.digest,
            data=Context(values),
            process=chosen.process,
            input=Context(),
        )

    return reading.store().open_stream(StreamKind.CASE, first.id, build).stream
