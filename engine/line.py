"""Texts of one line, as names and titles are: no break in them, and no mark that lets them read otherwise than they are."""

from __future__ import annotations

import re

from engine.errors import Text

EXPECTED = Text(
    "应为一行文字,不能含有换行、控制字符或改变文字方向的字符",
    "expected one line of text, without line breaks, control characters or marks that turn its direction",
)

_BREAKS = "\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029"
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HALVES = "\ud800-\udfff"
_OTHER = re.compile(f"[{_BREAKS}{_TURNS}{_HALVES}]")


def is_line(text: str) -> bool:
    """The text stands in one line, and reads as it is written."""
    return _OTHER.search(text) is None
