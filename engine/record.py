"""Commands, events and states as JSON documents and back, field by field as their classes declare them.

Values take their stored encoding; moments are UTC with six digits; whole numbers of ours (streams, revisions, places)
are JSON integers; a field that is null is left out. A value that an event shares with its command stands once: the event has `{"$command": field}`.
Values longer than 4,096 bytes are put on a shelf and stand as `{"$large": digest}`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from engine import commands, encoding, events
from engine.commands import Command
from engine.errors import MalformedValue, UnknownKind
from engine.events import Event
from engine.value import Context, Date, DateTime, File, Person, Personal, Value

LARGE = 4_096
SHORT = LARGE // 6 - 1
"""A text of so many characters is never large, whatever has to be escaped in it."""

VALUES = (Context, Date, DateTime, File, Person, Personal)

Json = dict[str, object]
Writer = Callable[[object, "Shelf", "Shared"], object]
Reader = Callable[[object, "Shelf", "Mapping[str, object]"], object]
Shared = Mapping[int, str]
"""Fields of a command by the identity of their values."""

NOTHING: Shared = {}


class Shelf(Protocol):
    """Where large values are kept, by the SHA-256 of their encoding."""

    def put(self, value: Value) -> str:
        """Keep a value and return its digest."""
        ...

    def get(self, digest: str) -> Value:
        """The value of a digest. Raises KeyError."""
        ...

    def is_large(self, value: Value) -> bool:
        """The value belongs on the shelf."""
        ...


def write(record: Any, shelf: Shelf, shared: Shared = NOTHING) -> Json:
    """The document of a command, event or state; `shared` are values that stand in its command already."""
    return _written(record, shelf, shared)


def write_entry(command: Command, events: Iterable[Event], shelf: Shelf) -> Json:
    """The document of a command and what it made happen."""
    shared = _shareable(command)
    return {
        "command": _write_kind(command, shelf, NOTHING),
        "events": [_write_kind(event, shelf, shared) for event in events],
    }


def read(
    kind: type,
    document: Mapping[str, object],
    shelf: Shelf,
    command: Mapping[str, object] | None = None,
    given: Mapping[str, object] | None = None,
) -> object:
    """The record of a document; `given` are fields that stand elsewhere. Raises MalformedValue."""
    try:
        found: dict[str, object] = {}
        for name, reader, nullable in _readers(kind):
            if name in document:
                stored = document[name]
                is_itself = reader is _read_plain and type(stored) is not dict
                found[name] = stored if is_itself else reader(stored, shelf, command or {})
            elif nullable:
                found[name] = None
        return kind(**found, **(given or {}))
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedValue(f"expected a {kind.__name__}, but {error!r}") from error


def kind_of(name: object, version: object) -> type:
    """The class of a kind. Raises UnknownKind."""
    found = _KINDS.get(str(name))
    if found is None or version != found.VERSION:
        raise UnknownKind(str(name), version if isinstance(version, int) else 0)
    return found


_KINDS: dict[str, type[Command] | type[Event]] = {
    name: found
    for module in (events, commands)
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, Command | Event)
}


def _write_kind(record: Command | Event, shelf: Shelf, shared: Shared) -> list[object]:
    """`[kind, version, fields]`; the envelope stands elsewhere."""
    document = write(record, shelf, shared)
    document.pop("envelope", None)
    return [type(record).__name__, record.VERSION, document]


def _shareable(command: Command) -> dict[int, str]:
    found: dict[int, str] = {}
    for field in fields(command):
        value = getattr(command, field.name)
        if isinstance(value, Context) or (isinstance(value, str) and len(value) > 64):
            found[id(value)] = field.name
    return found


# ------------------------------------------------------------------ writing


@cache
def _writers(kind: Any) -> tuple[tuple[str, Writer], ...]:
    hints = _hints(kind)
    return tuple((field.name, _writer(hints[field.name])) for field in fields(kind))


def _writer(hint: object) -> Writer:
    hint = _without_none(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and not _is_value(hint):
        one = _writer(arguments[0])
        return lambda found, shelf, shared: [one(item, shelf, shared) for item in _tuple(found)] if found else []
    if origin is dict:
        entry = _writer(arguments[1])
        return lambda found, shelf, shared: (
            {k: entry(v, shelf, shared) for k, v in _dict(found).items()} if found else {}
        )
    if hint is datetime:
        return lambda found, _shelf, _shared: None if found is None else _moment(found)
    if hint is Person:
        return lambda found, _shelf, _shared: encoding.to_json(typing.cast("Value", found))
    if isinstance(hint, type) and is_dataclass(hint) and hint not in VALUES:
        return lambda found, shelf, shared: None if found is None else _written(found, shelf, shared)
    if hint in (int, bool, str) or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return _write_plain
    return _write_value


def _written(found: Any, shelf: Shelf, shared: Shared) -> Json:
    """The fields of a record; what is null is left out."""
    document: Json = {}
    kind: Any = type(found)
    for name, writer in _writers(kind):
        value = getattr(found, name)
        if value is None:
            continue
        is_itself = writer is _write_plain and not shared
        document[name] = value if is_itself else writer(value, shelf, shared)
    return document


def _write_plain(found: object, _shelf: Shelf, shared: Shared) -> object:
    return {"$command": shared[id(found)]} if id(found) in shared else found


def _write_value(found: object, shelf: Shelf, shared: Shared) -> object:
    value = typing.cast("Value", found)  # the hint said so
    if id(value) in shared:
        return {"$command": shared[id(value)]}
    if type(value) is str and len(value) <= SHORT:
        return value
    if shared and isinstance(value, Context) and any(id(entry) in shared for entry in value.values()):
        return {_key(name): _write_value(entry, shelf, shared) for name, entry in value.items()}
    if shelf.is_large(value):
        return {"$large": shelf.put(value)}
    return encoding.to_json(value)


def _key(name: str) -> str:
    return f"${name}" if name.startswith("$") else name


def _moment(found: object) -> str:
    if not isinstance(found, datetime):
        raise MalformedValue("expected a moment")
    return found.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _tuple(found: object) -> tuple[object, ...]:
    return found if isinstance(found, tuple) else ()


def _dict(found: object) -> dict[str, object]:
    return found if isinstance(found, dict) else {}


# ------------------------------------------------------------------ reading


@cache
def _readers(kind: Any) -> tuple[tuple[str, Reader, bool], ...]:
    """Of each field: its name, how it is read, and whether it may be null."""
    hints = _hints(kind)
    return tuple((f.name, _reader(hints[f.name]), _is_nullable(hints[f.name])) for f in fields(kind))


def _reader(hint: object) -> Reader:
    hint = _without_none(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and not _is_value(hint):
        one = _reader(arguments[0])
        return lambda found, shelf, command: tuple([one(item, shelf, command) for item in _list(found)])
    if origin is dict:
        entry = _reader(arguments[1])
        return lambda found, shelf, command: {k: entry(v, shelf, command) for k, v in _dict(found).items()}
    if hint is datetime:
        return lambda found, _shelf, _command: None if found is None else _read_moment(found)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda found, _shelf, _command: None if found is None else hint(str(found))
    if isinstance(hint, type) and is_dataclass(hint) and hint not in VALUES:
        return lambda found, shelf, command: None if found is None else read(hint, _object(found), shelf, command)
    if hint in (int, bool, str):
        return _read_plain
    return _read_value


def _read_plain(found: object, _shelf: Shelf, command: Mapping[str, object]) -> object:
    return command[str(found["$command"])] if isinstance(found, dict) else found


def _read_value(found: object, shelf: Shelf, command: Mapping[str, object]) -> object:
    if type(found) is str:
        return found
    if isinstance(found, dict):
        if len(found) == 1:
            ((tag, content),) = found.items()
            if tag == "$command":
                return command[str(content)]
            if tag == "$large":
                return shelf.get(str(content))
        if not any(name.startswith("$") and not name.startswith("$$") for name in found):
            entries = {name[1:] if name.startswith("$") else name: entry for name, entry in found.items()}
            return Context({n: typing.cast("Value", _read_value(e, shelf, command)) for n, e in entries.items()})
    return encoding.from_json(found)


def _read_moment(found: object) -> datetime:
    text = str(found)
    if len(text) != 27 or text[10] != "T" or text[-1] != "Z":
        raise MalformedValue(f"expected a moment in UTC with six digits, but found {text[:60]!r}")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)


def _list(found: object) -> list[object]:
    if not isinstance(found, list):
        raise MalformedValue("expected a list")
    return found


def _object(found: object) -> dict[str, object]:
    if not isinstance(found, dict):
        raise MalformedValue("expected an object")
    return found


# ------------------------------------------------------------------ hints


@cache
def _hints(kind: Any) -> dict[str, object]:
    return typing.get_type_hints(kind)


def _without_none(hint: object) -> object:
    """The one type of an optional field; a value's own union stays as it is."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType) and not _is_value(hint):
        rest = [argument for argument in typing.get_args(hint) if argument is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return hint


def _is_nullable(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in typing.get_args(hint)


def _is_value(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType) and Context in typing.get_args(hint)
