"""A signed call to another system: one POST of JSON, no redirects, nothing but what the operator allowed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import SplitResult, urlsplit

from engine import encoding
from engine.errors import MalformedValue
from engine.size import LARGEST
from engine.value import Context, Value, number
from jobs.connector import Call, ConnectorFailed, Target
from jobs.reach import Reached, opened
from storage.database import Database

MOST_SENT = 256 * 1024
MOST_READ = LARGEST
SLOWEST = 20.0
"""Seconds that an answer may take to come in: a byte now and then is none."""
AGAIN = frozenset({408, 425, 429})
"""Answers below 500 after which a later try may succeed."""


class Webhook:
    """`data` and `event` go to `target`; its answer, when it is JSON, becomes `answer`.

    The signature is HMAC-SHA256 in hex with the target's secret over timestamp, `.`, key, `.` and the bytes sent. The
    receiver drops what is old, and what it had under the same `Idempotency-Key` before.
    """

    name = "webhook"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock

    def run(self, call: Call, database: Database) -> Value:
        """`status` and `answer`. Raises ConnectorFailed."""
        target = call.target()
        place = urlsplit(target.url)
        body = _body(call)
        status, kind, answer = _exchange(opened(target, place), place, self._headers(target, place, call, body), body)
        if status in AGAIN or status >= 500:
            raise ConnectorFailed(f"target {target.name} answered {status}", permanent=False, code="unavailable")
        if not 200 <= status < 300:
            said = "a redirect, which is not followed" if 300 <= status < 400 else str(status)
            raise ConnectorFailed(f"target {target.name} answered {said}", permanent=True, code="rejected")
        return Context({"status": number(status), "answer": _answer(target, kind, answer)})

    def _headers(self, target: Target, place: SplitResult, call: Call, body: bytes) -> dict[str, str]:
        timestamp, key = str(int(self.clock())), f"zhixing-{call.key}"
        headers = {
            "Host": place.netloc.rpartition("@")[2],
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": "zhixing",
            "Idempotency-Key": key,
            "X-Zhixing-Timestamp": timestamp,
        }
        if target.secret:
            signed = f"{timestamp}.{key}.".encode() + body
            signature = hmac.new(target.secret.encode(), signed, hashlib.sha256).hexdigest()
            headers["X-Zhixing-Signature"] = f"sha256={signature}"
        return headers


def _body(call: Call) -> bytes:
    content = Context({"key": call.key, "event": call.text("event"), "data": call.parameters.get("data")})
    body = _plain(content).encode()
    if len(body) > MOST_SENT:
        raise ConnectorFailed(f"expected at most {MOST_SENT} bytes to send, but found {len(body)}", permanent=True)
    return body


def _plain(value: Value) -> str:
    """A value as other systems write JSON: numbers are numbers, dates and durations texts as in ISO 8601, people ids."""
    match value:
        case Decimal():
            return encoding.format_number(value)
        case tuple():
            return f"[{','.join(_plain(entry) for entry in value)}]"
        case Context():
            return f"{{{','.join(f'{json.dumps(name)}:{_plain(entry)}' for name, entry in value.items())}}}"
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            tagged = encoding.to_json(value)
            (found,) = tagged.values() if isinstance(tagged, dict) else (None,)
            return json.dumps(found, ensure_ascii=False)


def _exchange(connection: Reached, place: SplitResult, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.headers.get_content_type(), _read(response)
    except (OSError, http.client.HTTPException) as error:
        kind = type(error).__name__
        raise ConnectorFailed(
            f"no answer from {place.hostname} ({kind})", permanent=False, code="unreachable"
        ) from error
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse) -> bytes:
    """The answer, or so much of it that it is too long."""
    answer, deadline = b"", time.monotonic() + SLOWEST
    while len(answer) <= MOST_READ and (more := response.read1(MOST_READ)):
        answer += more
        if time.monotonic() > deadline:
            raise ConnectorFailed(f"expected the answer within {SLOWEST:g} seconds", permanent=False, code="timeout")
    return answer


def _answer(target: Target, kind: str, answer: bytes) -> Value:
    """The JSON of an answer as a value; what is no JSON is of no interest."""
    if len(answer) > MOST_READ:
        raise _rubbish(target, f"expected an answer of at most {MOST_READ} bytes")
    if kind != "application/json" or not answer.strip():
        return None
    try:
        return _value(json.loads(answer, parse_int=number, parse_float=number, parse_constant=_no_constant))
    except (ValueError, RecursionError, MalformedValue) as error:
        raise _rubbish(target, "expected JSON that can be kept as the answer") from error


def _value(found: object) -> Value:
    match found:
        case dict():
            return Context({str(name): _value(entry) for name, entry in found.items()})
        case list():
            return tuple(_value(entry) for entry in found)
        case None | bool() | str():
            return found
        case _:
            return number(str(found))


def _no_constant(found: str) -> None:
    raise ValueError(f"expected a number, but found {found}")


def _rubbish(target: Target, what: str) -> ConnectorFailed:
    return ConnectorFailed(f"{what} from target {target.name}", permanent=True, code="rubbish")


CONNECTOR = Webhook()
