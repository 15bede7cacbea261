"""Sealing, proof, and tables made anew."""

from __future__ import annotations

import os
from dataclasses import dataclass

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.progress import Progress
from sqlalchemy import select

from engine.errors import Text
from storage import checkpoint, schema, verification
from storage import rebuild as rebuilds
from storage.submission import Store
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import HEX, NUMBER

SHOWN = 16
"""How much of a head and key is shown, in hexadecimal digits."""

FEW = 200
"""Below so many entries, starting other processes takes longer than executing again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the auditor knows from elsewhere: a head, and the public keys that may have signed."""

    head: bytes | None = None
    keys: tuple[bytes, ...] = ()


NOTHING_KEPT = Kept()


@command(zh="为尚未封存的内容签名封存;请把打印的头另存他处。")
@click.pass_obj
def seal(output: Output) -> None:
    """Sign the head of everything that is not sealed yet; keep the printed head somewhere else."""
    with company.opened(output) as store:
        sealed = checkpoint.seal(store.database, key_of(output), store.now())
        with store.database.read() as connection:
            blocked = checkpoint.blocked(connection)
            last = connection.execute(select(schema.head).order_by(schema.head.c.head_no.desc()).limit(1)).one_or_none()
    head = "" if last is None else bytes(last.digest).hex()
    key = "" if last is None else bytes(last.key).hex()
    output.say(f"已封存 {sealed} 条", f"sealed {sealed}")
    if blocked:
        output.say(
            f"{blocked} 条未能封存:它或其前的日志条目缺失,请运行 verify 查明",
            f"{blocked} could not be sealed: an entry there or before it is missing; verify names it",
        )
    output.verbatim(f"  {output.either('头', 'head')} {head}")
    output.verbatim(f"  {output.either('公钥', 'key')} {key}")
    output.result({"sealed": sealed, "blocked": blocked, "head": head, "key": key})


def key_of(output: Output) -> Ed25519PrivateKey:
    """The signing key of the settings. Raises Failed when the file holds none."""
    try:
        return checkpoint.key_at(output.settings.seal_key)
    except ValueError as error:
        path = output.settings.seal_key
        raise Failed(
            Exit.UNAVAILABLE,
            f"{path} 不是 Ed25519 密钥",
            f"expected an Ed25519 key in {path}, but it holds something else",
        ) from error


@command(zh="核验一条流或全部:摘要链、签名头、重新执行;有问题时退出码为 4。")
@click.argument("number", type=NUMBER, required=False)
@option("--chain-only", is_flag=True, zh="只核验摘要和签名头。", en="Check digests and heads, execute nothing again.")
@option(
    "--head",
    type=HEX,
    metavar="HEX",
    zh="另存他处的头,应仍在其中。",
    en="A head kept elsewhere, which must still be here.",
)
@option(
    "--key",
    "keys",
    type=HEX,
    multiple=True,
    metavar="HEX",
    zh="可信的签名公钥,可重复。",
    en="A public key that may have signed heads; may be repeated.",
)
@click.pass_obj
def verify(output: Output, number: int | None, chain_only: bool, head: bytes | None, keys: tuple[bytes, ...]) -> None:
    """Prove a stream, or everything: chains, sealed heads, re-execution; exit code 4 when something is wrong."""
    with company.opened(output, believed=False) as store:
        if number is not None:
            _exists(store, number)
        report = prove(output, store, number, execute=not chain_only, kept=Kept(head=head, keys=keys))
    if not report.proven:
        raise click.exceptions.Exit(Exit.NOT_PROVEN)


def _files(output: Output, report: verification.Report) -> None:
    if report.files:
        output.say(f"核对 {report.files} 个文件的内容。", f"Compared the bytes of {report.files} files.")
    if report.never_kept:
        output.say(
            f"另有 {report.never_kept} 个文件由当时不保存文件内容的发行版记下,没有内容可核对。",
            f"{report.never_kept} more files were named by a release that kept no bytes of files: nothing to compare.",
        )


def _exists(store: Store, number: int) -> None:
    """Refuse a number that no table knows; a stream whose row is gone is for the proof to tell."""
    with store.database.read() as connection:
        entries = select(schema.entry.c.stream_no).where(schema.entry.c.stream_no == number).limit(1)
        sealed = select(schema.position.c.position).where(schema.position.c.stream_no == number).limit(1)
        known = [connection.execute(query).one_or_none() for query in (entries, sealed)]
    if known == [None, None]:
        company.state_of(store, number)


def prove(
    output: Output, store: Store, number: int | None = None, *, execute: bool = True, kept: Kept = NOTHING_KEPT
) -> verification.Report:
    """Verify with a progress bar and tell the outcome."""
    with Progress(console=output.console, disable=not output.is_watched, transient=True) as bar:
        task = bar.add_task(output.either("核验", "verifying"))
        report = verification.verify(
            store,
            number,
            execute=execute,
            processes=_processes(store),
            kept_head=kept.head,
            trusted=kept.keys or None,
            progress=lambda done, of: bar.update(task, completed=done, total=of),
        )
    output.say(
        f"核验 {report.streams} 条流的 {report.entries} 个条目(重新执行 {report.executed} 个)和 {report.refusals} 条拒绝记录:"
        f"已封存 {report.sealed},未封存 {report.unsealed}。",
        f"Verified {report.entries} entries of {report.streams} streams ({report.executed} executed again) and "
        f"{report.refusals} refusals: {report.sealed} sealed, {report.unsealed} not sealed yet.",
    )
    _files(output, report)
    _heads(output, report, kept)
    for found in report.findings:
        output.say(f"✗ {found.zh}", f"✗ {found.en}", style="red")
    for found in report.needs_release:
        output.say(f"? 需要当时的发行版才能重新执行:{found.zh}", f"? needs the release of then: {found.en}")
    if report.proven:
        output.say("✓ 没有任何改动。", "✓ Nothing was altered.", style="green")
    else:
        output.say("✗ 记录被改动过,未能证明。", "✗ The record was altered: not proven.", style="bold red")
    said = {"findings": _both(report.findings), "needs_release": _both(report.needs_release)}
    compared = {"compared_with_head": kept.head is not None, "compared_with_keys": bool(kept.keys)}
    output.result(vars(report) | said | compared | {"proven": report.proven})
    return report


def _heads(output: Output, report: verification.Report, kept: Kept) -> None:
    """Which head and keys the proof rests on, and with what it was not compared."""
    if report.last_head:
        keys = "、".join(key[:SHOWN] for key in report.keys), ", ".join(key[:SHOWN] for key in report.keys)
        head = report.last_head[:SHOWN]
        output.say(f"末个签名头 {head}…,公钥 {keys[0]}…", f"Last head {head}…, key {keys[1]}…")
    if len(report.keys) > 1:
        many = len(report.keys)
        output.say(
            f"! 签名头用了 {many} 个不同的密钥;请确认更换属实。",
            f"! The heads were signed with {many} different keys; make sure that the change was meant.",
            style="yellow",
        )
    if kept.head is None:
        output.say(
            "! 未与另存他处的头比对(--head)。", "! Not compared with a head kept elsewhere (--head).", style="yellow"
        )
    if not kept.keys:
        output.say(
            "! 未与另存他处的公钥比对(--key)。", "! Not compared with a key kept elsewhere (--key).", style="yellow"
        )


def _both(found: list[Text]) -> list[dict[str, str]]:
    """Sentences for programs."""
    return [{"zh": text.zh, "en": text.en} for text in found]


def _processes(store: Store) -> int:
    with store.database.read() as connection:
        few = len(connection.execute(select(schema.entry.c.stream_no).limit(FEW)).all()) < FEW
    return 1 if few else os.cpu_count() or 1


@command(zh="由日志重建各表,并说明有何不同。")
@option(
    "--windows",
    is_flag=True,
    zh="流程窗口也通过重新执行重建。",
    en="Make the flow's windows anew as well, by re-execution.",
)
@click.pass_obj
def rebuild(output: Output, windows: bool) -> None:
    """Make the tables anew from the journal and say what was different."""
    with company.opened(output) as store:
        found = rebuilds.rebuild(store, windows=windows)
    output.say(
        f"已重建 {found.streams} 条流;{len(found.differences)} 处不同。",
        f"Rebuilt {found.streams} streams; {len(found.differences)} differences.",
    )
    for difference in found.differences:
        output.say(f"  {difference.zh}", f"  {difference.en}")
    output.result({"streams": found.streams, "differences": _both(found.differences)})


COMMANDS = (seal, verify, rebuild)
