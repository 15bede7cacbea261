"""Every row of the benchmarks runs and yields figures of the right shape; nothing here looks at a time."""

import json
import math
from pathlib import Path

import pytest

from benchmarks import machine, re_execution, report
from benchmarks.__main__ import ROWS, measure
from benchmarks.report import Scale
from benchmarks.stopwatch import percentile, race


@pytest.mark.parametrize("name", ROWS)
def test_a_row_yields_a_table_figures_and_a_file(name: str, tmp_path: Path) -> None:
    found = measure(name, Scale.TINY)
    assert found.name == name
    assert found.lines
    assert {len(line) for line in found.lines} == {len(found.columns)}
    assert found.figures
    assert all(math.isfinite(figure) and figure >= 0 for figure in found.figures.values())
    assert found.title.zh != found.title.en
    written = json.loads(report.write(tmp_path, machine.here(), Scale.TINY, [found]).read_text(encoding="utf-8"))
    assert written["rows"][0]["figures"] == found.figures


def test_contenders_take_turns_and_every_run_is_prepared() -> None:
    told: list[str] = []

    class Told:
        def __init__(self, name: str) -> None:
            self.name = name

        def prepare(self) -> None:
            told.append(f"prepare {self.name}")

        def run(self) -> None:
            told.append(f"run {self.name}")

    found = race({"a": Told("a"), "b": Told("b")}, rounds=2, burst=1)
    assert [line[-1] for line in told if line.startswith("run")] == ["b", "a", "a", "b", "b", "a"]
    assert told[::2] == [line.replace("run", "prepare") for line in told[1::2]]
    assert {name: spread.runs for name, spread in found.items()} == {"a": 2, "b": 2}


def test_a_percentile_is_a_measured_value() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.95), percentile([3.0], 0.95)) == (95.0, 3.0)


def test_time_on_cores_is_counted_finer_than_a_short_verification_takes() -> None:
    begun = re_execution._cores()
    steps = {re_execution._cores() - begun for _ in range(2_000)}
    assert len(steps) > 2
