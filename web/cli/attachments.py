"""Files of a case on the command line: attached, listed, saved; and what nobody uses removed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import select

from engine.commands import AttachFile, Command, Envelope
from engine.errors import Reason, Refused
from engine.form import FieldType
from engine.value import File
from storage import files, schema, uploads
from storage.moments import moment
from web.cli import company
from web.cli.acting import Act, act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID, FILE, HEX, NUMBER
from web.forms.shown import size

Case = click.argument("number", metavar="CASE", type=NUMBER)


@command(zh="把文件添加为项目的附件。")
@Case
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@option("--label", default="", zh="说明。", en="What it is.")
@option("--task", type=COUNTED_ID, metavar="TASK", zh="在哪项任务中添加。", en="The task it is added at.")
@option(
    "--personal", is_flag=True, zh="含个人信息,随个人信息一并删除。", en="Erased with the personal values of the case."
)
@by_a_person
@click.pass_obj
def attach(
    output: Output,
    number: int,
    paths: tuple[Path, ...],
    label: str,
    task: str | None,
    personal: bool,
    handle: str,
    key: str | None,
) -> None:
    """Attach files to a case."""
    done = []
    with act(output, handle, key) as acting:
        company.case_at(acting.store, number)
        for place, path in enumerate(paths):
            kept = taken(output, acting, path)

            def build(envelope: Envelope, file: File = kept) -> Command:
                return AttachFile(envelope=envelope, file=file, label=label, task=task, personal=personal)

            acting.key = key and f"cli:{key}:{place}"
            receipt = acting.submit(build, number)
            done.append({"name": kept.name, "digest": kept.digest, "revision": receipt.revision})
            output.say(f"已添加附件 {kept.name}({size(kept.size)})", f"attached {kept.name} ({size(kept.size)})")
    output.result({"case": number, "files": done})


def taken(output: Output, acting: Act, path: Path, task: str = "") -> File:
    """Keep a file of this machine for whoever acts. Raises Refused."""
    with files.received(files.pieces_of(path), output.settings.file_limit) as came:
        return uploads.keep(acting.store, acting.actor, came, path.name, task=task)


def of_fields(output: Output, acting: Act, task: str, given: Sequence[str]) -> dict[str, object]:
    """The entries of a form for `field=file` as typed; of a field for several files, a list. Raises Refused."""
    found: dict[str, list[object]] = {}
    for text in given:
        field, equals, path = text.partition("=")
        if not equals or not field or not Path(path).is_file():
            raise Refused(
                Reason.INVALID_DATA,
                f"应为 字段=文件,且文件存在,但为 {text}",
                f"expected FIELD=FILE with a file that is there, but found {text}",
            )
        kept = taken(output, acting, Path(path), task)
        entry = {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size}
        found.setdefault(field, []).append(entry)
    several = _several(acting, task) if found else frozenset()
    return {field: kept if field in several or len(kept) > 1 else kept[0] for field, kept in found.items()}


def _several(acting: Act, task: str) -> frozenset[str]:
    """The fields of a task's form that hold several files."""
    try:
        instance, found = company.open_task(acting.store, task)
    except Refused:  # a repeat: it gets its first answer
        return frozenset()
    procedure = company.procedure_of(acting.store, instance.version)
    form = procedure.form(procedure.model.element(found.process, found.element))
    return frozenset() if form is None else frozenset(one.key for one in form.fields if one.type is FieldType.FILES)


@command("files", zh="项目的文件:来自表单和附件。")
@Case
@click.pass_obj
def files_command(output: Output, number: int) -> None:
    """The files of a case, from its forms and attached."""
    with company.opened(output) as store, store.database.read() as connection:
        company.case_at(store, number)
        table = schema.file_use
        rows = connection.execute(select(table).where(table.c.case_no == number).order_by(table.c.at)).all()
    found = {(row.digest, row.name): row for row in reversed(rows)}
    heads = [("文件", "file"), ("大小", "size"), ("任务", "task"), ("时间", "at"), ("摘要", "digest")]
    if found:
        output.table(
            heads,
            [(row.name, size(row.size), row.task, output.moment(moment(row.at)), row.digest) for row in found.values()],
        )
    else:
        output.say("没有文件。", "There are no files.")
    output.result(
        [
            {"name": row.name, "digest": row.digest, "type": row.type, "size": row.size, "task": row.task or None}
            for row in found.values()
        ]
    )


@command("save-file", zh="按摘要把文件存到本机。")
@click.argument("digest", type=HEX)
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def save_file(output: Output, digest: bytes, target: Path) -> None:
    """Save the bytes of a file by its digest."""
    if target.exists():
        raise Refused(Reason.WRONG_STATE, f"{target} 已存在", f"expected a new file, but {target} exists")
    with company.opened(output) as store:
        try:
            pieces = store.files.read(digest.hex())
        except FileNotFoundError as error:
            text = digest.hex()[:16]
            raise Refused(
                Reason.NOT_FOUND, f"没有文件 {text}…", f"expected a file that is here, but {text}… is not"
            ) from error
        with files.received(pieces, sys.maxsize) as came, target.open("xb") as file:  # nothing stands there in part
            count = sum(file.write(piece) for piece in files.pieces_of(came.path))
    output.say(f"已存到 {target}({size(count)})", f"saved to {target} ({size(count)})")
    output.result({"target": str(target), "bytes": count})


@command("sweep-files", zh="清除上传一周后仍未使用的文件;后台工作也会定时清除。")
@click.pass_obj
def sweep_files(output: Output) -> None:
    """Remove the files that nobody used within a week; whoever serves jobs does so every hour."""
    with company.opened(output) as store:
        gone = uploads.sweep(store)
    output.say(f"清除了 {gone} 个文件", f"{gone} files removed")
    output.result({"removed": gone})


COMMANDS = (attach, files_command, save_file, sweep_files)
