"""Milestones: what recurs, when it is due next, what has happened; waived by whoever may. And the tasks one watches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from engine import temporal
from engine.commands import WaiveMilestone
from engine.errors import Reason, Refused, Text
from engine.value import DateTime
from jobs import milestones as attended
from storage import inbox as inboxes
from storage import people
from storage.milestones import PASSED, STARTED, WAIVED, Happened, Listed, happened, listed
from storage.moments import NEVER, moment
from storage.submission import Store
from web.cli import company
from web.cli.acting import act, by_a_person
from web.cli.command import command, option
from web.cli.output import Output
from web.cli.parameters import NUMBER
from web.telling.naming import Names
from web.telling.sentences import STATUS

YEAR = timedelta(days=366)
OUTCOMES = {
    STARTED: Text("已启动", "started"),
    PASSED: Text("错过,由后一次补", "missed, a later one made up for it"),
    WAIVED: Text("已豁免", "waived"),
}


@command(zh="里程碑:列出;给出编号则显示历次及来年计划。")
@click.argument("milestone", type=NUMBER, required=False)
@option("--procedure", metavar="KEY", zh="只列此程序的。", en="Those of this procedure only.")
@option("--case", "case", type=NUMBER, zh="只列此服务项目的。", en="Those of this case only.")
@option("--after", type=NUMBER, default=0, zh="从此编号之后列起。", en="List those behind this number.")
@click.pass_obj
def milestones(output: Output, milestone: int | None, procedure: str | None, case: int | None, after: int) -> None:
    """What recurs and when it is due next; with a number, what has happened and the plan of the coming year."""
    with company.opened(output) as store:
        if milestone is not None:
            _one(output, store, milestone)
            return
        with store.database.read() as connection:
            found = listed(connection, procedure, case, after, 100)
        names = {key: Names(company.in_force(store, key), {}, "UTC") for key in {one.procedure for one in found}}
    rows = [
        (
            one.stream,
            one.case or "",
            output.text(names[one.procedure].process(one.process)),
            one.key,
            _next(output, one),
        )
        for one in found
    ]
    heads = [("编号", "number"), ("项目", "case"), ("流程", "process"), ("键", "key"), ("下一次", "next")]
    output.table(heads, rows, wide="process")
    output.result([_listed(one) for one in found])


def _next(output: Output, one: Listed) -> str:
    if one.problem.en:
        return output.text(one.problem)
    if one.due == NEVER:
        return output.text(STATUS[one.status]) if one.status != "running" else "–"
    return output.moment(moment(one.due))


def _listed(one: Listed) -> dict[str, object]:
    return {
        "milestone": one.stream,
        "procedure": one.procedure,
        "process": one.process,
        "start": one.start,
        "case": one.case,
        "key": one.key,
        "status": one.status,
        "due": None if one.due == NEVER else moment(one.due).isoformat(),
        "occurred": one.occurred,
        "problem": one.problem.en or None,
    }


def _one(output: Output, store: Store, number: int) -> None:
    plan = attended.planned(store, number, store.now() + YEAR)
    with store.database.read() as connection:
        found = happened(connection, number, 100)
    handles = company.names_of(store)
    rows: list[Sequence[object]] = [
        (
            one.number,
            output.moment(moment(one.planned)),
            output.moment(moment(one.actual)),
            _outcome(output, one, handles.get(one.person or "", one.person or "")),
        )
        for one in reversed(found)
    ]
    rows += [("", _shown(output, planned), "", output.either("计划", "planned")) for planned in plan]
    heads = [("次", "number"), ("原定", "planned"), ("实际", "actual"), ("结果", "outcome")]
    output.table(heads, rows, wide="outcome")
    output.result(
        {
            "milestone": number,
            "happened": [
                {
                    "number": one.number,
                    "planned": moment(one.planned).isoformat(),
                    "actual": moment(one.actual).isoformat(),
                    "outcome": one.outcome,
                    "person": one.person,
                    "instance": one.instance,
                }
                for one in reversed(found)
            ],
            "planned": [temporal.format_date_time(due) for due in plan],
        }
    )


def _shown(output: Output, due: DateTime) -> str:
    return output.moment(temporal.to_datetime(due))


def _outcome(output: Output, one: Happened, who: str) -> str:
    said = output.text(OUTCOMES[one.outcome])
    return f"{said} {one.instance or who or ''}".rstrip()


@command("waive-milestone", zh="豁免里程碑的下一次:不启动流程,留下记录。")
@click.argument("milestone", type=NUMBER)
@option("--reason", required=True, zh="理由。", en="The reason.")
@by_a_person
@click.pass_obj
def waive_milestone(output: Output, milestone: int, reason: str, handle: str, key: str | None) -> None:
    """Let the next occurrence of a milestone pass without starting anything."""
    with act(output, handle, key) as acting:
        with acting.store.database.read() as connection:
            due = attended.state(acting.store, connection, milestone).due
        if due is None:
            raise Refused(
                Reason.WRONG_STATE,
                f"里程碑 {milestone} 没有下一次",
                f"expected a next occurrence of milestone {milestone}, but there is none",
            )
        waived = due
        acting.submit(lambda envelope: WaiveMilestone(envelope=envelope, planned=waived, reason=reason), milestone)
    shown = _shown(output, waived)
    output.say(f"已豁免原定 {shown} 的一次。", f"The occurrence planned for {shown} was waived.")
    output.result({"milestone": milestone, "planned": temporal.format_date_time(waived), "waived": True})


@command(zh="因升级而关注的任务。")
@option("--as", "handle", required=True, metavar="HANDLE", zh="谁的关注。", en="Who watches.")
@click.pass_obj
def watched(output: Output, handle: str) -> None:
    """The tasks that an escalation told somebody of."""
    with company.opened(output) as store:
        person = people.known(store, handle)
        acting = [person, *company.organisation_of(store).principals(person, company.today(store))]
        with store.database.read() as connection:
            found = inboxes.watched(connection, [one.id for one in acting])
        rows = [
            (
                item.task,
                item.case or "",
                output.text(_step(store, item)),
                "" if item.due == NEVER else output.moment(moment(item.due)),
            )
            for item in found
        ]
    heads = [("任务", "task"), ("项目", "case"), ("步骤", "step"), ("期限", "due")]
    output.table(heads, rows, wide="step")
    output.result([{"task": item.task, "case": item.case, "element": item.element} for item in found])


def _step(store: Store, item: inboxes.Item) -> Text:
    instance = company.instance_of(store, item.stream)
    return Names(company.procedure_of(store, instance.version), {}, "UTC").step(item.process, item.element)


COMMANDS = (milestones, waive_milestone, watched)
