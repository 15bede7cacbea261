"""How the API asks for a change: the key that came with the request is the id of the command, so a repeat changes nothing.

`If-Match` holds under the lock of the command: whoever was slower than somebody else is told so, and nothing is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from flask import Response, abort, current_app, jsonify, request
from sqlalchemy import Connection, select

from engine.commands import Command, Envelope
from engine.words import Channel, StreamKind
from storage import personal, schema
from storage.answered import is_answered
from storage.attempt import Also, Receipt
from web import reading
from web.api import once
from web.api.blueprint import CAREFUL
from web.api.once import REPEATED
from web.identity import me

Build = Callable[[Envelope], Command]


def envelope(stream: int) -> Envelope:
    """The envelope of a command by this person. Raises Refused for a key that cannot be one."""
    key = once.key_given()
    person = me().person
    return Envelope(
        id=f"api:{person.id}:{key or uuid.uuid4().hex}",
        stream=stream,
        at=reading.store().now(),
        actor=person,
        channel=Channel.API,
    )


def submit(build: Build, stream: int, rows: Sequence[personal.Row] = (), rule: Also | None = None) -> Response:
    """Submit a command and answer with its receipt; `rule` is asked in its transaction. Raises Refused."""
    first = envelope(stream)
    if not is_repeat(first):
        matching(stream)
    command = build(first)
    receipt = once.command(
        lambda also: reading.store().submit(command, rows, also), lambda: is_repeat(first), _unchanged(stream, rule)
    )
    return answer(receipt)


def open_stream(kind: StreamKind, build: Callable[[int, Envelope], Command]) -> Response:
    """Submit the first command of a new stream and answer with its receipt. Raises Refused."""
    first, store = envelope(0), reading.store()
    receipt = once.command(
        lambda also: store.open_stream(kind, first.id, lambda number: build(number, first), also=also),
        lambda: is_repeat(first),
    )
    return answer(receipt, 201)


def answer(receipt: Receipt, status: int = 200) -> Response:
    """The receipt of a command; of a repeat the same, and a header that says so."""
    response = tagged({"stream": receipt.stream, "revision": receipt.revision}, receipt.stream, receipt.revision)
    response.status_code = status
    if receipt.repeated:
        response.headers[REPEATED] = "true"
    return response


def tagged(document: object, stream: int, revision: int) -> Response:
    """An answer with the revision of what it says; 304 when whoever asks has it already."""
    return with_tag(document, f"{stream}-{revision}")


def with_tag(document: object, tag: str) -> Response:
    """An answer with the tag of what it says; 304 when whoever asks has it already."""
    response = jsonify(document)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method == "GET" and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
    return response


def is_repeat(first: Envelope) -> bool:
    """A command with its id was answered before, and gets that answer."""
    return is_answered(reading.store().database, first.id)


def matching(stream: int) -> None:
    """Whoever asks has read the newest revision, if they say what they read; 412 or 428 otherwise."""
    if "If-Match" not in request.headers:
        if getattr(current_app.view_functions[request.endpoint or ""], CAREFUL, False):
            abort(428)
        return
    table = schema.stream.c
    with reading.store().database.read() as connection:
        revision = connection.execute(select(table.revision).where(table.stream_no == stream)).scalar_one_or_none()
    _same(stream, revision or 0)


def _unchanged(stream: int, rule: Also | None) -> Also:
    """Asked once more under the lock: the entry follows the revision that was read, and the rule holds."""

    def check(connection: Connection, receipt: Receipt) -> None:
        if "If-Match" in request.headers:
            _same(stream, receipt.revision - 1)
        if rule is not None:
            rule(connection, receipt)

    return check


def _same(stream: int, revision: int) -> None:
    if not request.if_match.contains_weak(f"{stream}-{revision}"):  # a server in between may have weakened it
        abort(412)
