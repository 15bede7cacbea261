"""Requests that nobody sends by mistake: always an answer, always a problem in both languages, never half a change."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from storage import schema, verification
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages import kept
from tests.web.pages.browser import House
from web.api import pace

BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"0",
    b"[]",
    b'[{"a": 1}]',
    b'"text"',
    b"{",
    b'{"a":}',
    b"{}",
    b'{"unknown": 1}',
    b'{"__proto__": {}, "": 1}',
    b'{"reason": "a", "reason": "b"}',
    b'{"data": {"a": 1, "a": 2}}',
    b'{"data": NaN}',
    b'{"data": {"a": -Infinity}}',
    b'{"data": {"a": 1e999999}}',
    b'{"data": {"a": ' + b"9" * 5000 + b"}}",
    b'{"data": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"data": {"a": "\\u0000"}}',
    b'{"data": {"a": "\\ud800"}}',
    b'{"data": {"\\u0000": 1}}',
    b'\xef\xbb\xbf{"data": {}}',
    '{"data": {}}'.encode("utf-16"),
    b'{"data": "\xff"}',
    b'{"data": {' + b",".join(b'"f%d": 1' % n for n in range(3000)) + b"}}",
    b'{"data": {"a": "' + b"x" * 300_000 + b'"}}',
)
VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 0.5, 1e308, 2**63, 10**400, "", " ", "\0", "x" * 20_000, "\u202e", "😀"),
    *([], {}, [[]], [{}], [None], {"ref": None}, {"ref": 5}, {"ref": "x"}, {"ref": "a:b", "c": 1}, {"file": "x"}),
    *("@nobody", "@", "@@", "@li", "0000-00-00", "2026-02-30", "9999-12-31", "-0001-01-01", "2026-12-01T00:00:00Z"),
    *("../../etc/passwd", "<script>alert(1)</script>", "'; DROP TABLE entry; --", "${7*7}", "1.1.1", "admin"),
)
PARTS = (
    "0",
    "-1",
    "9" * 18,
    "9" * 40,
    "1.1.1",
    "1.1",
    "%00",
    "..",
    "%2e%2e%2f",
    "a%2fb",
    "x" * 5000,
    "é",
    "%F0%9F%98%80",
    "%ff",
)
QUERIES = (
    "size=0",
    "size=1&size=2",
    "size=%00",
    "size=１",
    "size=1_0",
    "size=+5",
    "size=1e2",
    "after=%00",
    "after=" + "9" * 99,
    "q=%ff",
    "=",
    "a=b",
    "size",
)
HEADERS: tuple[dict[str, str], ...] = (
    *(
        {"If-Match": one}
        for one in ("", "*", "x", '"', '"1-1"', 'W/"1-1"', 'W/""', '""', '"a", "b"', '"' + "x" * 5000 + '"')
    ),
    *({"Idempotency-Key": one} for one in ("", " ", "x" * 101, "a b", "\u00e9")),
    *({"Content-Type": one} for one in ("text/xml", "application/json; charset=bogus", "multipart/form-data", "")),
    *({"Accept": one} for one in ("text/html", "application/xml;q=0", "*")),
    {"Content-Encoding": "gzip"},
    {"Accept-Language": "xx-" + "y" * 3000},
    {"X-Request-Id": "<script>"},
    {"Range": "bytes=0-1"},
    {"X-HTTP-Method-Override": "DELETE"},
)
HARMLESS = {"POST /operation/streams/{stream}/verify"}
"""Reads what is large, and is tried by itself."""


class Attacker:
    """Somebody who asks everything, and notes what was accepted."""

    def __init__(self, house: House, handle: str) -> None:
        house.app.config[pace.SETTING] = sys.maxsize
        self.house, self.visitor, self.accepted, self.count = house, program(house, handle), 0, 0
        self.rows = kept.counts(house)

    def send(self, method: str, address: str, **more: Any) -> TestResponse:
        """One request, and whether its answer is one; what is refused leaves no row behind."""
        headers = {"Authorization": f"Bearer {self.visitor.token}", **more.pop("headers", {})}
        answer: TestResponse = self.visitor.client.open(PREFIX + address, method=method, headers=headers, **more)
        self.count += 1
        self.accepted += answer.status_code < 400
        where = (method, address[:100], str(more)[:300], answer.status_code)
        assert answer.status_code < 500, where
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", where
            problem = answer.get_json()
            assert problem["text"]["zh"] != problem["text"]["en"] != "", where
            assert "\0" not in answer.text, where
            assert kept.counts(self.house) == self.rows, where
        else:
            self.rows = kept.counts(self.house)
        return answer


@pytest.fixture
def spec(house: House) -> dict[str, Any]:
    found: dict[str, Any] = Program(house, "").get("/openapi.json")
    return found


@pytest.fixture
def known(house: House) -> dict[str, str]:
    """Parts of addresses that lead to something."""
    task = program(house, "li").get("/inbox")["items"][0]
    return {
        **{"task": task["task"], "instance": str(task["instance"]), "case": str(task["case"]), "revision": "1"},
        **{"procedure": "service-planning", "handle": "wang", "deputy": "li", "role": "SALES", "stream": "1"},
    }


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in spec["paths"].items():
        for method, found in methods.items():
            name = f"{method.upper()} {path.removeprefix(PREFIX)}"
            if method != "parameters" and name not in HARMLESS:
                yield method.upper(), path.removeprefix(PREFIX), found


def _address(path: str, known: dict[str, str], replaced: str = "", part: str = "") -> str:
    """An address in which one part is replaced."""
    for name in _names(path):
        text = part if name == replaced else known.get(name, "1.1.1")
        path = path.replace(f"{{{name}}}", text)
    return path


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def test_bodies_that_say_nothing_sensible(house: House, spec: dict[str, Any], known: dict[str, str]) -> None:
    attacker, before = Attacker(house, "li"), _entries(house)
    for method, path, found in _operations(spec):
        if "requestBody" in found:
            for body in BODIES:
                attacker.send(method, _address(path, known), data=body, content_type="application/json")
    assert attacker.count > 700
    assert _entries(house) - before <= attacker.accepted
    assert verification.verify(house.store).proven


def test_every_field_with_values_of_every_kind(house: House, spec: dict[str, Any], known: dict[str, str]) -> None:
    """Each field of each sample in turn, with some of the values; the soak test takes all of them."""
    attacker, before = Attacker(house, "admin"), _entries(house)
    _every_field(attacker, spec, known, 9)
    assert attacker.count > 300
    assert _entries(house) - before <= attacker.accepted
    assert verification.verify(house.store).proven


@pytest.mark.soak
@pytest.mark.parametrize("handle", ["li", "admin", "wang"])
def test_every_field_with_all_values(house: House, spec: dict[str, Any], known: dict[str, str], handle: str) -> None:
    attacker = Attacker(house, handle)
    _every_field(attacker, spec, known, len(VALUES))
    assert attacker.count > 1_500
    assert verification.verify(house.store).proven


def _every_field(attacker: Attacker, spec: dict[str, Any], known: dict[str, str], most: int) -> None:
    values = cycle(VALUES)
    for method, path, found in _operations(spec):
        told = found.get("requestBody", {}).get("content", {}).get("application/json")
        for field in told["example"] if told else ():
            for value in islice(values, most):
                body = {**told["example"], field: value}
                attacker.send(method, _address(path, known), data=json.dumps(body), content_type="application/json")


def test_addresses_and_queries_that_lead_nowhere(house: House, spec: dict[str, Any], known: dict[str, str]) -> None:
    attacker, before = Attacker(house, "li"), _entries(house)
    for method, path, _ in _operations(spec):
        for name in _names(path):
            for part in PARTS:
                attacker.send(method, _address(path, known, name, part if "%" in part else quote(part, safe=".")))
        if method == "GET":
            for query in QUERIES:
                attacker.send(method, f"{_address(path, known)}?{query}")
    assert attacker.count > 1_000
    assert _entries(house) - before <= attacker.accepted
    assert verification.verify(house.store).proven


def test_headers_that_make_no_sense(house: House, spec: dict[str, Any], known: dict[str, str]) -> None:
    attacker, before = Attacker(house, "li"), _entries(house)
    for (method, path, _), headers in zip(_operations(spec), cycle(HEADERS), strict=False):
        attacker.send(method, _address(path, known), headers=headers, data=b"{}")
    for headers in HEADERS:
        for method, address in (("POST", f"/tasks/{known['task']}/urge"), ("PUT", "/me/filters/inbox"), ("GET", "/me")):
            attacker.send(method, address, headers=headers, data=b"{}" if method != "GET" else None)
    assert attacker.count > 100
    assert _entries(house) - before <= attacker.accepted


def test_a_name_that_stands_twice_is_refused(house: House, known: dict[str, str]) -> None:
    """Whoever reads the first and whoever reads the last of two would see two different orders."""
    attacker, before = Attacker(house, "li"), _entries(house)
    body = b'{"to": "wang", "reason": "a", "to": "mei"}'
    answer = attacker.send("POST", f"/tasks/{known['task']}/transfer", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert "twice" in answer.get_json()["text"]["en"]
    assert _entries(house) == before


def test_a_weakened_tag_is_still_the_revision(house: House, known: dict[str, str]) -> None:
    li, address = program(house, "li"), f"/tasks/{known['task']}"
    tag = li.ask("GET", address).headers["ETag"]
    li.refused(412, "POST", f"{address}/claim", If_Match='W/"1-1"')
    li.refused(412, "POST", f"{address}/claim", If_Match="rubbish")
    before = _entries(house)
    li.post(f"{address}/claim", If_Match=f"W/{tag}")
    li.refused(412, "POST", f"{address}/release", If_Match=f"W/{tag}")
    assert _entries(house) == before + 1
