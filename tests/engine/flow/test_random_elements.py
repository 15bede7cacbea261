"""Random models with everything: events and their sub-processes beside compensation, transactions, ad-hoc and complex joins."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.flow import Model
from tests.engine.flow.activityblocks import MORE, DrawActivities
from tests.engine.flow.activityreading import ActivityReading
from tests.engine.flow.activityrendering import ActivityRendering
from tests.engine.flow.blocks import COMPOUND, Block, Shape
from tests.engine.flow.eventblocks import THROWN, EventDraw
from tests.engine.flow.eventreading import EventReading
from tests.engine.flow.eventrendering import EventRendering, whole
from tests.engine.flow.ours import excess
from tests.engine.flow.reading import Region, Scope
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.runs import Moves, deciding
from tests.engine.flow.test_random_activities import Activities

CHUNK = 40
SLICE, SOAK = 120, 1000
ROOM = 40


class DrawEverything(DrawActivities, EventDraw):
    """Scripts have no handlers: several may be done in one step, and their order in it decides nothing."""

    compound: tuple[tuple[Shape, int], ...] = (*COMPOUND, *THROWN, *MORE, *MORE, (Shape.ATTEMPT, 20))

    def _with_handler(self, block: Block) -> Block:
        return block if block.shape is Shape.SCRIPT else super()._with_handler(block)


class RenderEverything(ActivityRendering, EventRendering):
    """Draws the blocks of both."""


class ReadEverything(ActivityReading, EventReading):
    """What is done in an event sub-process is undone with what is around it."""

    def __init__(self, model: Block) -> None:
        self.enclosing: dict[int, Scope] = {}
        self.entered: Scope | None = None
        super().__init__(model)

    def _handle(self, block: Block, place: int, scope: Scope, region: Region) -> None:
        self.entered = scope
        super()._handle(block, place, scope, region)

    def _level(self, block: Block, scope: Scope, around: Region, end: str) -> None:
        outside, self.entered = self.entered, None
        if outside is not None:
            self._within(outside, scope, around)
        super()._level(block, scope, around, end)

    def _within(self, outside: Scope, scope: Scope, region: Region) -> None:
        """The scope of an event sub-process, as long as it lasts."""
        over = scope.over
        self.enclosing[id(scope)] = outside
        self.log(outside).within.append((region, scope))

        def all_done() -> None:
            self.log(outside).within = [own for own in self.log(outside).within if own[1] is not scope]
            over()

        scope.over = all_done

    def _undone_from(self, scope: Scope) -> list[Scope]:
        outside = self.enclosing.get(id(scope))
        return [scope] if outside is None else [scope, *self._undone_from(outside)]


class Everything(Activities):
    """One run of our flow."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.run = Recorder(Model.parse({"p.bpmn": whole(model, RenderEverything(feel=True))}))


def runs_as_it_reads(seed: int) -> Counter[str]:
    """Same waits, same completions, a bounded window after every step; same counts and an end at last."""
    model = DrawEverything(seed, room=ROOM).model()
    ours, reading, moves = Everything(model), ReadEverything(model), Moves(model, seed)
    while True:
        where = f"seed {seed}, move {moves.made}"
        assert not ours.run.failed, where
        assert sorted(ours.open) == sorted(reading.open), where
        assert ours.completed == reading.completed, where
        assert excess(ours.run) == [], where
        move = moves.next(reading.open)
        if move is None:
            break
        reading.finish(*move)
        ours.finish(*move)
    assert reading.done, seed
    assert ours.run.done, seed
    assert ours.counted(model.counters()) == dict(reading.ran), seed
    assert len(ours.run.closed) == len(ours.run.scopes) - 1, seed  # the instance's own scope stays
    return Counter(key[0] for key in ours.completed.elements())


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_a_model_with_everything_runs_as_its_blocks_read(first: int) -> None:
    happened: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        happened += runs_as_it_reads(seed)
    rare = {letter: happened[letter] for letter in "hfkjoi" if happened[letter] < 4}
    assert not rare, happened  # handlers, transactions, ad-hoc, complex joins, event sub-processes, what catches


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SOAK, CHUNK * 5))
def test_a_thousand_models_with_everything_run_as_their_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK * 5):
        runs_as_it_reads(seed)
