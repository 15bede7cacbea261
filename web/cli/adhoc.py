"""Ad-hoc sub-processes: people start what is in them as they see fit."""

from __future__ import annotations

import click

from engine import commands
from engine.commands import Command, Envelope
from engine.errors import Reason, Refused
from engine.instance import Instance
from web.cli import company, history
from web.cli.acting import act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID


@command(zh="在自由子流程中开始一项活动(zhixing show 列出可开始的活动)。")
@click.argument("instance", type=click.IntRange(1))
@click.argument("element")
@option(
    "--in",
    "within",
    type=COUNTED_ID,
    metavar="STEP",
    zh="哪个自由子流程;默认为最早的一个。",
    en="Which ad-hoc sub-process; otherwise the oldest.",
)
@by_a_person
@click.pass_obj
def begin(output: Output, instance: int, element: str, within: str | None, handle: str, key: str | None) -> None:
    """Start an activity of an ad-hoc sub-process; `zhixing show` lists what may be started."""
    with act(output, handle, key) as acting:
        step, process = _place(company.instance_of(acting.store, instance), element, within)

        def build(envelope: Envelope) -> Command:
            return commands.StartActivity(envelope=envelope, activity=step, element=element)

        receipt = acting.submit(build, instance)
        named = history.names_for(output, acting.store, instance).step(process, element)
    output.say(f"已开始 {named.zh}", f"started {named.en}")
    found = {"step": step, "element": element, "revision": receipt.revision, "repeated": receipt.repeated}
    output.result(found)


def _place(instance: Instance, element: str, within: str | None) -> tuple[str, str]:
    """The oldest ad-hoc sub-process in which the element may be started, or the one that is named; with its process."""
    for activity in instance.activities.values():
        if element in activity.enabled and within in (None, activity.id):
            return activity.id, activity.process
    raise Refused(
        Reason.NOT_FOUND,
        f"没有可开始的活动 {element}",
        f"expected an activity that may be started now, but {element} is none",
    )


COMMANDS = (begin,)
