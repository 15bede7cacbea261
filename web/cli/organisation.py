"""The organisation: people, roles, deputies, settings, the working calendar."""

from __future__ import annotations

import click

from engine.calendar import Calendar
from engine.commands import (
    AppointDeputy,
    ChangeCalendar,
    ChangeSetting,
    Command,
    DismissDeputy,
    EndAbsence,
    Envelope,
    GrantRole,
    ReportAbsence,
    RevokeRole,
)
from engine.errors import Reason, Refused
from engine.service_window import Window, windows_of
from engine.stream import ORGANISATION
from engine.temporal import format_date, parse_date
from engine.value import Context, Date, Value
from storage import people as everybody
from web.cli import company, history
from web.cli.acting import act, by_the_operator
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import DAY, JSON
from web.telling import plain
from web.telling.naming import shown


@command(zh="人员及其角色、代理。")
@click.pass_obj
def people(output: Output) -> None:
    """People with their roles and deputies."""
    with company.opened(output) as store:
        organisation = company.organisation_of(store)
        names = history.names_for(output, store, ORGANISATION)
        with store.database.read() as connection:
            handles = everybody.handles(connection)
    held = {
        person: sorted(role for role, all_ in organisation.roles.items() if person in all_)
        for person in organisation.persons
    }
    deputies = {
        person: [
            f"{names.person(d.deputy).zh} {format_date(d.first)}…{format_date(d.last)}"
            for d in organisation.deputies
            if d.person == person
        ]
        for person in organisation.persons
    }
    rows = [
        (handles.get(p.id, ""), output.text(names.person(p)), p.id, " ".join(held[p]), "; ".join(deputies[p]))
        for p in organisation.persons
    ]
    heads = [("账号", "handle"), ("姓名", "name"), ("编号", "id"), ("角色", "roles"), ("代理人", "deputies")]
    output.table(heads, rows, wide="roles")
    output.result(
        [
            {"person": p.id, "handle": handles.get(p.id), "name": names.people.get(p.id), "roles": held[p]}
            for p in organisation.persons
        ]
    )


@command("add-person", zh="加入人员,或为已有人员增加角色。")
@click.argument("handle")
@click.argument("name")
@option("--role", "roles", multiple=True, metavar="ROLE", zh="角色代码,可重复。", en="A role to hold; may be repeated.")
@click.pass_obj
def add_person(output: Output, handle: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person, or give one more roles."""
    for text, what in ((handle, ("账号", "a handle")), (name, ("姓名", "a name"))):
        if not text.strip() or len(text) > 100 or not text.isprintable():
            raise Failed(
                Exit.USAGE, f"{what[0]}应为 1 到 100 个可见字符", f"expected {what[1]} of 1 to 100 visible characters"
            )
    with company.opened(output, create=True) as store:
        person = everybody.add(store, company.envelope(store, ORGANISATION).id, handle, name, roles)
    output.say(f"{name}({handle})的编号为 {person.id}", f"{name} ({handle}) has id {person.id}")
    output.result({"person": person.id, "handle": handle})


@command("grant-role", zh="让人员担任角色。")
@click.argument("person")
@click.argument("role")
@by_the_operator
@click.pass_obj
def grant_role(output: Output, person: str, role: str, handle: str | None, key: str | None) -> None:
    """Let a person hold a role company-wide."""
    with act(output, handle, key) as acting:
        whom = acting.person(person)
        acting.submit(lambda envelope: GrantRole(envelope=envelope, person=whom, role=role), ORGANISATION)
    output.say(f"{person} 担任 {role}", f"{person} holds {role}")
    output.result({"person": whom.id, "role": role, "held": True})


@command("revoke-role", zh="免去人员的角色。")
@click.argument("person")
@click.argument("role")
@by_the_operator
@click.pass_obj
def revoke_role(output: Output, person: str, role: str, handle: str | None, key: str | None) -> None:
    """Take a company-wide role from a person."""
    with act(output, handle, key) as acting:
        whom = acting.person(person)
        acting.submit(lambda envelope: RevokeRole(envelope=envelope, person=whom, role=role), ORGANISATION)
    output.say(f"{person} 不再担任 {role}", f"{person} no longer holds {role}")
    output.result({"person": whom.id, "role": role, "held": False})


@command(zh="指定代理人及起止日期;--end 结束代理。")
@click.argument("person")
@click.argument("deputy_", metavar="DEPUTY")
@option("--from", "first", type=DAY, zh="第一天。", en="The first day.")
@option("--until", "last", type=DAY, zh="最后一天(含)。", en="The last day, included.")
@option("--end", is_flag=True, zh="结束代理。", en="End the deputyship.")
@by_the_operator
@click.pass_obj
def deputy(
    output: Output,
    person: str,
    deputy_: str,
    first: Date | None,
    last: Date | None,
    end: bool,
    handle: str | None,
    key: str | None,
) -> None:
    """Let a person act for another from one day to another."""
    if not end and (first is None or last is None):
        raise Failed(Exit.USAGE, "应给出 --from 和 --until,或 --end", "expected --from and --until, or --end")
    with act(output, handle, key) as acting:
        whom, to = acting.person(person), acting.person(deputy_)

        def build(envelope: Envelope) -> Command:
            if end or first is None or last is None:
                return DismissDeputy(envelope=envelope, person=whom, deputy=to)
            return AppointDeputy(envelope=envelope, person=whom, deputy=to, first=first, last=last)

        acting.submit(build, ORGANISATION)
    if end:
        output.say(f"{deputy_} 不再代理 {person}", f"{deputy_} no longer acts for {person}")
    else:
        output.say(f"{deputy_} 代理 {person}", f"{deputy_} acts for {person}")
    output.result({"person": whom.id, "deputy": to.id, "ended": end})


@command(zh="登记一个人不在的日子;--end 表示已回来。")
@click.argument("person")
@option("--from", "first", type=DAY, zh="第一天。", en="The first day.")
@option("--until", "last", type=DAY, zh="最后一天(含)。", en="The last day, included.")
@option(
    "--end",
    is_flag=True,
    zh="已回来;给出 --from 时,取消那一天起的缺勤。",
    en="The person is there again; with --from, the absence from that day on does not come.",
)
@by_the_operator
@click.pass_obj
def absence(
    output: Output,
    person: str,
    first: Date | None,
    last: Date | None,
    end: bool,
    handle: str | None,
    key: str | None,
) -> None:
    """Say on which days a person is not there, or that they are there again."""
    if not end and (first is None or last is None):
        raise Failed(Exit.USAGE, "应给出 --from 和 --until,或 --end", "expected --from and --until, or --end")
    with act(output, handle, key) as acting:
        whom = acting.person(person)

        def build(envelope: Envelope) -> Command:
            if end or first is None or last is None:
                return EndAbsence(envelope=envelope, person=whom, first=first)
            return ReportAbsence(envelope=envelope, person=whom, first=first, last=last)

        acting.submit(build, ORGANISATION)
    if end:
        output.say(f"{person} 的缺勤已结束", f"the absence of {person} has ended")
    else:
        output.say(f"{person} 缺勤", f"{person} is away")
    output.result({"person": whom.id, "ended": end})


@command(zh="程序的设置项:列出;或给一项新值(JSON),null 恢复默认。")
@click.argument("procedure")
@click.argument("name", required=False)
@click.argument("value", required=False)
@by_the_operator
@click.pass_obj
def setting(
    output: Output, procedure: str, name: str | None, value: str | None, handle: str | None, key: str | None
) -> None:
    """The settings of a procedure; with a name and a value (JSON) change one, null returns to the default."""
    with act(output, handle, key) as acting:
        known = company.in_force(acting.store, procedure)
        if name is not None and value is not None:
            wanted: Value = plain.value(JSON.convert(value, None, None))

            def build(envelope: Envelope) -> Command:
                return ChangeSetting(envelope=envelope, procedure=procedure, key=name, value=wanted)

            acting.submit(build, ORGANISATION)
        own = company.organisation_of(acting.store).settings.get(procedure, Context())
    if name is not None and name not in known.settings:
        raise Refused(Reason.NOT_FOUND, f"程序没有设置项 {name}", f"the procedure has no setting {name}")
    rows = [found for key_, found in known.settings.items() if name in (None, key_)]
    heads = [("设置项", "setting"), ("值", "value"), ("默认", "default"), ("含义", "meaning")]
    output.table(
        heads,
        [
            (s.key, output.text(shown(own.get(s.key, s.default))), output.text(shown(s.default)), output.text(s.name))
            for s in rows
        ],
    )
    output.result(
        {s.key: {"value": plain.shown(own.get(s.key, s.default)), "default": plain.shown(s.default)} for s in rows}
    )


@command(zh="工作日历:显示;--export 打印 JSON;--set 换成文件里的日历。")
@option(
    "--export",
    is_flag=True,
    zh="打印可以修改后再用 --set 读入的 JSON。",
    en="Print JSON that can be edited and read by --set.",
)
@option("--set", "given", type=JSON, metavar="JSON", zh="新的日历,@文件。", en="The new calendar, @FILE.")
@by_the_operator
@click.pass_obj
def calendar(output: Output, export: bool, given: object, handle: str | None, key: str | None) -> None:
    """The working calendar: zone, days off, make-up working days."""
    with act(output, handle, key) as acting:
        if given is not None:
            content = _calendar(given)
            acting.submit(lambda envelope: ChangeCalendar(envelope=envelope, calendar=content), ORGANISATION)
        found = company.organisation_of(acting.store).working
    document = {
        "zone": found.zone,
        "complete_until": found.complete_until,
        "holidays": {format_date(day): name for day, name in sorted(found.holidays.items())},
        "make_up_days": [format_date(day) for day in sorted(found.make_up_days)],
        "windows": {name: plain.shown(window.to_value()) for name, window in found.windows.items()},
    }
    if export:
        click.echo(plain.written(document))
        return
    if given is not None:
        output.say("已更换工作日历。", "The working calendar was replaced.")
    output.say(
        f"时区 {found.zone};节假日齐全至 {found.complete_until} 年",
        f"zone {found.zone}; holidays complete until {found.complete_until}",
    )
    days = [(format_date(day), name, output.either("休", "off")) for day, name in found.holidays.items()]
    days += [
        (format_date(day), output.either("调休", "make-up"), output.either("班", "worked"))
        for day in found.make_up_days
    ]
    output.table([("日期", "day"), ("名称", "name"), ("", "")], sorted(days))
    hours = [
        (name, _days(window), f"{_clock(window.start)}–{_clock(window.end)}") for name, window in found.windows.items()
    ]
    output.table([("服务时段", "window"), ("星期", "weekdays"), ("时间", "hours")], hours)
    output.result(document)


def _days(window: Window) -> str:
    return " ".join(str(day) for day in window.days)


def _clock(seconds: int) -> str:
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}"


def _calendar(given: object) -> Context:
    """The stored value of a calendar in the form that --export prints. Raises Refused."""
    try:
        if not isinstance(given, dict):
            raise TypeError(type(given).__name__)
        made = Calendar(
            zone=str(given["zone"]),
            holidays={parse_date(day): str(name) for day, name in given["holidays"].items()},
            make_up_days=frozenset(parse_date(day) for day in given["make_up_days"]),
            complete_until=int(given["complete_until"]),
            windows=windows_of(plain.value(given["windows"]) if "windows" in given else None),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(
            Reason.INVALID_DATA,
            "工作日历应有 zone、complete_until、holidays、make_up_days,可有 windows(见 --export)",
            "expected a calendar with zone, complete_until, holidays, make_up_days and perhaps windows, as --export prints it",
        ) from error
    return made.to_value()


COMMANDS = (people, add_person, grant_role, revoke_role, deputy, absence, setting, calendar)
