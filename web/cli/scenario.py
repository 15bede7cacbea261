"""Scenarios of a procedure, played with live progress."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from engine.errors import Refused, Text
from storage.submission import Store
from web.cli import company
from web.cli.command import command
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import FOLDER
from web.cli.play import Played, SimulatedClock, Unexpected, play, publish
from web.cli.timetable import begin
from web.telling import plain

PACE = 0.12
"""Seconds between two steps while a person watches; nobody waits otherwise."""


@command("play", zh="以模拟时间演练程序的一个或全部场景。")
@click.argument("folder", type=FOLDER)
@click.argument("scenario", required=False)
@click.pass_obj
def play_command(output: Output, folder: Path, scenario: str | None) -> None:
    """Play a scenario of a procedure, or all, in simulated time that ends by now."""
    played = []
    for path in scenarios_in(folder, scenario):
        found = read(path)
        clock = SimulatedClock(begin(found, company.right_now()))
        with company.opened(output, clock, create=True) as store:
            version = publish(store, folder, f"publish:{clock.now.isoformat()}")
            output.say(f"▶ {found['title']['zh']}", f"▶ {found['title']['en']}", style="bold")
            result = show(output, store, clock, found, version)
        played.append(
            {"scenario": found["key"], "case": result.case, "instance": result.instance, "ended": result.ended}
        )
    output.result(played)


def scenarios_in(folder: Path, wanted: str | None) -> list[Path]:
    """The files of the scenarios asked for. Raises Failed when there are none."""
    all_ = sorted((folder / "scenarios").glob("*.json"))
    found = [path for path in all_ if wanted in (None, path.stem)]
    if not found:
        there = ", ".join(path.stem for path in all_)
        raise Failed(
            Exit.USAGE,
            f"{folder} 中没有场景 {wanted or ''};有 {there or '(无)'}",
            f"there is no scenario {wanted or ''} in {folder}, but {there or 'none'}",
        )
    return found


def read(path: Path) -> dict[str, Any]:
    """A scenario. Raises Failed when the file holds none."""
    try:
        found = plain.read(path.read_bytes())
    except Refused as refused:
        raise Failed(Exit.USAGE, f"{path}:{refused.text.zh}", f"{path}: {refused.text.en}") from refused
    if not isinstance(found, dict) or not {"key", "title", "people", "starter", "process", "steps"} <= found.keys():
        raise Failed(Exit.USAGE, f"{path} 不是场景", f"expected a scenario in {path}")
    return found


def show(output: Output, store: Store, clock: SimulatedClock, scenario: dict[str, Any], version: str) -> Played:
    """Play a scenario and print every step. Raises Failed when the case goes another way."""
    with _progress(output, len(scenario["steps"])) as moved:
        try:
            return play(store, clock, scenario, version, lambda text: _line(output, text), moved)
        except Unexpected as error:
            raise Failed(Exit.FINDINGS, f"与场景不符:{error}", f"the case went another way: {error}") from error


def _line(output: Output, text: Text) -> None:
    output.step(text, style="red" if "✗" in text.en else None)


@contextmanager
def _progress(output: Output, steps: int) -> Iterator[Any]:
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=output.console, disable=not output.is_watched, transient=True) as bar:
        task = bar.add_task(output.either("进度", "progress"), total=steps)

        def moved(done: int, _of: int) -> None:
            bar.update(task, completed=done)
            if output.is_watched:
                time.sleep(PACE)

        yield moved


COMMANDS = (play_command,)
