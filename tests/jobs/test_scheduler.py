"""A node: it looks once a tick, does what is due, stops in good order, and shares with others; on both databases."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, insert, select, text

from engine.errors import Text
from engine.events import TimerFired
from engine.value import Context, Value
from engine.words import Status
from jobs import clock, health, lease
from jobs.connector import Call
from jobs.scheduler import Node
from jobs.worker import Worker
from storage import journal, schema
from storage.database import Database
from storage.moments import NEVER, micros
from storage.shelf import StreamShelf
from storage.submission import Store
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane
from tests.storage.company import NOW, Company
from tests.storage.loaded import NUMBER, TIMER, WAIT

BODY = (
    '<bpmn:startEvent id="s"/>'
    + node("intermediateCatchEvent", "wait", TIMER)
    + node("serviceTask", "number", NUMBER, **{"zx:connector": "number-sequence"})
    + '<bpmn:endEvent id="e"/>'
    + chain("s", "wait", "number", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "wait", "number", "e")}</bpmn:laneSet>'
PATIENCE = 60.0
"""Seconds after which a node that does nothing is called stuck."""


@pytest.fixture
def company(database: Database) -> Company:
    """A company whose instances wait for a timer and then for a number."""
    return Company(database, BODY, LANES)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "the node is stuck"
        time.sleep(0.005)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, without the bounds of transactions."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SET ", "SHOW")):
            asked.append(statement)

    engines = {database.writer, database.reader} if database.is_sqlite else {database.writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def completed(company: Company) -> int:
    with company.database.read() as connection:
        query = select(func.count()).where(schema.instance.c.status == Status.COMPLETED)
        return connection.execute(query).scalar_one()


def fired(company: Company) -> Counter[str]:
    found: Counter[str] = Counter()
    with company.database.read() as connection:
        for stream in connection.execute(select(schema.instance.c.stream_no)).scalars().all():
            for entry in journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent)):
                found.update(event.timer for event in entry.events if isinstance(event, TimerFired))
    return found


# ------------------------------------------------------------------ a node at work


def test_a_node_fires_timers_and_does_jobs_until_it_is_stopped(company: Company) -> None:
    for _ in range(6):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    serving = Node(store=company.store, interval=0.01)
    serving.start()
    until(lambda: completed(company) == 6)
    assert health.of(company.database, company.now).is_served
    assert serving.stop()
    found = health.of(company.database, company.now)
    assert (found.nodes, found.is_served, found.due) == ((), False, 0)


def test_every_thread_of_an_idle_node_hears_that_it_is_to_stop(company: Company) -> None:
    serving = Node(store=company.store, threads=8, interval=10 * PATIENCE)  # none wakes by itself in time
    serving.start()
    assert serving.stop(PATIENCE)


def test_one_pass_needs_no_thread(company: Company) -> None:
    company.start()
    company.later(seconds=WAIT.total_seconds())
    before = threading.active_count()
    assert Node(store=company.store).once() == (1, 1)
    assert threading.active_count() == before
    assert completed(company) == 1


def test_a_node_whose_database_is_away_for_a_while_goes_on_afterwards(
    company: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    serving = Node(store=company.store)
    with monkeypatch.context() as away:
        away.setattr(health, "is_due", lambda _now: text("SELECT * FROM nothing_of_this_name"))
        serving.tick()
        assert serving.last_tick is None
    assert "the tick failed" in caplog.text
    serving.tick()
    assert serving.last_tick == company.now


def test_a_wall_clock_that_is_set_back_stops_no_tick(company: Company) -> None:
    serving = Node(store=company.store, interval=0.01)
    serving.start()
    try:
        until(lambda: serving.last_tick is not None)
        company.later(hours=-1)
        serving._ticking.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))  # as if it had gone back
        until(lambda: serving.last_tick == company.now)
    finally:
        assert serving.stop()


class Stopping:
    """A connector that is at work when the signal to stop comes."""

    name = "number-sequence"

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping, self.calls = stopping, 0

    def run(self, call: Call, database: Database) -> Value:
        self.calls += 1
        self.stopping.set()
        return Context({"number": f"N-{self.calls}"})


def test_who_is_stopped_finishes_what_is_begun_and_gives_back_the_rest(company: Company) -> None:
    for _ in range(5):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    clock.tick(company.store)
    stopping = threading.Event()
    connector = Stopping(stopping)
    assert Worker(company.store, {connector.name: connector}, stopping=stopping).run() == 1
    assert (connector.calls, completed(company)) == (1, 1)
    with company.database.read() as connection:
        rows = connection.execute(select(schema.job.c.tries, schema.job.c.leased_until)).all()
    assert [tuple(row) for row in rows] == [(0, 0)] * 4
    assert Worker(company.store).run() == 4


# ------------------------------------------------------------------ what an idle tick costs

OPEN = 10_000


def idle(company: Company) -> None:
    """Many open cases: each waits for a moment and has a milestone, and a message that nobody awaits."""
    later, never = micros(company.now + timedelta(days=9)), NEVER
    common = [{"key": f"{number}.1.1", "stream_no": number} for number in range(100, 100 + OPEN)]
    timers = [
        {"timer": r["key"], "stream_no": r["stream_no"], "activity": "a", "kind": "event", "due": later} for r in common
    ]
    place = {"revision": 1, "kind": "message", "name": "called", "payload": b"{}", "expires": later, "due": later}
    jobs = [{"job": r["key"], "stream_no": r["stream_no"], "correlation": r["key"], **place} for r in common]
    parked = [{**row, "job": f"{row['job']}/1", "due": never, "expires": None} for row in jobs[: OPEN // 10]]
    names = dict.fromkeys(("procedure", "process", "start", "key", "version", "problem_zh", "problem_en"), "")
    moments = [
        {"stream_no": r["stream_no"], "name": r["key"], **names, "status": "planned", "due": later, "occurred": 0}
        for r in common
    ]
    with company.database.write() as connection:
        connection.execute(insert(schema.timer), timers)
        connection.execute(insert(schema.milestone), moments)
        connection.execute(insert(schema.job), jobs)
        connection.execute(insert(schema.job), parked)
    with company.database.write() as connection:
        connection.execute(text("ANALYZE"))


def plan(company: Company) -> str:
    """How the database answers the query of a tick."""
    asked = health.is_due(company.now).compile(company.database.writer, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if company.database.is_sqlite else "EXPLAIN"
    with company.database.read() as connection:
        return "\n".join(str(tuple(row)) for row in connection.execute(text(f"{explain} {asked}")))


def test_with_ten_thousand_open_cases_an_idle_tick_is_one_query_by_index(company: Company) -> None:
    idle(company)
    serving = Node(store=company.store)
    serving.tick()  # the first says that it lives
    with statements(company.database) as asked:
        for _ in range(3):
            serving.tick()
    assert len(asked) == 3
    assert len(set(asked)) == 1
    found = plan(company)
    for table in ("timer", "milestone", "job"):
        assert f"{table}_due" in found
        assert f"Seq Scan on {table}" not in found
        assert f"SCAN {table}" not in found


def test_an_idle_worker_asks_by_index_too(company: Company) -> None:
    idle(company)
    with statements(company.database) as asked:
        assert Worker(company.store).run() == 0
    assert len(asked) == 1


# ------------------------------------------------------------------ several nodes

BURST = 300


def test_two_nodes_share_what_is_due_at_once(company: Company) -> None:
    for _ in range(BURST):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    one, two = (Store(company.database, lambda: company.now) for _ in range(2))
    first, *_ = clock._due(one, clock.TIMERS)
    mine = clock._claim(one, clock.TIMERS, first)
    assert len(mine) == clock.BATCH
    assert clock.tick(two) == BURST - clock.BATCH
    assert sum(clock._fire(one, row) for row in mine) == clock.BATCH
    assert set(fired(company).values()) == {1}


def test_two_nodes_that_tick_at_the_same_time_fire_each_timer_once(company: Company) -> None:
    for _ in range(BURST):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    stores = [Store(company.database, lambda: company.now) for _ in range(2)]
    threads = [threading.Thread(target=clock.tick, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.tick(company.store)
    found = fired(company)
    assert (len(found), set(found.values())) == (BURST, {1})


def test_timers_of_a_node_that_was_killed_are_another_ones_after_a_minute(company: Company) -> None:
    company.start()
    company.later(seconds=WAIT.total_seconds())
    pages = list(clock._due(company.store, clock.TIMERS))
    assert len(clock._claim(company.store, clock.TIMERS, pages[0])) == 1  # and then it is killed
    assert clock.tick(company.store) == 0
    with company.database.read() as connection:
        assert not connection.execute(health.is_due(company.now)).one().timers
    company.later(seconds=clock.CLAIM.total_seconds())
    assert clock.tick(company.store) == 1


def test_a_clock_that_jumps_forward_and_back_fires_nothing_twice_and_forgets_nothing(company: Company) -> None:
    for _ in range(3):
        company.start()
    company.later(days=3)
    assert clock.tick(company.store) == 3
    assert len(lease.take(company.database, company.now, 1)) == 1  # a worker that is killed with it
    company.later(days=-3)
    for _ in range(2):
        company.start()
    assert clock.tick(company.store) == 0
    assert Worker(company.store).run() == 0  # what became due in the future is not due yet
    company.later(days=3, minutes=3)
    assert clock.tick(company.store) == 2
    assert Worker(company.store).run() == 5
    assert completed(company) == 5
    assert set(fired(company).values()) == {1}


# ------------------------------------------------------------------ health


def test_health_tells_what_is_due_since_when_and_what_nobody_does(company: Company) -> None:
    found = health.of(company.database, company.now)
    assert (found.due, found.timers, found.oldest, found.is_served, found.is_late) == (0, 0, None, False, False)
    for _ in range(3):
        company.start()
    company.later(seconds=WAIT.total_seconds())
    found = health.of(company.database, company.now)
    assert (found.timers, found.oldest) == (3, NOW + WAIT - timedelta(minutes=1))
    clock.tick(company.store)
    first, *_ = lease.take(company.database, company.now, 10)
    lease.park(company.database, first, Text("为了测试", "for the test"))
    found = health.of(company.database, company.now)
    assert (found.timers, found.due, found.parked, found.expired, found.is_late) == (0, 2, 1, 0, False)
    company.later(minutes=6)
    assert health.of(company.database, company.now).is_late


def test_a_node_that_is_silent_for_a_minute_serves_nobody_and_is_forgotten_after_a_day(company: Company) -> None:
    health.begin(company.database, "one", company.now)
    company.later(seconds=59)
    assert health.of(company.database, company.now).is_served
    company.later(seconds=1)
    found = health.of(company.database, company.now)
    assert (found.is_served, [n.name for n in found.nodes]) == (False, ["one"])
    health.begin(company.database, "two", company.now)
    health.seen(company.database, "one", company.now)
    assert [n.started for n in health.of(company.database, company.now).nodes] == [NOW, company.now]
    company.later(days=1, seconds=1)
    health.begin(company.database, "three", company.now)
    assert [n.name for n in health.of(company.database, company.now).nodes] == ["three"]


def test_a_node_seals_now_and_then_and_goes_on_when_that_fails(company: Company) -> None:
    tries: list[int] = []

    def sealing() -> None:
        tries.append(1)
        raise RuntimeError("the key is not there")

    serving = Node(store=company.store, interval=0.001, sealing=sealing)
    serving.start()
    until(lambda: len(tries) > 1)
    assert serving.stop()
