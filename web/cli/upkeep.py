"""Upkeep: one pass of clock and worker, jobs that are left, copies of the database."""

from __future__ import annotations

from pathlib import Path

import click

from engine.errors import Text
from jobs import clock as clocks
from jobs import lease
from jobs.lease import Listed, Standing
from jobs.worker import Worker
from storage import backup as backups
from storage import file_backup
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import FILE, JOB_ID, NUMBER
from web.settings import place_of_files


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
        done = Worker(store, targets=output.settings.targets).run()
    output.say(f"完成 {done} 项后台工作", f"{done} jobs done")
    output.result({"done": done})


STANDINGS = {
    Standing.PARKED: Text("搁置", "parked"),
    Standing.EXPIRED: Text("已过期", "expired"),
    Standing.LEASED: Text("进行中", "being done"),
    Standing.AWAITED: Text("等待接收方", "waits for a receiver"),
    Standing.DUE: Text("待办", "to be done"),
}

KINDS = {
    "connector": Text("自动任务", "automatic task"),
    "message": Text("消息", "message"),
    "signal": Text("信号", "signal"),
    "received": Text("信号送达", "signal for a receiver"),
    "command": Text("后续工作", "follow-up"),
}


@command(zh="尚未完成的后台工作;搁置的附原因,可用 retry-job 重试。")
@option("--size", type=NUMBER, default=50, show_default=True, zh="最多几项。", en="How many at most.")
@click.pass_obj
def jobs(output: Output, size: int) -> None:
    """The jobs that are not done; parked ones, with what went wrong, can be tried again by `retry-job`."""
    with company.opened(output) as store, store.database.read() as connection:
        found = lease.listed(connection, store.now(), size)
    rows = [
        (
            job.key,
            output.text(KINDS[job.kind]),
            output.text(STANDINGS[job.standing]),
            "" if job.due is None else output.moment(job.due),
            job.tries,
            output.text(job.problem),
        )
        for job in found
    ]
    heads = [
        ("编号", "job"),
        ("种类", "kind"),
        ("状态", "state"),
        ("时间", "due"),
        ("次数", "tries"),
        ("原因", "problem"),
    ]
    if rows:
        output.table(heads, rows)
    else:
        output.say("没有未完成的后台工作。", "No job is left to do.")
    output.result([_document(job) for job in found])


def _document(job: Listed) -> dict[str, object]:
    place = {"job": job.key, "stream": job.stream, "kind": job.kind}
    problem = {"zh": job.problem.zh, "en": job.problem.en} if job.problem.en else None
    return place | {"state": str(job.standing), "due": job.due, "tries": job.tries, "problem": problem}


@command("retry-job", zh="让搁置的后台工作再试一次。")
@click.argument("key", metavar="JOB", type=JOB_ID)
@click.pass_obj
def retry_job(output: Output, key: str) -> None:
    """Let a parked job be tried again, at the next pass of the worker."""
    with company.opened(output) as store:
        lease.try_again(store.database, key, store.now())
    output.say(f"{key} 将再试一次", f"{key} is to be tried again")
    output.result({"job": key})


@command(zh="备份 SQLite 数据库和其中的文件,使用中也可。")
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def backup(output: Output, target: Path) -> None:
    """Copy the SQLite database, and its files beside it, while it is in use."""
    with company.opened(output) as store:
        size = backups.backup(store.database, target, store.files)
    lacking = file_backup.lacking(target)
    output.say(f"已备份到 {target}({size} 字节)", f"backed up to {target} ({size} bytes)")
    if lacking:
        output.say(
            f"✗ 缺少 {len(lacking)} 个文件的内容,恢复时须加 --incomplete:请运行 verify 查明",
            f"✗ the bytes of {len(lacking)} files are missing, so only --incomplete restores this copy: find out by verify",
            style="red",
        )
    output.result({"target": str(target), "bytes": size, "lacking": lacking})


@command(zh="恢复备份;期间不得有程序在使用数据库。")
@click.argument("source", type=FILE)
@option(
    "--replace",
    is_flag=True,
    zh="替换现有数据库(旧的保留在旁边)。",
    en="Replace the database that is there; it is kept beside.",
)
@option(
    "--incomplete",
    is_flag=True,
    zh="缺少文件内容也恢复,缺的由 verify 列出。",
    en="Bring it back even without some files, which verify goes on to name.",
)
@click.pass_obj
def restore(output: Output, source: Path, replace: bool, incomplete: bool) -> None:
    """Bring a backup back; nothing may be running on the database."""
    files = place_of_files(output.settings)
    url = output.settings.database
    target, lost = backups.restore(url, source, replace=replace, files=files, incomplete=incomplete)
    output.say(f"已恢复到 {target}", f"restored to {target}")
    if lost:
        output.say(f"✗ {len(lost)} 个文件没有内容", f"✗ {len(lost)} files are without their bytes", style="red")
    output.result({"target": str(target), "lost": lost})


COMMANDS = (tick, work, jobs, retry_job, backup, restore)
