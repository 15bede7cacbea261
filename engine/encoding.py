"""The stored encoding: every value has exactly one sequence of bytes, and no other bytes are read.

JSON in UTF-8 without white space; the keys of objects in code point order; in texts only `"`, `\\`, and the control
characters below U+0020 are escaped (`\\"`, `\\\\`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t`, else `\\u00xx`). Null, booleans, texts, lists
and contexts are themselves. Every other value is an object with one key that begins with `$`; a context's own key that
begins with `$` gets one more. JSON numbers never occur. `docs/formats.md` has the table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias, Union

import orjson

from engine import duration, temporal
from engine.errors import MalformedValue
from engine.value import (
    Context,
    Date,
    DateTime,
    DaysDuration,
    File,
    MonthsDuration,
    Person,
    Personal,
    Range,
    Ref,
    Time,
    Value,
    number,
)

Json: TypeAlias = Union[None, bool, str, list["Json"], dict[str, "Json"]]

DEPTH = 64
SIZE_DIGITS = 18
PLAIN_LOW, PLAIN_HIGH = -7, 34


def encode(value: Value) -> bytes:
    """The bytes of a value. Raises MalformedValue for what is no value."""
    return write(to_json(value))


def decode(data: bytes) -> Value:
    """The value of these bytes. Raises MalformedValue unless they are the encoding of a value."""
    try:
        document = read(data)
    except (ValueError, RecursionError) as error:
        raise MalformedValue(f"expected the encoding of a value, but {error}") from error
    value = from_json(document)
    if encode(value) != data:
        raise MalformedValue("expected the one encoding of the value, but found another spelling of it")
    return value


def digest(value: Value) -> str:
    """SHA-256 in hex of the value's encoding."""
    return digest_of(encode(value))


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def write(document: object) -> bytes:
    """The canonical bytes of a JSON document. Raises MalformedValue for a text that is no Unicode."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _write_unusual(document)


def read(data: bytes) -> object:
    """The JSON document of these bytes. Raises ValueError."""
    return orjson.loads(data)


def _write_unusual(document: object) -> bytes:
    """The same bytes for what the fast writer refuses: numbers beyond 64 bits, nesting beyond its limit."""
    try:
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise MalformedValue("expected Unicode text, but found a lone surrogate") from error


def to_json(value: Value) -> Json:
    """The JSON document of a value. Raises MalformedValue for what is no value."""
    try:
        return _json(value, 0)
    except MalformedValue:
        raise
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedValue(f"expected a value, but {error}") from error


def from_json(document: object) -> Value:
    """The value of a JSON document. Raises MalformedValue."""
    return _value(document, 0)


def format_number(found: Decimal) -> str:
    """The one text of a number: plain where it is short, else `1.5E+40`."""
    sign, digits, exponent = number(found).as_tuple()
    assert isinstance(exponent, int)
    shown = "".join(map(str, digits))
    adjusted = len(shown) + exponent - 1
    minus = "-" if sign else ""
    if not PLAIN_LOW <= adjusted < PLAIN_HIGH:
        mantissa = shown[0] + (f".{shown[1:]}" if len(shown) > 1 else "")
        return f"{minus}{mantissa}E{adjusted:+d}"
    if exponent >= 0:
        return minus + shown + "0" * exponent
    padded = shown.rjust(1 - exponent, "0")
    return f"{minus}{padded[:exponent]}.{padded[exponent:]}"


def _json(value: object, depth: int) -> Json:
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]  # exact type just tested
    if depth >= DEPTH:
        raise MalformedValue(f"expected a value at most {DEPTH} levels deep")
    if kind is Context:
        return {
            _written_key(key): _json(item, depth + 1)
            for key, item in value.items()  # type: ignore[attr-defined]  # a Context
        }
    if kind is tuple:
        return [_json(item, depth + 1) for item in value]  # type: ignore[attr-defined]  # a tuple
    writer = _WRITERS.get(kind)
    if writer is None:
        raise MalformedValue(f"expected a value that may be stored, but found {kind.__name__}")
    tag, write_one = writer
    return {tag: write_one(value, depth)}


def _value(document: object, depth: int) -> Value:
    if document is None or isinstance(document, bool | str):
        return document
    if depth >= DEPTH:
        raise MalformedValue(f"expected a value at most {DEPTH} levels deep")
    if isinstance(document, list):
        return tuple(_value(item, depth + 1) for item in document)
    if not isinstance(document, dict):
        raise MalformedValue(f"expected a value, but found a bare {type(document).__name__}")
    if len(document) == 1:
        ((tag, content),) = document.items()
        if tag.startswith("$") and not tag.startswith("$$"):
            return _tagged(tag, content, depth)
    return Context({_own_key(key): _value(item, depth + 1) for key, item in document.items()})


def _written_key(key: object) -> str:
    text = _text(key)
    return f"${text}" if text.startswith("$") else text


def _own_key(key: str) -> str:
    if not key.startswith("$"):
        return key
    if not key.startswith("$$"):
        raise MalformedValue(f"expected an escaped key, but found {key!r} beside others")
    return key[1:]


def _tagged(tag: str, content: object, depth: int) -> Value:
    reader = _READERS.get(tag)
    if reader is None:
        raise MalformedValue(f"expected a known kind of value, but found {tag!r}")
    try:
        return reader(content, depth)
    except MalformedValue:
        raise
    except (ValueError, TypeError) as error:
        raise MalformedValue(str(error)) from error


def _text(content: object) -> str:
    if type(content) is not str:
        raise MalformedValue(f"expected a text, but found {type(content).__name__}")
    return content


def _texts(content: object, count: int) -> list[str]:
    if not isinstance(content, list) or len(content) != count:
        raise MalformedValue(f"expected a list of {count} texts")
    return [_text(item) for item in content]


def _write_number(value: Decimal) -> str:
    if number(value) != value:
        raise MalformedValue("expected a number of at most 34 digits")
    return format_number(value)


def _write_date(value: Date) -> str:
    return temporal.format_date(temporal.date(value.year, value.month, value.day))


def _write_time(value: Time) -> str:
    temporal.time(value.hour, value.minute, value.second, value.nanosecond, value.offset, value.zone)
    return temporal.format_time(value)


def _read_range(content: object, depth: int) -> Range:
    if (
        not isinstance(content, list)
        or len(content) != 4
        or content[0] not in ("[", "(")
        or content[3] not in ("]", ")")
    ):
        raise MalformedValue("expected a range as bracket, low, high, bracket")
    low, high = _value(content[1], depth + 1), _value(content[2], depth + 1)
    return Range(low, high, content[0] == "[", content[3] == "]")


def _write_range(value: Range, depth: int) -> Json:
    low, high = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return [low, _json(value.low, depth + 1), _json(value.high, depth + 1), high]


def _read_file(content: object, _depth: int) -> File:
    sha, name, kind, size = _texts(content, 4)
    if not size.isascii() or not size.isdigit() or len(size) > SIZE_DIGITS:
        raise MalformedValue("expected the size of a file in bytes")
    return File(sha, name, kind, int(size))


def _write_file(value: File, _depth: int) -> Json:
    size = str(value.size)
    if type(value.size) is not int or value.size < 0 or len(size) > SIZE_DIGITS:
        raise MalformedValue("expected the size of a file in bytes")
    return [_text(value.digest), _text(value.name), _text(value.type), size]


def _read_personal(content: object, _depth: int) -> Personal:
    reference, present, salted = _texts(content, 3)
    if present not in {"present", "absent"}:
        raise MalformedValue("expected present or absent")
    return Personal(reference, present == "present", salted)


_WRITERS: dict[type, tuple[str, Callable[..., Json]]] = {
    Decimal: ("$n", lambda value, _: _write_number(value)),
    Date: ("$date", lambda value, _: _write_date(value)),
    Time: ("$time", lambda value, _: _write_time(value)),
    DateTime: ("$at", lambda value, _: f"{_write_date(value.date)}T{_write_time(value.time)}"),
    DaysDuration: (
        "$days",
        lambda value, _: duration.format_days_duration(duration.days_duration(value.nanoseconds)),
    ),
    MonthsDuration: (
        "$months",
        lambda value, _: duration.format_months_duration(duration.months_duration(value.months)),
    ),
    Range: ("$range", _write_range),
    Person: ("$person", lambda value, _: _text(value.id)),
    Ref: ("$ref", lambda value, _: [_text(value.kind), _text(value.id)]),
    File: ("$file", _write_file),
    Personal: (
        "$personal",
        lambda value, _: [_text(value.reference), "present" if value.present else "absent", _text(value.digest)],
    ),
}

_READERS: dict[str, Callable[[object, int], Value]] = {
    "$n": lambda content, _: number(_text(content)),
    "$date": lambda content, _: temporal.parse_date(_text(content)),
    "$time": lambda content, _: temporal.parse_time(_text(content)),
    "$at": lambda content, _: temporal.parse_date_time(_text(content)),
    "$days": lambda content, _: duration.parse_days_duration(_text(content)),
    "$months": lambda content, _: duration.parse_months_duration(_text(content)),
    "$range": _read_range,
    "$person": lambda content, _: Person(_text(content)),
    "$ref": lambda content, _: Ref(*_texts(content, 2)),
    "$file": _read_file,
    "$personal": _read_personal,
}
