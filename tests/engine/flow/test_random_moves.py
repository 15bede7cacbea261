"""Random moves between the steps of random models: nothing is lost, nothing comes twice, everything ends."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.flow import Model
from engine.flow.moving import Barred
from tests.engine.flow.blocks import Block, draw
from tests.engine.flow.mover import Mover, broken
from tests.engine.flow.ours import as_value, excess
from tests.engine.flow.rendering import render
from tests.engine.flow.runs import Moves, deciding, entered

CHUNK = 20
SLICE, SOAK = 200, 3000
MOST_MOVES = 12


class Moved:
    """One random model, its ordinary moves and the others."""

    def __init__(self, seed: int) -> None:
        self.model = draw(seed)
        self.random = random.Random(seed * 104_729 + 7)
        self.moves = Moves(self.model, seed)
        self.deciding: dict[str, Block] = deciding(self.model)
        self.run = Mover(Model.parse({"p.bpmn": render(self.model, feel=True)}))
        self.made: Counter[str] = Counter()

    def step(self) -> bool:
        """One ordinary move; False when only timers are left."""
        found = self.moves.next(self.run.open)
        if found is None:
            return False
        element, decision = found
        self.run.finish(element, as_value(entered(decision, self.deciding.get(element))))
        return True

    def against(self) -> None:
        """One move against the drawing, if one is possible."""
        kind = self.random.choice(["return", "return", "straight", "straight", "withdraw", "move"])
        try:
            getattr(self, f"_{kind}")()
            self.made[kind] += 1
        except (Barred, IndexError):
            self.made[f"no {kind}"] += 1

    def _work(self) -> str:
        keys = [key for key, (element, _) in self.run.waiting.items() if element.kind.endswith("Task")]
        return self.random.choice(keys)

    def _return(self, *, straight: bool = False) -> None:
        key = self._work()
        process = self.run.places[key].process
        around = [process, *self.run.model.processes]
        candidates = [
            (name, element.id)
            for name in dict.fromkeys(around)
            for element in self.run.model.processes[name].elements.values()
            if element.kind in ("userTask", "subProcess", "callActivity") and self._may(key, name, element.id, straight)
        ]
        name, target = self.random.choice(candidates)
        nth = self._nth(key)
        self.run.back(self.run.places[key].id, target, nth=nth, process=name, straight=straight)

    def _straight(self) -> None:
        self._return(straight=True)

    def _may(self, key: str, process: str, target: str, straight: bool) -> bool:
        try:
            self.run.barred(key, process, target, straight=straight)
        except Barred:
            return False
        return True

    def _nth(self, key: str) -> int:
        element = self.run.places[key].id
        return [other for other, (found, _) in self.run.waiting.items() if found.id == element].index(key)

    def _withdraw(self) -> None:
        done = self.run.finished[-4:]
        self.run.withdraw(self.random.choice(done)[1])

    def _move(self) -> None:
        key = self._work()
        found = self.run.places[key]
        process = self.random.choice([found.process, found.process, "p"])
        undecided = {f"x{key[1:]}" for key in self.deciding}  # what they ask may never have been decided: an incident
        target = self.random.choice(sorted(self.run.model.processes[process].elements.keys() - undecided))
        self.run.move(found.id, target, nth=self._nth(key), process=process)


def drains(seed: int, moves: int = MOST_MOVES) -> Counter[str]:
    """A run with moves comes to its end once, and no step breaks what must hold."""
    moved = Moved(seed)
    left = moves
    going = True
    while going:
        for _ in range(moved.random.choice([0, 0, 0, 1, 2])):
            if left > 0 and not moved.run.done:
                left -= 1
                moved.against()
        where = f"seed {seed}, step {moved.moves.made}, {dict(moved.made)}"
        assert not moved.run.failed, where
        assert excess(moved.run) == [], where
        assert broken(moved.run, moved.model) == [], where
        going = moved.step()
    assert moved.run.done, seed
    assert moved.run.log.count("ended e") == 1, seed
    assert len(moved.run.closed) == len(moved.run.scopes) - 1, seed
    return moved.made


def test_nothing_is_moved_without_moves() -> None:
    assert drains(3, moves=0) == Counter()


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_a_model_with_moves_ends_once(first: int) -> None:
    made: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        made += drains(seed)
    assert min(made[kind] for kind in ("return", "straight", "withdraw", "move")) > 0, made


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SLICE, SOAK, CHUNK * 5))
def test_thousands_of_models_with_moves_end_once(first: int) -> None:
    made: Counter[str] = Counter()
    for seed in range(first, first + CHUNK * 5):
        made += drains(seed)
    assert min(made[kind] for kind in ("return", "straight", "withdraw", "move")) > 0, made
