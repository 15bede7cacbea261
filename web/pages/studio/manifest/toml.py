"""A manifest as TOML: what did not change stays as it was written, with its comments and in its order."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

BARE = re.compile(r"[A-Za-z0-9_-]+")
PLAIN_KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"[^"\\\n]*"|'[^'\n]*')\s*=""")
MOST_LINES = 100
"""Lines of one value; a longer one is written anew."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A value as it was written, with the comments and empty lines before it."""

    lead: str
    key: str
    text: str


@dataclass(slots=True, kw_only=True)
class Section:
    """A head and the values below it; the first section of a file has no head."""

    path: Path = ()
    lead: str = ""
    head: str = ""
    rows: list[Statement] = field(default_factory=list)


class Unusual(ValueError):
    """Written in a way that is not kept: it is written anew."""


def read(data: bytes) -> dict[str, object]:
    """The manifest. Raises ValueError."""
    return tomllib.loads(data.decode())


def rewritten(data: bytes, after: Mapping[str, object]) -> bytes:
    """The manifest saying `after`: each value that says what it said stays as it was written. Raises ValueError."""
    before, text = read(data), data.decode().replace("\r\n", "\n")
    if _same(before, after):
        return data
    try:
        made = "".join(_merged(*_sections(text), before, after))
        if _same(tomllib.loads(made), after):
            return made.encode()
    except ValueError:
        pass
    opening = "".join(f"{line}\n" for line in _opening(text))
    return (opening + "".join(_written(after, ()))).encode()


def _sections(text: str) -> tuple[list[Section], str]:
    """The sections of a file, and what stands after the last of them. Raises ValueError."""
    sections, lead, lines = [Section()], "", text.splitlines(keepends=True)
    while lines:
        bare = lines[0].strip()
        if not bare or bare.startswith("#"):
            lead += lines.pop(0)
        elif bare.startswith("["):
            sections.append(Section(path=_path(bare), lead=lead, head=_ended(lines.pop(0))))
            lead = ""
        else:
            sections[-1].rows.append(_statement(lead, lines))
            lead = ""
    return sections, lead


def _path(head: str) -> Path:
    if head.startswith("[["):
        raise Unusual
    found, path = tomllib.loads(head), []
    while found:
        [(name, found)] = found.items()
        path.append(name)
    return tuple(path)


def _statement(lead: str, lines: list[str]) -> Statement:
    """The next value, over as many lines as it takes; they leave `lines`."""
    if not PLAIN_KEY.match(lines[0]):
        raise Unusual
    text = ""
    while lines and text.count("\n") < MOST_LINES:
        text += _ended(lines.pop(0))
        try:
            [key] = tomllib.loads(text)
        except ValueError:
            continue
        return Statement(lead=lead, key=key, text=text)
    raise Unusual


def _merged(
    sections: list[Section], rest: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[str]:
    heads = {section.path for section in sections}
    for section in sections:
        old, new = _at(before, section.path), _at(after, section.path)
        yield section.lead
        if new is None:
            yield from (row.lead for row in section.rows)
            continue
        yield section.head
        yield from _rows(section, old or {}, new)
        yield from _added(section, heads, new)
    yield rest
    yield from _fresh((), heads, after)


def _rows(section: Section, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for row in section.rows:
        yield row.lead
        if row.key in new:
            same = _same(old.get(row.key), new[row.key])
            yield row.text if same else f"{_key(row.key)} = {_value(new[row.key])}\n"


def _added(section: Section, heads: Iterable[Path], new: Mapping[str, object]) -> Iterator[str]:
    """The values that a section has now and had not."""
    known = {row.key for row in section.rows}
    for key, value in new.items():
        inner = (*section.path, key)
        is_below = any(head[: len(inner)] == inner for head in heads)
        if key not in known and not is_below and not _is_section(key, value, section.path):
            yield f"{_key(key)} = {_value(value)}\n"


def _fresh(path: Path, heads: set[Path], table: Mapping[str, object]) -> Iterator[str]:
    """The sections that nothing was written of."""
    for key, value in table.items():
        inner = (*path, key)
        if not isinstance(value, dict) or not _is_section(key, value, path) or inner in heads:
            if isinstance(value, dict) and inner in heads:
                yield from _fresh(inner, heads, value)
            continue
        if any(head[: len(inner)] == inner for head in heads):
            yield from _fresh(inner, heads, value)
        else:
            yield from _written(value, inner)


def _at(found: Mapping[str, object], path: Path) -> Mapping[str, object] | None:
    for name in path:
        inner = found.get(name)
        if not isinstance(inner, dict):
            return None
        found = inner
    return found


def _same(one: object, other: object) -> bool:
    """Equal, also in kind: true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n"


def _opening(text: str) -> Iterator[str]:
    """The comments at the head of the file."""
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line


def _written(table: Mapping[str, object], path: Path) -> Iterator[str]:
    """A table: values first, then tables; a row of settings, roles or case data on one line."""
    lines = {key: value for key, value in table.items() if not _is_section(key, value, path)}
    if path and (lines or not table):
        yield f"\n[{'.'.join(_key(part) for part in path)}]\n"
    for key, value in lines.items():
        yield f"{_key(key)} = {_value(value)}\n"
    for key, value in table.items():
        if key not in lines and isinstance(value, dict):
            yield from _written(value, (*path, key))


def _is_section(key: str, value: object, path: Path) -> bool:
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
