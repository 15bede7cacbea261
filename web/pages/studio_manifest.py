"""The manifest of a draft as a form: what it is called, its label, and its settings; written as TOML again."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

BARE = re.compile(r"[A-Za-z0-9_-]+")
WHOLE = re.compile(r"-?\d{1,18}")


def read(data: bytes) -> dict[str, object]:
    """The manifest. Raises ValueError."""
    return tomllib.loads(data.decode())


def label(data: bytes) -> str:
    """The label of the version; nothing where the manifest cannot be read."""
    try:
        return str(read(data).get("label", ""))
    except ValueError:
        return ""


def changed(data: bytes, given: Mapping[str, str]) -> bytes:
    """The manifest with what a form says of it; what the form does not name stays. Raises ValueError."""
    found = read(data)
    for key, text in given.items():
        place, _dot, last = key.rpartition(".")
        table = _table(found, place.split(".") if place else [])
        if table is not None and last in table:
            table[last] = _like(table[last], text)
    opening = "".join(f"{line}\n" for line in _opening(data.decode()))
    return (opening + "".join(_written(found, ()))).encode()


def _table(found: dict[str, object], path: list[str]) -> dict[str, object] | None:
    for name in path:
        inner = found.get(name)
        if not isinstance(inner, dict):
            return None
        found = inner
    return found


def _like(before: object, text: str) -> object:
    """The text as a value of the same kind; where it cannot be, as it was typed, for the check to tell."""
    if isinstance(before, bool):
        return text == "true"
    if isinstance(before, int) and WHOLE.fullmatch(text.strip()):
        return int(text)
    return text


def _opening(text: str) -> Iterator[str]:
    """The comments at the head of the file."""
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line


def _written(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    """A table: values first, then tables; a row of settings, roles or case data on one line."""
    lines = {key: value for key, value in table.items() if not _is_section(key, value, path)}
    if path and (lines or not table):
        yield f"\n[{'.'.join(_key(part) for part in path)}]\n"
    for key, value in lines.items():
        yield f"{_key(key)} = {_value(value)}\n"
    for key, value in table.items():
        if key not in lines and isinstance(value, dict):
            yield from _written(value, (*path, key))


def _is_section(key: str, value: object, path: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and (not path or path == ("escalation",))


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _value(name)


def _value(found: object) -> str:
    match found:
        case dict():
            return "{ " + ", ".join(f"{_key(str(key))} = {_value(value)}" for key, value in found.items()) + " }"
        case list():
            return "[" + ", ".join(_value(one) for one in found) + "]"
        case bool() | int() | float():
            return json.dumps(found)
        case _:
            return json.dumps(str(found), ensure_ascii=False).replace("\x7f", "\\u007f")
