"""The same commands make the same bytes: in another process, under another hash seed, and executed again from the journal."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import encoding, record, replay
from engine.replay import Verdict
from engine.words import StreamKind
from tests.engine.flow.blocks import draw
from tests.engine.flow.reading import Reading
from tests.engine.flow.runs import Moves
from tests.engine.flow.whole import Whole

ROOT = Path(__file__).parents[2]
SLICE, SOAK = range(40), range(1000)


class NoShelf:
    """Every value stands where it is."""

    def put(self, value: object) -> str:
        raise AssertionError(value)

    def get(self, digest: str) -> str:
        raise AssertionError(digest)

    def is_large(self, value: object) -> bool:
        return False


def run(seed: int) -> Whole:
    """A random model run to its end through commands, with the meaning of its blocks beside it."""
    model = draw(seed)
    whole, reading, moves = Whole(model), Reading(model), Moves(model, seed)
    while (move := moves.next(reading.open)) is not None:
        reading.finish(*move)
        whole.finish(*move)
    assert whole.completed == reading.completed, seed
    assert whole.world.instance(whole.stream).status == "completed", seed
    return whole


def entries(seed: int) -> Iterator[bytes]:
    """The bytes of every entry: command, events, digest of the window after it."""
    whole = run(seed)
    for entry in whole.world.journal.entries(whole.stream):
        document = record.write_entry(entry.command, entry.events, NoShelf())
        yield encoding.write({**document, "window": entry.window or ""})


def digest(seeds: range) -> str:
    """One digest over the entries of many runs."""
    found = hashlib.sha256()
    for seed in seeds:
        for entry in entries(seed):
            found.update(entry)
    return found.hexdigest()


def elsewhere(seeds: range, hash_seed: str) -> str:
    """The same digest, made by another process."""
    code = f"from tests.engine.test_determinism import digest; print(digest({seeds!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_another_process_with_another_hash_seed_makes_the_same_entries_and_windows() -> None:
    assert elsewhere(SLICE, "77") == digest(SLICE)


def test_the_digest_tells_runs_apart() -> None:
    assert digest(range(1)) != digest(range(1, 2))


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
    assert elsewhere(SOAK, "1234") == digest(SOAK)
