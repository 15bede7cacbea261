"""Random moves between the steps of random models: nothing is lost, nothing comes twice, everything ends."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.flow import Model
from engine.flow.moving import Barred
from tests.engine.flow import eventblocks, eventrendering
from tests.engine.flow.activityblocks import draw_activities
from tests.engine.flow.activityrendering import render_activities
from tests.engine.flow.blocks import Block, draw
from tests.engine.flow.mover import Mover, broken
from tests.engine.flow.ours import as_value, excess
from tests.engine.flow.rendering import render
from tests.engine.flow.runs import Moves, deciding, entered
from tests.engine.flow.test_random_activities import Activities

CHUNK = 30
SLICE, SOAK = 120, 1920
MOST_MOVES = 12


class Moved:
    """One random model, its ordinary moves and the others."""

    drawn = staticmethod(draw)

    def __init__(self, seed: int) -> None:
        self.model = self.drawn(seed)
        self.random = random.Random(seed * 104_729 + 7)
        self.moves = Moves(self.model, seed)
        self.deciding: dict[str, Block] = deciding(self.model)
        self.run = Mover(Model.parse({"p.bpmn": self.rendered()}))
        self.made: Counter[str] = Counter()

    def rendered(self) -> bytes:
        """The model as BPMN."""
        return render(self.model, feel=True)

    def targets(self, process: str) -> list[str]:
        """Where a token may be put: anywhere but where something is asked that may never have been decided."""
        undecided = {f"x{key[1:]}" for key in self.deciding}
        return sorted(self.run.model.processes[process].elements.keys() - undecided)

    def check(self, where: str) -> None:
        """What holds after every step."""
        assert not self.run.failed, where
        assert excess(self.run) == [], where
        assert broken(self.run, self.model) == [], where

    def ended(self) -> bool:
        """The end was reached as often as it may be."""
        return self.run.log.count("ended e") == 1

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
        target = self.random.choice(self.targets(process))
        self.run.move(found.id, target, nth=self._nth(key), process=process)


class MovedWithEvents(Moved):
    """A model with events, which may end it in another way; an error thrown where nothing catches it would be an incident."""

    drawn = staticmethod(eventblocks.draw)

    def rendered(self) -> bytes:
        return eventrendering.render(self.model)

    def targets(self, process: str) -> list[str]:
        elements = self.run.model.processes[process].elements.values()
        return [one.id for one in elements if one.kind in ("userTask", "subProcess", "callActivity")]

    def check(self, where: str) -> None:
        assert not self.run.failed, where
        assert excess(self.run) == [], where

    def ended(self) -> bool:
        return self.run.log.count("ended e") <= 1


class MovedActivities(MovedWithEvents):
    """A model with compensation, transactions, ad-hoc sub-processes and complex joins."""

    drawn = staticmethod(draw_activities)

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.ours = Activities(self.model)
        self.ours.run = self.run

    def rendered(self) -> bytes:
        return render_activities(self.model)

    def step(self) -> bool:
        found = self.moves.next(self.ours.open)
        if found is not None:
            self.ours.finish(*found)
        return found is not None


def drains(seed: int, moves: int = MOST_MOVES, kind: type[Moved] = Moved) -> Counter[str]:
    """A run with moves comes to its end once, and no step breaks what must hold."""
    moved = kind(seed)
    left = moves
    going = True
    while going:
        for _ in range(moved.random.choice([0, 0, 0, 1, 2])):
            if left > 0 and not moved.run.done:
                left -= 1
                moved.against()
        where = f"seed {seed}, step {moved.moves.made}, {dict(moved.made)}"
        moved.check(where)
        going = moved.step()
    assert moved.run.done, seed
    assert moved.ended(), seed
    assert len(moved.run.closed) == len(moved.run.scopes) - 1, seed
    return moved.made


def all_drain(seeds: range, kind: type[Moved]) -> None:
    """Every run comes to its end, and each kind of move is among them."""
    made: Counter[str] = Counter()
    for seed in seeds:
        made += drains(seed, kind=kind)
    assert min(made[move] for move in ("return", "straight", "withdraw", "move")) > 0, made


KINDS = (Moved, MovedWithEvents, MovedActivities)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_nothing_is_moved_without_moves(kind: type[Moved]) -> None:
    assert drains(3, moves=0, kind=kind) == Counter()


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_model_with_moves_ends_once(kind: type[Moved], first: int) -> None:
    all_drain(range(first, first + CHUNK), kind)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SLICE, SOAK, CHUNK * 3))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_thousands_of_models_with_moves_end_once(kind: type[Moved], first: int) -> None:
    all_drain(range(first, first + CHUNK * 3), kind)
