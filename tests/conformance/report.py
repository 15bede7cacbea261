"""The page of results: a table by folder and every failure."""

from __future__ import annotations

from collections import Counter

from tests.conformance.runner import Outcome

HEAD = """# Conformance with DMN

The cases of the OMG's technology compatibility kit (github dmn-tck/tck), as far as a folder given has them; made by

    make conformance TCK=path

A number is right when it differs by less than 10^-8, or that part of itself, from one that is written with seven
digits or more after the point: some cases were made with binary numbers. Every other value must be equal as FEEL has
it. A case that expects an error expects null, with a note why.
"""


def page(outcomes: list[Outcome]) -> str:
    """The whole page."""
    passed, all_cases = Counter[str](), Counter[str]()
    for outcome in outcomes:
        all_cases[outcome.case.folder] += 1
        passed[outcome.case.folder] += outcome.passed
    rows = [f"| {folder} | {passed[folder]} | {count} |" for folder, count in sorted(all_cases.items())]
    failures = [f"* {o.case.folder} {o.case.id}: {o.told}" for o in outcomes if not o.passed]
    total = f"**{sum(passed.values())} of {sum(all_cases.values())} cases pass.**"
    table = ["| folder | passed | cases |", "|---|---:|---:|", *rows]
    return "\n".join([HEAD, total, "", *table, "", "## Failures", "", *(failures or ["None."]), ""])
