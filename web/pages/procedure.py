"""The written procedure as it is in force, for everybody: diagrams, steps, rules, decisions, versions."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from sqlalchemy import Connection

from engine.dmn.model import Decision, Table
from engine.errors import Text
from engine.organisation import Organisation
from engine.procedure import Procedure
from storage import working_copies
from web import assets, reading, rights
from web.access import signed_in
from web.identity import me
from web.sight import decision
from web.sight import picture as pictures
from web.sight import procedure as told
from web.sight.versions import Version, current, found, in_force, may_change
from web.translation import _

pages = Blueprint("procedure", __name__, url_prefix="/procedures")


@pages.get("/")
@signed_in
def every() -> str:
    """All procedures in force."""
    with reading.store().database.read() as connection:
        found, company = in_force(connection), reading.organisation(connection)
        now = reading.store().now()
        rows = [(one, told.publications(connection, place).in_force(now)) for one, place in found]
        changing = [one for one, place in found if may_change(company, Version(procedure=one, place=place))]
        begun = _begun(connection, company)
    return render_template("procedure/every.html", rows=rows, may_begin=bool(changing), begun=begun)


@pages.get("/<key>")
@signed_in
def one(key: str) -> str:
    """A procedure: its processes, and the draft beside it for whoever may change it."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
        processes = [
            (name, reading.process_name(version.procedure, name), told.documentation(version.procedure, name), process)
            for name, process in told.in_order(version.procedure)
        ]
        changing = may_change(reading.organisation(connection), current(connection, key))
        copy = working_copies.of(connection, key) if changing else None
        names = reading.names(connection)
        putting = next(one for one in told.puttings(connection, version.place) if _is(one, version))
    return _page("one", version, processes=processes, copy=copy, changing=changing, names=names, putting=putting)


@pages.get("/<key>/processes/<process>")
@signed_in
def process(key: str, process: str) -> str:
    """One diagram with its steps."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
        if process not in version.procedure.model.processes:
            abort(404)
        steps = told.steps(connection, version.procedure, process)
    return _page(
        "process",
        version,
        process=process,
        heading=reading.process_name(version.procedure, process),
        purpose=told.documentation(version.procedure, process),
        steps=steps,
        names={one: reading.process_name(version.procedure, one) for one, _process in told.in_order(version.procedure)},
        words=_words(),
    )


@pages.get("/<key>/diagrams/<process>")
@signed_in
def diagram(key: str, process: str) -> Response:
    """The drawing of a process, with names in the language of whoever asks."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
        picture = pictures.picture(connection, version.procedure.digest, process)
    if picture is None:
        abort(404)
    return Response(picture, mimetype="application/xml")


@pages.get("/<key>/rules")
@signed_in
def rules(key: str) -> str:
    """Settings, roles, rights, documents, escalations."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
        values = told.settings(connection, version.procedure)
    return _page("rules", version, values=values, held=rights.held)


@pages.get("/<key>/decisions")
@signed_in
def decisions(key: str) -> str:
    """The decision tables."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
    tables = [
        (
            model.name,
            one.expression,
            decision.spoken(version.procedure, one.key[1]),
            decision.cells(version.procedure, one.key[1]),
        )
        for model in version.procedure.decisions.models.values()
        for one in model.elements
        if isinstance(one, Decision) and isinstance(one.expression, Table)
    ]
    return _page("decisions", version, tables=tables)


@pages.get("/<key>/versions")
@signed_in
def versions(key: str) -> str:
    """All versions with who published each, when and why."""
    with reading.store().database.read() as connection:
        version = found(connection, key)
        rows, names = told.puttings(connection, version.place), reading.names(connection)
        planned = told.publications(connection, version.place).planned(reading.store().now())
    return _page("versions", version, rows=rows, planned=planned, names=names)


def tabs(version: Version) -> list[tuple[str, str, int | None, bool]]:
    """The pages of a procedure."""
    key, wanted = version.procedure.key, version.wanted
    here = "procedure.one" if request.endpoint == "procedure.process" else request.endpoint
    places = (
        ("procedure.one", _("流程")),
        ("procedure.rules", _("角色与设置")),
        ("procedure.decisions", _("决策表")),
        ("procedure.versions", _("版本")),
    )
    return [(url_for(one, key=key, version=wanted), text, None, one == here) for one, text in places]


def styles(island: str) -> str | None:
    """The stylesheet of an island."""
    css = assets.manifest()[island]["css"]
    return None if css is None else url_for("static", filename=css)


def _page(name: str, version: Version, **values: object) -> str:
    title: Text = version.procedure.title
    return render_template(
        f"procedure/{name}.html",
        version=version,
        procedure=version.procedure,
        title=title,
        tabs_of=tabs(version),
        styles=styles,
        value=told.value,
        **values,
    )


def _begun(connection: Connection, company: Organisation) -> list[Procedure]:
    """The procedures that are no more than drafts yet, for whoever will own or publish them."""
    found = [reading.procedure(connection, copy.base) for copy in working_copies.unpublished(connection)]
    now = reading.store().now()
    return [one for one in found if company.acts(me().person, (one.owner, *one.may("publish")), now)]


def _is(one: told.Putting, version: Version) -> bool:
    return one.version.digest == version.procedure.digest


def _words() -> dict[str, str]:
    return {"close": _("关闭")}
