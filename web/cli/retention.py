"""What must go: personal data erased, cases disposed of after their retention. The rest stays provable."""

from __future__ import annotations

import click

from storage import erasure
from storage.erasure import Erased
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import NUMBER

Sure = option("--yes", is_flag=True, zh="确认:不可恢复。", en="Yes: it cannot be undone.")


def _sure(yes: bool) -> None:
    if not yes:
        raise Failed(Exit.USAGE, "删除不可恢复,确认请加 --yes", "this cannot be undone; add --yes if it is meant")


@command("erase-person", zh="删除一个人的姓名、账号和草稿;日志仍可核验。")
@click.argument("handle")
@Sure
@click.pass_obj
def erase_person(output: Output, handle: str, yes: bool) -> None:
    """Erase a person's name, handle and drafts; the journal stays provable."""
    _sure(yes)
    with company.opened(output) as store:
        _tell(output, erasure.erase_person(store, handle))


@command("erase-case", zh="删除一个服务项目中的全部个人信息和草稿。")
@click.argument("number", metavar="CASE", type=NUMBER)
@Sure
@click.pass_obj
def erase_case(output: Output, number: int, yes: bool) -> None:
    """Erase every personal value and draft of a case."""
    _sure(yes)
    with company.opened(output) as store:
        _tell(output, erasure.erase_case(store, number))


def _tell(output: Output, erased: Erased) -> None:
    output.say(
        f"已删除 {erased.values} 个个人信息和 {erased.drafts} 份草稿;此前的备份请按各自的期限处理。",
        f"Erased {erased.values} personal values and {erased.drafts} drafts; backups made before keep theirs.",
    )
    output.result({"values": erased.values, "drafts": erased.drafts, "person": erased.person, "wiped": erased.wiped})


@command(zh="处置已结束且已封存的服务项目:删除条目,保留摘要。")
@click.argument("number", type=NUMBER)
@Sure
@click.pass_obj
def dispose(output: Output, number: int, yes: bool) -> None:
    """Delete the entries of a case that has ended and is sealed; its digests stay."""
    _sure(yes)
    with company.opened(output) as store:
        gone = erasure.dispose(store, number, store.now())
    output.say(f"已处置 {gone} 个条目,摘要仍在。", f"Disposed of {gone} entries; their digests stay.")
    output.result({"entries": gone})


COMMANDS = (erase_person, erase_case, dispose)
