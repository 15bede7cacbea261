"""The journal: history in sentences, the state at any moment, sealing, proof, rebuilding."""

from __future__ import annotations

import json
import os

import click
from rich.progress import Progress
from sqlalchemy import select

from engine import replay as replays
from engine.instance import Instance
from engine.journal import Entry
from engine.words import StreamKind
from storage import checkpoint, journal, schema, verification
from storage import rebuild as rebuilds
from storage.shelf import StreamShelf
from storage.submission import Store
from web.cli import company, plain
from web.cli.output import Exit, Output
from web.cli.told import Teller


def read_entries(store: Store, stream: int, until: int | None = None) -> list[Entry]:
    """The entries of a stream. Raises Refused when there is none."""
    company.state_of(store, stream)
    with store.database.read() as connection:
        return list(journal.read(connection, stream, StreamShelf(connection, stream, store.recent), until=until))


def teller_of(store: Store, stream: int) -> Teller:
    """A teller who knows the procedure of an instance and the names of people."""
    state = company.state_of(store, stream)
    procedure = company.procedure_of(store, state.version) if isinstance(state, Instance) else None
    english: dict[str, str] = {}
    if procedure is not None and "texts/en.json" in procedure.files:
        texts = json.loads(procedure.files["texts/en.json"])
        english = {key: str(found.get("name", "")) for key, found in texts["elements"].items()}
    return Teller(procedure, company.names_of(store), english)


@click.command()
@click.argument("stream", type=int)
@click.pass_obj
def history(output: Output, stream: int) -> None:
    """What happened in a stream, in plain sentences."""
    with company.opened(output.settings) as store:
        show_history(output, store, stream)


def show_history(output: Output, store: Store, stream: int) -> None:
    """Print the history of a stream."""
    teller = teller_of(store, stream)
    told = [(entry, teller.sentences(entry)) for entry in read_entries(store, stream)]
    rows = [
        (entry.revision, output.moment(entry.at), output.text(sentence))
        for entry, sentences in told
        for sentence in sentences
    ]
    output.table([("序号", "no."), ("时间", "time"), ("事项", "what")], rows)
    output.result(
        [
            {
                "revision": entry.revision,
                "at": entry.at,
                "command": type(entry.command).__name__,
                "actor": None if entry.command.envelope.actor is None else entry.command.envelope.actor.id,
                "zh": [s.zh for s in sentences],
                "en": [s.en for s in sentences],
            }
            for entry, sentences in told
        ]
    )


@click.command()
@click.argument("stream", type=int)
@click.option("--at", "revision", type=int, required=True, help="The entry after which to look.")
@click.pass_obj
def replay(output: Output, stream: int, revision: int) -> None:
    """An instance as it was after an entry, made from its events alone."""
    with company.opened(output.settings) as store:
        show_moment(output, store, stream, revision)


def show_moment(output: Output, store: Store, stream: int, revision: int) -> None:
    """Print an instance as of an entry."""
    now = company.instance_of(store, stream)
    if not 1 <= revision <= now.revision:
        output.fail(
            Exit.USAGE,
            f"--at 应在 1 到 {now.revision} 之间",
            f"expected --at from 1 to {now.revision}",
        )
    entries = read_entries(store, stream, revision)
    state = replays.at(StreamKind.INSTANCE, stream, entries, revision)
    assert isinstance(state, Instance)
    at = output.moment(entries[-1].at)
    waiting = [f"{task.element.replace('_', '.')}({task.stage})" for task in state.tasks.values()]
    names = {name: value for scope in state.scopes.values() for name, value in scope.variables.items()}
    output.say(
        f"第 {revision} 条之后({at}):等待 {'、'.join(waiting) or '无'};变量 {'、'.join(sorted(names)) or '无'}",
        f"after entry {revision} ({at}): waiting {', '.join(waiting) or 'nothing'}; variables {', '.join(sorted(names)) or 'none'}",
    )
    output.result(
        {
            "revision": revision,
            "at": entries[-1].at,
            "status": state.status,
            "tasks": [{"task": t.id, "element": t.element, "stage": t.stage} for t in state.tasks.values()],
            "variables": {name: plain.shown(value) for name, value in names.items()},
        }
    )


@click.command()
@click.pass_obj
def seal(output: Output) -> None:
    """Sign the head of everything that is not sealed yet; keep the printed head somewhere else."""
    with company.opened(output.settings) as store:
        sealed = checkpoint.seal(store.database, checkpoint.key_at(output.settings.seal_key), store.now())
        with store.database.read() as connection:
            last = connection.execute(select(schema.head).order_by(schema.head.c.head_no.desc()).limit(1)).one_or_none()
    head = "" if last is None else bytes(last.digest).hex()
    output.say(f"已封存 {sealed} 条;头 {head[:16]}…", f"sealed {sealed}; head {head[:16]}…")
    output.result({"sealed": sealed, "head": head})


@click.command()
@click.argument("stream", type=int, required=False)
@click.option("--chain-only", is_flag=True, help="Check digests and heads, without executing anything again.")
@click.pass_obj
def verify(output: Output, stream: int | None, chain_only: bool) -> None:
    """Prove a stream, or everything: chains, sealed heads, re-execution; exit code 4 when something is wrong."""
    with company.opened(output.settings) as store:
        report = prove(output, store, stream, execute=not chain_only)
    if not report.proven:
        raise click.exceptions.Exit(Exit.NOT_PROVEN)


def prove(output: Output, store: Store, stream: int | None = None, *, execute: bool = True) -> verification.Report:
    """Verify with a progress bar and tell the outcome."""
    with Progress(console=output.console, disable=output.json, transient=True) as bar:
        task = bar.add_task("核验" if output.language == "zh" else "verifying")
        report = verification.verify(
            store,
            stream,
            execute=execute,
            processes=os.cpu_count() or 1,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    output.say(
        f"核验:{report.streams} 个流 {report.entries} 条,重新执行 {report.executed} 条;"
        f"封存 {report.sealed},未封存 {report.unsealed},拒绝记录 {report.refusals}",
        f"verified {report.streams} streams with {report.entries} entries, re-executed {report.executed}; "
        f"sealed {report.sealed}, not sealed yet {report.unsealed}, refusals {report.refusals}",
    )
    for finding in (*report.findings, *report.needs_release):
        output.say(f"✗ {finding}", f"✗ {finding}")
    if report.proven:
        output.say("✓ 未发现改动", "✓ nothing was altered")
    output.result(vars(report) | {"proven": report.proven})
    return report


@click.command()
@click.option("--windows", is_flag=True, help="Make the flow's windows anew as well, by re-execution.")
@click.pass_obj
def rebuild(output: Output, windows: bool) -> None:
    """Make the tables anew from the journal and say what was different."""
    with company.opened(output.settings) as store:
        found = rebuilds.rebuild(store, windows=windows)
    output.say(
        f"已重建 {found.streams} 个流;{len(found.differences)} 处不同",
        f"rebuilt {found.streams} streams; {len(found.differences)} differed",
    )
    for difference in found.differences:
        output.say(f"  {difference}", f"  {difference}")
    output.result({"streams": found.streams, "differences": found.differences})


COMMANDS = (history, replay, seal, verify, rebuild)
