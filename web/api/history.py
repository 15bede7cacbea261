"""What happened in a case or an instance, entry by entry, in sentences of both languages; refusals beside."""

from __future__ import annotations

from marshmallow import fields
from sqlalchemy import Connection

from engine.case import Case
from engine.errors import Text
from engine.instance import Instance
from engine.journal import Entry
from engine.words import StreamKind
from storage import journal, refusals
from storage.shelf import StreamShelf
from web import reading
from web.api import values
from web.api.blueprint import resource
from web.api.gate import reads
from web.api.shapes import Paged, Said, Shape, Who
from web.sight import naming, states
from web.sight.dossier import courses
from web.telling.told import Teller

pages = resource("history", "What happened, in sentences")


class Sentence(Shape):
    """Who did what."""

    who = fields.Nested(Said, required=True)
    what = fields.Nested(Said, required=True)


class Happened(Shape):
    """One entry."""

    stream = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    at = fields.String(required=True)
    command = fields.String(required=True)
    channel = fields.String(required=True)
    actor = fields.Nested(Who, required=True, allow_none=True)
    proof = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "By what the actor proved themselves anew to sign: `password` or `code`"},
    )
    sentences = fields.List(fields.Nested(Sentence), required=True)


class Entries(Shape):
    """A page of entries, oldest first; `next` is null at the end."""

    items = fields.List(fields.Nested(Happened), required=True)
    next = fields.String(required=True, allow_none=True)


class Refusal(Shape):
    """What was asked and refused."""

    refusal = fields.Integer(required=True)
    stream = fields.Integer(required=True)
    at = fields.String(required=True)
    command = fields.String(required=True)
    channel = fields.String(required=True)
    actor = fields.Nested(Who, required=True, allow_none=True)
    reason = fields.String(required=True)
    text = fields.Nested(Said, required=True)


class Refusals(Shape):
    """A page of refusals, oldest first; `next` is null at the end."""

    items = fields.List(fields.Nested(Refusal), required=True)
    next = fields.String(required=True, allow_none=True)


@pages.route("/cases/<number:case>/history", zh="项目自身发生了什么;其流程另有历史")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Entries)
def of_case(asked: dict[str, object], case: int) -> dict[str, object]:
    """What happened to a case itself; its instances have a history of their own."""
    with reading.store().database.read() as connection:
        return _page(connection, StreamKind.CASE, states.case(connection, case), asked)


@pages.route("/cases/<number:case>/refusals", zh="对项目提出而被拒绝的请求")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Refusals)
def refused_of_case(asked: dict[str, object], case: int) -> dict[str, object]:
    """What was asked of a case and refused."""
    with reading.store().database.read() as connection:
        states.case(connection, case)
        return _refusals(connection, case, asked)


@pages.route("/instances/<number:instance>/history", zh="流程中发生了什么")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Entries)
def of_instance(asked: dict[str, object], instance: int) -> dict[str, object]:
    """What happened in an instance."""
    with reading.store().database.read() as connection:
        return _page(connection, StreamKind.INSTANCE, states.instance(connection, instance)[0], asked)


@pages.route("/instances/<number:instance>/refusals", zh="对流程提出而被拒绝的请求")
@reads
@pages.arguments(Paged, location="query")
@pages.response(200, Refusals)
def refused_of_instance(asked: dict[str, object], instance: int) -> dict[str, object]:
    """What was asked of an instance and refused."""
    with reading.store().database.read() as connection:
        states.instance(connection, instance)
        return _refusals(connection, instance, asked)


def _page(
    connection: Connection, kind: StreamKind, state: Case | Instance, asked: dict[str, object]
) -> dict[str, object]:
    """Steps are named by the entries in which they began; the course that is kept knows them, so a page reads its own."""
    begin, size, stream = _begin(asked), int(str(asked["size"])), state.stream
    course = courses().of(connection, kind, stream, state.revision)
    teller = Teller(naming.names(connection, reading.procedure(connection, state.version)), course)
    shelf = StreamShelf(connection, stream, reading.store().recent)
    rows = []
    for entry in journal.read(connection, stream, shelf, after=begin, until=begin + size):
        told = teller.sentences(entry, ())
        rows.append(_entry(entry, [{"who": values.said(one.who), "what": values.said(one.what)} for one in told]))
    return {"items": rows, "next": str(begin + size) if len(rows) == size else None}


def _begin(asked: dict[str, object]) -> int:
    """The number behind which a page begins."""
    after = str(asked["after"])
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0


def _entry(entry: Entry, sentences: list[dict[str, dict[str, str]]]) -> dict[str, object]:
    envelope = entry.command.envelope
    return {
        "stream": entry.stream,
        "revision": entry.revision,
        "at": entry.at.isoformat(),
        "command": type(entry.command).__name__,
        "channel": str(envelope.channel),
        "actor": values.named(envelope.actor),
        "proof": None if envelope.proof is None else str(envelope.proof),
        "sentences": sentences,
    }


def _refusals(connection: Connection, stream: int, asked: dict[str, object]) -> dict[str, object]:
    size = int(str(asked["size"]))
    found = refusals.of_streams(connection, [stream], after=_begin(asked), most=size)
    rows = [
        {
            "refusal": one.number,
            "stream": one.stream,
            "at": one.at.isoformat(),
            "command": one.kind,
            "channel": str(one.channel),
            "actor": values.named(one.actor),
            "reason": str(one.refused.reason),
            "text": values.said(Text(one.refused.text.zh, one.refused.text.en)),
        }
        for one in found
    ]
    return {"items": rows, "next": str(found[-1].number) if len(found) == size else None}
