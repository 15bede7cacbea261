"""Contenders taking turns: every round runs each of them once, so that a busy machine is busy for all."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol


class Contender(Protocol):
    """Something that can be timed again and again."""

    def prepare(self) -> None:
        """Bring about what the next run starts from; not timed."""

    def run(self) -> None:
        """What is timed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Seconds of one contender: wall time as a person waits, and time of this process on a core."""

    median: float
    p95: float
    busy: float
    busy_p95: float
    runs: int

    @property
    def words(self) -> str:
        """Median and p95 in milliseconds, for a table."""
        return f"{milliseconds(self.median)} / {milliseconds(self.p95)}"

    @property
    def busy_words(self) -> str:
        """The same of time on a core."""
        return f"{milliseconds(self.busy)} / {milliseconds(self.busy_p95)}"

    def figures(self, name: str) -> dict[str, float]:
        """The same for the file."""
        waiting = {f"{name}.median_s": self.median, f"{name}.p95_s": self.p95}
        return {**waiting, f"{name}.busy_s": self.busy, f"{name}.busy_p95_s": self.busy_p95}


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, for a table."""
    return f"{seconds * 1000:.2f}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below this share of all values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def race(contenders: Mapping[str, Contender], *, rounds: int, burst: int) -> dict[str, Spread]:
    """The spread of each contender over these rounds, after one round that does not count.

    A round gives each contender a burst of runs, so that it finds the processor's caches as a server of its own would;
    the order turns from round to round, and nobody sweeps up the memory another left behind.
    """
    names = list(contenders)
    walls: dict[str, list[float]] = {name: [] for name in names}
    cores: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-1, rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            gc.collect()
            times = [_time(contenders[name]) for _ in range(burst)]
            if number >= 0:
                walls[name] += [wall for wall, _ in times]
                cores[name] += [core for _, core in times]
    return {name: _spread(walls[name], cores[name]) for name in names}


def _time(contender: Contender) -> tuple[float, float]:
    contender.prepare()
    wall, core = time.perf_counter(), time.process_time()
    contender.run()
    return time.perf_counter() - wall, time.process_time() - core


def _spread(walls: Sequence[float], cores: Sequence[float]) -> Spread:
    waiting, busy = percentile(walls, 0.95), percentile(cores, 0.95)
    return Spread(median=median(walls), p95=waiting, busy=median(cores), busy_p95=busy, runs=len(walls))
