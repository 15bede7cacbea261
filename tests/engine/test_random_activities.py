"""Random models with compensation, transactions, ad-hoc sub-processes and complex joins through commands: the same bytes again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine import encoding, record, replay
from engine.commands import StartActivity
from engine.replay import Verdict
from engine.words import StreamKind
from tests.engine.flow.activityblocks import draw_activities
from tests.engine.flow.activityreading import ActivityReading
from tests.engine.flow.activityrendering import render_activities
from tests.engine.flow.blocks import Block
from tests.engine.flow.runs import Moves, deciding
from tests.engine.flow.whole import Whole
from tests.engine.test_determinism import NoShelf
from tests.engine.world import World, trial

ROOT = Path(__file__).parents[2]
SLICE, SOAK = range(30), range(1000)


class WholeActivities(Whole):
    """One run through commands; what people may start stands with a `+`."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.world = World(trial(render_activities(model)))
        self.world.hire("amy", "SALES")
        self.stream = self.world.start()

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over, or one is started in the oldest ad-hoc sub-process that is free."""
        if element[0] != "+":
            super().finish(element, decision)
            return
        found = self.world.instance(self.stream)
        enabled = [a.id for a in found.activities.values() if element[1:] in a.enabled and not self._busy(a.id)]
        self.world.do(StartActivity, "amy", self.stream, activity=enabled[0], element=element[1:])

    def _busy(self, key: str) -> bool:
        found = self.world.instance(self.stream)
        activity = found.activities[key]
        ad_hoc = self.world.procedure.model.element(activity.process, activity.element).ad_hoc
        (scope,) = [scope.id for scope in found.scopes.values() if scope.activity == key]
        under_way = any(other.scope == scope for other in found.activities.values())
        return ad_hoc is not None and ad_hoc.sequential and under_way


def run(seed: int) -> WholeActivities:
    """A random model run to its end through commands, with the meaning of its blocks beside it."""
    model = draw_activities(seed)
    whole, reading, moves = WholeActivities(model), ActivityReading(model), Moves(model, seed)
    while (move := moves.next(reading.open)) is not None:
        reading.finish(*move)
        whole.finish(*move)
    assert whole.completed == reading.completed, seed
    found = whole.world.instance(whole.stream)
    assert (found.status, len(found.scopes), found.activities) == ("completed", 1, {}), seed
    return whole


def digest(seeds: range) -> str:
    """One digest over the entries of many runs: command, events, digest of the window."""
    found = hashlib.sha256()
    for seed in seeds:
        whole = run(seed)
        for entry in whole.world.journal.entries(whole.stream):
            document = record.write_entry(entry.command, entry.events, NoShelf())
            found.update(encoding.write({**document, "window": entry.window or ""}))
    return found.hexdigest()


def elsewhere(seeds: range, hash_seed: str) -> str:
    """The same digest, made by another process."""
    code = f"from tests.engine.test_random_activities import digest; print(digest({seeds!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_another_process_with_another_hash_seed_makes_the_same_entries_and_windows() -> None:
    assert elsewhere(SLICE, "77") == digest(SLICE)


def test_the_commands_of_a_run_make_the_same_events_again() -> None:
    for seed in SLICE:
        whole = run(seed)
        journal = whole.world.journal
        found = replay.re_execute(
            StreamKind.INSTANCE,
            whole.stream,
            list(journal.entries(whole.stream)),
            procedure=lambda _entry, _state: whole.world.procedure,  # noqa: B023  # used at once
            surroundings=journal.surroundings,
        )
        assert found.verdict is Verdict.IDENTICAL, f"seed {seed}: {found.reason}"


@pytest.mark.soak
def test_a_thousand_models_make_the_same_bytes_in_another_process() -> None:
    assert elsewhere(SOAK, "77") == digest(SOAK)
