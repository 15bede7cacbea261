"""Links for contacts outside: given for a task, and revoked. Who uses one needs a browser."""

from __future__ import annotations

import click

from engine.commands import RevokeInvitation
from engine.errors import Text
from web import wish
from web.cli import company
from web.cli.acting import act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import NUMBER
from web.cli.tasks import Task, submit
from web.wish import Wish


@command(zh="为外部联系人生成一次性链接;只显示这一次,原来的链接随即失效。")
@Task
@option("--name", required=True, zh="联系人的姓名。", en="Name of the contact.")
@option("--organisation", default="", zh="联系人的单位。", en="Their organisation.")
@option("--mail", default="", zh="联系人的邮箱,只作记录。", en="Their mail address, to be kept with the link.")
@option("--message", default="", zh="附言,显示在链接打开的页面上。", en="What the page of the link says to them.")
@option(
    "--days", type=NUMBER, default=wish.USUAL, show_default=True, zh="有效天数。", en="For how many days it is good."
)
@by_a_person
@click.pass_obj
def invite(
    output: Output,
    task: str,
    name: str,
    organisation: str,
    mail: str,
    message: str,
    days: int,
    handle: str,
    key: str | None,
) -> None:
    """Make a one-time link for a contact outside; it is shown this once, and one before it no longer works."""
    wanted = Wish(
        name=name.strip(), organisation=organisation.strip(), address=mail.strip(), message=message, days=days
    )
    wish.sound(wanted, can_mail=False)
    with act(output, handle, key) as acting:
        receipt, secret = wish.submit(acting.store, task, wanted, acting.envelope(company.stream_of(task)))
        acting.work()
    base = output.settings.address or f"http://{output.settings.listen}/"
    link = f"{base}confirm/{secret}" if secret else None
    if link is None:
        output.say(
            "这个链接已经生成过,并且只显示一次。", "This link was made already; it is told once, when it is made."
        )
    else:
        output.say(f"一次性链接,{days} 天内有效,请只发给{wanted.name}:", f"one-time link, good for {days} days:")
        output.verbatim(f"  {link}")
    output.result({"task": task, "link": link, "revision": receipt.revision, "repeated": receipt.repeated})


@command(name="revoke-invitation", zh="收回任务的一次性链接,立即生效。")
@Task
@by_a_person
@click.pass_obj
def revoke_invitation(output: Output, task: str, handle: str, key: str | None) -> None:
    """End the one-time link of a task, at once."""
    done = Text("已收回链接", "revoked the link of")
    submit(output, task, handle, key, done, lambda _, envelope: RevokeInvitation(envelope=envelope, task=task))


COMMANDS = (invite, revoke_invitation)
