"""What milestones withstand: clocks that jump, nodes at once, kills, thousands at once, random histories; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, func, insert, select, text

from engine.commands import ChangeSetting, CloseCase, GrantRole, RevokeRole, SetCaseData
from engine.stream import ORGANISATION
from engine.value import Context, number
from jobs import clock, health
from jobs.scheduler import Node
from jobs.worker import Worker
from storage import projection, schema
from storage.attempt import Attempt
from storage.database import Database
from storage.milestones import STARTED
from storage.submission import Store
from tests.storage.company import Company
from tests.storage.driver import SharedClock
from tests.storage.office import BEFORE_END, BY_SETTING, DAILY, Office, at, day, timed

processes = get_context("forkserver")


class Killed(BaseException):
    """The process is gone."""


def killed(*_: object, **__: object) -> None:
    raise Killed


def test_a_clock_that_jumps_ahead_and_back_lets_each_moment_happen_once(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    office.later(days=2)
    assert office.tick() == 2
    office.later(days=-2)
    assert office.tick() == 0
    office.later(days=3)
    assert office.tick() == 1
    assert [planned[:10] for _, planned in office.history()] == ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert office.proven()


def test_nodes_that_tick_at_once_start_each_instance_once(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    for _ in range(12):
        office.case(ends=day("2026-12-31"))
    stores = [Store(database, lambda: office.now) for _ in range(4)]

    def together() -> int:
        counted: list[int] = []

        def work(number: int) -> None:
            counted.append(clock.tick(stores[number]))
            Worker(stores[number]).run()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(counted) == 4
        return sum(counted)

    assert together() == 0
    assert len(office.rows()) == 12
    office.now = at("2026-10-02T09:00:00")
    assert together() == 12
    office.tick()
    assert sorted(case or 0 for case, _ in office.started()) == sorted(case or 0 for case, *_ in office.rows())
    assert office.proven()


def test_killed_between_occurrence_and_start_the_instance_starts_once_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    office.later(days=1)
    clock.tick(office.store)  # the occurrence and its job are there, nobody has worked
    assert office.history() == [(STARTED, "2026-03-03T12:00:00")]
    assert office.started() == []
    with monkeypatch.context() as broken:
        broken.setattr(Attempt, "committed", killed)  # the commit holds, and the process is gone
        with pytest.raises(Killed):
            Worker(Company.again(office).store).run()
    office.later(minutes=10)
    assert office.tick() == 0
    assert len(office.started()) == 1
    assert office.proven()


def test_killed_before_the_commit_nothing_has_happened_and_a_later_tick_makes_up_for_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    office.later(days=1)
    with monkeypatch.context() as broken:
        broken.setattr(projection, "project", killed)
        with pytest.raises(Killed):
            clock.tick(Company.again(office).store)
    assert office.history() == []
    assert clock.tick(office.store) == 0  # the row is the dead node's for a while
    office.later(minutes=2)
    assert office.tick() == 1
    assert len(office.started()) == 1


def test_an_idle_tick_is_one_query_on_indexes_however_many_milestones_wait(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    office.case(ends=day("2026-12-31"))
    office.tick()
    with database.write() as connection:
        row = dict(connection.execute(select(schema.milestone)).one()._mapping)
        many = [{**row, "stream_no": 10_000 + n, "name": f"n{n}"} for n in range(10_000)]
        connection.execute(insert(schema.milestone), many)
        if not database.is_sqlite:
            connection.execute(text("ANALYZE milestone"))
    node = Node(store=office.store)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    engines = {database.reader, database.writer} if database.is_sqlite else {database.writer}  # there both are one
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    node.tick()  # says besides that the node is alive, which it does once in a while
    asked.clear()
    node.tick()
    assert len(asked) == 1
    plan = plan_of(database, office)
    assert "milestone_due" in plan
    assert "SCAN milestone" not in plan
    assert "Seq Scan on milestone" not in plan


def plan_of(database: Database, office: Office) -> str:
    """How the database answers the query of a tick."""
    query = health.is_due(office.now).compile(database.writer, compile_kwargs={"literal_binds": True})
    how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.read() as connection:
        return " ".join(str(tuple(found)) for found in connection.execute(text(how + str(query))).all())


def test_hundreds_of_milestones_due_at_once_start_as_many_small_instances(database: Database) -> None:
    keys = "for n in 1..400 return string(n)"
    office = Office(database, '@"2026-03-03T09:00:00"', extensions=f'zx:per="{keys}"')
    office.tick()
    office.now = at("2026-03-03T09:00:00")
    assert office.tick() == 400
    assert office.tick() == 0
    started = office.started()
    assert len({payload["key"] for _, payload in started if isinstance(payload, Context)}) == len(started) == 400
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.job)).scalar_one() == 0


def serve(url: str, words: Path) -> None:
    """A process that ticks and works until it is told to stop."""
    now = SharedClock(words)
    store = Store(Database(url), now)
    while not now.stopped:
        clock.tick(store)
        Worker(store).run()


def test_killed_at_random_moments_three_processes_start_every_occurrence_once(
    database: Database, tmp_path: Path
) -> None:
    """Twelve rows miss two days while processes are killed with kill -9; each has its two occurrences, in order."""
    office, random = Office(database, DAILY, "timeCycle", 'zx:per="for n in 1..12 return string(n)"'), Random(1)
    office.tick()
    now = SharedClock(tmp_path / "clock")
    office.later(days=2)
    now.set(office.now)
    url = database.url.render_as_string(hide_password=False)

    def begin() -> BaseProcess:
        process = processes.Process(target=serve, args=(url, tmp_path / "clock"))
        process.start()
        return process

    running = [begin() for _ in range(3)]
    for _ in range(4):
        wanted = counted(office) + random.randrange(1, 8)
        while counted(office) < min(wanted, 48):
            running[0].join(0.01)
        running.pop(0).kill()
        now.set(now() + timedelta(minutes=3))  # what the dead one had claimed or leased is free again
        running.append(begin())
    while counted(office) < 48:
        running[0].join(0.05)
        now.set(now() + timedelta(seconds=10))
    now.stop()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0, 0]
    office.now = now()
    office.tick()
    with database.read() as connection:
        rows = connection.execute(select(schema.occurrence)).all()
    assert sorted(row.number for row in rows) == [1] * 12 + [2] * 12
    told = [(payload["key"], payload["number"]) for _, payload in office.started() if isinstance(payload, Context)]
    assert len(set(told)) == len(told) == 24
    assert office.proven()


def counted(office: Office) -> int:
    """How many occurrences and instances there are."""
    with office.database.read() as connection:
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (schema.occurrence, schema.instance)
        )


TIMERS = [
    (DAILY, "timeCycle", 'zx:per="case"'),
    (BEFORE_END, "timeDate", 'zx:per="case"'),
    (BY_SETTING, "timeDate", 'zx:per="case" zx:catchUp="latest"'),
    (DAILY, "timeCycle", 'zx:per="case" zx:catchUp="latest"'),
    (DAILY, "timeCycle", "zx:per='persons in role(\"SMO\")'"),
]


def something(office: Office, random: Random, cases: list[int]) -> None:
    """One thing at random."""
    match random.randrange(9):
        case 0 | 1:
            cases.append(office.case(ends=day(f"2026-0{random.randrange(5, 9)}-15")))
        case 2 if cases:
            data = Context({"ends": day(f"2026-0{random.randrange(5, 9)}-20")})
            office.ask(SetCaseData, random.choice(cases), None, data=data)
        case 3 if len(cases) > 2:
            office.ask(CloseCase, cases.pop(random.randrange(len(cases))), None, outcome="完成")
        case 4:
            value = number(random.randrange(1, 120))
            office.ask(ChangeSetting, ORGANISATION, None, procedure="trial", key="days_before", value=value)
        case 5:
            timer = random.choice(TIMERS)
            if timed(*timer)[0] != office.drawn:
                office.revise(*timer)
        case 6:
            role = random.choice([GrantRole, RevokeRole])
            office.ask(role, ORGANISATION, None, person=office.people["mr"], role="SMO")
        case 7:
            office.waive_any(random)
        case _:
            office.later(days=random.choice([0, 1, 1, 2, 5]), hours=random.randrange(24))
            office.tick()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_rows_are_those_of_a_rebuild_and_nothing_is_lost_or_doubled(
    database: Database, seed: int
) -> None:
    """Random cases, data, settings, versions, roles, waivers and outages, in any order."""
    office, random, cases = Office(database, *TIMERS[0]), Random(seed), list[int]()
    for _ in range(40):
        something(office, random, cases)
    if timed(*TIMERS[0])[0] != office.drawn:
        office.revise(*TIMERS[0])
    office.case()
    office.tick()
    office.later(days=1)
    office.tick()
    with database.read() as connection:
        occurrences = connection.execute(select(schema.occurrence)).all()
        started = connection.execute(select(func.count()).select_from(schema.instance)).scalar_one()
        left = connection.execute(select(func.count()).select_from(schema.job)).scalar_one()
        counts = connection.execute(select(schema.milestone.c.stream_no, schema.milestone.c.occurred)).all()
    numbers: dict[int, list[int]] = {row.stream_no: [] for row in counts}
    for row in occurrences:
        numbers[row.stream_no].append(row.number)
    assert {row.stream_no: list(range(1, row.occurred + 1)) for row in counts} == {
        stream: sorted(found) for stream, found in numbers.items()
    }
    assert started > 0
    assert started + left == sum(row.outcome == STARTED for row in occurrences)
    assert office.proven()
