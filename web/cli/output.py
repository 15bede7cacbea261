"""What a command prints: sentences and tables for people, one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from engine.errors import Fault, Refused, Text
from web import settings as settings_of
from web.settings import Settings


class Exit(IntEnum):
    """How a command ended, for scripts."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    FINDINGS = 3
    NOT_PROVEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where and how to print: for people in one language, or as JSON."""

    json: bool = False
    language: str = "zh"
    zone: str = "Asia/Shanghai"
    settings: Settings = field(default_factory=settings_of.read)

    def say(self, zh: str, en: str) -> None:
        """A sentence for people; silent in JSON."""
        if not self.json:
            self.console.print(zh if self.language == "zh" else en, highlight=False, markup=False)

    def text(self, text: Text) -> str:
        """The text in the language of whoever reads."""
        return text.zh if self.language == "zh" else text.en

    def text_of(self, zh: str, en: str) -> str:
        """One of two texts."""
        return zh if self.language == "zh" else en

    def moment(self, at: datetime) -> str:
        """A moment in the organisation's zone."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M:%S")

    def table(self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> None:
        """A table with a heading in both languages; silent in JSON."""
        if self.json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for zh, en in columns:
            table.add_column(zh if self.language == "zh" else en, overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self.console.print(table, highlight=False)

    def result(self, document: Mapping[str, object] | Sequence[object]) -> None:
        """The one JSON document; silent for people."""
        if self.json:
            click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))

    def fail(self, code: Exit, zh: str, en: str, faults: Iterable[Fault] = ()) -> NoReturn:
        """Say what is wrong on standard error and end with this code."""
        faults = tuple(faults)
        if self.json:
            listed = [{"path": f.path, "zh": f.text.zh, "en": f.text.en} for f in faults]
            click.echo(json.dumps({"error": {"zh": zh, "en": en, "faults": listed}}, ensure_ascii=False), err=True)
        else:
            click.echo(zh if self.language == "zh" else en, err=True)
            for fault in faults:
                click.echo(f"  {fault.path}: {self.text(fault.text)}", err=True)
        raise click.exceptions.Exit(code)

    def refused(self, refusal: Refused) -> NoReturn:
        """Tell a refusal."""
        self.fail(Exit.REFUSED, refusal.text.zh, refusal.text.en, refusal.faults)

    @property
    def console(self) -> Console:
        """The terminal."""
        return Console(soft_wrap=False)
