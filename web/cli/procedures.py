"""Procedures: take a version to change it, check a draft, publish it, list its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection, select

from engine import check as checks
from engine.check import Finding
from engine.commands import PublishVersion
from engine.errors import Reason, Refused
from engine.publication import Publications
from engine.words import StreamKind
from storage import people, schema
from storage.attempt import Receipt
from storage.procedures import in_force
from web.cli import company
from web.cli.acting import Act, act, by_the_operator
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import FOLDER

Folder = click.argument("folder", type=FOLDER)


@command(zh="检查文件夹中的程序;有问题时退出码为 3。")
@Folder
@click.pass_obj
def check(output: Output, folder: Path) -> None:
    """What is wrong with the procedure in a folder; exit code 3 when something is."""
    files = company.files_of(folder)
    found = checks.check(files)
    advice = [] if found else checks.advice(files)
    _listed(output, [*found, *advice])
    output.result([_finding(f) for f in found] if not advice else [{**_finding(f), "advice": True} for f in advice])
    if found:
        raise click.exceptions.Exit(Exit.FINDINGS)
    if advice:
        output.say(
            "可以发布,但请看看以上各处是否有意如此。", "It may be published, but see whether the above is meant so."
        )
    else:
        output.say("没有发现问题。", "No findings.")


def _listed(output: Output, found: list[Finding]) -> None:
    rows = [(f.file, f.element, f.rule, output.text(f.text)) for f in found]
    if rows:
        output.table([("文件", "file"), ("元素", "element"), ("规则", "rule"), ("说明", "what")], rows, wide="file")


def _finding(found: Finding) -> dict[str, object]:
    zh, en = found.text.zh, found.text.en
    return {"file": found.file, "element": found.element, "rule": found.rule, "zh": zh, "en": en}


@command(zh="发布文件夹中的程序,使其生效。")
@Folder
@option("--reason", required=True, zh="生效的理由。", en="Why this version is put in force.")
@option(
    "--author",
    "authors",
    multiple=True,
    metavar="HANDLE",
    zh="编写人的账号,可重复;编写人不能发布。",
    en="Handle of who wrote of it, may be repeated; an author may not publish.",
)
@option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    metavar="DAY",
    zh="从何日(或何时)起生效;默认立即生效。",
    en="The day or minute from which new cases run on it; otherwise at once.",
)
@option(
    "--waiver",
    metavar="REASON",
    zh="编写人自己发布的理由,程序须允许。",
    en="Why an author publishes it; the procedure must let them.",
)
@by_the_operator
@click.pass_obj
def publish(output: Output, /, folder: Path, handle: str | None, key: str | None, **asked: Any) -> None:
    """Put the procedure in a folder in force. After the first version a person does it, and none of its authors."""
    files = company.files_of(folder)
    found = checks.check(files)
    if found:
        first = found[0]
        raise Failed(
            Exit.FINDINGS,
            f"有 {len(found)} 处问题,不能发布:{first.file} {first.element}:{first.text.zh}",
            f"{len(found)} findings, so it may not be published: {first.file} {first.element}: {first.text.en}",
        )
    with act(output, handle, key, create=True) as acting:
        receipt, digest = _publish(acting, files, Asked(**asked))
    output.say(f"已发布,摘要 {digest}", f"published, digest {digest}")
    output.result(
        {"version": digest, "stream": receipt.stream, "revision": receipt.revision, "repeated": receipt.repeated}
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is said when a version is published; `effective` is a time of the organisation's clocks."""

    reason: str
    authors: Sequence[str]
    effective: datetime | None
    waiver: str | None


def _publish(acting: Act, files: dict[str, bytes], asked: Asked) -> tuple[Receipt, str]:
    """Keep the files under their digest and put the version in force. Raises Refused."""
    procedure = acting.store.procedures.keep(files)
    authors = tuple(people.known(acting.store, author) for author in asked.authors)
    zone = ZoneInfo(company.organisation_of(acting.store).working.zone)
    effective = None if asked.effective is None else asked.effective.replace(tzinfo=zone)
    with acting.store.database.read() as connection:
        table = schema.publication
        query = select(table.c.stream_no).where(table.c.procedure == procedure.key)
        stream = connection.execute(query).scalar_one_or_none()
    first = acting.envelope(stream or 0)

    def build(number: int) -> PublishVersion:
        return PublishVersion(
            envelope=replace(first, stream=number),
            procedure=procedure.key,
            version=procedure.digest,
            label=procedure.label,
            reason=asked.reason,
            authors=authors,
            effective=effective,
            waiver=asked.waiver,
        )

    if stream is None:
        return acting.store.open_stream(StreamKind.PROCEDURE, first.id, build), procedure.digest
    return acting.store.submit(build(stream)), procedure.digest


@command(zh="把程序的生效版本写入新文件夹,供修改、检查和发布。")
@click.argument("procedure")
@click.argument("folder", type=click.Path(path_type=Path))
@option(
    "--version", metavar="DIGEST", zh="改取另一版本:摘要或其开头。", en="Another version: its digest, or how it begins."
)
@click.pass_obj
def export(output: Output, procedure: str, folder: Path, version: str | None) -> None:
    """Write the version in force into a new folder, to be changed, checked and published."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(
            Exit.USAGE,
            f"{folder} 已有内容,应为新的或空的文件夹",
            f"expected a new or empty folder, but there is something in {folder}",
        )
    with company.opened(output) as store, store.database.read() as connection:
        digest = _named_version(connection, procedure, version, store.now())
        files = store.procedures.get(digest, connection).files
    for path, data in sorted(files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    output.say(f"已写入 {folder}:{len(files)} 个文件", f"wrote {len(files)} files into {folder}")
    output.result({"procedure": procedure, "version": digest, "folder": str(folder), "files": sorted(files)})


def _named_version(connection: Connection, procedure: str, beginning: str | None, now: datetime) -> str:
    """The digest of the version in force, or of the one that begins so. Raises Refused."""
    kept = schema.version
    if beginning is None:
        found_now = in_force(now).subquery().c
        query = select(found_now.version).where(found_now.procedure == procedure)
    else:
        query = select(kept.c.digest).where(
            kept.c.procedure == procedure, kept.c.digest.startswith(beginning, autoescape=True)
        )
    found = connection.execute(query.limit(2)).scalars().all()
    if len(found) != 1:
        named = f"{procedure} {beginning or ''}".strip()
        raise Refused(
            Reason.NOT_FOUND,
            f"{named} 应恰好指一个版本,但有{'多个' if found else '零个'}",
            f"expected {named} to name one version, but it names {'several' if found else 'none'}",
        )
    (digest,) = found
    return str(digest)


@command(zh="程序的各个版本,按发布先后,及各自从何时起生效。")
@click.argument("procedure", required=False)
@click.pass_obj
def versions(output: Output, procedure: str | None) -> None:
    """The versions of a procedure, or of all, in the order in which they were published, and from when each is in force."""
    with company.opened(output) as store:
        with store.database.read() as connection:
            found = connection.execute(select(schema.publication).order_by(schema.publication.c.procedure)).all()
        states = [company.state_of(store, row.stream_no) for row in found if procedure in (None, row.procedure)]
    if procedure is not None and not states:
        raise Refused(Reason.NOT_FOUND, f"没有程序 {procedure}", f"there is no procedure {procedure}")
    listed = [(state.procedure, v) for state in states if isinstance(state, Publications) for v in state.versions]
    rows = [(key, v.label, v.digest[:12], output.moment(v.since), v.reason) for key, v in listed]
    heads = [("程序", "procedure"), ("版本", "label"), ("摘要", "digest"), ("生效", "in force"), ("理由", "reason")]
    output.table(heads, rows, wide="procedure")
    output.result(
        [
            {"procedure": key, "label": v.label, "version": v.digest, "at": v.since, "reason": v.reason}
            for key, v in listed
        ]
    )


COMMANDS = (check, publish, export, versions)
