"""Upkeep: one pass of clock and worker, people, backup and restore, scenarios."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from jobs import clock as clocks
from jobs.worker import Worker
from storage import backup as backups
from storage import people
from web.cli import company
from web.cli.output import Exit, Output
from web.cli.plain import read
from web.cli.play import SimulatedClock, Unexpected, play, publish
from web.cli.timetable import begin


@click.command()
@click.pass_obj
def tick(output: Output) -> None:
    """Fire the timers that are due, once."""
    with company.opened(output.settings) as store:
        fired = clocks.tick(store)
    output.say(f"{fired} 个定时到期", f"{fired} timers fired")
    output.result({"fired": fired})


@click.command()
@click.pass_obj
def work(output: Output) -> None:
    """Do the jobs that are due, once."""
    with company.opened(output.settings) as store:
        done = Worker(store).run()
    output.say(f"完成 {done} 项后台工作", f"{done} jobs done")
    output.result({"done": done})


@click.command("add-person")
@click.argument("handle")
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="A role to hold; may be repeated.")
@click.pass_obj
def add_person(output: Output, handle: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person, or give one more roles."""
    with company.opened(output.settings) as store:
        key = company.envelope(store, 1).id
        person = people.add(store, key, handle, name, roles)
    output.say(f"{name}({handle})编号 {person.id}", f"{name} ({handle}) has id {person.id}")
    output.result({"person": person.id})


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def backup(output: Output, target: Path) -> None:
    """Copy the SQLite database while it is in use."""
    with company.opened(output.settings) as store:
        size = backups.backup(store.database, target)
    output.say(f"已备份到 {target}({size} 字节)", f"backed up to {target} ({size} bytes)")
    output.result({"target": str(target), "bytes": size})


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace the database that is there; it is kept beside as .before.")
@click.pass_obj
def restore(output: Output, source: Path, replace: bool) -> None:
    """Bring a backup back; nothing may be running on the database."""
    target = backups.restore(output.settings.database, source, replace=replace)
    output.say(f"已恢复到 {target}", f"restored to {target}")
    output.result({"target": str(target)})


@click.command("play")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("scenario", required=False)
@click.pass_obj
def play_command(output: Output, folder: Path, scenario: str | None) -> None:
    """Play a scenario of a procedure, or all, in simulated time that ends by now."""
    paths = sorted((folder / "scenarios").glob(f"{scenario or '*'}.json"))
    if not paths:
        output.fail(Exit.USAGE, f"没有场景 {scenario}", f"there is no scenario {scenario} in {folder}")
    played = []
    for path in paths:
        found = read(path.read_bytes())
        assert isinstance(found, dict)
        clock = SimulatedClock(begin(found, datetime.now(UTC)))
        with company.opened(output.settings, clock) as store:
            version = publish(store, folder, f"publish:{clock.now.isoformat()}")
            output.say(f"— {found['title']['zh']}", f"— {found['title']['en']}")
            try:
                result = play(store, clock, found, version, lambda text: output.say(text.zh, text.en))
            except Unexpected as error:
                output.fail(Exit.FINDINGS, str(error), str(error))
        played.append(
            {"scenario": found["key"], "case": result.case, "instance": result.instance, "ended": result.ended}
        )
    output.result(played)


COMMANDS = (tick, work, add_person, backup, restore, play_command)
