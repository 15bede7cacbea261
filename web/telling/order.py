"""The order in which the entries of several streams are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

Spot: TypeAlias = tuple[int, int]
"""Stream and revision of an entry."""


def in_order(known: Mapping[Spot, tuple[datetime, Spot | None]]) -> list[Spot]:
    """By time; at one moment, what caused another entry, or stands before it in its stream, comes first."""
    depths = dict.fromkeys(sorted(known, key=lambda spot: known[spot][0]), 0)
    for _ in range(len(known)):
        changed = False
        for spot, (at, cause) in known.items():
            before = (spot[0], spot[1] - 1), *(() if cause is None else (cause,))
            wanted = max((depths[one] + 1 for one in before if one in depths and known[one][0] == at), default=0)
            if depths[spot] < wanted:
                depths[spot], changed = wanted, True
        if not changed:
            break
    return sorted(known, key=lambda spot: (known[spot][0], depths[spot], spot[0]))
