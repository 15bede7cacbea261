"""Against the drawing: return, withdraw, add signers, move, and where work can be sent at all."""

from __future__ import annotations

import click

from engine import commands, target
from engine.commands import Command, Envelope
from engine.errors import Reason, Refused, Text
from engine.instance import Instance
from engine.words import ReturnMode, SignPlace
from web.cli import company, history
from web.cli.acting import Act, act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID
from web.cli.tasks import Task, Why, submit

Activity = click.argument("activity", type=COUNTED_ID)
Target = option("--to", "to", required=True, metavar="ELEMENT", zh="到哪一步(元素编号)。", en="The element to go to.")


@command(name="return", zh="把任务退回之前的步骤(见 targets);默认逐步重办,--straight 改后直接返回。")
@Task
@Target
@option("--straight", is_flag=True, zh="改后直接返回本任务。", en="From there it comes straight back.")
@Why
@by_a_person
@click.pass_obj
def return_task(output: Output, task: str, to: str, straight: bool, reason: str, handle: str, key: str | None) -> None:
    """Send the work back to an earlier step (see targets): done again step by step, or with --straight only there."""
    mode = ReturnMode.STRAIGHT if straight else ReturnMode.STEP

    def build(_: Act, envelope: Envelope) -> Command:
        return commands.ReturnTask(envelope=envelope, task=task, target=to, mode=mode, reason=reason)

    submit(output, task, handle, key, Text("已退回", "returned"), build)


@command(zh="撤回自己已完成的任务;下一步被打开之后不能再撤回。")
@Task
@Why
@by_a_person
@click.pass_obj
def withdraw(output: Output, task: str, reason: str, handle: str, key: str | None) -> None:
    """Take back a task that one has completed, while nobody has opened what follows."""

    def build(_: Act, envelope: Envelope) -> Command:
        return commands.WithdrawTask(envelope=envelope, task=task, reason=reason)

    submit(output, task, handle, key, Text("已撤回", "withdrew"), build)


@command(name="add-signer", zh="请别人加签:办理之前(前加签)或之后(后加签);加签人用 resolve 给出意见。")
@Task
@option(
    "--to",
    "to",
    required=True,
    multiple=True,
    metavar="HANDLE",
    zh="加签人,可重复,依次加签。",
    en="Who signs; may be repeated: one after the other.",
)
@option("--after", is_flag=True, zh="办理之后加签;否则为之前。", en="After its holder has done it; otherwise before.")
@Why
@by_a_person
@click.pass_obj
def add_signer(
    output: Output, task: str, to: tuple[str, ...], after: bool, reason: str, handle: str, key: str | None
) -> None:
    """Let others give their opinion on a task (with resolve), before or after its holder."""

    def build(acting: Act, envelope: Envelope) -> Command:
        persons = tuple(acting.person(one) for one in to)
        place = SignPlace.AFTER if after else SignPlace.BEFORE
        return commands.AddSigner(envelope=envelope, task=task, persons=persons, place=place, reason=reason)

    submit(output, task, handle, key, Text("已加签", "added signers to"), build)


@command(zh="把进行中的步骤移到别处(须有移动权限;可去之处见 targets --move)。")
@Activity
@Target
@Why
@by_a_person
@click.pass_obj
def move(output: Output, activity: str, to: str, reason: str, handle: str, key: str | None) -> None:
    """Put the work of a step elsewhere, with the right to do so (see targets --move)."""
    with act(output, handle, key) as acting:
        stream = company.stream_of(activity)
        instance = company.instance_of(acting.store, stream)

        def build(envelope: Envelope) -> Command:
            return commands.MoveToken(envelope=envelope, activity=activity, target=to, reason=reason)

        receipt = acting.submit(build, stream)
        names = history.names_for(output, acting.store, stream)
    found = instance.activities.get(activity)
    step = Text("", "") if found is None else names.step(found.process, found.element)
    output.say(f"已移动 {activity} {step.zh}", f"moved {activity} {step.en}")
    output.result({"activity": activity, "stream": stream, "revision": receipt.revision, "repeated": receipt.repeated})


@command(zh="任务可退回到哪些步骤;--move 为移动时可去的步骤。不可去的各有原因。")
@Activity
@option("--straight", is_flag=True, zh="改后直接返回时。", en="When it is to come straight back.")
@option("--move", "moving", is_flag=True, zh="移动时可去的步骤。", en="Where it could be moved instead.")
@click.pass_obj
def targets(output: Output, activity: str, straight: bool, moving: bool) -> None:
    """Where a task can be returned to, or with --move where a step can be put; and why it cannot go elsewhere."""
    with company.opened(output) as store:
        instance, window = company.standing(store, company.stream_of(activity))
        if not isinstance(instance, Instance) or activity not in instance.activities:
            raise Refused(
                Reason.NOT_FOUND,
                f"没有进行中的步骤 {activity}",
                f"there is no step {activity} under way",
            )
        procedure = company.procedure_of(store, instance.version)
        if moving:
            found = target.destinations(procedure, instance, window, activity)
        else:
            found = target.targets(procedure, instance, window, activity, straight=straight)
    found.sort(key=lambda one: one.refusal is not None)
    rows = [(one.name, output.text(one.label), output.text(one.refusal or Text("可以", "yes"))) for one in found]
    if rows:
        output.table([("元素", "element"), ("步骤", "step"), ("可去", "possible")], rows, wide="possible")
    else:
        output.say("没有其他步骤。", "There is no other step.")
    output.result([_document(one) for one in found])


def _document(one: target.Target) -> dict[str, object]:
    refusal = None if one.refusal is None else {"zh": one.refusal.zh, "en": one.refusal.en}
    label = {"zh": one.label.zh, "en": one.label.en}
    return {"process": one.process, "element": one.name, "label": label, "refusal": refusal}


COMMANDS = (return_task, withdraw, add_signer, move, targets)
