"""One thing that a draft changes, in words."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Text

LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: `kind` is added, removed or changed."""

    file: str
    element: str
    kind: str
    text: Text


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    one = " ".join(text.split())
    return one if len(one) <= LONGEST else f"{one[: LONGEST - 1]}…"
