"""Models with events by the whole engine: the same bytes in another process, and when executed again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import encoding, record, replay
from engine.replay import Verdict
from engine.words import Status, StreamKind
from tests.engine.flow.eventblocks import draw
from tests.engine.flow.eventreading import EventReading
from tests.engine.flow.eventwhole import EventWhole
from tests.engine.flow.runs import Moves
from tests.engine.test_determinism import NoShelf

ROOT = Path(__file__).parents[2]
SLICE, SOAK = range(30), range(1000)


def run(seed: int) -> EventWhole:
    """A random model run to its end through commands, with the meaning of its blocks beside it."""
    model = draw(seed)
    whole, reading, moves = EventWhole(model), EventReading(model), Moves(model, seed)
    while (move := moves.next(reading.open)) is not None:
        reading.finish(*move)
        whole.finish(*move)
    assert whole.completed == reading.completed, seed
    found = whole.world.instance(whole.stream)
    assert found.status is Status.COMPLETED, seed
    left = (found.tasks, found.timers, found.signals, found.activities, found.incidents)
    assert left == ({},) * len(left), seed
    return whole


def digest(seeds: range) -> str:
    """One digest over the entries of many runs."""
    whole = hashlib.sha256()
    for seed in seeds:
        made = run(seed)
        for entry in made.world.journal.entries(made.stream):
            document = record.write_entry(entry.command, entry.events, NoShelf())
            whole.update(encoding.write({**document, "window": entry.window or ""}))
    return whole.hexdigest()


def elsewhere(seeds: range, hash_seed: str) -> str:
    """The same digest, made by another process."""
    code = f"from tests.engine.test_event_determinism import digest; print(digest({seeds!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_another_process_with_another_hash_seed_makes_the_same_entries() -> None:
    assert elsewhere(SLICE, "77") == digest(SLICE)


def test_the_commands_of_a_run_with_events_make_the_same_events_again() -> None:
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
def test_a_thousand_models_with_events_make_the_same_bytes_in_another_process() -> None:
    assert elsewhere(SOAK, "1234") == digest(SOAK)
