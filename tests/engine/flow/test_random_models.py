"""Random models: our flow against the meaning of the blocks at every step, and stock SpiffWorkflow against both.

docs/flow.md lists the differences of stock; `explanations.py` has a predicate for each.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.engine.flow.blocks import Block, draw
from tests.engine.flow.explanations import Difference, explained
from tests.engine.flow.ours import Ours, excess
from tests.engine.flow.reading import Reading
from tests.engine.flow.rendering import render
from tests.engine.flow.runs import Moves, deciding
from tests.engine.flow.stock import Stock

CHUNK = 20
SLICE, SOAK = 120, 1000


def runs_as_it_reads(seed: int) -> None:
    """Same waits, same completions, a bounded window after every step; same counts and an end at last."""
    model = draw(seed)
    ours, reading, moves = Ours(model), Reading(model), Moves(model, seed)
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


def difference(seed: int) -> Difference | None:
    """The first difference of stock from the meaning of the blocks, which is that of ours."""
    model, fired, last = draw(seed), set(), ""
    reading, moves = Reading(model), Moves(model, seed)
    try:
        stock = Stock(render(model, feel=False), deciding(model))
        while True:
            if sorted(stock.open) != sorted(reading.open) or _beside(stock, reading):
                more, fewer = _beside(stock, reading), reading.completed - stock.completed
                return Difference(model, last, reading.open, more=more, fewer=fewer)
            move = moves.next(reading.open)
            if move is None:
                break
            last = move[0]
            fired |= {last} if last[0] == "t" else set()
            reading.finish(*move)
            stock.finish(*move)
    except Exception as error:  # whatever stock raises is a difference to be explained
        return Difference(model, last, reading.open, error=error)
    return _other_data(model, stock, reading, frozenset(fired))


def _beside(stock: Stock, reading: Reading) -> Counter[str]:
    """What stock completed in excess, its own helper tasks left aside."""
    return Counter({key: n for key, n in (stock.completed - reading.completed).items() if key not in Stock.HELPERS})


def _other_data(model: Block, stock: Stock, reading: Reading, fired: frozenset[str]) -> Difference | None:
    assert stock.done
    values = stock.values
    names = frozenset(name for name in model.counters() if (values.get(name) or 0) != reading.ran[name])
    return Difference(model, "", [], names=names, fired=fired) if names else None


def classes(seeds: range) -> Counter[str]:
    """How many runs of stock fall into each class; fails on a difference that nobody has explained."""
    found: Counter[str] = Counter()
    for seed in seeds:
        other = difference(seed)
        names = ["equal"] if other is None else explained(other)
        assert names, f"seed {seed}: {other}"
        found.update(names)
    return found


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_a_model_runs_as_its_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK):
        runs_as_it_reads(seed)


def test_stock_runs_alike_wherever_it_is_right_and_every_difference_is_explained() -> None:
    found = classes(range(SLICE))
    assert found["equal"] >= SLICE // 2, found


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SOAK, CHUNK * 5))
def test_a_thousand_models_run_as_their_blocks_read(first: int) -> None:
    for seed in range(first, first + CHUNK * 5):
        runs_as_it_reads(seed)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SOAK, CHUNK * 5))
def test_stock_on_a_thousand_models(first: int) -> None:
    found = classes(range(first, first + CHUNK * 5))
    assert found["equal"] >= CHUNK * 5 // 2, found
