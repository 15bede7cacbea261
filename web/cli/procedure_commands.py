"""Procedures: check a draft, publish it, list its versions."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from engine import check as checks
from engine.commands import PublishVersion
from engine.errors import Reason, Refused
from engine.publication import Publications
from engine.words import StreamKind
from storage import people, schema
from storage.submission import Receipt, Store
from web.cli import company
from web.cli.output import Exit, Output

Folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.command()
@Folder
@click.pass_obj
def check(output: Output, folder: Path) -> None:
    """What is wrong with the procedure in a folder; exit code 3 when something is."""
    found = checks.check(company.files_of(folder))
    rows = [(f.file, f.element, f.rule, output.text(f.text)) for f in found]
    output.table([("文件", "file"), ("元素", "element"), ("规则", "rule"), ("说明", "what")], rows)
    output.result(
        [{"file": f.file, "element": f.element, "rule": f.rule, "zh": f.text.zh, "en": f.text.en} for f in found]
    )
    if found:
        raise click.exceptions.Exit(Exit.FINDINGS)
    output.say("没有发现问题。", "No findings.")


@click.command()
@Folder
@click.option("--reason", required=True, help="Why this version is put in force.")
@click.option("--as", "handle", help="Handle of the person who publishes; the operator otherwise.")
@click.pass_obj
def publish(output: Output, folder: Path, reason: str, handle: str | None) -> None:
    """Put the procedure in a folder in force."""
    files = company.files_of(folder)
    found = checks.check(files)
    if found:
        first = found[0]
        output.fail(
            Exit.FINDINGS,
            f"有 {len(found)} 处问题,不能发布:{first.file} {first.element}:{first.text.zh}",
            f"{len(found)} findings, so it may not be published: {first.file} {first.element}: {first.text.en}",
        )
    with company.opened(output.settings) as store:
        receipt, digest = publish_files(store, files, reason, handle)
    output.say(f"已发布 {digest[:12]}…", f"published {digest[:12]}…")
    output.result({"version": digest, "stream": receipt.stream, "revision": receipt.revision})


def publish_files(store: Store, files: dict[str, bytes], reason: str, handle: str | None) -> tuple[Receipt, str]:
    """Keep the files under their digest and put the version in force. Raises Refused."""
    actor = None if handle is None else people.known(store, handle)
    procedure = store.procedures.keep(files)
    with store.database.read() as connection:
        table = schema.publication
        stream = connection.execute(
            select(table.c.stream_no).where(table.c.procedure == procedure.key)
        ).scalar_one_or_none()
    key = company.envelope(store, 0).id

    def build(number: int) -> PublishVersion:
        return PublishVersion(
            envelope=company.envelope(store, number, actor, key),
            procedure=procedure.key,
            version=procedure.digest,
            label=procedure.label,
            reason=reason,
        )

    if stream is None:
        return store.open_stream(StreamKind.PROCEDURE, key, build), procedure.digest
    return store.submit(build(stream)), procedure.digest


@click.command()
@click.argument("procedure", required=False)
@click.pass_obj
def versions(output: Output, procedure: str | None) -> None:
    """The versions of a procedure, or of all; the last of each is in force."""
    with company.opened(output.settings) as store:
        with store.database.read() as connection:
            found = connection.execute(select(schema.publication).order_by(schema.publication.c.procedure)).all()
        states = [company.state_of(store, row.stream_no) for row in found if procedure in (None, row.procedure)]
    if procedure is not None and not states:
        raise Refused(Reason.NOT_FOUND, f"没有程序 {procedure}", f"there is no procedure {procedure}")
    listed = [(state.procedure, v) for state in states if isinstance(state, Publications) for v in state.versions]
    rows = [(key, v.label, v.digest[:12], output.moment(v.published_at), v.reason) for key, v in listed]
    heads = [("程序", "procedure"), ("版本", "label"), ("摘要", "digest"), ("生效", "in force"), ("理由", "reason")]
    output.table(heads, rows)
    output.result(
        [
            {"procedure": key, "label": v.label, "version": v.digest, "at": v.published_at, "reason": v.reason}
            for key, v in listed
        ]
    )


COMMANDS = (check, publish, versions)
