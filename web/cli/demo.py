"""What `make run` shows: a procedure put in force, a case worked, its record, a look back, the proof, a forgery found."""

from __future__ import annotations

import dataclasses
import shlex
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from engine.errors import Text
from storage import checkpoint, verification
from storage.submission import Store
from web.cli import company, history, proof, scenario
from web.cli.command import command, option
from web.cli.output import Exit, Output
from web.cli.play import Played, SimulatedClock, publish
from web.cli.timetable import begin

SHIPPED = Path(__file__).parents[2] / "bpmn" / "service-planning"


@command(zh="演示:发布随产品提供的程序,办理一个项目,显示记录并核验。")
@option(
    "--scenario",
    "name",
    default="whole-project",
    show_default=True,
    zh="哪个场景。",
    en="Which of the shipped scenarios.",
)
@click.pass_obj
def demo(output: Output, name: str) -> None:
    """Publish the shipped procedure, work a case, show its record and prove it; the database stays."""
    found = scenario.read(scenario.scenarios_in(SHIPPED, name)[0])
    folder = output.settings.data.absolute() / f"demo-{company.right_now():%Y%m%d-%H%M%S-%f}"
    url = f"sqlite:///{folder}/zhixing.db"
    settings = dataclasses.replace(
        output.settings, data=folder, database=url, files=str(folder / "zhixing.files"), seal_key=folder / "seal.key"
    )
    told = dataclasses.replace(output, settings=settings, muted=output.json)
    clock = SimulatedClock(begin(found, company.right_now()))
    with company.opened(told, clock, create=True) as store:
        version = _published(told, store, clock)
        played = _worked(told, store, clock, found, version)
        _record(told, store, played)
        report = _proof(told, store)
        is_noticed = _forgery(told, played)
    _next(told, folder, played)
    output.result(
        {
            "data": str(folder),
            "case": played.case,
            "instance": played.instance,
            "ended": played.ended,
            "proven": report.proven,
            "forgery_noticed": is_noticed,
        }
    )
    if not (report.proven and is_noticed):
        raise click.exceptions.Exit(Exit.NOT_PROVEN)


def _worked(output: Output, store: Store, clock: SimulatedClock, found: dict[str, Any], version: str) -> Played:
    _chapter(
        output,
        Text("2  办理一个服务项目", "2  People work on a case"),
        Text(
            f"场景“{found['title']['zh']}”。时间是模拟的;每一步都照常检查和记录,无权办理的人办不了。",
            f"“{found['title']['en']}”. The time is simulated; every step is checked and journaled as always, "
            "and whoever may not do it is refused.",
        ),
    )
    return scenario.show(output, store, clock, found, version)


def _proof(output: Output, store: Store) -> verification.Report:
    _chapter(
        output,
        Text("5  核验", "5  Proof"),
        Text(
            "每个条目带有前一条目的摘要,末端已签名封存;再把每条命令重新执行一遍,结果须逐字节相同。",
            "Each entry carries the digest of the one before, and the head is signed; then every command is executed "
            "again and must give the same bytes.",
        ),
    )
    checkpoint.seal(store.database, proof.key_of(output), store.now())
    return proof.prove(output, store)


def _chapter(output: Output, title: Text, why: Text) -> None:
    """A heading, and why it matters."""
    output.say("", "")
    output.say(title.zh, title.en, style="bold cyan")
    output.say(why.zh, why.en, style="italic")
    output.say("", "")


def _published(output: Output, store: Store, clock: SimulatedClock) -> str:
    _chapter(
        output,
        Text("1  程序生效", "1  A procedure is put in force"),
        Text(
            "画出来的流程就是运行的流程:图、表单、规则在一个摘要之下定版,项目按它启动时的版本运行到底。",
            "The drawing is what runs: diagrams, forms and rules are fixed under one digest, and a case stays on the version it began with.",
        ),
    )
    version = publish(store, SHIPPED, f"publish:{clock.now.isoformat()}")
    procedure = company.procedure_of(store, version)
    output.say(f"  《{procedure.title.zh}》{procedure.label}", f"  {procedure.title.en} {procedure.label}")
    output.say(f"  摘要 {version[:32]}…", f"  digest {version[:32]}…")
    return version


def _record(output: Output, store: Store, played: Played) -> None:
    _chapter(
        output,
        Text("3  完整的记录", "3  The whole record"),
        Text(
            "谁、何时、办了哪一步、结论如何;文件的每个版本;被拒绝的操作也在其中。",
            "Who did which step when, and what was decided; each version of the document; what was refused as well.",
        ),
    )
    history.show_history(output, store, played.case)
    _chapter(
        output,
        Text("4  回到过去", "4  Back in time"),
        Text(
            "任一时刻的样子都只由事件重现,不靠备份。",
            "The state at any moment is made from the events alone, not from a backup.",
        ),
    )
    history.show_moment(output, store, played.instance, company.instance_of(store, played.instance).revision * 4 // 7)


def _forgery(output: Output, played: Played) -> bool:
    """Change one byte in a copy of the database; true when the proof notices."""
    _chapter(
        output,
        Text("6  试着篡改", "6  A forgery"),
        Text(
            "在数据库的副本里改动一个条目的一个字节,再核验副本。",
            "One byte of one entry is changed in a copy of the database, and the copy is verified.",
        ),
    )
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        copy = Path(folder, "copy.db")
        _copy(output.settings.database.removeprefix("sqlite:///"), copy)
        _forge(copy, played.instance)
        settings = dataclasses.replace(output.settings, database=f"sqlite:///{copy}")
        with company.opened(dataclasses.replace(output, settings=settings)) as store:
            report = proof.prove(output, store)
    if not report.proven:
        output.say("✓ 篡改被发现了。", "✓ The forgery was noticed.", style="green")
    return not report.proven


def _copy(source: str, target: Path) -> None:
    with closing(sqlite3.connect(source)) as connection, closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)


def _forge(path: Path, stream: int) -> None:
    """Do what the database's triggers forbid: somebody with the file in hand is not stopped by triggers."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER entry_no_update")
        query = "SELECT body FROM entry WHERE stream_no = ? AND revision = 5"
        (body,) = connection.execute(query, (stream,)).fetchone()
        changed = bytes(body[:-2]) + bytes([body[-2] ^ 1]) + bytes(body[-1:])
        connection.execute("UPDATE entry SET body = ? WHERE stream_no = ? AND revision = 5", (changed, stream))


def _next(output: Output, folder: Path, played: Played) -> None:
    """Commands that work on what was left behind."""
    zhixing = ".venv/bin/zhixing" if shutil.which("zhixing") is None else "zhixing"
    _chapter(output, Text("接下来", "Next"), Text("数据库留着,可以接着用:", "The database stays; go on with it:"))
    lines = (
        (f"export ZHIXING_DATA={shlex.quote(str(folder))}", Text("", "")),
        (f"export ZHIXING_DATABASE={shlex.quote(output.settings.database)}", Text("", "")),
        (f"{zhixing} history {played.case}", Text("完整的记录", "the whole record")),
        (f"{zhixing} replay {played.instance} --at 4", Text("第 4 条之后", "after entry 4")),
        (f"{zhixing} documents {played.case}", Text("文件及其版本", "documents and versions")),
        (f"{zhixing} people", Text("人员与角色", "people and roles")),
        (f"{zhixing} start service-planning svc_lifecycle --as wang", Text("新的项目", "a new case")),
        (f"{zhixing} inbox --as wang", Text("王芳的待办", "what waits for Wang Fang")),
        (f"{zhixing} verify", Text("再次核验", "prove it again")),
        (f"{zhixing} --help", Text("全部命令", "all commands")),
    )
    for line, text in lines:
        comment = f"  # {output.text(text)}" if text.en else ""
        output.verbatim(f"  {line}{comment}")


COMMANDS = (demo,)
