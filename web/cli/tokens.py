"""Tokens of programs: made for a person, listed, revoked."""

from __future__ import annotations

import click

from storage import people, tokens
from storage.tokens import Scope
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import NUMBER


@command("make-token", zh="为一个人的程序生成访问令牌;只显示这一次。")
@click.argument("handle")
@click.argument("name")
@option(
    "--scope",
    type=click.Choice([str(scope) for scope in Scope]),
    default=str(Scope.READ),
    show_default=True,
    zh="范围:只读、办理、运维。",
    en="What it is good for.",
)
@option("--days", type=NUMBER, default=90, show_default=True, zh="有效天数。", en="For how many days it holds.")
@click.pass_obj
def make_token(output: Output, handle: str, name: str, scope: str, days: int) -> None:
    """Make a token for a person's program; it is shown this once."""
    with company.opened(output) as store:
        person = people.known(store, handle)
        text, made = tokens.make(store.database, person, name, Scope(scope), store.now(), days)
    ends = output.moment(made.ends)
    output.say(f"令牌 {made.key},有效至 {ends}:", f"token {made.key}, good until {ends}:")
    output.verbatim(f"  {text}")
    output.result({"key": made.key, "token": text, "scope": scope, "ends": made.ends})


@command("tokens", zh="一个人的访问令牌。")
@click.argument("handle")
@click.pass_obj
def listed(output: Output, handle: str) -> None:
    """The tokens of a person."""
    with company.opened(output) as store:
        person = people.known(store, handle)
        with store.database.read() as connection:
            found = tokens.of(connection, person, store.now())
    rows = [
        (
            one.key,
            one.name,
            str(one.scope),
            output.moment(one.ends),
            "" if one.used is None else output.moment(one.used),
        )
        for one in found
    ]
    heads = [("编号", "key"), ("用途", "name"), ("范围", "scope"), ("有效至", "until"), ("最近使用", "last used")]
    if rows:
        output.table(heads, rows, wide="name")
    else:
        output.say("没有访问令牌。", "There is no token.")
    output.result([{"key": one.key, "name": one.name, "scope": str(one.scope), "ends": one.ends} for one in found])


@command("revoke-token", zh="吊销访问令牌,立即生效。")
@click.argument("handle")
@click.argument("key")
@click.pass_obj
def revoke_token(output: Output, handle: str, key: str) -> None:
    """Revoke a token, at once."""
    with company.opened(output) as store:
        tokens.revoke(store.database, people.known(store, handle), key)
    output.say(f"令牌 {key} 已吊销", f"token {key} is revoked")
    output.result({"key": key})


COMMANDS = (make_token, listed, revoke_token)
