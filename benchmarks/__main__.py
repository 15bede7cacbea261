"""`python -m benchmarks`: every row, or some, as tables and as a JSON file under var/."""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console

from benchmarks import machine, report
from benchmarks.report import Report, Scale

ROWS = (
    "step_cost",
    "flatness",
    "statements",
    "stored_bytes",
    "parallel_diamonds",
    "re_execution",
    "jump",
    "burst",
    "milestones",
    "decisions",
    "inbox_page",
    "task_page",
    "completion_http",
    "first_paint",
)
"""Modules of this folder; imported when they are measured, for a process that verification starts reads this file too."""

WIDTH = 150


def measure(name: str, scale: Scale) -> Report:
    """One row."""
    found = import_module(f"benchmarks.{name}").measure(scale)
    assert isinstance(found, Report)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; a missed target is told, and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="并排测量 · side-by-side measurements")
    parser.add_argument(
        "--only", action="append", choices=ROWS, help="只测这一行,可重复 · only this row, may be repeated"
    )
    parser.add_argument("--quick", action="store_true", help="少测几轮(约三分钟)· fewer rounds (about three minutes)")
    parser.add_argument(
        "--results", type=Path, default=Path("var/benchmarks"), help="JSON 的文件夹 · folder of the JSON"
    )
    chosen = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    scale = Scale.QUICK if chosen.quick else Scale.FULL
    console, here, reports = Console(width=WIDTH), machine.here(), []
    console.print(here.words, style="dim", highlight=False)
    for name in chosen.only or ROWS:
        begun = time.perf_counter()
        console.print(f"测量中 measuring: {name} …", style="dim", highlight=False)
        found = measure(name, scale)
        report.show(console, found)
        console.print(f"  {name}: {time.perf_counter() - begun:.0f} s\n", style="dim", highlight=False)
        reports.append(found)
    console.print(f"写入 written: {report.write(chosen.results, here, scale, reports)}", highlight=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
