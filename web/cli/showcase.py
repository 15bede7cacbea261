"""A database to look around in: the shipped procedure in force, people for every role, projects in different states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from engine.commands import AppointDeputy, CopyTask, OpenTask
from engine.organisation import ADMINISTRATOR
from engine.stream import ORGANISATION
from storage import accounts, people, worklist
from storage.submission import Store
from web import passwords
from web.cli import company, scenario
from web.cli.demo import SHIPPED
from web.cli.play import SimulatedClock, play, publish
from web.cli.timetable import begin

PASSWORD = "zhixing-demo"
"""Of everybody in the demonstration, which answers to this machine alone."""

SCENARIO = "whole-project"
CUSTOMER = "customer:C-0213"
"""The customer of the scenario; people here call customers by name."""

PROJECTS = (
    ("江南水务集团调度系统综合运维", "江南水务集团", 57, 12),
    ("市第一人民医院信息系统运维服务", "市第一人民医院", 47, 0),
    ("宁波港务集团园区网络维保", "宁波港务集团", 33, 3),
    ("长江航运调度中心应用运维", "长江航运", 14, 2),
    ("滨江实验学校视频会议系统驻场服务", "滨江实验学校", 15, 8),
    ("工业园区管委会容灾备份服务(2027 年度)", "工业园区管委会", 8, 1),
    ("华东轨道交通票务平台运维", "华东轨道交通", 4, 5),
    ("临港新区政务云安全巡检", "临港新区管委会", 0, 0),
)
"""Title, customer, after how many steps of the scenario the project stands, and how many days ago."""

OTHERS = (
    ("admin", "陈明", (ADMINISTRATOR,)),
    ("mei", "梅雪", ("SMO", "MR")),
    ("gu", "顾平", ("SMG",)),
    ("bai", "白洁", ("BIZ",)),
    ("shi", "石磊", ("L2",)),
    ("yan", "严谨", ("DOCC",)),
    ("he2", "何清", ("QA",)),
    ("dong", "董航", ("DEPT",)),
    ("ning", "宁静", ("SEC",)),
    ("jian", "简洁", ("LOGA",)),
    ("wai", "韦恩", ("XAUD",)),
    ("gong", "龚成", ("SUP",)),
)
"""People for the roles that the scenario does without."""


def build(store: Store, clock: SimulatedClock, now: datetime, told: Callable[[str], None]) -> list[tuple[str, str]]:
    """Make it; handle and name of everybody who may sign in. `told` hears the title of each project."""
    found = scenario.read(scenario.scenarios_in(SHIPPED, SCENARIO)[0])
    clock.now = min(_begin(found, steps, ago, now) for _, _, steps, ago in PROJECTS)
    version = publish(store, SHIPPED, "showcase:publish")
    for title, customer, steps, ago in sorted(PROJECTS, key=lambda row: _begin(found, row[2], row[3], now)):
        told(title)
        clock.now = _begin(found, steps, ago, now)
        play(store, clock, _part(found, title, customer, steps), version, lambda _: None)
    clock.now = now
    for handle, name, roles in OTHERS:
        people.add(store, f"showcase:{handle}", handle, name, roles)
    _deputy(store)
    _inform(store)
    with store.database.read() as connection:
        handles, names = people.handles(connection), people.names(connection)
    kept = passwords.hashed(PASSWORD)
    for person in handles:
        accounts.set_password(store.database, people.known(store, handles[person]), kept, now, one_time=False)
    return [(handles[person], names[person]) for person in handles]


def _part(found: dict[str, Any], title: str, customer: str, steps: int) -> dict[str, Any]:
    """The scenario up to a step, for another project."""
    part: dict[str, Any] = _named(found, f"customer:{customer}")
    part["key"], part["steps"] = f"{found['key']}:{title}", part["steps"][:steps]
    part["case"] |= {"project_name": title, "customer": {"ref": f"customer:{customer}"}}
    return part


def _named(found: Any, customer: str) -> Any:
    """A copy of it with this customer."""
    if isinstance(found, dict):
        return {key: _named(one, customer) for key, one in found.items()}
    if isinstance(found, list):
        return [_named(one, customer) for one in found]
    return customer if found == CUSTOMER else found


def _begin(found: dict[str, Any], steps: int, ago: int, now: datetime) -> datetime:
    part = {**found, "steps": found["steps"][: max(steps, 1)]}
    return begin(part, now - timedelta(days=ago))


def _deputy(store: Store) -> None:
    """The general manager is away, and the head of service management deputises."""
    first = company.today(store)
    last = company.organisation_of(store).working.add_working_days(first, 10)
    person, deputy = people.known(store, "he"), people.known(store, "li")
    envelope = company.envelope(store, ORGANISATION, person, "showcase:deputy")
    store.submit(AppointDeputy(envelope=envelope, person=person, deputy=deputy, first=first, last=last))


def _inform(store: Store) -> None:
    """Somebody is told of a task."""
    actor, to = people.known(store, "li"), people.known(store, "wang")
    wish = worklist.Wish(mine=actor.id, roles=["SMO"])
    with store.database.read() as connection:
        lines = worklist.page(connection, wish)
    for line in lines[:1]:
        envelope = company.envelope(store, line.stream, actor, "showcase:open")
        store.submit(OpenTask(envelope=envelope, task=line.task))
        envelope = company.envelope(store, line.stream, actor, "showcase:copy")
        store.submit(CopyTask(envelope=envelope, task=line.task, to=(to,), message="请关注客户对响应时间的要求。"))
