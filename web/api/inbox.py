"""What a person may do, did, began and was told of, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import fields, validate
from sqlalchemy import Connection

from engine.value import Person
from storage import case_search, past_work, worklist
from storage.task_line import Line, Place
from web import reading
from web.api import values
from web.api.blueprint import resource
from web.api.gate import reads
from web.api.shapes import Paged, Said, Shape, Who
from web.identity import me
from web.sight import filters
from web.sight.filters import LONGEST_TEXT, SORTS, SPANS, WHYS, Asked

pages = resource("inbox", "What a person may do, did, began and was told of")


class Asking(Paged):
    """Which tasks."""

    why = fields.String(
        load_default="", validate=validate.OneOf(WHYS), metadata={"description": "mine, role or deputy"}
    )
    process = fields.String(load_default="", validate=validate.Length(max=100))
    span = fields.String(load_default="", validate=validate.OneOf(("", *SPANS)), metadata={"description": "When due"})
    sort = fields.String(load_default="due", validate=validate.OneOf(SORTS))
    q = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": "Title, customer, number or step; two characters suffice"},
    )


class Seeking(Paged):
    """Which of what is past."""

    q = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_TEXT),
        metadata={"description": "Title, customer, number or, of tasks, step; two characters suffice"},
    )


class Waiting(Shape):
    """A task in a list."""

    task = fields.String(required=True)
    instance = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    process = fields.String(required=True)
    element = fields.String(required=True)
    number = fields.String(required=True, metadata={"description": "As in the written procedure"})
    name = fields.Nested(Said, required=True)
    title = fields.String(required=True, metadata={"description": "Of the case"})
    party = fields.String(required=True, metadata={"description": "For whom the case is: the customer by name"})
    stage = fields.String(required=True)
    why = fields.String(required=True, metadata={"description": "role, person or holder; empty in lists of the past"})
    key = fields.String(required=True, metadata={"description": "The role or person by which it stands here"})
    holder = fields.Nested(Who, required=True, allow_none=True)
    due = fields.String(required=True, allow_none=True)
    offered = fields.String(required=True)
    closed = fields.String(required=True, allow_none=True)


class Tasks(Shape):
    """A page of tasks; `next` is null at the end."""

    items = fields.List(fields.Nested(Waiting), required=True)
    next = fields.String(required=True, allow_none=True)


class Counts(Shape):
    """How many tasks are due when."""

    late = fields.Integer(required=True)
    today = fields.Integer(required=True)
    week = fields.Integer(required=True)
    later = fields.Integer(required=True)
    never = fields.Integer(required=True)


class Begun(Shape):
    """A case somebody opened."""

    case = fields.Integer(required=True)
    status = fields.String(required=True)
    opened = fields.String(required=True)
    waiting = fields.Integer(required=True, metadata={"description": "Open tasks"})


class Cases(Shape):
    """A page of cases; `next` is null at the end."""

    items = fields.List(fields.Nested(Begun), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/inbox", zh="我的待办,先到期的在前")
@reads
@pages.arguments(Asking, location="query")
@pages.response(200, Tasks)
def waiting(asked: dict[str, str]) -> dict[str, object]:
    """What this person may do, due first unless `sort` says otherwise."""
    with reading.store().database.read() as connection:
        wish = filters.wish_of(connection, Asked.of(asked))
        return _page(connection, worklist.page(connection, wish, _place(asked), _size(asked)), asked)


@pages.route("/inbox/counts", zh="我的待办按到期时间的数量")
@reads
@pages.response(200, Counts)
def counts() -> dict[str, int]:
    """How many tasks this person may do, by when they are due."""
    with reading.store().database.read() as connection:
        found = worklist.counts(connection, me().wish(), filters.edges_now())
    return dict(zip(SPANS, found, strict=True))


@pages.route("/inbox/done", zh="我已办的任务,最新的在前")
@reads
@pages.arguments(Seeking, location="query")
@pages.response(200, Tasks)
def done(asked: dict[str, str]) -> dict[str, object]:
    """What this person completed, the newest first."""
    with reading.store().database.read() as connection:
        sought = filters.sought(connection, asked)
        return _page(connection, past_work.done(connection, me().person.id, _place(asked), _size(asked), sought), asked)


@pages.route("/inbox/told", zh="知会我的任务,最新的在前")
@reads
@pages.arguments(Seeking, location="query")
@pages.response(200, Tasks)
def told(asked: dict[str, str]) -> dict[str, object]:
    """What this person was informed of, the newest first."""
    with reading.store().database.read() as connection:
        sought = filters.sought(connection, asked)
        return _page(connection, past_work.told(connection, me().person.id, _place(asked), _size(asked), sought), asked)


@pages.route("/inbox/sent", zh="我发起的项目,最新的在前")
@reads
@pages.arguments(Seeking, location="query")
@pages.response(200, Cases)
def sent(asked: dict[str, str]) -> dict[str, object]:
    """The cases this person opened, the newest first."""
    with reading.store().database.read() as connection:
        after, sought = filters.numbered(_place(asked)), filters.sought(connection, asked)
        found = past_work.opened(connection, me().person.id, after, _size(asked), sought)
    rows = [
        {"case": one.case, "status": one.status, "opened": values.at(one.at), "waiting": one.waiting} for one in found
    ]
    return {"items": rows, "next": _next(found[-1].place) if len(found) == _size(asked) else None}


def _page(connection: Connection, lines: Sequence[Line], asked: dict[str, str]) -> dict[str, object]:
    cases = case_search.values_of(connection, sorted({line.case for line in lines if line.case is not None}))
    last = lines[-1].place if lines and len(lines) == _size(asked) else None
    return {
        "items": [_line(connection, line, cases.get(line.case or 0, {})) for line in lines],
        "next": None if last is None else _next(last),
    }


def _line(connection: Connection, line: Line, case: dict[str, str]) -> dict[str, object]:
    procedure = reading.procedure(connection, line.version)
    number, name = reading.step(procedure, line.process, line.element)
    head = reading.shown_fields(procedure)
    return {
        "task": line.task,
        "instance": line.stream,
        "case": line.case,
        "process": line.process,
        "element": line.element,
        "number": number,
        "name": values.said(name),
        "title": case.get(head.get("title", ""), ""),
        "party": case.get(head.get("party", ""), ""),
        "stage": line.stage,
        "why": line.kind,
        "key": line.key,
        "holder": None if line.holder is None else values.named(Person(line.holder)),
        "due": values.at(line.due),
        "offered": values.at(line.offered_at),
        "closed": values.at(line.closed_at),
    }


def _place(asked: dict[str, str]) -> Place | None:
    return filters.place(asked)


def _next(place: Place) -> str:
    return f"{place[0]}~{place[1]}"


def _size(asked: dict[str, str]) -> int:
    return int(asked["size"])
