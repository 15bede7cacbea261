"""Cases: started, looked at, ended; and the inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click
from sqlalchemy import select

from engine import countersign
from engine.case import Case
from engine.commands import OpenCase
from engine.document import Document
from engine.instance import Instance
from engine.value import Context, Person
from engine.words import Status, StreamKind
from storage import inbox as inboxes
from storage import people, schema
from storage.inbox import Item
from storage.moments import NEVER, moment
from storage.submission import Store
from web.cli import company, history, signing
from web.cli.acting import Act, act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import JSON, NUMBER
from web.telling import plain
from web.telling.naming import shown
from web.telling.paper import versions
from web.telling.sentences import DOCUMENT_STATUS, STATUS

As = option("--as", "handle", required=True, metavar="HANDLE", zh="谁的待办。", en="Whose inbox.")
Data = option(
    "--case",
    "data",
    type=JSON,
    default="{}",
    metavar="JSON",
    zh="项目数据,JSON 对象。",
    en="Data of the case, a JSON object.",
)
Input = option(
    "--input",
    "values",
    type=JSON,
    default="{}",
    metavar="JSON",
    zh="流程变量,JSON 对象。",
    en="Variables, a JSON object.",
)


@command(zh="按生效版本建立服务项目并启动流程。")
@click.argument("procedure")
@click.argument("process")
@Data
@Input
@by_a_person
@click.pass_obj
def start(
    output: Output, procedure: str, process: str, data: object, values: object, handle: str, key: str | None
) -> None:
    """Open a case with an instance of a process, on the version in force."""
    with act(output, handle, key) as acting:
        version = company.in_force(acting.store, procedure).digest
        given, wanted = _context(acting, data), _context(acting, values)
        first = acting.envelope(0)

        def build(number: int) -> OpenCase:
            return OpenCase(
                envelope=replace(first, stream=number),
                procedure=procedure,
                version=version,
                data=given,
                process=process,
                input=wanted,
            )

        receipt = acting.store.open_stream(StreamKind.CASE, first.id, build)
        acting.work()
        instances = company.instances_of(acting.store, receipt.stream)
    _say_started(output, receipt.stream, instances)
    first_one = instances[0] if instances else None
    output.result({"case": receipt.stream, "instance": first_one, "repeated": receipt.repeated})


def _say_started(output: Output, case: int, instances: Sequence[int]) -> None:
    if not instances:  # another worker has the job in hand
        output.say(f"已建立服务项目 {case},流程实例稍后启动", f"opened case {case}; its instance starts in a moment")
        return
    numbers = ", ".join(str(number) for number in instances)
    output.say(f"已建立服务项目 {case},流程实例 {numbers}", f"opened case {case} with instance {numbers}")


def _context(acting: Act, found: object) -> Context:
    return plain.context(plain.resolved(found, acting.person))


@command(zh="一个人能办理的任务,先到期的在前。")
@As
@option("--size", type=NUMBER, default=50, show_default=True, zh="最多几项。", en="How many at most.")
@click.pass_obj
def inbox(output: Output, handle: str, size: int) -> None:
    """What a person may do, due first."""
    with company.opened(output) as store:
        person = people.known(store, handle)
        rows = list(_inbox(output, store, person, min(size, 1_000)))
    heads = [("任务", "task"), ("名称", "name"), ("项目", "case"), ("到期", "due"), ("提供给", "offered to")]
    output.table(heads, [row for _, row in rows], wide="name")
    if not rows:
        output.say("没有待办。", "Nothing to do.")
    output.result(
        [
            {"task": i.task, "element": i.element, "case": i.case, "due": None if i.due == NEVER else moment(i.due)}
            for i, _ in rows
        ]
    )


def _inbox(output: Output, store: Store, person: Person, size: int) -> Iterator[tuple[Item, tuple[object, ...]]]:
    organisation = company.organisation_of(store)
    persons = [person, *organisation.principals(person, company.today(store))]
    held = [role for role, holders in organisation.roles.items() if any(one in holders for one in persons)]
    with store.database.read() as connection:
        items = inboxes.page(connection, [one.id for one in persons], held, size=size)
    for item in items:
        instance = company.instance_of(store, item.stream)
        task = instance.tasks.get(item.task)
        if task is None:
            continue  # done a moment ago
        names = history.names_for(output, store, item.stream)
        step = output.text(names.step(item.process, item.element))
        due = "" if item.due == NEVER else output.moment(moment(item.due))
        yield item, (item.task, step, item.case, due, output.text(names.offered(task)))


@command(zh="一个流程实例中待办的任务和变量。")
@click.argument("instance", type=NUMBER)
@click.pass_obj
def show(output: Output, instance: int) -> None:
    """What is open in an instance, and its variables."""
    with company.opened(output) as store:
        found = company.instance_of(store, instance)
        names = history.names_for(output, store, instance)
        procedure = company.procedure_of(store, found.version)
    process, status = names.process(found.process), STATUS[str(found.status)]
    ends = names.ends(found.ends)
    output.say(
        f"流程实例 {instance}:{process.zh}({procedure.title.zh} {procedure.label}),{status.zh} {ends.zh}".rstrip(),
        f"instance {instance}: {process.en} ({procedure.title.en} {procedure.label}), {status.en} {ends.en}".rstrip(),
    )
    history.show_state(output, names, found)
    signed = countersign.standings(procedure, found)
    signing.say(output, names, signed)
    rows = [(name, _cut(output.text(shown(v)))) for s in found.scopes.values() for name, v in s.variables.items()]
    if rows:
        output.table([("变量", "variable"), ("值", "value")], rows)
    output.result(
        {"instance": instance, "case": found.case, "version": found.version, "revision": found.revision}
        | history.state_document(found)
        | {"countersigned": [signing.document(standing) for standing in signed]}
    )


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


@command(zh="服务项目一览。")
@click.pass_obj
def cases(output: Output) -> None:
    """All cases, newest first."""
    with company.opened(output) as store:
        with store.database.read() as connection:
            rows = connection.execute(select(schema.case).order_by(schema.case.c.stream_no.desc()).limit(1_000)).all()
        states = [(row, company.case_at(store, row.stream_no)) for row in rows]
        troubled = _troubled(store)
        titles = {row.version: company.procedure_of(store, row.version).title for row in rows}
    table = [
        (
            row.stream_no,
            output.text(shown(state.data.get("project_name"))) if "project_name" in state.data else "",
            output.text(titles[row.version]),
            output.moment(moment(row.opened_at)),
            troubled.get(row.stream_no, ""),
            output.text(STATUS[row.status]),
        )
        for row, state in states
    ]
    heads = [("项目", "case"), ("名称", "name"), ("程序", "procedure"), ("建立", "opened")]
    heads += [("异常", "incidents"), ("状态", "status")]
    output.table(heads, table, wide="name procedure")
    output.result(
        [
            {"case": row.stream_no, "procedure": row.procedure, "version": row.version, "status": row.status}
            | {"incidents": troubled.get(row.stream_no, 0)}
            for row, _ in states
        ]
    )


def _troubled(store: Store) -> dict[int, int]:
    """How many incidents are open in the instances of each case that has any."""
    table = schema.instance
    query = select(table.c.stream_no).where(table.c.status == str(Status.RUNNING), table.c.case_no.is_not(None))
    with store.database.read() as connection:
        running = list(connection.execute(query).scalars())
    found: Counter[int] = Counter()
    for stream in running:
        instance = company.instance_of(store, stream)
        if instance.case is not None and instance.incidents:
            found[instance.case] += len(instance.incidents)
    return found


@command(zh="一个服务项目:数据、项目角色、流程实例。")
@click.argument("number", metavar="CASE", type=NUMBER)
@click.pass_obj
def case(output: Output, number: int) -> None:
    """A case: its data, its team, its instances."""
    with company.opened(output) as store:
        found = company.case_at(store, number)
        names = history.names_for(output, store, number)
        fields = company.procedure_of(store, found.version).case_fields
        instances = [company.instance_of(store, instance) for instance in company.instances_of(store, number)]
    data = [
        (output.text(fields[key].title) if key in fields else key, output.text(shown(v)))
        for key, v in found.data.items()
    ]
    team = [(output.text(names.role(role)), output.text(names.value(persons))) for role, persons in found.roles.items()]
    output.say(f"服务项目 {number},{STATUS[str(found.status)].zh}", f"case {number}, {STATUS[str(found.status)].en}")
    output.table([("数据", "data"), ("值", "value")], [*data, *team])
    rows = [(i.stream, output.text(names.process(i.process)), _standing(output, i)) for i in instances]
    output.table([("实例", "instance"), ("流程", "process"), ("状态", "status")], rows, wide="process")
    output.result(
        {
            "case": number,
            "status": found.status,
            "procedure": found.procedure,
            "version": found.version,
            "data": {key: plain.shown(value) for key, value in found.data.items()},
            "roles": {role: [person.id for person in persons] for role, persons in found.roles.items()},
            "instances": [{"instance": i.stream, "process": i.process, "status": i.status} for i in instances],
            "documents": _documents(found),
        }
    )


def _standing(output: Output, instance: Instance) -> str:
    return output.text(STATUS[str(instance.status)])


@command(zh="服务项目的文件:版本、状态、编号、摘要。")
@click.argument("number", metavar="CASE", type=NUMBER)
@click.pass_obj
def documents(output: Output, number: int) -> None:
    """The documents of a case: version, status, number, digest of the content."""
    with company.opened(output) as store:
        company.case_at(store, number)
        names = history.names_for(output, store, number)
        found = versions(history.read_entries(store, number))
    rows = [
        (
            output.text(names.document(document.key)),
            document.version,
            output.text(DOCUMENT_STATUS[document.status]),
            document.number if document.issued_version == document.version else None,
            output.text(names.person(document.author)),
            document.digest[:16],
        )
        for document in found
    ]
    heads = [
        ("文件", "document"),
        ("版本", "version"),
        ("状态", "status"),
        ("编号", "number"),
        ("编制", "author"),
        ("摘要", "digest"),
    ]
    output.table(heads, rows, wide="document number")
    output.result([_document(document) for document in found])


def _documents(found: Case) -> list[dict[str, object]]:
    return [_document(document) for document in found.documents.values()]


def _document(found: Document) -> dict[str, object]:
    return {
        "document": found.key,
        "version": found.version,
        "status": str(found.status),
        "number": found.number,
        "issued_version": found.issued_version,
        "author": found.author.id,
        "digest": found.digest,
    }


COMMANDS = (start, inbox, show, cases, case, documents)
