"""A page of a list that is read as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Row = TypeVar("Row")


def part(rows: Sequence[Row], asked: Mapping[str, object], key: Callable[[Row], str]) -> tuple[list[Row], str | None]:
    """The rows behind the one whose key is `after`, at most `size`, and the key to go on with; all when there is none."""
    after, size = str(asked["after"]), int(str(asked["size"]))
    begin = next((place + 1 for place, row in enumerate(rows) if key(row) == after), 0) if after else 0
    found = list(rows[begin : begin + size])
    return found, key(found[-1]) if begin + size < len(rows) else None
