"""How the product runs, for whoever runs it: what cannot go on and what is to be decided, jobs, timers, messages, sealing."""

from __future__ import annotations

import re

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.commands import DecideIncident, Envelope, RetryIncident
from engine.errors import Refused
from engine.value import Value
from jobs import lease
from storage.operation import Place
from web import asking, notices, reading
from web.access import operators
from web.identity import visitor
from web.sight import naming
from web.sight import operations as shown
from web.telling import plain
from web.texts import said
from web.translation import _

pages = Blueprint("operations", __name__, url_prefix="/operations")
READ = "read"
PLACE = re.compile(r"(-?\d{1,18})~(\d[\d.]{0,62})")
LONGEST_REASON = 1_000


@pages.context_processor
def _reader() -> dict[str, bool]:
    """Whoever may not read cases is told their numbers, and gets no link."""
    who = visitor()  # nobody, on the page of a failure
    return {"reads_cases": who is not None and bool(who.acting_roles & reading.may(READ))}


@pages.get("/")
@operators
def overview() -> str:
    """How it is, in a few figures."""
    return render_template("operations/overview.html", here="overview", **shown.overview())


@pages.get("/incidents")
@operators
def incidents() -> str:
    """The steps that cannot go on."""
    return _incidents({})


@pages.post("/incidents/<incident>/retry")
@operators
def retry(incident: str) -> Response:
    """Try the step again."""
    stream, reason = asking.stream_of(incident), _reason()

    def build(envelope: Envelope) -> RetryIncident:
        return RetryIncident(envelope=envelope, incident=incident, reason=reason)

    return _changed(incident, build, stream, _("已让这一步重试。"))


@pages.post("/incidents/<incident>/decide")
@operators
def decide(incident: str) -> Response:
    """Answer for the step: the flows to take, or its result."""
    stream, reason, flows = asking.stream_of(incident), _reason(), tuple(request.form.getlist("flow"))
    try:
        result: Value = plain.value(plain.read(request.form.get("result", "").strip() or "null"))
    except Refused as refused:
        return _again(incident, said(refused.text))

    def build(envelope: Envelope) -> DecideIncident:
        return DecideIncident(envelope=envelope, incident=incident, flows=flows, result=result, reason=reason)

    return _changed(incident, build, stream, _("已按您的决定继续。"))


@pages.get("/jobs")
@operators
def jobs() -> str:
    """The jobs that are not done."""
    return render_template("operations/jobs.html", here="jobs", **shown.jobs(_place()))


@pages.post("/jobs/<job>/retry")
@operators
def retry_job(job: str) -> Response:
    """Let a parked job be tried again."""
    store, back = reading.store(), redirect(url_for(".jobs"))
    try:
        lease.try_again(store.database, job[:64], store.now())
    except Refused as refused:
        return notices.say(back, said(refused.text), "late")
    return notices.say(back, _("后台工作将再试一次。"))


@pages.get("/timers")
@operators
def timers() -> str:
    """The timers, the next first."""
    return render_template("operations/timers.html", here="timers", **shown.timers(_place()))


@pages.get("/milestones")
@operators
def milestones() -> str:
    """What recurs."""
    after = request.args.get("after", "")
    begin = int(after) if re.fullmatch(r"\d{1,18}", after) else 0
    return render_template("operations/milestones.html", here="milestones", **shown.milestones(begin))


@pages.get("/messages")
@operators
def messages() -> str:
    """The messages and signals that are waited for."""
    return render_template(
        "operations/messages.html", here="messages", **shown.messages(request.args.get("after", "")[:64])
    )


def _incidents(faults: dict[str, str]) -> str:
    return render_template(
        "operations/incidents.html", here="incidents", faults=faults, typed=request.form, **shown.incidents(_place())
    )


def _changed(incident: str, build: asking.Build, stream: int, text: str) -> Response:
    """Submit, and say so; a refusal stands beside the step, and what was typed is not lost."""
    if not request.form.get("reason", "").strip():
        return _again(incident, _("请写明理由:它会留在记录中。"))
    try:
        asking.submit(build, stream)
    except Refused as refused:
        return _again(incident, said(naming.named(refused.text)))
    return notices.say(redirect(url_for(".incidents")), text)


def _again(incident: str, fault: str) -> Response:
    return make_response(_incidents({incident: fault}), 422)


def _reason() -> str:
    reason = request.form.get("reason", "").strip()
    return reason if len(reason) <= LONGEST_REASON else abort(422)


def _place() -> Place | None:
    found = PLACE.fullmatch(request.args.get("after", ""))
    return None if found is None else (int(found[1]), found[2])
