"""`python -m tests.conformance PATH [--write FILE]`: run the DMN technology compatibility kit's cases found at a path."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.cases import cases_in
from tests.conformance.report import level, page, tallies
from tests.conformance.runner import Outcome, run_all


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write; 1 when a case fails."""
    parser = ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("path", type=Path, help="a folder with *.dmn and *-test-*.xml at any depth")
    parser.add_argument("--write", type=Path, help="write the table and the list of failures into this file")
    parser.add_argument("--only", default="", help="run the folders whose name contains this")
    chosen = parser.parse_args(arguments)
    if not chosen.path.is_dir():
        parser.error(f"expected a folder, but found {chosen.path}")
    cases = [case for case in cases_in(chosen.path) if chosen.only in case.folder]
    if not cases:
        parser.error(f"expected cases (*-test-*.xml) below {chosen.path}, but found none")
    started = time.perf_counter()
    outcomes = run_all(cases)
    print(f"{time.perf_counter() - started:.1f} s")
    _print(outcomes)
    if chosen.write:
        chosen.write.write_text(page(outcomes), encoding="utf-8")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _print(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if not outcome.passed:
            print(f"{outcome.case.folder} {outcome.case.id}: {outcome.told}")
    for tally in tallies(outcomes, level):
        print(f"{tally.name}: {tally.passed} of {tally.cases}")
    passed = sum(outcome.passed for outcome in outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed")


if __name__ == "__main__":
    sys.exit(main())
