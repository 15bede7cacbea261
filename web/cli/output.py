"""What a command prints: sentences and tables for people, one JSON document for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from engine import temporal
from engine.errors import Fault, Text
from web.settings import Settings

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What makes a terminal act, or turns the direction of what follows; a new line is kept."""

PICTURES = 0x2400
"""Where Unicode keeps the visible signs of the first 32 characters."""


def harmless(text: str) -> str:
    """The text with a visible sign for each character that a terminal obeys instead of showing it."""
    return CONTROLS.sub(lambda found: _sign(ord(found[0])), text)


def _sign(code: int) -> str:
    return (
        chr(PICTURES + code)
        if code < ord(" ")
        else "\N{SYMBOL FOR DELETE}"
        if code == 0x7F
        else "\N{REPLACEMENT CHARACTER}"
    )


class Exit(IntEnum):
    """How a command ended, for scripts; `docs/cli.md` explains each."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    FINDINGS = 3
    NOT_PROVEN = 4
    UNAVAILABLE = 5
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a command ended otherwise than wished."""

    code: Exit
    text: Text
    faults: tuple[Fault, ...] = ()


class Failed(Exception):
    """A command that ends with a sentence and an exit code."""

    def __init__(self, code: Exit, zh: str, en: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(en)
        self.failure = Failure(code=code, text=Text(zh, en), faults=tuple(faults))


class Unread(Exception):
    """Nobody reads the output any more."""


class Screen(Console):
    """The terminal."""

    def on_broken_pipe(self) -> None:
        """End as programs do whose reader has left, not with a code of rich's own."""
        raise Unread


@dataclass(slots=True, kw_only=True)
class Output:
    """Where and how to print: for people in one language and zone, or as JSON."""

    settings: Settings
    json: bool = False
    muted: bool = False
    language: str = "zh"
    zone: str = "Asia/Shanghai"
    console: Console = field(default_factory=lambda: Screen(highlight=False))

    def say(self, zh: str, en: str, style: str | None = None) -> None:
        """A sentence for people; silent in JSON."""
        if self.is_read:
            self.console.print(harmless(self.either(zh, en)), style=style, highlight=False, markup=False)

    def verbatim(self, line: str) -> None:
        """A line to be copied: never broken by us."""
        if self.is_read:
            self.console.print(harmless(line), highlight=False, markup=False, soft_wrap=True)

    def step(self, text: Text, style: str | None = None) -> None:
        """One of many lines, indented also where it wraps."""
        if self.is_read:
            self.console.print(Padding(Styled(harmless(self.text(text)), style=style or ""), (0, 0, 0, 2)))

    def text(self, text: Text) -> str:
        """The text in the language of whoever reads."""
        return text.zh if self.language == "zh" else text.en

    def either(self, zh: str, en: str) -> str:
        """One of two texts."""
        return zh if self.language == "zh" else en

    def moment(self, at: datetime) -> str:
        """A moment on the organisation's clocks, to the minute."""
        return at.astimezone(temporal.zone(self.zone)).strftime("%Y-%m-%d %H:%M")

    def table(self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]], wide: str = "") -> None:
        """A table with a heading in both languages; only the last column and those named in `wide` wrap."""
        if not self.is_read:
            return
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        last, wraps = columns[-1][1], wide.split()
        for zh, en in columns:
            table.add_column(self.either(zh, en), overflow="fold", no_wrap=en != last and en not in wraps)
        for row in rows:
            table.add_row(*("" if cell is None else harmless(str(cell)) for cell in row))
        self.console.print(table, highlight=False, markup=False)

    def result(self, document: Mapping[str, object] | Sequence[object]) -> None:
        """The one JSON document; silent for people."""
        if self.json and not self.muted:
            click.echo(_written(document, indent=2))

    def fail(self, failure: Failure) -> None:
        """Say on standard error what is wrong."""
        text, faults = failure.text, failure.faults
        if self.json:
            listed = [{"path": f.path, "zh": f.text.zh, "en": f.text.en} for f in faults]
            error = {"code": int(failure.code), "zh": text.zh, "en": text.en, "faults": listed}
            click.echo(_written({"error": error}), err=True)
            return
        click.echo(harmless(self.text(text)), err=True)
        for fault in faults:
            said = f"{fault.path}: {self.text(fault.text)}" if fault.path else self.text(fault.text)
            click.echo(f"  {harmless(said)}", err=True)

    @property
    def is_read(self) -> bool:
        """A person reads the output."""
        return not self.json and not self.muted

    @property
    def is_watched(self) -> bool:
        """A person looks at the output as it appears."""
        return self.is_read and sys.stdout.isatty()


def _written(document: object, indent: int | None = None) -> str:
    """A JSON document that no terminal obeys: what JSON may show as it is, is escaped as well."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, default=_plain)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(found: object) -> str:
    return found.isoformat() if isinstance(found, datetime) else str(found)
