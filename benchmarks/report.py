"""What a row found: lines of a table, figures for the JSON file, targets reached or missed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.machine import Machine
from engine.errors import Text


class Scale(StrEnum):
    """How much is measured: `tiny` only shows that a row runs."""

    FULL = "full"
    QUICK = "quick"
    TINY = "tiny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A number of the design, and the one that was measured."""

    text: Text
    limit: float
    found: float
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """The measured number is on the right side of the limit."""
        return self.found >= self.limit if self.at_least else self.found <= self.limit


@dataclass(kw_only=True)
class Report:
    """One row of the benchmarks."""

    name: str
    title: Text
    columns: tuple[str, ...]
    lines: list[tuple[str, ...]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)

    def line(self, *cells: str) -> None:
        """Add a line of the table."""
        self.lines.append(cells)

    def target(self, zh: str, en: str, *, limit: float, found: float, at_least: bool = False) -> None:
        """Compare a figure with the design."""
        self.targets.append(Target(text=Text(zh, en), limit=limit, found=found, at_least=at_least))

    def note(self, zh: str, en: str) -> None:
        """Say what the figures do not."""
        self.notes.append(Text(zh, en))


def show(console: Console, report: Report) -> None:
    """Print a row."""
    title = f"{report.title.zh}\n{report.title.en}"
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(report.columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for line in report.lines:
        table.add_row(*line)
    console.print(table)
    for target in report.targets:
        mark, style = ("达到 reached", "green") if target.is_reached else ("未达到 missed", "red")
        sign = "≥" if target.at_least else "≤"
        words = f"{target.text.zh} · {target.text.en}: {target.found:,.2f} ({sign} {target.limit:,g})"
        console.print(f"  [{style}]{mark}[/{style}]  {words}", highlight=False)
    for note in report.notes:
        console.print(f"  {note.zh}\n  {note.en}", style="dim", highlight=False)
    console.print()


def write(folder: Path, machine: Machine, scale: Scale, reports: Sequence[Report]) -> Path:
    """Write the figures as JSON; returns the file."""
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{scale}.json"
    rows = [
        {
            "name": report.name,
            "title": asdict(report.title),
            "figures": report.figures,
            "targets": [{**asdict(target), "reached": target.is_reached} for target in report.targets],
            "notes": [asdict(note) for note in report.notes],
        }
        for report in reports
    ]
    document = {"at": now.isoformat(), "scale": scale, "machine": asdict(machine), "rows": rows}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
