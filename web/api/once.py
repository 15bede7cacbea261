"""A key names one request: asked again it is not done again, and another request under it is refused.

A command keeps its key in its own transaction, and the journal answers a repeat. What is no command is claimed before it
is done, and its answer is kept; what is told only once (`secret`) is null in a repeat.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Connection

from engine.errors import Fault, Reason, Refused, Text
from storage import request_keys
from storage.attempt import Also, Receipt
from storage.request_keys import NONE_YET, Asked
from web import reading
from web.api.blueprint import ANSWER
from web.api.gate import scope_of
from web.api.shapes import Receipt as Receipted
from web.identity import me, visitor

KEY, LONGEST_KEY = "Idempotency-Key", 100
KEYS = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")
REPEATED, PROOFS = "Idempotency-Replayed", ("password", "code")
SECRET, JOURNALED, HARMLESS = "zhixing_secret", "zhixing_journaled", "zhixing_harmless"
View = TypeVar("View", bound=Callable[..., Any])


def secret(*names: str) -> Callable[[View], View]:
    """Declares which fields of an answer are told once and kept nowhere."""

    def declare(view: View) -> View:
        setattr(view, SECRET, names)
        return view

    return declare


def journaled(view: View) -> View:
    """Declares what is known from the journal to be done, though it is not answered with the place of an entry."""
    setattr(view, JOURNALED, True)
    return view


def harmless(view: View) -> View:
    """Declares what changes nothing although it is asked by POST: a key means nothing to it."""
    setattr(view, HARMLESS, True)
    return view


def install(app: Flask) -> None:
    """Ask every write for its key; called behind the rooms that know who asks and whether they may."""
    app.before_request(_before)
    app.after_request(_after)


def is_command(app: Flask, endpoint: str) -> bool:
    """It is answered with the place of an entry, so the journal knows whether it was done."""
    return getattr(app.view_functions[endpoint], ANSWER, None) is Receipted


def note() -> None:
    """What was done is in the journal: keep what was asked. Raises Refused when the key was another request's."""
    key = key_given()
    if key is not None:
        _kept(key)


def key_given() -> str | None:
    """The key of this request. Raises Refused for one that cannot be a key, whatever the request is about."""
    key = request.headers.get(KEY)
    if key is not None and not KEYS.fullmatch(key):
        raise _refused(
            Text(
                f"应为 1 到 {LONGEST_KEY} 个可见的 ASCII 字符", f"expected 1 to {LONGEST_KEY} visible ASCII characters"
            )
        )
    return key


def command(run: Callable[[Also | None], Receipt], answered: Callable[[], bool], also: Also | None = None) -> Receipt:
    """Submit a command so that its key is kept with it, or with its refusal. Raises Refused."""
    key = key_given()
    if key is None:
        return run(also)

    def both(connection: Connection, receipt: Receipt) -> None:
        if also is not None:
            also(connection, receipt)
        _keep(connection, key)

    try:
        receipt = run(both)
    except Refused:
        if answered():
            _kept(key)
        raise
    if receipt.repeated or not receipt.events:
        _kept(key)
    return receipt


def _before() -> Response | None:
    if request.method == "GET" or request.endpoint is None or scope_of(current_app, request.endpoint) is None:
        return None
    key = key_given()
    if key is None or visitor() is None:
        return None
    found = _found(key)
    view = current_app.view_functions[request.endpoint]
    if is_command(current_app, request.endpoint) or getattr(view, JOURNALED, False) or getattr(view, HARMLESS, False):
        return None
    if found is not None and found.status != NONE_YET:
        return _again(found)
    store = reading.store()
    if not request_keys.claim(store.database, me().person, key, _fingerprint(), store.now()):
        raise Refused(
            Reason.WRONG_STATE,
            "同一请求正在处理,请稍后再试",
            "expected the first request under this key to be answered, but it is still under way: try again",
        )
    g.claimed = key
    return None


def _after(response: Response) -> Response:
    key, database = g.get("claimed"), reading.store().database
    if key is None:
        return response
    if response.status_code < 400:
        request_keys.answered(database, me().person, key, response.status_code, _without_secrets(response))
    else:
        request_keys.give_back(database, me().person, key)
    return response


def _found(key: str) -> Asked | None:
    """What was asked under the key before. Raises Refused when it was something else."""
    with reading.store().database.read() as connection:
        found = request_keys.find(connection, me().person, key)
    if found is not None and found.fingerprint != _fingerprint():
        raise _refused(
            Text(
                "这个键已用于另一个请求,请换一个",
                "expected a new key for another request, but this one was given with something else before",
            )
        )
    return found


def _keep(connection: Connection, key: str) -> None:
    request_keys.keep(connection, me().person, key, _fingerprint(), reading.store().now())


def _kept(key: str) -> None:
    """What has an answer under this key is this request. Raises Refused when somebody was faster with another."""
    with reading.store().database.write() as connection:
        _keep(connection, key)
    _found(key)


def _again(found: Asked) -> Response:
    response = Response(found.answer, found.status, mimetype="application/json")
    response.headers[REPEATED] = "true"
    return response


def _without_secrets(response: Response) -> str:
    names: tuple[str, ...] = getattr(current_app.view_functions[request.endpoint or ""], SECRET, ())
    if not names or not response.is_json:
        return response.get_data(as_text=True)
    document = response.get_json()
    return json.dumps({**document, **dict.fromkeys(names)}, ensure_ascii=False)


def _fingerprint() -> str:
    """What is asked, whatever the order and space in which its fields are written."""
    parts = (request.method, request.path, repr(sorted(request.args.items(multi=True))), _body())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _body() -> str:
    if not request.is_json:
        return f"{request.mimetype} {request.content_length}"  # not read here: it may be large, and come slowly
    data = request.get_data()
    try:
        document = json.loads(data, parse_float=str)
        if isinstance(document, dict):
            for proof in PROOFS:  # nothing is kept of them that could be guessed from, not even a digest
                document.pop(proof, None)
        return json.dumps(document, sort_keys=True)
    except (ValueError, RecursionError):
        return hashlib.sha256(data).hexdigest()


def _refused(text: Text) -> Refused:
    return Refused(Reason.INVALID_DATA, f"{KEY}:{text.zh}", f"{KEY}: {text.en}", (Fault(KEY, text),))
