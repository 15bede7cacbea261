"""Upkeep: one pass of clock and worker, copies of the database, a person's data erased."""

from __future__ import annotations

from pathlib import Path

import click

from jobs import clock as clocks
from jobs.worker import Worker
from storage import backup as backups
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import FILE


@command(zh="时钟走一遍:触发到期的定时。")
@click.pass_obj
def tick(output: Output) -> None:
    """Fire the timers that are due, once."""
    with company.opened(output) as store:
        fired = clocks.tick(store)
    output.say(f"{fired} 个定时到期", f"{fired} timers fired")
    output.result({"fired": fired})


@command(zh="后台工作走一遍。")
@click.pass_obj
def work(output: Output) -> None:
    """Do the jobs that are due, once."""
    with company.opened(output) as store:
        done = Worker(store).run()
    output.say(f"完成 {done} 项后台工作", f"{done} jobs done")
    output.result({"done": done})


@command(zh="备份 SQLite 数据库,使用中也可。")
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def backup(output: Output, target: Path) -> None:
    """Copy the SQLite database while it is in use."""
    with company.opened(output) as store:
        size = backups.backup(store.database, target)
    output.say(f"已备份到 {target}({size} 字节)", f"backed up to {target} ({size} bytes)")
    output.result({"target": str(target), "bytes": size})


@command(zh="恢复备份;期间不得有程序在使用数据库。")
@click.argument("source", type=FILE)
@option(
    "--replace",
    is_flag=True,
    zh="替换现有数据库(旧的保留在旁边)。",
    en="Replace the database that is there; it is kept beside.",
)
@click.pass_obj
def restore(output: Output, source: Path, replace: bool) -> None:
    """Bring a backup back; nothing may be running on the database."""
    target = backups.restore(output.settings.database, source, replace=replace)
    output.say(f"已恢复到 {target}", f"restored to {target}")
    output.result({"target": str(target)})


COMMANDS = (tick, work, backup, restore)
