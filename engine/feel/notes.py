"""Why something is null: kept as it happens, put into words only when somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from engine.errors import Text
from engine.value import Context, Date, DateTime, DaysDuration, File, MonthsDuration, Person, Range, Ref, Time

MOST = 20
LONGEST = 60
KINDS: Mapping[str, tuple[str, str]] = {
    "number": ("数字", "a number"),
    "string": ("文本", "a text"),
    "boolean": ("真假值", "true or false"),
    "date": ("日期", "a date"),
    "time": ("时间", "a time"),
    "date and time": ("日期时间", "a date and time"),
    "days and time duration": ("天和时间的时长", "a duration of days and time"),
    "years and months duration": ("年和月的时长", "a duration of years and months"),
    "list": ("列表", "a list"),
    "context": ("上下文", "a context"),
    "range": ("区间", "a range"),
    "function": ("函数", "a function"),
}
"""How the types are called, in Chinese and English."""
_FOUND: Mapping[type, tuple[str, str]] = {
    type(None): ("空值", "nothing (null)"),
    bool: KINDS["boolean"],
    str: KINDS["string"],
    Decimal: KINDS["number"],
    Date: KINDS["date"],
    Time: KINDS["time"],
    DateTime: KINDS["date and time"],
    DaysDuration: KINDS["days and time duration"],
    MonthsDuration: KINDS["years and months duration"],
    tuple: KINDS["list"],
    Context: KINDS["context"],
    Range: KINDS["range"],
    Person: ("人员", "a person"),
    Ref: ("引用", "a reference"),
    File: ("文件", "a file"),
}


class Note(NamedTuple):
    """A reason, what stands in its places `{0}`, `{1}` …, and the types of the values that were met, for `{found}`."""

    reason: Text
    parts: tuple[object, ...] = ()
    kinds: tuple[type, ...] = ()

    @property
    def text(self) -> Text:
        """The sentence."""
        met = [_FOUND.get(kind, KINDS["function"]) for kind in self.kinds]
        met_zh, met_en = _listed([zh for zh, _ in met], "、", "和"), _listed([en for _, en in met], ", ", " and ")
        parts = [_part(part) for part in self.parts]
        return Text(
            self.reason.zh.format(*(zh for zh, _ in parts), found=met_zh),
            self.reason.en.format(*(en for _, en in parts), found=met_en),
        )


def named(kind: str) -> Text:
    """What a type is called; one of a model by its own name."""
    return Text(*KINDS.get(kind, (kind, kind)))


def called(value: object) -> Text:
    """What the kind of a value is called: a number, a text, nothing (null)."""
    return Text(*_FOUND.get(type(value), KINDS["function"]))


def _part(part: object) -> tuple[str, str]:
    """A part in both languages, a long one cut."""
    if isinstance(part, Text):
        return part.zh, part.en
    text = str(part)
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return shown, shown


def _listed(words: list[str], between: str, last: str) -> str:
    return last.join([between.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
