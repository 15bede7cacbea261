"""What a decision was made of: kept for the audit."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.budget import Budget
from engine.value import Value


@dataclass(frozen=True, slots=True)
class Matched:
    """One table once evaluated: its inputs by label, the rules that match and those that count (from 1), its value.

    `problem` is empty, or says why the table yields nothing: `input-not-allowed: …`, `conflict`.
    """

    table: str
    inputs: tuple[tuple[str, Value], ...]
    matching: tuple[int, ...]
    rules: tuple[int, ...]
    value: Value
    problem: str = ""


class Traced(Budget):
    """A budget that also keeps which rules matched."""

    __slots__ = ("matched",)

    def __init__(self) -> None:
        super().__init__()
        self.matched: list[Matched] = []


MOST = 1_000
"""Tables of one evaluation that are kept: a table called for each of many items would fill the journal."""


def matched_in(budget: Budget, matched: Matched) -> None:
    """Keep it, when this evaluation keeps such things."""
    if isinstance(budget, Traced) and len(budget.matched) < MOST:
        budget.matched.append(matched)
