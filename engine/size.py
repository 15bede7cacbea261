"""How much one command may bring along: what it says stays in the journal for as long as that is kept."""

from __future__ import annotations

from engine import encoding
from engine.errors import Reason, Refused
from engine.value import Value

LARGEST = 256 * 1024
"""Bytes of what a decision, a message, a connector's answer, or all the data of a case may say."""

LARGEST_START = 4 * 1024 * 1024
"""Bytes of what a start may say: as much as a form, by which people start."""


def bounded(value: Value, zh: str, en: str, largest: int = LARGEST) -> None:
    """Refuse a value that is too large; `zh` and `en` say what it is. Raises Refused (INVALID_DATA)."""
    size = len(encoding.encode(value))
    if size > largest:
        raise Refused(
            Reason.INVALID_DATA,
            f"{zh}应不超过 {largest} 字节,但有 {size} 字节",
            f"expected {en} of at most {largest} bytes, but found {size}",
        )
