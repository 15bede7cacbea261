"""What `make run` shows: the shipped procedure published, a case played, its history, a look back, the proof."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from storage import checkpoint
from web.cli import company, plain
from web.cli.journal_commands import prove, show_history, show_moment
from web.cli.output import Exit, Output
from web.cli.play import SimulatedClock, play, publish
from web.cli.timetable import begin

SHIPPED = Path(__file__).parents[2] / "bpmn" / "service-planning"


@click.command()
@click.option("--scenario", default="returned-twice", show_default=True, help="One of the shipped scenarios.")
@click.option("--keep", is_flag=True, help="Use the database of the settings instead of one that is thrown away.")
@click.pass_obj
def demo(output: Output, scenario: str, keep: bool) -> None:
    """Publish the shipped procedure, play a case, show its history and prove it."""
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        settings = output.settings
        if not keep:
            settings = dataclasses.replace(
                settings, database=f"sqlite:///{folder}/zhixing.db", seal_key=Path(folder, "seal.key")
            )
        found = plain.read((SHIPPED / "scenarios" / f"{scenario}.json").read_bytes())
        assert isinstance(found, dict)
        clock = SimulatedClock(begin(found, datetime.now(UTC)))
        with company.opened(settings, clock) as store:
            version = publish(store, SHIPPED, f"publish:{clock.now.isoformat()}")
            procedure = company.procedure_of(store, version)
            output.say(
                f"1 已发布 {procedure.title.zh} {procedure.label}({version[:12]}…)\n",
                f"1 Published {procedure.title.en} {procedure.label} ({version[:12]}…)\n",
            )
            output.say(f"2 办理一个服务项目:{found['title']['zh']}", f"2 A case is worked: {found['title']['en']}")
            played = play(store, clock, found, version, lambda text: output.say(f"  {text.zh}", f"  {text.en}"))
            output.say(
                f"\n3 流程实例 {played.instance} 的完整记录", f"\n3 The whole record of instance {played.instance}"
            )
            show_history(output, store, played.instance)
            revision = company.instance_of(store, played.instance).revision // 2
            output.say("\n4 回到过去任一时刻(只由事件重现)", "\n4 Back to any moment, from events alone")
            show_moment(output, store, played.instance, revision)
            output.say(
                "\n5 封存并核验:摘要链、签名头、逐条重新执行",
                "\n5 Sealed and verified: chains, signed heads, re-execution",
            )
            checkpoint.seal(store.database, checkpoint.key_at(settings.seal_key), store.now())
            report = prove(output, store)
    if not report.proven:
        raise click.exceptions.Exit(Exit.NOT_PROVEN)
