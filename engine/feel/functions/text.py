"""Built-ins on texts, by code point. DMN 1.5 table 75."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import re2

from engine.feel import reasons
from engine.feel.budget import CHARACTERS_A_STEP, ITEMS, TEXT, Budget
from engine.feel.functions.patterns import NoPattern, pattern
from engine.feel.functions.registry import Registry, nothing, told
from engine.value import Value, number

TEXTS = Registry()
SCAN = 64
"""Characters of a text that a search goes through in one step."""


def part(size: int, start: Value, length: Value) -> slice | None:
    """The places from a position on (1 is the first, -1 the last); None beyond the ends. Fractions are cut."""
    if not isinstance(start, Decimal) or not isinstance(length, Decimal | None):
        return None
    if not 1 <= abs(start) < size + 1:
        return None
    first = int(start) - 1 if start > 0 else size + int(start)
    if length is None:
        return slice(first, size)
    return slice(first, first + int(length)) if 1 <= length < size - first + 1 else None


@TEXTS.add("substring", "string", "start position", "length", optional=1)
def substring(budget: Budget, string: Value, start: Value, length: Value = None) -> Value:
    """Part of a text from a position (1 is first, -1 is last), as far as the text reaches."""
    if isinstance(string, str) and isinstance(length, Decimal):
        length = min(length, Decimal(_reach(len(string), start)))
    found = part(len(string), start, length) if isinstance(string, str) else None
    if found is None or not isinstance(string, str):
        return no_part(budget, "substring", string, start, length)
    return string[found]


def _reach(size: int, start: Value) -> int:
    """How many characters there are from a position on."""
    found = part(size, start, None)
    return 0 if found is None else size - int(found.start)


def no_part(budget: Budget, name: str, found: Value, start: Value, length: Value) -> Value:
    """Null, with a note: the arguments are of other kinds, or the positions are not there."""
    given = (start,) if length is None else (start, length)
    if found is not None and all(isinstance(place, Decimal) for place in given):
        return told(budget, reasons.PLACE, name)
    return nothing(budget, name, found, *given)


@TEXTS.add("string length", "string")
def string_length(budget: Budget, string: Value) -> Value:
    """How many characters."""
    return number(len(string)) if isinstance(string, str) else nothing(budget, "string length", string)


def _changed(name: str, change: Callable[[str], str]) -> None:
    def call(budget: Budget, string: Value) -> Value:
        if not isinstance(string, str):
            return nothing(budget, name, string)
        made = change(string)
        budget.sized(text=len(made))
        return made

    TEXTS.add(name, "string")(call)


_changed("upper case", str.upper)
_changed("lower case", str.lower)
_changed("trim", str.strip)


def _two_texts(name: str, apply: Callable[[str, str], Value]) -> None:
    def call(budget: Budget, string: Value, match: Value) -> Value:
        if not isinstance(string, str) or not isinstance(match, str):
            return nothing(budget, name, string, match)
        budget.spend(len(string) // SCAN)
        return apply(string, match)

    TEXTS.add(name, "string", "match")(call)


_two_texts("substring before", lambda string, match: string.partition(match)[0] if match and match in string else "")
_two_texts("substring after", lambda string, match: string.partition(match)[2] if match else string)
_two_texts("contains", lambda string, match: match in string)
_two_texts("starts with", lambda string, match: string.startswith(match))
_two_texts("ends with", lambda string, match: string.endswith(match))


def _compiled(budget: Budget, name: str, source: str, flags: str = "") -> re2.Pattern[str] | None:
    """The pattern; null with a note for a text that is none."""
    if (source, flags) not in budget.patterns:
        budget.spend(1_000 + 10 * len(source) + 100_000 * source.count("-["))
        budget.patterns.add((source, flags))
    try:
        return pattern(source, flags)
    except NoPattern as error:
        told(budget, reasons.PATTERN, name, error.sentence)
        return None


def _search(budget: Budget, found: str, source: str) -> None:
    """A search takes at most time in proportion to text and pattern."""
    budget.spend(len(found) * (1 + len(source) // 32) // SCAN)


@TEXTS.add("matches", "input", "pattern", "flags", optional=1)
def matches(budget: Budget, found: Value, source: Value, flags: Value = None) -> Value:
    """Some part of the text matches the pattern."""
    if not isinstance(found, str) or not isinstance(source, str) or not isinstance(flags, str | None):
        return nothing(budget, "matches", found, source, *(() if flags is None else (flags,)))
    _search(budget, found, source)
    compiled = _compiled(budget, "matches", source, flags or "")
    return None if compiled is None else compiled.search(found) is not None


def _places(budget: Budget, name: str, source: str, flags: str = "") -> re2.Pattern[str] | None:
    """A pattern that has places to replace or to split at: it does not match the empty text (XPath FORX0003)."""
    compiled = _compiled(budget, name, source, flags)
    if compiled is not None and compiled.search("") is not None:
        told(budget, reasons.MATCHES_NOTHING, name, source)
        return None
    return compiled


@TEXTS.add("replace", "input", "pattern", "replacement", "flags", optional=1)
def replace(budget: Budget, found: Value, source: Value, replacement: Value, flags: Value = None) -> Value:
    """Every match replaced; `$1` is the first group."""
    texts = isinstance(found, str) and isinstance(source, str) and isinstance(replacement, str)
    if not texts or not isinstance(flags, str | None):
        return nothing(budget, "replace", found, source, replacement, *(() if flags is None else (flags,)))
    return _replaced(budget, str(found), str(source), str(replacement), flags or "")


def _replaced(budget: Budget, found: str, source: str, replacement: str, flags: str) -> Value:
    compiled = _places(budget, "replace", source, flags)
    if compiled is None:
        return None
    pieces = [replacement] if "q" in flags else _pieces(replacement, compiled.groups)
    if pieces is None:
        return told(budget, reasons.REPLACEMENT, "replace")
    _search(budget, found, source)
    made: list[str] = []
    size = last = 0
    for match in compiled.finditer(found):
        after = [piece if isinstance(piece, str) else match.group(piece) or "" for piece in pieces]
        text = found[last : match.start()] + "".join(after)
        size += len(text)
        if size > TEXT:
            budget.sized(text=size)
        budget.spend(8 + len(pieces) + len(text) // CHARACTERS_A_STEP)
        made.append(text)
        last = match.end()
    return "".join(made) + found[last:]


def _pieces(replacement: str, groups: int) -> list[str | int] | None:
    """The texts and the numbers of groups that a replacement consists of; None when `$` or a backslash stands alone."""
    made: list[str | int] = []
    at = 0
    while at < len(replacement):
        sign, following = replacement[at], replacement[at + 1 : at + 2]
        if sign == "\\" and following in ("\\", "$"):
            made.append(following)
            at += 2
        elif sign == "$" and following in set("0123456789"):
            group, at = _group(replacement, at + 1, groups)
            made.append(group if group <= groups else "")
        elif sign in "\\$":
            return None
        else:
            made.append(sign)
            at += 1
    return made


def _group(replacement: str, at: int, groups: int) -> tuple[int, int]:
    """The number of a group, with as many digits as there are groups for, and where it ends."""
    number = int(replacement[at])
    at += 1
    while replacement[at : at + 1] in set("0123456789") and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


@TEXTS.add("split", "string", "delimiter")
def split(budget: Budget, string: Value, delimiter: Value) -> Value:
    """The parts between matches of a pattern."""
    if not isinstance(string, str) or not isinstance(delimiter, str):
        return nothing(budget, "split", string, delimiter)
    compiled = _places(budget, "split", delimiter)
    if compiled is None:
        return None
    _search(budget, string, delimiter)
    made: list[Value] = []
    last = 0
    for match in compiled.finditer(string):
        budget.spend(8)
        made.append(string[last : match.start()])
        if len(made) >= ITEMS:
            budget.sized(items=len(made) + 1)
        last = match.end()
    budget.sized(items=len(made) + 1)
    return (*made, string[last:])


@TEXTS.add("string join", "list", "delimiter", optional=1)
def string_join(budget: Budget, found: Value, delimiter: Value = None) -> Value:
    """Texts joined; nulls among them are left out."""
    items = found if isinstance(found, tuple) else (found,)
    texts = [item for item in items if isinstance(item, str)]
    others = any(item is not None and not isinstance(item, str) for item in items)
    if found is None or others or not isinstance(delimiter, str | None):
        return nothing(budget, "string join", found, *(() if delimiter is None else (delimiter,)))
    between = delimiter or ""
    budget.sized(text=sum(map(len, texts)) + len(texts) * len(between))
    return between.join(texts)
