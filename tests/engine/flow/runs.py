"""One random model run step by step: which move comes next is drawn, whoever runs the model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

from tests.engine.flow.blocks import Block, Shape

LIVELY = 30
"""After so many moves no timer fires and no loop goes back, so that the run comes to its end."""

DECIDED = (Shape.EXCLUSIVE, Shape.INCLUSIVE, Shape.LOOP, Shape.ATTEMPT, Shape.TRANSACTION, Shape.AD_HOC, Shape.RAISE)


def deciding(model: Block) -> dict[str, Block]:
    """The elements at which the way is decided, with their blocks."""
    return {f"d{block.number}": block for block in model.walk() if block.shape in DECIDED}


class Run(Protocol):
    """Ours, stock or the reading."""

    @property
    def open(self) -> list[str]:
        """The elements that wait."""

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over."""


class Moves:
    """Draws the moves of one run."""

    def __init__(self, model: Block, seed: int) -> None:
        self.random = random.Random(seed * 7919 + 1)
        self.deciding = deciding(model)
        self.made = 0

    def next(self, open_now: Sequence[str]) -> tuple[str, tuple[int, ...]] | None:
        """An element that waits, and the branches decided for; None when only timers are left.

        What stands with a `+` is not under way: people may start it.
        """
        self.made += 1
        begins = sorted({key for key in open_now if key[0] == "+" and (key[1] == "d" or self.made < LIVELY)})
        work = sorted({key for key in open_now if key[0] not in "tw+"})
        timers = sorted({key for key in open_now if key[0] == "t"})
        patient = sorted({key for key in open_now if key[0] == "w"})
        if timers and self.made < LIVELY and self.random.random() < 0.25:
            return self.random.choice(timers), ()
        if begins and (not (work or patient) or self.random.random() < 0.3):
            return self.random.choice(begins), ()
        if not work and not patient:
            return None
        element = self.random.choice(work or patient)
        return element, self._decision(element)

    def _decision(self, element: str) -> tuple[int, ...]:
        block = self.deciding.get(element)
        if block is None:
            return ()
        if block.shape is Shape.LOOP:
            return (int(self.made < LIVELY and self.random.random() < 0.6),)
        if block.shape is Shape.AD_HOC:
            return (int(self.made >= LIVELY or self.random.random() < 0.5),)
        if block.shape in (Shape.ATTEMPT, Shape.TRANSACTION, Shape.RAISE):
            return (int(self.random.random() < 0.5),)
        places = range(len(block.parts))
        if block.shape is Shape.EXCLUSIVE:
            return (self.random.choice(places),)
        return tuple(place for place in places if place and self.random.random() < 0.6)


def entered(decision: Sequence[int], block: Block | None) -> int | list[int] | None:
    """The decision as the value that is entered: a number for one branch, a list for some, nothing for other work."""
    if block is None:
        return None
    return list(decision) if block.shape is Shape.INCLUSIVE else decision[0]
