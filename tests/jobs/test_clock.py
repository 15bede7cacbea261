"""The clock: a timer fires once, whoever ticks; on both databases."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from engine import step
from engine.commands import Command, DecideIncident, Envelope, FailTimer, FireTimer, RetryIncident
from engine.errors import Refused
from engine.events import TimerFired
from engine.value import Date, DateTime, Time
from engine.words import Channel
from jobs import clock
from storage import journal, schema, verification
from storage.database import Database
from storage.moments import NEVER, due
from storage.rebuild import rebuild
from storage.shelf import StreamShelf
from tests.engine.flow.drawing import flow, gateway, node, path, script
from tests.engine.world import lane
from tests.storage.company import NOW, Company
from tests.storage.loaded import TIMER, WAIT
from tests.storage.loaded import company as loaded


@pytest.fixture
def company(database: Database) -> Company:
    return loaded(database)


def fired(company: Company) -> Counter[str]:
    """How often each timer fired."""
    found: Counter[str] = Counter()
    with company.database.read() as connection:
        for stream in connection.execute(select(schema.instance.c.stream_no)).scalars().all():
            for entry in journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent)):
                found.update(event.timer for event in entry.events if isinstance(event, TimerFired))
    return found


def test_a_timer_fires_when_its_moment_has_come_and_once(company: Company) -> None:
    company.start()
    assert clock.tick(company.store) == 0
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 1
    assert clock.tick(company.store) == 0
    assert list(fired(company).values()) == [1]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_day_ends_by_the_clocks_of_the_organisation_wherever_the_server_stands(
    database: Database, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        date = (
            '<bpmn:timerEventDefinition><bpmn:timeDate>date("2026-03-02")</bpmn:timeDate></bpmn:timerEventDefinition>'
        )
        body = f'<bpmn:startEvent id="s"/>{node("intermediateCatchEvent", "w", date)}<bpmn:endEvent id="e"/>'
        lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "w", "e")}</bpmn:laneSet>'
        company = Company(database, body + path("s", "w", "e"), lanes)
        company.start()
        company.now = datetime(2026, 3, 2, 15, 59, 58, tzinfo=UTC)
        assert clock.tick(company.store) == 0
        company.now = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
        assert clock.tick(company.store) == 1
    finally:
        monkeypatch.undo()
        time.tzset()


def test_four_clocks_at_once_fire_each_timer_once(company: Company) -> None:
    for _ in range(10):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    counted: list[int] = []
    threads = [threading.Thread(target=lambda: counted.append(clock.tick(company.store))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == 10
    assert set(fired(company).values()) == {1}


def test_more_timers_than_a_page_all_fire(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "BATCH", 3)
    for _ in range(8):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 8


def test_a_cycle_however_short_fires_once_in_a_pass(database: Database) -> None:
    body = (
        '<bpmn:startEvent id="s"/><bpmn:userTask id="write"/><bpmn:endEvent id="e"/><bpmn:endEvent id="x"/>'
        '<bpmn:boundaryEvent id="late" attachedToRef="write" cancelActivity="false"><bpmn:timerEventDefinition>'
        '<bpmn:timeCycle>"R/PT0.000001S"</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        + path("s", "write", "e")
        + path("late", "x")
    )
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "late", "e", "x")}</bpmn:laneSet>'
    restless = Company(database, body, lanes)
    restless.start()
    for _ in range(3):
        restless.later(seconds=60)
        assert clock.tick(restless.store) == 1


def test_a_timer_that_is_refused_ends_the_pass_and_fires_when_it_is_right(company: Company) -> None:
    """A row that says due too early (a clock that was set back): the engine refuses, and that is no answer for ever."""
    company.start()
    with company.database.write() as connection:
        connection.execute(update(schema.timer).values(due=0))
    assert clock.tick(company.store) == 0
    company.later(seconds=WAIT.total_seconds())
    assert clock.tick(company.store) == 1


def test_a_moment_between_two_microseconds_is_due_at_the_later_one() -> None:
    moment = DateTime(Date(1970, 1, 1), Time(0, 0, 1, 1, offset=0))
    assert due(moment) == 1_000_001
    assert due(None) == NEVER


def test_the_command_of_a_timer_names_it(company: Company) -> None:
    stream = company.start()
    (timer,) = company.instance(stream).timers
    company.later(seconds=WAIT.total_seconds())
    clock.tick(company.store)
    with company.database.read() as connection:
        entries = list(journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent)))
    (command,) = [entry.command for entry in entries if isinstance(entry.command, FireTimer)]
    assert (command.timer, command.envelope.id) == (timer, f"timer:{timer}")


# ------------------------------------------------------------------ a step that is refused

ENDLESS = (
    '<bpmn:startEvent id="s"/>'
    + gateway("parallel", "fork")
    + node("userTask", "write")
    + node("intermediateCatchEvent", "wait", TIMER)
    + gateway("exclusive", "again", default="again_join")
    + script("count", "{turns: get or else(turns, 0) + 1}")
    + gateway("parallel", "join")
    + '<bpmn:endEvent id="e"/>'
    + path("s", "fork", "wait", "again", "join", "e")
    + path("fork", "write", "join")
    + flow("again", "count", "get or else(write.stop, false) = false")
    + path("count", "again")
)
"""Behind the timer a loop that ends as soon as somebody completes `write` with `stop`."""


@pytest.fixture
def endless(database: Database, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(step, "BUDGET", 200)
    elements = ("s", "fork", "write", "wait", "again", "count", "join", "e")
    return Company(database, ENDLESS, f'<bpmn:laneSet id="ls">{lane("SALES", *elements)}</bpmn:laneSet>')


def revision(company: Company, stream: int) -> int:
    return company.instance(stream).revision


def test_a_timer_whose_step_is_refused_becomes_one_incident(endless: Company) -> None:
    stream = endless.start()
    endless.later(seconds=WAIT.total_seconds())
    for _ in range(3):
        assert clock.tick(endless.store) == 0
    (incident,) = endless.instance(stream).incidents.values()
    assert "at most 200 tokens" in incident.message_en
    assert "最多移动 200 个令牌" in incident.message_zh
    assert (endless.instance(stream).timers, revision(endless, stream)) == ({}, 2)
    assert verification.verify(Company.again(endless).store).findings == []
    assert rebuild(Company.again(endless).store, windows=True).differences == []


@pytest.mark.parametrize("command", [RetryIncident, DecideIncident])
def test_it_goes_on_when_a_person_says_so_and_the_reason_is_gone(endless: Company, command: type[Command]) -> None:
    stream = endless.start()
    endless.later(seconds=WAIT.total_seconds())
    clock.tick(endless.store)
    (incident,) = endless.instance(stream).incidents
    fields: dict[str, object] = {"incident": incident, "reason": "已改正"}
    if command is DecideIncident:
        fields |= {"flows": (), "result": None}

    def settle(key: str) -> None:
        envelope = Envelope(id=key, stream=stream, at=endless.now, actor=endless.people["chen"])
        endless.store.submit(command(envelope=envelope, **fields))  # type: ignore[call-arg]  # fields of either

    with pytest.raises(Refused, match="at most 200 tokens"):
        settle("too early")
    assert list(endless.instance(stream).incidents) == [incident]
    endless.complete(stream, endless.task(stream, "write"), "wang", {"stop": True})
    settle("now")
    assert endless.instance(stream).incidents == {}
    assert endless.instance(stream).status == "completed"
    assert verification.verify(Company.again(endless).store).findings == []


def test_no_person_says_that_a_timer_failed(endless: Company) -> None:
    stream = endless.start()
    (timer,) = endless.instance(stream).timers
    for who, late, said in (("wang", True, "not a person"), (None, False, "is not due yet")):
        endless.later(seconds=WAIT.total_seconds() if late else 0)
        actor = None if who is None else endless.people[who]
        envelope = Envelope(id=f"by {who}", stream=stream, at=NOW, actor=actor, channel=Channel.CLOCK)
        with pytest.raises(Refused, match=said):
            endless.store.submit(FailTimer(envelope=envelope, timer=timer, zh="因", en="why"))
