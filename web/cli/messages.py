"""Messages from outside: sent once, to a case or to whatever begins with them."""

from __future__ import annotations

import click
from sqlalchemy import select

from engine.commands import Envelope, SendMessage
from engine.stream import ORGANISATION
from engine.value import Value
from storage import schema
from storage.attempt import Receipt
from storage.submission import Store
from web.cli import company
from web.cli.acting import Act, act, by_the_operator
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import JSON, NUMBER, Unsuitable
from web.sight import underway
from web.telling import plain


@command("send-message", zh="转入外部消息:同一编号只生效一次。")
@click.argument("name")
@option("--case", "case", type=NUMBER, zh="发给哪个服务项目。", en="The case it is for.")
@option("--procedure", zh="不属于任何项目时:哪个程序。", en="The procedure, when it is for no case.")
@option(
    "--correlation",
    type=JSON,
    default="null",
    metavar="JSON",
    zh="关联值:与等待方的 zx:correlation 相同。",
    en="What the receiver's zx:correlation yields.",
)
@option(
    "--payload",
    type=JSON,
    default="{}",
    metavar="JSON",
    zh="消息内容,JSON 对象。",
    en="What the message says, a JSON object.",
)
@by_the_operator
@click.pass_obj
def send_message(
    output: Output,
    name: str,
    case: int | None,
    procedure: str | None,
    correlation: object,
    payload: object,
    handle: str | None,
    key: str | None,
) -> None:
    """Bring in a message from outside; under one id it takes effect once."""
    with act(output, handle, key) as acting:
        content = plain.context(plain.resolved(payload, acting.person))
        keys: Value = plain.value(plain.resolved(correlation, acting.person))
        stream, named = _place(acting.store, case, procedure)

        def build(envelope: Envelope) -> SendMessage:
            return SendMessage(envelope=envelope, procedure=named, name=name, correlation=keys, payload=content)

        rule = None if stream == ORGANISATION else underway.alone(acting.store)
        receipt = acting.submit(build, stream, rule)
        message = f"{receipt.stream}.{receipt.revision}.1"
        waits = _waits(acting, message)
    _say(output, name, message, receipt, waits)
    output.result({"message": message, "repeated": receipt.repeated, "waits": waits})


def _say(output: Output, name: str, message: str, receipt: Receipt, waits: bool) -> None:
    if receipt.repeated:
        output.say(f"消息 {name} 此前已转入({message})", f"message {name} had come in before ({message})")
    elif waits:
        output.say(
            f"消息 {name} 已转入({message}),尚无接收方", f"message {name} came in ({message}); nobody awaits it yet"
        )
    else:
        output.say(f"消息 {name} 已转入并送达({message})", f"message {name} came in and was delivered ({message})")


def _place(store: Store, case: int | None, procedure: str | None) -> tuple[int, str]:
    """The stream that the message comes to, and its procedure. Raises Refused and Unsuitable."""
    if (case is None) == (procedure is None):
        raise Unsuitable("应给出 --case 或 --procedure 之一", "expected either --case or --procedure")
    if case is not None:
        return case, company.case_at(store, case).procedure
    assert procedure is not None
    return ORGANISATION, company.in_force(store, procedure).key


def _waits(acting: Act, message: str) -> bool:
    """The message has no receiver yet."""
    table = schema.job.c
    with acting.store.database.read() as connection:
        return connection.execute(select(table.job).where(table.job == message)).one_or_none() is not None


COMMANDS = (send_message,)
