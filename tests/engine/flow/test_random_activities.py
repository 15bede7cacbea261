"""Random models with compensation, transactions, ad-hoc sub-processes and complex joins run as their blocks read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from engine import xml
from engine.flow import Model, unsupported
from tests.engine.flow.activityblocks import draw_activities
from tests.engine.flow.activityreading import ActivityReading
from tests.engine.flow.activityrendering import render_activities
from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.ours import Ours, excess
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.runs import Moves, deciding

CHUNK = 20
SLICE, SOAK = 120, 1000


class Activities(Ours):
    """One run of our flow; what people may start in ad-hoc sub-processes stands among what is open, with a `+`."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.run = Recorder(Model.parse({"p.bpmn": render_activities(model)}))

    @property
    def open(self) -> list[str]:
        """The elements that wait, and those that may be started."""
        return self.run.open + [f"+{element}" for _, element in self._startable()]

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over, or one is started in the oldest ad-hoc sub-process that allows it."""
        if element[0] != "+":
            super().finish(element, decision)
            return
        key = next(key for key, found in self._startable() if found == element[1:])
        self.run.begin_in(key, element[1:])

    def _startable(self) -> list[tuple[str, str]]:
        found = []
        for key, elements in self.run.enabled.items():
            if key not in self.run.left and not self._busy(key):
                found += [(key, element) for element in elements]
        return found

    def _busy(self, key: str) -> bool:
        """It is sequential, and something in it is under way."""
        ad_hoc = self.run.places[key].ad_hoc
        return ad_hoc is not None and ad_hoc.sequential and self.run.moving_in(key)


def runs_as_it_reads(seed: int) -> Counter[Shape]:
    """Same waits, same completions, a bounded window after every step; same counts and an end at last."""
    model = draw_activities(seed)
    ours, reading, moves = Activities(model), ActivityReading(model), Moves(model, seed)
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
    handled = sum(number for key, number in reading.completed.items() if key[0] == "h")
    return Counter({Shape.ATTEMPT: handled, **Counter(block.shape for block in model.walk() if block.shape in DRAWN)})


DRAWN = (Shape.TRANSACTION, Shape.AD_HOC, Shape.COMPLEX)


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_a_model_runs_as_its_blocks_read(first: int) -> None:
    found: Counter[Shape] = Counter()
    for seed in range(first, first + CHUNK):
        found += runs_as_it_reads(seed)
    assert all(found[shape] > 3 for shape in (*DRAWN, Shape.ATTEMPT)), found


def test_the_models_have_nothing_to_be_refused() -> None:
    for seed in range(SLICE):
        root = xml.parse(render_activities(draw_activities(seed)), "p.bpmn")
        told = [text.en for _, _, text in unsupported.findings(root)]
        assert [sentence for sentence in told if "that could undo" not in sentence] == [], seed  # some handlers idle


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SOAK, CHUNK * 5))
def test_a_thousand_models_run_as_their_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK * 5):
        runs_as_it_reads(seed)
