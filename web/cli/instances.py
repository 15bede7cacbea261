"""Running instances: ended and mended."""

from __future__ import annotations

import click

from engine.commands import Command, DecideIncident, Envelope, RetryIncident, TerminateInstance
from engine.value import Value
from web.cli import company
from web.cli.acting import act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID, JSON, NUMBER
from web.telling import plain

Why = option("--reason", required=True, zh="理由。", en="Why.")


@command(zh="终止流程实例,未办的任务取消。")
@click.argument("instance", type=NUMBER)
@Why
@by_a_person
@click.pass_obj
def terminate(output: Output, instance: int, reason: str, handle: str, key: str | None) -> None:
    """End an instance now; open tasks are cancelled."""
    with act(output, handle, key) as acting:
        company.instance_of(acting.store, instance)

        def build(envelope: Envelope) -> Command:
            return TerminateInstance(envelope=envelope, reason=reason)

        receipt = acting.submit(build, instance)
    output.say(f"已终止流程实例 {instance}", f"terminated instance {instance}")
    output.result({"instance": instance, "revision": receipt.revision, "repeated": receipt.repeated})


@command(zh="让出现异常的步骤重试。")
@click.argument("incident", type=COUNTED_ID)
@Why
@by_a_person
@click.pass_obj
def retry(output: Output, incident: str, reason: str, handle: str, key: str | None) -> None:
    """Try a failed step again."""

    def build(envelope: Envelope) -> Command:
        return RetryIncident(envelope=envelope, incident=incident, reason=reason)

    with act(output, handle, key) as acting:
        receipt = acting.submit(build, company.stream_of(incident))
    output.say(f"已重试 {incident}", f"tried {incident} again")
    output.result({"incident": incident, "revision": receipt.revision, "repeated": receipt.repeated})


@command(zh="替出现异常的步骤作决定:走哪条顺序流,或给出结果。")
@click.argument("incident", type=COUNTED_ID)
@option(
    "--flow",
    "flows",
    multiple=True,
    metavar="ID",
    zh="要走的顺序流,可重复。",
    en="A sequence flow to take; may be repeated.",
)
@option(
    "--result", "result", type=JSON, default="null", metavar="JSON", zh="步骤的结果。", en="The result of the step."
)
@Why
@by_a_person
@click.pass_obj
def decide(
    output: Output, incident: str, flows: tuple[str, ...], result: object, reason: str, handle: str, key: str | None
) -> None:
    """Answer for a failed step: the sequence flows to take, or its result."""
    with act(output, handle, key) as acting:
        value: Value = plain.value(plain.resolved(result, acting.person))

        def build(envelope: Envelope) -> Command:
            return DecideIncident(envelope=envelope, incident=incident, flows=flows, result=value, reason=reason)

        receipt = acting.submit(build, company.stream_of(incident))
    output.say(f"已处置 {incident}", f"settled {incident}")
    output.result({"incident": incident, "revision": receipt.revision, "repeated": receipt.repeated})


COMMANDS = (terminate, retry, decide)
