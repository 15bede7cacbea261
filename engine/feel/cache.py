"""Compiled expressions, kept by source and what is known of it; bounded by the length of the sources they hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from engine.feel.known import Known

CHARACTERS = 1_000_000
Kept = TypeVar("Kept")
Key = tuple[str, Known]


class Cache(Generic[Kept]):
    """The most recently used results of one maker; what is unreadable is never kept."""

    def __init__(self, make: Callable[[str, Known], Kept], room: int = CHARACTERS) -> None:
        self.make = make
        self.room = room
        self.used = 0
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.lock = Lock()

    def get(self, source: str, known: Known) -> Kept:
        """What was made of a source with these names; made once."""
        key = (source, known)
        with self.lock:
            if (found := self.kept.get(key)) is not None:
                self.kept.move_to_end(key)
                return found
        made = self.make(source, known)
        with self.lock:
            if key not in self.kept:
                self.kept[key] = made
                self.used += _length(key)
            while self.used > self.room and len(self.kept) > 1:
                oldest, _ = self.kept.popitem(last=False)
                self.used -= _length(oldest)
            return self.kept[key]


def _length(key: Key) -> int:
    return len(key[0]) + 200
