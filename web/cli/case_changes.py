"""What is changed about a case: its data, its team, its end."""

from __future__ import annotations

import click

from engine.commands import AssignCaseRole, CloseCase, Command, Envelope, SetCaseData
from web import ending
from web.cli import company
from web.cli.acting import act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import JSON, NUMBER
from web.telling import plain

Case = click.argument("number", metavar="CASE", type=NUMBER)


@command("set-case", zh="修改服务项目的数据。")
@Case
@option(
    "--data",
    type=JSON,
    required=True,
    metavar="JSON",
    zh="数据项及其值,JSON 对象。",
    en="Fields and values, a JSON object.",
)
@option("--reason", zh="更改数据中的人员时:原因。", en="Why, when the data names other people.")
@by_a_person
@click.pass_obj
def set_case(output: Output, number: int, data: object, reason: str | None, handle: str, key: str | None) -> None:
    """Change the data of a case."""
    with act(output, handle, key) as acting:
        company.case_at(acting.store, number)
        content = plain.context(plain.resolved(data, acting.person))

        def build(envelope: Envelope) -> Command:
            return SetCaseData(envelope=envelope, data=content, reason=reason)

        receipt = acting.submit(build, number)
    output.say(f"已修改服务项目 {number}", f"changed case {number}")
    output.result({"case": number, "revision": receipt.revision, "repeated": receipt.repeated})


@command("assign-role", zh="指定服务项目中担任角色的人;替换此前的人选。")
@Case
@click.argument("role")
@click.argument("persons", metavar="HANDLE...", nargs=-1)
@option("--reason", required=True, zh="原因。", en="Why.")
@by_a_person
@click.pass_obj
def assign_role(
    output: Output, number: int, role: str, persons: tuple[str, ...], reason: str, handle: str, key: str | None
) -> None:
    """Say who holds a role in a case; replaces the holders before."""
    with act(output, handle, key) as acting:
        company.case_at(acting.store, number)
        holders = tuple(acting.person(one) for one in persons)

        def build(envelope: Envelope) -> Command:
            return AssignCaseRole(envelope=envelope, role=role, persons=holders, reason=reason)

        receipt = acting.submit(build, number)
    output.say(f"服务项目 {number} 的 {role}:{'、'.join(persons)}", f"{role} of case {number}: {', '.join(persons)}")
    output.result({"case": number, "role": role, "revision": receipt.revision, "repeated": receipt.repeated})


@command("close-case", zh="结束服务项目。")
@Case
@option("--outcome", required=True, zh="结果。", en="How it ended.")
@option(
    "--leave-running",
    is_flag=True,
    zh="即使还有流程在办理也结束;它们继续办理。",
    en="End it although processes run in it; they go on without it.",
)
@by_a_person
@click.pass_obj
def close_case(output: Output, number: int, outcome: str, leave_running: bool, handle: str, key: str | None) -> None:
    """End a case."""
    with act(output, handle, key) as acting:
        company.case_at(acting.store, number)
        rule = None if leave_running else ending.idle(acting.store)
        receipt = acting.submit(lambda envelope: CloseCase(envelope=envelope, outcome=outcome), number, rule)
    output.say(f"已结束服务项目 {number}", f"closed case {number}")
    output.result({"case": number, "revision": receipt.revision, "repeated": receipt.repeated})


COMMANDS = (set_case, assign_role, close_case)
