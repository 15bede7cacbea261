"""What every event is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about one stream; who and when stand in the entry's envelope."""

    VERSION: ClassVar[int] = 1
