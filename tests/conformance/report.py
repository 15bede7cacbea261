"""The page of results: totals by level, a table by folder, and every failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.conformance.runner import Outcome

HEAD = """# Conformance with DMN

The cases of the OMG's technology compatibility kit (github dmn-tck/tck), as far as a folder given has them; made by

    make conformance TCK=path

A number is right when it differs by less than 10^-8, or that part of itself, from one that is written with seven
digits or more after the point: some cases were made with binary numbers. Every other value must be equal as FEEL has
it. A case that expects an error expects null.
"""


@dataclass(frozen=True)
class Tally:
    """How many cases of one kind pass."""

    name: str
    passed: int
    cases: int


def level(outcome: Outcome) -> str:
    """The outermost folder of a case, which in the kit is its level."""
    return outcome.case.folder.split("/")[0]


def folder(outcome: Outcome) -> str:
    """The folder of a case."""
    return outcome.case.folder


def tallies(outcomes: Iterable[Outcome], kind: Callable[[Outcome], str]) -> list[Tally]:
    """The outcomes counted by kind, in the order of their names."""
    found: dict[str, list[bool]] = {}
    for outcome in outcomes:
        found.setdefault(kind(outcome), []).append(outcome.passed)
    return [Tally(name, sum(passed), len(passed)) for name, passed in sorted(found.items())]


def page(outcomes: list[Outcome]) -> str:
    """The whole page."""
    passed = sum(outcome.passed for outcome in outcomes)
    failures = [f"* {_plain(o.case.folder)} {_plain(o.case.id)}: {_plain(o.told)}" for o in outcomes if not o.passed]
    return "\n".join(
        [
            HEAD,
            f"**{passed} of {len(outcomes)} cases pass.**",
            "",
            *_table("level", tallies(outcomes, level)),
            "",
            *_table("folder", tallies(outcomes, folder)),
            "",
            "## Failures",
            "",
            *(failures or ["None."]),
            "",
        ]
    )


def _table(title: str, found: list[Tally]) -> list[str]:
    rows = [f"| {tally.name} | {tally.passed} | {tally.cases} |" for tally in found]
    return [f"| {title} | passed | cases |", "|---|---:|---:|", *rows]


def _plain(text: str) -> str:
    return " ".join(text.split())
