"""Built-ins on texts, by code point; patterns run on a linear-time matcher. DMN 1.5 table 75."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

import re2

from engine import encoding, temporal
from engine.feel import operations
from engine.feel.budget import CHARACTERS_A_STEP, DEPTH, TEXT, Budget
from engine.feel.errors import FeelError
from engine.feel.functions.registry import Registry, nothing
from engine.value import (
    Context,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Range,
    Time,
    Value,
    number,
)

TEXTS = Registry()
FLAGS = frozenset("smix")
MAX_PATTERN = 1_000


@TEXTS.add("substring", "string", "start position", "length", optional=1)
def substring(budget: Budget, string: Value, start: Value, length: Value = None) -> Value:
    """Part of a text from a position (1 is first, -1 is last)."""
    if (
        not isinstance(string, str)
        or not isinstance(start, Decimal)
        or not (length is None or isinstance(length, Decimal))
    ):
        return nothing(budget, "substring", string, start, length)
    place = int(start)
    if place == 0 or abs(place) > len(string) or (length is not None and length < 1):
        return nothing(budget, "substring", string, start, length)
    first = place - 1 if place > 0 else len(string) + place
    return string[first:] if length is None else string[first : first + int(length)]


@TEXTS.add("string length", "string")
def string_length(budget: Budget, string: Value) -> Value:
    """How many characters."""
    return number(len(string)) if isinstance(string, str) else nothing(budget, "string length", string)


@TEXTS.add("upper case", "string")
def upper_case(budget: Budget, string: Value) -> Value:
    """In capitals."""
    return string.upper() if isinstance(string, str) else nothing(budget, "upper case", string)


@TEXTS.add("lower case", "string")
def lower_case(budget: Budget, string: Value) -> Value:
    """In small letters."""
    return string.lower() if isinstance(string, str) else nothing(budget, "lower case", string)


@TEXTS.add("trim", "string")
def trim(budget: Budget, string: Value) -> Value:
    """Without white space at both ends."""
    return string.strip() if isinstance(string, str) else nothing(budget, "trim", string)


@TEXTS.add("substring before", "string", "match")
def substring_before(budget: Budget, string: Value, match: Value) -> Value:
    """What stands before the first occurrence."""
    if not isinstance(string, str) or not isinstance(match, str):
        return nothing(budget, "substring before", string, match)
    return string.partition(match)[0] if match and match in string else ""


@TEXTS.add("substring after", "string", "match")
def substring_after(budget: Budget, string: Value, match: Value) -> Value:
    """What stands after the first occurrence."""
    if not isinstance(string, str) or not isinstance(match, str):
        return nothing(budget, "substring after", string, match)
    return string.partition(match)[2] if match else string


@TEXTS.add("contains", "string", "match")
def contains(budget: Budget, string: Value, match: Value) -> Value:
    """The text contains the other."""
    both = isinstance(string, str) and isinstance(match, str)
    return match in string if both else nothing(budget, "contains", string, match)  # type: ignore[operator]  # both texts


@TEXTS.add("starts with", "string", "match")
def starts_with(budget: Budget, string: Value, match: Value) -> Value:
    """The text begins with the other."""
    if isinstance(string, str) and isinstance(match, str):
        return string.startswith(match)
    return nothing(budget, "starts with", string, match)


@TEXTS.add("ends with", "string", "match")
def ends_with(budget: Budget, string: Value, match: Value) -> Value:
    """The text ends with the other."""
    if isinstance(string, str) and isinstance(match, str):
        return string.endswith(match)
    return nothing(budget, "ends with", string, match)


@lru_cache(maxsize=128)
def pattern(source: str, flags: str = "") -> re2.Pattern[str]:
    """A pattern for the linear-time matcher. Raises FeelError for what it cannot do, such as back-references."""
    if len(source) > MAX_PATTERN or not set(flags) <= FLAGS:
        raise FeelError("正则表达式过长或标志未知", "expected a shorter pattern, and flags out of s, m, i, x")
    if "x" in flags:
        source = "".join(source.split())
    inline = "".join(sorted(set(flags) - {"x"}))
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(f"(?{inline}){source}" if inline else source, options)
    except re2.error as error:
        raise FeelError(
            f"无法使用的正则表达式 {source!r}(不支持反向引用和环视)",
            f"expected a regular expression without back-references and look-around, but found {source!r}: {error}",
        ) from error


@TEXTS.add("matches", "input", "pattern", "flags", optional=1)
def matches(budget: Budget, found: Value, source: Value, flags: Value = None) -> Value:
    """Some part of the text matches the pattern."""
    if not isinstance(found, str) or not isinstance(source, str) or not isinstance(flags, str | None):
        return nothing(budget, "matches", found, source)
    _search(budget, found, source)
    return pattern(source, flags or "").search(found) is not None


def _search(budget: Budget, found: str, source: str) -> None:
    """A search takes at most time in proportion to text and pattern."""
    budget.spend(len(found) * (1 + len(source) // 32) // 64)


def _matches_nothing(compiled: re2.Pattern[str]) -> bool:
    """The pattern matches the empty text, so that it has no places to replace or to split at (XPath FORX0003)."""
    return compiled.search("") is not None


@TEXTS.add("replace", "input", "pattern", "replacement", "flags", optional=1)
def replace(budget: Budget, found: Value, source: Value, replacement: Value, flags: Value = None) -> Value:
    """Every match replaced; `$1` is the first group."""
    if not isinstance(found, str) or not isinstance(source, str) or not isinstance(replacement, str):
        return nothing(budget, "replace", found, source, replacement)
    if not isinstance(flags, str | None):
        return nothing(budget, "replace", flags)
    compiled = pattern(source, flags or "")
    if _matches_nothing(compiled):
        return nothing(budget, "replace", found, source)
    _search(budget, found, source)
    made: list[str] = []
    size = last = 0
    for match in compiled.finditer(found):
        piece = found[last : match.start()] + _expanded(replacement, match)
        size += len(piece)
        if size > TEXT:
            budget.sized(text=size)
        budget.spend(8 + len(piece) // CHARACTERS_A_STEP)
        made.append(piece)
        last = match.end()
    return "".join(made) + found[last:]


def _expanded(replacement: str, match: re2._Match[str]) -> str:
    """The replacement with `$1` … replaced by the groups."""
    made, at = [], 0
    while at < len(replacement):
        sign = replacement[at]
        following = replacement[at + 1 : at + 2]
        if sign == "$" and following.isdigit():
            group = int(following)
            made.append((match.group(group) or "") if group <= match.re.groups else "")
            at += 2
        elif sign == "\\" and following:
            made.append(following)
            at += 2
        else:
            made.append(sign)
            at += 1
    return "".join(made)


@TEXTS.add("split", "string", "delimiter")
def split(budget: Budget, string: Value, delimiter: Value) -> Value:
    """The parts between matches of a pattern."""
    if not isinstance(string, str) or not isinstance(delimiter, str):
        return nothing(budget, "split", string, delimiter)
    compiled = pattern(delimiter)
    if _matches_nothing(compiled):
        return nothing(budget, "split", string, delimiter)
    _search(budget, string, delimiter)
    made: list[Value] = []
    last = 0
    for match in compiled.finditer(string):
        budget.spend()
        made.append(string[last : match.start()])
        last = match.end()
    return (*made, string[last:])


@TEXTS.add("string join", "list", "delimiter", optional=1)
def string_join(budget: Budget, found: Value, delimiter: Value = "") -> Value:
    """Texts joined; nulls are left out."""
    items = found if isinstance(found, tuple) else (found,)
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts) or not isinstance(delimiter, str | None):
        return nothing(budget, "string join", found, delimiter)
    parts = [item for item in texts if isinstance(item, str)]
    budget.sized(text=sum(map(len, parts)) + len(parts) * len(delimiter or ""))
    return (delimiter or "").join(parts)


@TEXTS.add("string", "from")
def string(budget: Budget, found: Value) -> Value:
    """The value as a text."""
    if found is None or isinstance(found, str):
        return found
    return shown(budget, found, nested=False)


def shown(budget: Budget, found: Value, *, nested: bool = True, depth: int = 0) -> str:
    """How a value is written."""
    budget.spend()
    operations.no_personal(found)
    if depth > DEPTH:
        raise FeelError(f"值嵌套应不超过 {DEPTH} 层", f"expected a value of at most {DEPTH} levels")
    match found:
        case None:
            return "null"
        case bool():
            return "true" if found else "false"
        case Decimal():
            return encoding.format_number(found)
        case str():
            return (
                f'"{found.replace(_BACKSLASH, _BACKSLASH * 2).replace(_QUOTE, _BACKSLASH + _QUOTE)}"'
                if nested
                else found
            )
        case tuple():
            return "[" + _joined(budget, (("", item) for item in found), depth) + "]"
        case Context():
            return "{" + _joined(budget, ((f"{name}: ", item) for name, item in found.items()), depth) + "}"
        case Range():
            low, high = "[" if found.low_closed else "(", "]" if found.high_closed else ")"
            ends = (shown(budget, end, depth=depth + 1) for end in (found.low, found.high))
            return f"{low}{'..'.join(ends)}{high}"
        case _:
            return _moment(found)


_BACKSLASH, _QUOTE = "\\", '"'


def _joined(budget: Budget, parts: Iterable[tuple[str, Value]], depth: int) -> str:
    made: list[str] = []
    size = 0
    for before, item in parts:
        made.append(before + shown(budget, item, depth=depth + 1))
        size += len(made[-1]) + 2
        if size > TEXT:
            budget.sized(text=size)
    budget.sized(text=size)
    return ", ".join(made)


def _moment(found: Value) -> str:
    match found:
        case Date():
            return temporal.format_date(found)
        case Time():
            return temporal.format_time(found)
        case DateTime():
            return temporal.format_date_time(found)
        case DaysDuration():
            return temporal.format_days_duration(found)
        case MonthsDuration():
            return temporal.format_months_duration(found)
        case _:
            return str(getattr(found, "id", ""))


@TEXTS.add("number", "from", "grouping separator", "decimal separator", optional=2)
def to_number(budget: Budget, found: Value, grouping: Value = None, point: Value = None) -> Value:
    """The number that a text writes."""
    if isinstance(found, Decimal):
        return found
    separators = isinstance(grouping, str | None) and isinstance(point, str | None)
    if (
        not isinstance(found, str)
        or not separators
        or grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
    ):
        return nothing(budget, "number", found)
    if grouping is not None and grouping == point:
        return nothing(budget, "number", found)
    plain = found.replace(str(grouping), "") if grouping else found
    plain = plain.replace(str(point), ".") if point else plain
    if not pattern(r"^-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,5})?$").search(plain):
        return nothing(budget, "number", found)
    try:
        return number(plain)
    except ValueError:
        return nothing(budget, "number", found)
