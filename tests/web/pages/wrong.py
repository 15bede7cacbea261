"""Every wrong way to send something to a page: fields, whole requests, addresses. What is sent where stands in `test_wrong_input.py`."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from flask import Flask

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
WRONG: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \t\r\n ",
    "markup": SCRIPT.encode(),
    "nul": b"a\0b",
    "surrogate": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\x80",
    "path": b"../../../../etc/passwd",
    "windows path": b"..\\..\\C:\\con.txt",
    "statement": b"1'; DROP TABLE entry;--",
    "template": b"{{7*7}}${7*7}<%=7*7%>",
    "number": b"-1e999",
    "digits": b"9" * 5000,
    "foreign id": b"999999.999999.999999",
    "address": b"https://example.com//evil",
    "deep": b'{"a":' * 500,
    "invisible": b"\xe2\x80\xae\xe2\x80\x8b\xf0\x9f\x92\xa3",
    "long": "长".encode() * 60_000,
}
"""What stands in a field instead of what is expected."""

TYPES: Mapping[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "number": b"-1e400",
    "digits": b"9" * 5000,
    "no number": b"NaN",
    "list": b"[[], {}, null]",
    "object": b'{"__proto__": {"a": 1}}',
    "surrogate": b'"\\ud800"',
    "nul": b'"a\\u0000b"',
    "markup": json.dumps(SCRIPT).encode(),
    "path": b'"../../../../etc/passwd"',
    "deep": b"[" * 500 + b"]" * 500,
    "long": b'"' + b"x" * 200_000 + b'"',
}
"""What stands in a JSON document instead of what is expected."""

TELLING = {"empty", "markup", "nul", "surrogate", "digits", "foreign id", "long", "null", "list", "object", "number"}
"""What is tried in each field by itself; the rest in all of them at once."""

PARTS = (
    "0",
    "-1",
    "999999.999999.999999",
    "..%2f..%2fetc",
    "%00",
    "%ED%A0%80",
    "%FF",
    "%3Cscript%3E",
    "9" * 400,
    "长" * 300,
)
"""What stands in an address instead of the key of a thing."""

QUERIES = (
    "after",
    "before",
    "place",
    "seen",
    "mode",
    "file",
    "version",
    "q",
    "next",
    "language",
    "span",
    "loaded",
    "begins",
    "turn",
    "done",
)
LONGEST_ADDRESS = 60_000

FORM, JSON, QUERY = "application/x-www-form-urlencoded", "application/json", "application/pdf"
"""How fields are sent: as a form, as a document, or behind the question mark of what is a file itself."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its endpoint, what is expected in its fields, the parts of its address; by whom it may be sent, and how."""

    endpoint: str
    fields: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    who: str = "li"
    kind: str = FORM

    def address(self, app: Flask) -> str:
        """Where it is sent."""
        return str(app.url_map.bind("localhost").build(self.endpoint, dict(self.parts), method="POST"))


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that is wrong: what is wrong with it, and what a client is told to send."""

    wrong: str
    more: Mapping[str, Any]


def sent(form: Form, proof: str) -> Iterator[Sent]:
    """Every wrong way to send a form: fields of a wrong kind one by one, all of them, and what is no form at all."""
    wrong = TYPES if form.kind == JSON else WRONG
    sound = {name: _bytes(value, form.kind) for name, value in form.fields.items()}
    yield _made(form, proof, "nothing", {})
    yield _made(form, proof, "what nobody asked for", sound | {"data.x[99999].y": b"1", "__proto__": b"1"})
    for name in sound:
        yield _made(form, proof, f"{name} missing", {key: value for key, value in sound.items() if key != name})
        for kind in TELLING & set(wrong):
            yield _made(form, proof, f"{name}: {kind}", sound | {name: wrong[kind]})
    for kind, value in wrong.items():
        yield _made(form, proof, f"everything: {kind}", dict.fromkeys(sound, value))
    yield from of_another_kind(proof)


def of_another_kind(proof: str) -> Iterator[Sent]:
    """What is no form at all, or too much of one."""
    held = {"headers": {"X-CSRF": proof}}
    for wrong, kind, data in (
        ("JSON", JSON, b'{"a": [NaN]}'),
        ("broken JSON", JSON, b"{"),
        ("a lone surrogate", JSON, b'"\\ud800"'),
        ("deep JSON", JSON, b"[" * 100_000),
        ("text", "text/plain", b"\0\xff"),
        ("no kind", "", b"a=b"),
        ("no end", "multipart/form-data; boundary=x", b"--x\r\n"),
        ("no boundary", "multipart/form-data", b"--x"),
        ("3000 fields", FORM, b"&".join(b"f%d=1" % number for number in range(3000))),
    ):
        yield Sent(wrong, held | {"data": data, "content_type": kind})
    file = (io.BytesIO(b"MZ\x90"), "../../../etc/passwd\0.exe", "application/x-msdownload")
    yield Sent("a file", held | {"data": {"file": file}, "content_type": "multipart/form-data"})


def addresses(rule: str, parts: Mapping[str, str]) -> Iterator[str]:
    """The addresses of things that are not there."""
    for name in parts:
        for text in PARTS:
            yield filled(rule, {**parts, name: text})


def queries() -> Iterator[str]:
    """What stands behind the question mark."""
    for value in WRONG.values():
        if len(value) <= 5000:
            yield "&".join(f"{name}={quote_from_bytes(value)}" for name in QUERIES)


def filled(rule: str, parts: Mapping[str, str]) -> str:
    """The address of a rule with these parts; 1 where none is given."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: parts.get(found[1], "1"), rule)


def _bytes(value: object, kind: str) -> bytes:
    return json.dumps(value).encode() if kind == JSON else str(value).encode()


def _made(form: Form, proof: str, wrong: str, fields: Mapping[str, bytes]) -> Sent:
    """Fields as a browser sends them, but whatever bytes they are."""
    if form.kind == JSON:
        body = b", ".join(json.dumps(name).encode() + b": " + value for name, value in fields.items())
        return Sent(wrong, {"data": b"{" + body + b"}", "content_type": JSON, "headers": {"X-CSRF": proof}})
    text = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in {**fields, "csrf": proof.encode()}.items())
    if form.kind == QUERY:
        file = {"data": b"%PDF-1.4\n", "content_type": QUERY, "headers": {"X-CSRF": proof}}
        return Sent(wrong, {**file, "query_string": text[:LONGEST_ADDRESS]})
    return Sent(wrong, {"data": text, "content_type": FORM})
