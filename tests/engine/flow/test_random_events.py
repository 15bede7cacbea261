"""Random models with events: our flow against the meaning of their blocks, at every step; the window within its bound."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.flow import Model
from tests.engine.flow.blocks import Block
from tests.engine.flow.eventblocks import draw
from tests.engine.flow.eventreading import EventReading
from tests.engine.flow.eventrendering import render
from tests.engine.flow.ours import Ours, excess
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.runs import Moves, deciding

CHUNK = 20
SLICE, SOAK = 120, 1000


class Eventful(Ours):
    """One run of a model with events."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.run = Recorder(Model.parse({"p.bpmn": render(model)}))


def runs_as_it_reads(seed: int) -> Counter[str]:
    """Same waits, same completions, a bounded window after every step; same counts and an end at last."""
    model = draw(seed)
    ours, reading, moves = Eventful(model), EventReading(model), Moves(model, seed)
    made: list[str] = []
    while True:
        where = f"seed {seed}, {' '.join(made)}"
        assert not ours.run.failed, where
        assert sorted(ours.open) == sorted(reading.open), where
        assert ours.completed == reading.completed, where
        assert excess(ours.run) == [], where
        move = moves.next(reading.open)
        if move is None:
            break
        made.append(move[0])
        reading.finish(*move)
        ours.finish(*move)
    assert reading.done, seed
    assert ours.run.done, seed
    assert ours.counted(model.counters()) == dict(reading.ran), seed
    assert len(ours.run.closed) == len(ours.run.scopes) - 1, seed  # the instance's own scope stays
    return ours.completed


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_a_model_with_events_runs_as_its_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK):
        runs_as_it_reads(seed)


def test_the_models_have_every_event_and_most_of_them_happen() -> None:
    happened: Counter[str] = Counter()
    for seed in range(SLICE):
        for key, times in runs_as_it_reads(seed).items():
            happened[key[0] if key != "init" else key] += times
    rare = {letter: happened[letter] for letter in "eioktrwyz" if happened[letter] < 10}
    assert not rare, happened  # ends, catches, handlers, links, timers and signals, gateways, waits, throws, errors


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SOAK, CHUNK * 5))
def test_a_thousand_models_with_events_run_as_their_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK * 5):
        runs_as_it_reads(seed)
