"""Serving: a process that fires timers and does jobs until it is stopped, and how all of them are."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from engine.errors import Text
from jobs import health as healths
from jobs.health import Health
from jobs.scheduler import Node
from storage import checkpoint
from storage.submission import Store
from web import logs
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output

PATIENCE = 90.0
"""Seconds that work in hand has to end after a signal to stop: longer than the longest call."""


@command("serve-jobs", zh="持续触发定时、办理后台工作,直到停止(Ctrl-C 或 SIGTERM)。")
@option("--once", is_flag=True, zh="只走一遍就结束。", en="Make one pass and end.")
@option("--threads", type=click.IntRange(1, 32), default=2, show_default=True, zh="几个线程。", en="How many threads.")
@option("--seal/--no-seal", "seals", default=True, show_default=True, zh="每分钟封存一次。", en="Seal once a minute.")
@click.pass_obj
def serve_jobs(output: Output, once: bool, threads: int, seals: bool) -> None:
    """Fire timers and do jobs until stopped (Ctrl-C or SIGTERM); as many such processes as you like."""
    with company.opened(output) as store:
        node = Node(store=store, targets=output.settings.targets, threads=threads)
        if once:
            fired, done = node.once()
            output.say(f"{fired} 个定时到期,完成 {done} 项后台工作", f"{fired} timers fired, {done} jobs done")
            output.result({"fired": fired, "done": done})
            return
        if seals:
            node.sealing = lambda: seal(store, output)
        _until_stopped(output, node)


def _until_stopped(output: Output, node: Node) -> None:
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    logs.configure()
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        node.start()
        output.say(f"{node.name} 开始办理", f"{node.name} serves")
        stopped.wait()
        output.say("正在停止:手头的办完,其余的交还", "stopping: what is in hand is finished, the rest given back")
        if not node.stop(PATIENCE):
            raise Failed(
                Exit.UNAVAILABLE,
                "有一项后台工作没有结束;租约到期后由其他进程接手",
                "a job did not end; another process takes it over when its lease runs out",
            )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    output.say("已停止", "stopped")
    output.result({"node": node.name})


def seal(store: Store, output: Output) -> None:
    """Seal what is not sealed yet."""
    with store.database.read() as connection:
        waiting = checkpoint.blocked(connection)
    if waiting:
        checkpoint.seal(store.database, checkpoint.key_at(output.settings.seal_key), store.now())


@command(zh="后台办理的状况:进程、积压、最早到期;不正常时退出码不为零。")
@click.pass_obj
def health(output: Output) -> None:
    """How the jobs are served: processes, what is due, since when; the exit code says when something is wrong."""
    with company.opened(output) as store:
        found = healths.of(store.database, store.now())
    _say(output, found)
    output.result(_document(found))
    if problem := _problem(found):
        raise Failed(Exit.UNAVAILABLE, problem.zh, problem.en)


def _problem(found: Health) -> Text | None:
    if not found.is_served:
        return Text(
            "没有进程在办理后台工作:请运行 zhixing serve-jobs", "no process serves jobs: run `zhixing serve-jobs`"
        )
    if found.is_late:
        return Text("后台工作积压超过五分钟", "jobs or timers have been due for more than five minutes")
    return None


def _say(output: Output, found: Health) -> None:
    for node in found.nodes:
        started, seen = output.moment(node.started), output.moment(node.seen)
        output.say(f"{node.name}:{started} 起,{seen} 见过", f"{node.name}: since {started}, seen {seen}")
    oldest = "–" if found.oldest is None else output.moment(found.oldest)
    output.say(
        f"到期:{found.due} 项后台工作,{found.timers} 个定时;最早 {oldest}",
        f"due: {found.due} jobs, {found.timers} timers; the oldest {oldest}",
    )
    output.say(
        f"搁置 {found.parked} 项;消息:{found.sleeping} 条等待接收方,{found.expired} 条已过期",
        f"parked: {found.parked}; messages: {found.sleeping} wait for a receiver, {found.expired} expired",
        "red" if found.parked or found.expired else None,
    )


def _document(found: Health) -> dict[str, object]:
    nodes = [{"node": n.name, "started": n.started, "seen": n.seen} for n in found.nodes]
    counts = {"due": found.due, "timers": found.timers, "oldest": found.oldest}
    left = {"parked": found.parked, "expired": found.expired, "sleeping": found.sleeping}
    return {"nodes": nodes, "served": found.is_served, "late": found.is_late} | counts | left


COMMANDS = (serve_jobs, health)
