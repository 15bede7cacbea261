"""What must go: personal data erased, cases disposed of after their retention. The rest stays provable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from engine.stream import ORGANISATION
from storage import erasure
from storage.erasure import Erased
from web.cli.acting import act, by_the_operator
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import NUMBER

Function = TypeVar("Function", bound=Callable[..., Any])


def _for_good(function: Function) -> Function:
    """`--reason`, `--yes`, and who acts."""
    zh, en = "理由;将永久保留,请勿写入姓名。", "Why; it is kept for ever, so name nobody in it."
    function = option("--reason", required=True, zh=zh, en=en)(function)
    function = option("--yes", is_flag=True, zh="确认:不可恢复。", en="Yes: it cannot be undone.")(function)
    return by_the_operator(function)


def _sure(yes: bool) -> None:
    if not yes:
        raise Failed(Exit.USAGE, "删除不可恢复,确认请加 --yes", "this cannot be undone; add --yes if it is meant")


@command("erase-person", zh="删除一个人的姓名、账号和草稿,并免去其角色;日志仍可核验。")
@click.argument("person", metavar="HANDLE")
@_for_good
@click.pass_obj
def erase_person(output: Output, person: str, reason: str, yes: bool, handle: str | None, key: str | None) -> None:
    """Erase a person's name, handle and drafts, and end their roles; the journal stays provable."""
    _sure(yes)
    with act(output, handle, key) as acting:
        erased = erasure.erase_person(acting.store, acting.envelope(ORGANISATION), person, reason)
    _tell(output, erased)


@command("erase-case", zh="删除一个服务项目中的全部个人信息和草稿。")
@click.argument("number", metavar="CASE", type=NUMBER)
@_for_good
@click.pass_obj
def erase_case(output: Output, number: int, reason: str, yes: bool, handle: str | None, key: str | None) -> None:
    """Erase every personal value and draft of a case."""
    _sure(yes)
    with act(output, handle, key) as acting:
        erased = erasure.erase_case(acting.store, acting.envelope(ORGANISATION), number, reason)
    _tell(output, erased)


def _tell(output: Output, erased: Erased) -> None:
    if erased.repeated:
        output.say("此前已经删除,未作改动。", "Erased before; nothing was changed.")
    else:
        _count(output, erased)
    output.result(
        {
            "values": erased.values,
            "drafts": erased.drafts,
            "person": erased.person,
            "wiped": erased.wiped,
            "cases": list(erased.cases),
            "tasks": list(erased.tasks),
            "repeated": erased.repeated,
        }
    )


def _count(output: Output, erased: Erased) -> None:
    output.say(
        f"已删除 {erased.values} 个个人信息和 {erased.drafts} 份草稿;此前的备份请按各自的期限处理。",
        f"Erased {erased.values} personal values and {erased.drafts} drafts; backups made before keep theirs.",
    )
    if erased.cases or erased.tasks:
        left = ", ".join([*map(str, erased.cases), *erased.tasks])
        output.say(f"请另派他人:{left} 仍由此人负责。", f"Give to somebody else what is still this person's: {left}.")


@command(zh="处置已结束且已封存的服务项目:删除条目,保留摘要。")
@click.argument("number", type=NUMBER)
@_for_good
@click.pass_obj
def dispose(output: Output, number: int, reason: str, yes: bool, handle: str | None, key: str | None) -> None:
    """Delete the entries of a case that has ended and is sealed; its digests stay."""
    _sure(yes)
    with act(output, handle, key) as acting:
        gone = erasure.dispose(acting.store, acting.envelope(ORGANISATION), number, reason)
    output.say(f"已处置 {gone} 个条目,摘要仍在。", f"Disposed of {gone} entries; their digests stay.")
    output.result({"entries": gone})


COMMANDS = (erase_person, erase_case, dispose)
