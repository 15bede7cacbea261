"""Cases and tasks: start, inbox, show, claim, complete."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from engine.commands import ClaimTask, CompleteTask, OpenCase
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.procedure import Procedure
from engine.value import Person, Ref
from engine.words import StreamKind
from jobs.worker import Worker
from storage import inbox as inboxes
from storage import intake, people, schema
from storage.moments import NEVER, moment
from storage.submission import Store
from web.cli import company, plain
from web.cli.output import Output

As = click.option("--as", "handle", required=True, help="Handle of the person who acts.")


@click.command()
@click.argument("procedure")
@click.argument("process")
@As
@click.option("--case", "data", default="{}", help="Data of the case, as a JSON object.")
@click.option("--input", "values", default="{}", help="Variables of the instance, as a JSON object.")
@click.pass_obj
def start(output: Output, procedure: str, process: str, handle: str, data: str, values: str) -> None:
    """Open a case with an instance of a process, on the version in force."""
    with company.opened(output.settings) as store:
        actor = people.known(store, handle)
        with store.database.read() as connection:
            found = store.procedures.in_force(procedure, connection)
        if found is None:
            raise Refused(Reason.NOT_FOUND, f"没有生效的程序 {procedure}", f"no version of {procedure} is in force")
        version, key = found.digest, company.envelope(store, 0).id
        given, wanted = (
            plain.context(_resolved(store, plain.read(data))),
            plain.context(_resolved(store, plain.read(values))),
        )

        def build(number: int) -> OpenCase:
            envelope = company.envelope(store, number, actor, key)
            return OpenCase(
                envelope=envelope, procedure=procedure, version=version, data=given, process=process, input=wanted
            )

        receipt = store.open_stream(StreamKind.CASE, key, build)
        Worker(store).run()
        with store.database.read() as connection:
            query = select(schema.instance.c.stream_no).where(schema.instance.c.case_no == receipt.stream)
            instance = connection.execute(query.order_by(schema.instance.c.stream_no)).scalars().first()
    output.say(f"服务项目 {receipt.stream},流程实例 {instance}", f"case {receipt.stream}, instance {instance}")
    output.result({"case": receipt.stream, "instance": instance})


@click.command()
@As
@click.option("--size", default=50, show_default=True)
@click.pass_obj
def inbox(output: Output, handle: str, size: int) -> None:
    """What a person may do, due first."""
    with company.opened(output.settings) as store:
        person = people.known(store, handle)
        organisation = company.organisation_of(store)
        persons = [person.id, *(p.id for p in organisation.principals(person, company.today(store)))]
        roles = [role for role, held in organisation.roles.items() if any(p.id in persons for p in held)]
        with store.database.read() as connection:
            items = inboxes.page(connection, persons, roles, size=size)
        titles = {item.task: _title(store, item.stream, item.process, item.element) for item in items}
    rows = [(i.task, titles[i.task], i.case, _due(output, i.due), i.key if i.kind == "role" else "") for i in items]
    heads = [("任务", "task"), ("名称", "name"), ("项目", "case"), ("到期", "due"), ("角色", "role")]
    output.table(heads, rows)
    output.result([{"task": i.task, "element": i.element, "case": i.case, "due": _due(output, i.due)} for i in items])


@click.command()
@click.argument("instance", type=int)
@click.pass_obj
def show(output: Output, instance: int) -> None:
    """What is open in an instance, and its variables."""
    with company.opened(output.settings) as store:
        found = company.instance_of(store, instance)
        procedure, names = company.procedure_of(store, found.version), company.names_of(store)
    output.say(
        f"流程实例 {instance} · {procedure.title.zh} {procedure.label} · {found.status}",
        f"instance {instance} · {procedure.title.en} {procedure.label} · {found.status}",
    )
    rows = [
        (t.id, _name(procedure, t.process, t.element), t.stage, _holder(names, t.holder), ", ".join(t.roles))
        for t in found.tasks.values()
    ]
    heads = [("任务", "task"), ("名称", "name"), ("状态", "stage"), ("办理人", "holder"), ("角色", "roles")]
    output.table(heads, rows)
    incidents = [(i.id, output.text_of(i.message_zh, i.message_en)) for i in found.incidents.values()]
    if incidents:
        output.table([("异常", "incident"), ("原因", "why")], incidents)
    output.result(_document(found))


@click.command()
@click.argument("task")
@As
@click.pass_obj
def claim(output: Output, task: str, handle: str) -> None:
    """Take a task."""
    with company.opened(output.settings) as store:
        actor = people.known(store, handle)
        store.submit(ClaimTask(envelope=company.envelope(store, company.stream_of(task), actor), task=task))
    output.say(f"已认领 {task}", f"claimed {task}")
    output.result({"task": task})


@click.command()
@click.argument("task")
@As
@click.option("--data", default="{}", help="The form as a JSON object; @FILE reads a file.")
@click.pass_obj
def complete(output: Output, task: str, handle: str, data: str) -> None:
    """Hand in a task's form."""
    text = Path(data[1:]).read_text(encoding="utf-8") if data.startswith("@") else data
    with company.opened(output.settings) as store:
        actor = people.known(store, handle)
        instance, found = company.open_task(store, task)
        envelope = company.envelope(store, instance.stream, actor)
        entered = _resolved(store, plain.read(text))
        if not isinstance(entered, dict):
            raise Refused(Reason.INVALID_DATA, "表单应为 JSON 对象", "expected the form as a JSON object")
        values, rows = intake.prepare(store, instance, found, entered, envelope)
        receipt = store.submit(CompleteTask(envelope=envelope, task=task, data=values), rows)
        done = Worker(store).run()
        after = company.instance_of(store, instance.stream)
    waiting = sorted(t.element for t in after.tasks.values())
    output.say(
        f"已完成 {task};现在等待:{'、'.join(waiting) or '无'}",
        f"completed {task}; now waiting: {', '.join(waiting) or 'nothing'}",
    )
    output.result(
        {"task": task, "revision": receipt.revision, "waiting": waiting, "status": after.status, "jobs": done}
    )


def _resolved(store: Store, found: object) -> object:
    """`@handle` becomes a person, `{"ref": "kind:id"}` a reference."""
    if isinstance(found, str) and found.startswith("@"):
        return people.known(store, found[1:])
    if isinstance(found, list):
        return [_resolved(store, item) for item in found]
    if isinstance(found, dict):
        if set(found) == {"ref"}:
            kind, _, key = str(found["ref"]).partition(":")
            return Ref(kind, key)
        return {str(key): _resolved(store, item) for key, item in found.items()}
    return found


def _title(store: Store, stream: int, process: str, element: str) -> str:
    version = company.instance_of(store, stream).version
    return _name(company.procedure_of(store, version), process, element)


def _name(procedure: Procedure, process: str, element: str) -> str:
    name = procedure.model.element(process, element).name or ""
    return f"{element.replace('_', '.')} {name}".strip()


def _due(output: Output, due: int) -> str:
    return "" if due == NEVER else output.moment(moment(due))


def _holder(names: object, person: Person | None) -> str:
    return "" if person is None or not isinstance(names, dict) else names.get(person.id, person.id)


def _document(instance: Instance) -> dict[str, object]:
    return {
        "instance": instance.stream,
        "status": instance.status,
        "version": instance.version,
        "revision": instance.revision,
        "tasks": [
            {"task": t.id, "element": t.element, "stage": t.stage, "roles": list(t.roles)}
            for t in instance.tasks.values()
        ],
        "variables": {n: plain.shown(v) for s in instance.scopes.values() for n, v in s.variables.items()},
        "incidents": [{"incident": i.id, "zh": i.message_zh, "en": i.message_en} for i in instance.incidents.values()],
    }


COMMANDS = (start, inbox, show, claim, complete)
