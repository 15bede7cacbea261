"""Cases: found, begun, looked at now and as they were, changed and ended."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from engine import commands
from engine.case import Case
from engine.commands import Envelope, OpenCase
from engine.errors import Reason, Refused
from engine.words import StreamKind
from storage import registers
from storage.attempt import Also
from storage.moments import micros
from storage.registers import Wish
from web import ending, reading
from web.api import asking, case_document, values
from web.api.blueprint import careful, resource
from web.api.case_shapes import (
    LEAVE,
    Asking,
    Assigned,
    Begun,
    Cases,
    Changed,
    Documents,
    Ended,
    One,
)
from web.api.gate import reads, works
from web.api.paging import part
from web.api.shapes import Paged, Receipt
from web.reader import who_reads
from web.sight import states

pages = resource("case", "Cases: service projects")


@pages.route("/cases", zh="我可以知道的项目,最新的在前")
@reads
@pages.arguments(Asking, location="query")
@pages.response(200, Cases)
def listed(asked: dict[str, object]) -> dict[str, object]:
    """The cases this person may know of, the newest first."""
    store, size, after = reading.store(), int(str(asked["size"])), str(asked["after"])
    now = micros(store.now())
    wish = Wish(
        status=str(asked["status"]),
        mine=bool(asked["mine"]),
        late_at=now if asked["late"] else None,
        text=str(asked["q"]),
    )
    place = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    with store.database.read() as connection:
        found = registers.page(connection, who_reads(connection), wish, now, place, size)
        items = [case_document.listed(connection, one) for one in found]
    return {"items": items, "next": str(found[-1].case) if len(found) == size else None}


@pages.route("/cases", methods=["POST"], zh="新建项目;其流程稍后由后台启动")
@works
@pages.arguments(Begun)
@pages.response(201, Receipt)
def start(asked: dict[str, object]) -> Response:
    """Open a case; its process is started by a job, a moment later."""
    key, process = str(asked["procedure"]), asked["process"]
    data, given = values.context(asked["data"]), values.context(asked["input"])
    with reading.store().database.read() as connection:
        procedure = reading.store().procedures.in_force(key, connection)
    if procedure is None:
        raise Refused(Reason.INVALID_DATA, f"没有生效的程序 {key}", f"no version of {key} is in force")
    version = procedure.digest

    def build(number: int, first: Envelope) -> OpenCase:
        return OpenCase(
            envelope=Envelope(id=first.id, stream=number, at=first.at, actor=first.actor, channel=first.channel),
            procedure=key,
            version=version,
            data=data,
            process=None if process is None else str(process),
            input=given,
        )

    return asking.open_stream(StreamKind.CASE, build)


@pages.route("/cases/<number:case>", zh="一个项目:资料、项目组、文件和流程")
@reads
@pages.response(200, One, tagged=True)
def one(case: int) -> Response:
    """A case with its data, team, documents and instances."""
    with reading.store().database.read() as connection:
        found = states.case(connection, case)
        return asking.tagged(case_document.document(connection, found), found.stream, found.revision)


@pages.route("/cases/<number:case>/at/<number:revision>", zh="项目在自身某条记录之后的样子")
@reads
@pages.response(200, One, tagged=True)
def then(case: int, revision: int) -> Response:
    """A case as it was after an entry of its own; its instances have entries of their own."""
    with reading.store().database.read() as connection:
        if revision > states.case(connection, case).revision:
            abort(404)
        found = reading.store().states.at(connection, StreamKind.CASE, case, revision)
        assert isinstance(found, Case)
        return asking.tagged(case_document.document(connection, found), found.stream, found.revision)


@pages.route("/cases/<number:case>/documents", zh="项目各文件的最新版本")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Documents, tagged=True)
def documents(asked: dict[str, object], case: int) -> Response:
    """The newest version of each document of a case."""
    with reading.store().database.read() as connection:
        found = states.case(connection, case)
        titles = reading.procedure(connection, found.version).documents
    shown, onward = part(case_document.documents(found, titles), asked, lambda one: str(one["document"]))
    return asking.tagged({"items": shown, "next": onward}, found.stream, found.revision)


@pages.route(
    "/cases/<number:case>/data",
    methods=["PATCH"],
    zh="更改项目资料,其中的人员更改须写明原因;须用 If-Match 说明所读的版本",
)
@careful
@works
@pages.arguments(Changed)
@pages.response(200, Receipt)
def change(asked: dict[str, object], case: int) -> Response:
    """Change the data of a case, with a reason where it names other people; `If-Match` names what was read."""
    data = values.context(asked["data"])
    reason = None if asked["reason"] is None else str(asked["reason"])
    return _submit(case, lambda envelope: commands.SetCaseData(envelope=envelope, data=data, reason=reason))


@pages.route(
    "/cases/<number:case>/roles/<name:role>",
    methods=["PUT"],
    zh="指定项目角色的担任者并写明原因;须用 If-Match 说明所读的版本",
)
@careful
@works
@pages.arguments(Assigned)
@pages.response(200, Receipt)
def assign(asked: dict[str, Any], case: int, role: str) -> Response:
    """Say who holds a role in the case, and why; `If-Match` names what was read."""
    persons = tuple(values.person(one, f"persons[{place}]") for place, one in enumerate(asked["persons"]))
    reason = str(asked["reason"])

    def build(envelope: Envelope) -> commands.AssignCaseRole:
        return commands.AssignCaseRole(envelope=envelope, role=role, persons=persons, reason=reason)

    return _submit(case, build)


@pages.route("/cases/<number:case>/close", methods=["POST"], zh="结束项目;还有流程在办理时,须写明 running 为 leave")
@works
@pages.arguments(Ended)
@pages.response(200, Receipt)
def close(asked: dict[str, str], case: int) -> Response:
    """End a case; while processes run in it only with `running` as `leave`."""
    outcome = asked["outcome"]
    rule = None if asked["running"] == LEAVE else ending.idle(reading.store())
    return _submit(case, lambda envelope: commands.CloseCase(envelope=envelope, outcome=outcome), rule)


def _submit(case: int, build: asking.Build, rule: Also | None = None) -> Response:
    with reading.store().database.read() as connection:
        states.case(connection, case)
    return asking.submit(build, case, rule=rule)
