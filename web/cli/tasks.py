"""What people do with one task."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from engine import commands
from engine.commands import Command, CompleteTask, Envelope
from engine.errors import Reason, Refused, Text
from engine.value import Context
from storage import drafts, intake, personal
from storage.answered import is_answered
from storage.submission import Store
from web.cli import attachments, company, history
from web.cli.acting import Act, act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import COUNTED_ID, JSON
from web.telling import plain

Task = click.argument("task", type=COUNTED_ID)
Why = option("--reason", required=True, zh="理由。", en="Why.")
To = option("--to", "to", required=True, metavar="HANDLE", zh="交给谁。", en="Handle of the other person.")
Build = Callable[[Act, Envelope], Command]


def submit(output: Output, task: str, handle: str, key: str | None, done: Text, build: Build) -> None:
    """Submit a command about a task, and say what was done."""
    with act(output, handle, key) as acting:
        receipt = acting.submit(lambda envelope: build(acting, envelope), company.stream_of(task))
        step = _step(output, acting.store, task)
    output.say(f"{done.zh} {task} {step.zh}", f"{done.en} {task} {step.en}")
    output.result({"task": task, "stream": receipt.stream, "revision": receipt.revision, "repeated": receipt.repeated})


def _step(output: Output, store: Store, task: str) -> Text:
    names = history.names_for(output, store, company.stream_of(task))
    return names.step(*company.place_of(store, task))


@command(name="open", zh="打开任务查看;此后上一步不能再撤回。")
@Task
@by_a_person
@click.pass_obj
def open_task(output: Output, task: str, handle: str, key: str | None) -> None:
    """Look at a task for the first time; from then on the one before can no longer be withdrawn."""
    done = Text("已打开", "opened")
    submit(output, task, handle, key, done, lambda _, envelope: commands.OpenTask(envelope=envelope, task=task))


@command(zh="认领任务。")
@Task
@by_a_person
@click.pass_obj
def claim(output: Output, task: str, handle: str, key: str | None) -> None:
    """Take a task."""
    done = Text("已认领", "claimed")
    submit(output, task, handle, key, done, lambda _, envelope: commands.ClaimTask(envelope=envelope, task=task))


@command(zh="把已认领的任务退回待领。")
@Task
@by_a_person
@click.pass_obj
def release(output: Output, task: str, handle: str, key: str | None) -> None:
    """Put a claimed task back."""
    done = Text("已退回", "released")
    submit(output, task, handle, key, done, lambda _, envelope: commands.ReleaseTask(envelope=envelope, task=task))


@command(zh="把任务转给别人办理。")
@Task
@To
@Why
@by_a_person
@click.pass_obj
def transfer(output: Output, task: str, to: str, reason: str, handle: str, key: str | None) -> None:
    """Give a task to another person for good."""

    def build(acting: Act, envelope: Envelope) -> Command:
        return commands.TransferTask(envelope=envelope, task=task, to=acting.person(to), reason=reason)

    submit(output, task, handle, key, Text("已转办", "transferred"), build)


@command(zh="委派别人办理,办完交回。")
@Task
@To
@Why
@by_a_person
@click.pass_obj
def delegate(output: Output, task: str, to: str, reason: str, handle: str, key: str | None) -> None:
    """Ask another person to work on a task; it comes back."""

    def build(acting: Act, envelope: Envelope) -> Command:
        return commands.DelegateTask(envelope=envelope, task=task, to=acting.person(to), reason=reason)

    submit(output, task, handle, key, Text("已委派", "delegated"), build)


@command(zh="把受委派的任务连同意见交回。")
@Task
@option("--opinion", default="", zh="意见。", en="An opinion.")
@by_a_person
@click.pass_obj
def resolve(output: Output, task: str, opinion: str, handle: str, key: str | None) -> None:
    """Hand a delegated task back to its owner."""

    def build(_: Act, envelope: Envelope) -> Command:
        return commands.ResolveTask(envelope=envelope, task=task, opinion=opinion)

    submit(output, task, handle, key, Text("已交回", "handed back"), build)


@command(zh="催办。")
@Task
@option("--message", default="", zh="附言。", en="A message.")
@by_a_person
@click.pass_obj
def urge(output: Output, task: str, message: str, handle: str, key: str | None) -> None:
    """Ask whoever holds a task to hurry."""

    def build(_: Act, envelope: Envelope) -> Command:
        return commands.UrgeTask(envelope=envelope, task=task, message=message)

    submit(output, task, handle, key, Text("已催办", "urged"), build)


@command(zh="把任务知会别人。")
@Task
@option("--to", "to", required=True, multiple=True, metavar="HANDLE", zh="知会谁,可重复。", en="Whom; may be repeated.")
@option("--message", default="", zh="附言。", en="A message.")
@by_a_person
@click.pass_obj
def copy(output: Output, task: str, to: tuple[str, ...], message: str, handle: str, key: str | None) -> None:
    """Let others know of a task."""

    def build(acting: Act, envelope: Envelope) -> Command:
        persons = tuple(acting.person(one) for one in to)
        return commands.CopyTask(envelope=envelope, task=task, to=persons, message=message)

    submit(output, task, handle, key, Text("已知会", "informed others of"), build)


@command(zh="准许一个人办理本应由他人办理的任务(豁免职责分离)。")
@Task
@option("--for", "person", required=True, metavar="HANDLE", zh="准许谁。", en="Whom to allow it.")
@Why
@by_a_person
@click.pass_obj
def waive(output: Output, task: str, person: str, reason: str, handle: str, key: str | None) -> None:
    """Allow one person one task in spite of the separation of duties."""

    def build(acting: Act, envelope: Envelope) -> Command:
        allowed = acting.person(person)
        return commands.WaiveSeparation(envelope=envelope, task=task, person=allowed, reason=reason)

    submit(output, task, handle, key, Text("已豁免", "waived the separation of duties for"), build)


Data = option(
    "--data",
    type=JSON,
    metavar="JSON",
    zh="表单的 JSON 对象;@文件 读文件,- 读标准输入;默认为草稿。",
    en="The form as a JSON object; @FILE reads a file, - standard input; otherwise the draft.",
)


@command(zh="提交任务的表单。")
@Task
@Data
@option(
    "--file",
    "given",
    multiple=True,
    metavar="FIELD=FILE",
    zh="字段及其文件,可重复。",
    en="A field and a file for it; may be repeated.",
)
@by_a_person
@click.pass_obj
def complete(output: Output, task: str, data: object, given: tuple[str, ...], handle: str, key: str | None) -> None:
    """Hand in a task's form."""
    with act(output, handle, key) as acting:
        store, envelope = acting.store, acting.envelope(company.stream_of(task))
        values, rows = _checked(acting, task, data, envelope, attachments.of_fields(output, acting, task, given))
        receipt = store.submit(CompleteTask(envelope=envelope, task=task, data=values), rows)
        done = acting.work()
        after = company.instance_of(store, company.stream_of(task))
        names = history.names_for(output, store, after.stream)
        step = _step(output, store, task)
    waiting = [names.step(open_.process, open_.element) for open_ in after.tasks.values()]
    output.say(f"已完成 {task} {step.zh}", f"completed {task} {step.en}")
    output.say(
        f"现在等待:{'、'.join(text.zh for text in waiting) or '无'}",
        f"now waiting: {', '.join(text.en for text in waiting) or 'nothing'}",
    )
    for incident in after.incidents.values():
        output.say(f"异常 {incident.id}:{incident.message_zh}", f"incident {incident.id}: {incident.message_en}", "red")
    output.result(
        {
            "task": task,
            "stream": receipt.stream,
            "revision": receipt.revision,
            "repeated": receipt.repeated,
            "waiting": [{"task": open_.id, "element": open_.element} for open_ in after.tasks.values()],
            "incidents": history.incidents_document(after),
            "status": after.status,
            "ends": list(after.ends),
            "jobs": done,
        }
    )


def _checked(
    acting: Act, task: str, data: object, envelope: Envelope, given: Mapping[str, object]
) -> tuple[Context, list[personal.Row]]:
    """The values of a form and what is personal in them; nothing for a repeat, which gets its first answer."""
    if data is None and acting.actor is not None:
        data = drafts.read(acting.store.database, task, acting.actor) or {}
    entered = {**_form(acting, data), **given}
    if is_answered(acting.store.database, envelope.id):
        return Context(), []
    instance, found = company.open_task(acting.store, task)
    return intake.prepare(acting.store, instance, found, entered, envelope)


def _form(acting: Act, data: object) -> dict[str, object]:
    entered = plain.resolved(data, acting.person)
    if not isinstance(entered, dict):
        raise Refused(Reason.INVALID_DATA, "表单应为 JSON 对象", "expected the form as a JSON object")
    return entered


@command(zh="草稿:显示;--data 保存;--discard 丢弃。")
@Task
@Data
@option("--discard", is_flag=True, zh="丢弃草稿。", en="Forget the draft.")
@option("--as", "handle", required=True, metavar="HANDLE", zh="谁的草稿。", en="Whose draft.")
@click.pass_obj
def draft(output: Output, task: str, data: object, discard: bool, handle: str) -> None:
    """What a person has begun to enter: shown, kept with --data, forgotten with --discard. Not journaled."""
    with act(output, handle, None) as acting:
        assert acting.actor is not None
        database = acting.store.database
        if discard:
            drafts.discard(database, task, acting.actor)
        elif data is not None:
            content = plain.context(_form(acting, data))
            drafts.save(database, task, acting.actor, content, acting.store.now())
        found = drafts.read(database, task, acting.actor)
    shown = None if found is None else plain.shown(found)
    output.say(
        "没有草稿。" if found is None else plain.written(shown), "No draft." if found is None else plain.written(shown)
    )
    output.result({"task": task, "draft": shown})


COMMANDS = (draft, open_task, claim, release, complete, transfer, delegate, resolve, urge, copy, waive)
