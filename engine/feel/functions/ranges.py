"""Built-ins on ranges: reading one, and the relations of intervals and points. DMN 1.5 tables 73 and 78."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel import lexer, operations, reasons
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.functions.moments import MOMENTS
from engine.feel.functions.registry import Registry, nothing, told
from engine.feel.lexer import Token
from engine.temporal import READERS
from engine.value import Range, Value, number

RANGES = Registry()
LOW, HIGH = -1, 1
ENDS = ("date", "time", "date and time", "duration")
"""What may make an end of a range that is written as a text, besides literals."""


@RANGES.add("range", "from")
def range_from(budget: Budget, found: Value) -> Value:
    """The range that a text writes: two ends in order, each a literal or a date, time or duration of one."""
    if not isinstance(found, str):
        return nothing(budget, "range", found)
    budget.spend(1 + len(found))
    try:
        made = _range(budget, found)
    except (FeelError, ValueError):
        made = None
    return told(budget, reasons.UNREAD, "range", found) if made is None else made


def _range(budget: Budget, source: str) -> Range | None:
    tokens = lexer.tokens(source)[:-1]
    middle = next((at for at, token in enumerate(tokens) if token.text == ".."), 0)
    if len(tokens) < 5 or tokens[0].text not in ("[", "(", "]") or tokens[-1].text not in ("]", ")", "["):
        return None
    low = _end(budget, source, tokens[1:middle])
    high = _end(budget, source, tokens[middle + 1 : -1])
    order = operations.order(low, high)
    if order is None or order > 0:
        return None
    return Range(low, high, tokens[0].text == "[", tokens[-1].text == "]")


def _end(budget: Budget, source: str, tokens: list[Token]) -> Value:
    """A literal, or a function of a text; null for anything else."""
    shape = [token.kind if token.kind in ("number", "text") else token.text for token in tokens]
    text = lexer.unescape(source, tokens[-1]) if shape[-1:] == ["text"] else ""
    match shape:
        case ["number"] | ["-", "number"]:
            return number("".join(token.text for token in tokens))
        case ["text"]:
            return text
        case ["@", "text"]:
            return next((found for reader in READERS if (found := _tried(reader, text)) is not None), None)
        case [*words, "(", "text", ")"] if " ".join(words) in ENDS:
            return MOMENTS[" ".join(words)][0].call(budget, lexer.unescape(source, tokens[-2]))
        case _:
            return None


def _tried(reader: Callable[[str], Value], text: str) -> Value:
    try:
        return reader(text)
    except ValueError:
        return None


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _cmp(one: Value, other: Value, side: int, other_side: int) -> int:
    """The order of two ends; a low end without value lies before all, a high one after all."""
    if one is None or other is None:
        return (side if one is None else 0) - (other_side if other is None else 0)
    found = operations.order(one, other)
    if found is None:
        raise ValueError("no order")
    return found


Holds = Callable[[Range, Range], bool]
FORMS = {
    "pp": ("point1", "point2"),
    "pr": ("point", "range"),
    "rp": ("range", "point"),
    "rr": ("range1", "range2"),
}


def _relation(name: str, kinds: str, holds: Holds) -> None:
    """Declare the forms of a relation: which of the two are points, which ranges."""
    forms = kinds.split()
    for form in forms:
        RANGES.add(name, *FORMS[form], by_place=_related(name, forms, holds))(_related(name, [form], holds))


def _related(name: str, forms: list[str], holds: Holds) -> Callable[[Budget, Value, Value], Value]:
    def call(budget: Budget, one: Value, other: Value) -> Value:
        form = ("r" if isinstance(one, Range) else "p") + ("r" if isinstance(other, Range) else "p")
        if one is None or other is None or form not in forms:
            return nothing(budget, name, one, other)
        budget.touch(one)
        try:
            return holds(_as_range(one), _as_range(other))
        except ValueError:
            return nothing(budget, name, one, other)

    return call


def _before(a: Range, b: Range) -> bool:
    found = _cmp(a.high, b.low, HIGH, LOW)
    return found < 0 or (found == 0 and not (a.high_closed and b.low_closed))


def _starts_earlier(a: Range, b: Range) -> bool:
    found = _cmp(a.low, b.low, LOW, LOW)
    return found < 0 or (found == 0 and a.low_closed and not b.low_closed)


def _ends_earlier(a: Range, b: Range) -> bool:
    found = _cmp(a.high, b.high, HIGH, HIGH)
    return found < 0 or (found == 0 and b.high_closed and not a.high_closed)


def _includes(a: Range, b: Range) -> bool:
    return not _starts_earlier(b, a) and not _ends_earlier(a, b)


def _same_low(a: Range, b: Range) -> bool:
    return _cmp(a.low, b.low, LOW, LOW) == 0 and a.low_closed == b.low_closed


def _same_high(a: Range, b: Range) -> bool:
    return _cmp(a.high, b.high, HIGH, HIGH) == 0 and a.high_closed == b.high_closed


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _meets(a: Range, b: Range) -> bool:
    return a.high_closed and b.low_closed and _cmp(a.high, b.low, HIGH, LOW) == 0


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_earlier(a, b) and not _before(a, b) and not _ends_earlier(b, a)


def _overlaps_after(a: Range, b: Range) -> bool:
    return _starts_earlier(b, a) and not _before(b, a) and not _ends_earlier(a, b)


_relation("before", "pp pr rp rr", _before)
_relation("after", "pp pr rp rr", lambda a, b: _before(b, a))
_relation("meets", "rr", _meets)
_relation("met by", "rr", lambda a, b: _meets(b, a))
_relation("overlaps", "rr", _overlaps)
_relation("overlaps before", "rr", _overlaps_before)
_relation("overlaps after", "rr", _overlaps_after)
_relation("finishes", "pr rr", lambda a, b: _same_high(a, b) and _includes(b, a))
_relation("finished by", "rp rr", lambda a, b: _same_high(a, b) and _includes(a, b))
_relation("includes", "rp rr", _includes)
_relation("during", "pr rr", lambda a, b: _includes(b, a))
_relation("starts", "pr rr", lambda a, b: _same_low(a, b) and _includes(b, a))
_relation("started by", "rp rr", lambda a, b: _same_low(a, b) and _includes(a, b))
_relation("coincides", "pp rr", lambda a, b: _same_low(a, b) and _same_high(a, b))
