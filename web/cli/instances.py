"""Running instances: ended, mended, told of messages from outside."""

from __future__ import annotations

import click
from sqlalchemy import select

from engine import encoding
from engine.commands import Command, DecideIncident, DeliverMessage, Envelope, RetryIncident, TerminateInstance
from engine.errors import Reason, Refused
from engine.value import Value
from storage import schema
from web.cli import company, plain
from web.cli.acting import act, by_a_person, by_the_operator
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID, JSON, NUMBER

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


@command(zh="从外部送达一条消息,按名称和关联值找到等待者。")
@click.argument("name")
@option("--correlation", type=JSON, default="null", metavar="JSON", zh="关联值。", en="What the receiver waits for.")
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
def message(
    output: Output, name: str, correlation: object, payload: object, handle: str | None, key: str | None
) -> None:
    """Deliver a message from outside to whoever waits for its name and correlation."""
    with act(output, handle, key) as acting:
        content = plain.context(plain.resolved(payload, acting.person))
        digest = encoding.digest(plain.value(plain.resolved(correlation, acting.person)))
        table = schema.subscription
        with acting.store.database.read() as connection:
            query = select(table).where(table.c.name == name, table.c.correlation == digest)
            found = connection.execute(query.order_by(table.c.subscription).limit(1)).one_or_none()
        if found is None:
            raise Refused(
                Reason.NOT_FOUND,
                f"没有流程在等待消息 {name}",
                f"no instance waits for message {name} with this correlation",
            )

        def build(envelope: Envelope) -> Command:
            return DeliverMessage(envelope=envelope, subscription=found.subscription, payload=content)

        receipt = acting.submit(build, found.stream_no)
    output.say(f"消息 {name} 已送达流程实例 {receipt.stream}", f"message {name} delivered to instance {receipt.stream}")
    output.result({"instance": receipt.stream, "subscription": found.subscription, "revision": receipt.revision})


COMMANDS = (terminate, retry, decide, message)
