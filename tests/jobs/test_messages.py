"""Messages: kept until somebody waits, delivered once, in the order they were thrown; on both databases."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select

from engine import encoding
from engine.commands import Envelope, SendMessage
from engine.errors import Refused
from engine.events import MessageReceived
from engine.size import LARGEST
from engine.stream import ORGANISATION
from engine.value import Context, Value, number
from engine.words import Status
from jobs import clock, lease
from jobs.delivery import EXPIRED
from jobs.start import Start
from jobs.worker import Worker
from storage import checkpoint, correlation, erasure, journal, schema, verification
from storage.attempt import Receipt
from storage.database import Database
from storage.shelf import StreamShelf
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane, process
from tests.storage.company import Company

MESSAGE = '<bpmn:messageEventDefinition messageRef="called"/>'
THROWS = (
    '<bpmn:startEvent id="s"/>'
    + node("intermediateThrowEvent", "call", MESSAGE, **{"zx:correlation": "1"})
    + '<bpmn:endEvent id="e"/>'
    + chain("s", "call", "e")
)
HEARS = (
    '<bpmn:startEvent id="s2"/>'
    + node("intermediateCatchEvent", "hear", MESSAGE, **{"zx:correlation": "1"})
    + '<bpmn:endEvent id="e2"/>'
    + chain("s2", "hear", "e2")
)
CALLER = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "call", "e")}</bpmn:laneSet>'
HEARER = f'<bpmn:laneSet id="ls2">{lane("SALES", "s2", "hear", "e2")}</bpmn:laneSet>'


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database, THROWS, CALLER, {"processes/q.bpmn": process(HEARS, lanes=HEARER, key="q")})


def buffered(company: Company) -> int:
    with company.database.read() as connection:
        return len(connection.execute(select(schema.job).where(schema.job.c.kind == "message")).all())


def causes(company: Company, stream: int) -> list[int]:
    """The senders of what a stream received."""
    with company.database.read() as connection:
        entries = journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent))
        return [
            entry.command.envelope.cause.stream
            for entry in entries
            for event in entry.events
            if isinstance(event, MessageReceived) and entry.command.envelope.cause is not None
        ]


def test_a_message_nobody_awaits_waits_and_is_delivered_to_whoever_comes(company: Company) -> None:
    sender = company.start()
    assert (Worker(company.store).run(), buffered(company)) == (0, 1)
    with company.database.read() as connection:
        assert [job.standing for job in lease.listed(connection, company.now, 10)] == [lease.Standing.AWAITED]
    company.later(days=29)
    assert (Worker(company.store).run(), buffered(company)) == (0, 1)
    receiver = company.start("q")
    assert (Worker(company.store).run(), buffered(company)) == (1, 0)
    assert causes(company, receiver) == [sender]
    assert company.instance(receiver).status is Status.COMPLETED


def test_many_unheard_messages_keep_no_pass_busy_and_cost_no_tries(company: Company) -> None:
    for _ in range(60):
        company.start()
    for _ in range(3):
        assert Worker(company.store).run() == 0
    with company.database.read() as connection:
        assert set(connection.execute(select(schema.job.c.tries)).scalars()) == {0}


def test_messages_are_delivered_in_the_order_they_were_thrown_one_each(company: Company) -> None:
    senders = [company.start() for _ in range(7)]
    receivers = [company.start("q") for _ in range(5)]
    assert Worker(company.store).run() == 5
    assert [causes(company, receiver) for receiver in receivers] == [[sender] for sender in senders[:5]]
    assert buffered(company) == 2
    assert verification.verify(company.store).findings == []


def test_a_message_whose_receiver_was_faster_served_stays_for_the_next(company: Company) -> None:
    company.start()
    receiver = company.start("q")
    (held,) = lease.take(company.database, company.now, 10)
    company.terminate(receiver)
    assert Worker(company.store)._do(held) is False
    assert buffered(company) == 1
    again = company.start("q")
    assert Worker(company.store).run() == 1
    assert company.instance(again).status is Status.COMPLETED


def test_a_message_in_two_workers_hands_is_received_once(company: Company) -> None:
    company.start()
    first, second = company.start("q"), company.start("q")
    (held,) = lease.take(company.database, company.now, 10)
    Worker(company.store)._act(held)
    with pytest.raises(Refused, match="belongs to another command"):
        Worker(company.store)._act(held)  # it had the message, too, and finds the other receiver
    company.later(hours=1)
    assert Worker(company.store).run() == 0
    assert [company.instance(stream).status for stream in (first, second)] == [Status.COMPLETED, Status.RUNNING]


def test_four_workers_at_once_deliver_each_message_once(company: Company) -> None:
    senders = [company.start() for _ in range(12)]
    receivers = [company.start("q") for _ in range(12)]
    threads = [threading.Thread(target=Worker(company.store).run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    company.later(minutes=3)
    Worker(company.store).run()
    received = Counter(cause for receiver in receivers for cause in causes(company, receiver))
    assert received == Counter(senders)
    assert buffered(company) == 0


# ------------------------------------------------------------------ for how long


def standings(company: Company) -> list[str]:
    with company.database.read() as connection:
        return [str(job.standing) for job in lease.listed(connection, company.now, 100)]


def test_a_message_that_nobody_takes_in_time_expires_and_is_told(company: Company) -> None:
    company.start()
    Worker(company.store).run()
    company.later(days=30)
    late = company.start("q")
    assert Worker(company.store).run() == 1
    assert standings(company) == ["expired"]
    assert company.instance(late).status is Status.RUNNING
    with company.database.read() as connection:
        (told,) = lease.listed(connection, company.now, 10)
    assert told.problem == EXPIRED
    company.later(days=400)
    assert (Worker(company.store).run(), standings(company)) == (0, ["expired"])
    lease.try_again(company.database, told.key, company.now)
    assert Worker(company.store).run() == 1
    assert company.instance(late).status is Status.COMPLETED


def test_a_sender_says_how_long_its_message_is_kept(database: Database) -> None:
    body = THROWS.replace('zx:correlation="1"', 'zx:correlation="1" zx:ttl="duration(&quot;PT1H&quot;)"')
    company = Company(database, body, CALLER, {"processes/q.bpmn": process(HEARS, lanes=HEARER, key="q")})
    company.start()
    Worker(company.store).run()
    company.later(minutes=59)
    company.start("q")
    company.start()
    Worker(company.store).run()
    company.later(minutes=59)
    company.start()
    Worker(company.store).run()
    assert standings(company) == ["awaited", "awaited"]
    company.later(minutes=1)
    Worker(company.store).run()
    assert standings(company) == ["expired", "awaited"]


def test_what_was_met_in_time_is_delivered_however_late_the_worker_comes(company: Company) -> None:
    company.start()
    Worker(company.store).run()
    company.later(days=29)
    receiver = company.start("q")
    company.later(days=29)
    assert Worker(company.store).run() == 1
    assert company.instance(receiver).status is Status.COMPLETED


def test_a_message_that_cannot_be_delivered_holds_up_none_behind_it(company: Company) -> None:
    first, second = company.start(), company.start()
    (held,) = lease.take(company.database, company.now, 10)
    lease.park(company.database, held, EXPIRED)
    receiver = company.start("q")
    assert Worker(company.store).run() == 1
    assert causes(company, receiver) == [second]
    assert causes(company, company.start("q")) == []
    assert first < second


# ------------------------------------------------------------------ whose


def test_a_message_stays_in_its_case(company: Company) -> None:
    here, there = company.open_case(), company.open_case()
    others = company.start("q", there), company.start("q")
    sender = company.start(case=here)
    assert Worker(company.store).run() == 0
    receiver = company.start("q", here)
    assert Worker(company.store).run() == 1
    assert causes(company, receiver) == [sender]
    assert [company.instance(other).status for other in others] == [Status.RUNNING] * 2


def test_whoever_sends_and_whoever_comes_to_wait_at_the_same_moment_meet(company: Company) -> None:
    """Each pair on threads of their own, with a worker between them; none is left that the other did not see."""
    for _ in range(15):
        company.start()
        worker = Worker(company.store)
        threads = [threading.Thread(target=found) for found in (worker.run, lambda: company.start("q"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        Worker(company.store).run()
        assert buffered(company) == 0


ANSWERED = '<bpmn:message id="answered" name="answered"/><bpmn:process'
BOTH = (
    '<bpmn:startEvent id="s"/>'
    + node("parallelGateway", "fork")
    + node("intermediateCatchEvent", "hear", MESSAGE, **{"zx:correlation": "1"})
    + node("intermediateThrowEvent", "call", MESSAGE.replace("called", "answered"), **{"zx:correlation": "1"})
    + node("parallelGateway", "join")
    + '<bpmn:endEvent id="e"/>'
    + chain("s", "fork", "hear", "join", "e")
    + chain("fork", "call", "join")
)


def test_an_entry_meets_at_all_its_messages_in_one_order(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that of two, each of which sends what the other awaits, none waits for the other for ever."""
    model = process(HEARS.replace("called", "answered"), lanes=HEARER, key="q").decode()
    more = {"processes/q.bpmn": model.replace("<bpmn:process", ANSWERED, 1).encode()}
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "fork", "hear", "call", "join", "e")}</bpmn:laneSet>'
    company = Company(database, BOTH, lanes, more, ANSWERED)
    met: list[str] = []
    meet = correlation.meet

    def noted(connection: Connection, name: str, key: str) -> None:
        met.append(name)
        meet(connection, name, key)

    monkeypatch.setattr(correlation, "meet", noted)
    company.start()
    assert met == ["answered", "called"]


def test_what_is_disposed_of_leaves_no_message_behind(company: Company) -> None:
    sender = company.start()
    Worker(company.store).run()
    checkpoint.seal(company.database, Ed25519PrivateKey.generate(), company.now)
    envelope = Envelope(id="dispose", stream=ORGANISATION, at=company.now)
    assert erasure.dispose(company.store, envelope, sender, "保管期满") == 1
    assert company.jobs() == 0


# ------------------------------------------------------------------ what begins with a message

STARTED = (
    f'<bpmn:startEvent id="s2" zx:result="call">{MESSAGE}</bpmn:startEvent>'
    + node("userTask", "look", **{"zx:due": "call.until"})
    + '<bpmn:endEvent id="e2"/>'
    + chain("s2", "look", "e2")
)
STARTER = f'<bpmn:laneSet id="ls2">{lane("SALES", "s2", "look", "e2")}</bpmn:laneSet>'
SAYING = (
    '<bpmn:extensionElements><zx:input name="until" value="date(&quot;2026-03-09&quot;)"/></bpmn:extensionElements>'
)


def starting(database: Database, how: str = "") -> Company:
    """A company where a message of p begins q."""
    body, started = THROWS.replace(MESSAGE, SAYING + MESSAGE), STARTED.replace('id="s2"', f'id="s2"{how}')
    return Company(database, body, CALLER, {"processes/q.bpmn": process(started, lanes=STARTER, key="q")})


def begun(company: Company) -> list[int]:
    with company.database.read() as connection:
        query = select(schema.instance.c.stream_no).where(schema.instance.c.process == "q")
        return list(connection.execute(query.order_by(schema.instance.c.stream_no)).scalars())


def test_a_message_begins_a_process_of_the_same_case_once(database: Database) -> None:
    company = starting(database)
    case = company.open_case()
    company.start(case=case)
    (held,) = lease.take(company.database, company.now, 10)
    worker = Worker(company.store)
    assert [worker._do(held), worker._do(held)] == [True, True]
    (stream,) = begun(company)
    found = company.instance(stream)
    assert found.case == case
    assert found.tasks[company.task(stream, "look")].due is not None
    assert buffered(company) == 0
    assert verification.verify(company.store).findings == []


def test_a_message_begins_a_case_of_its_own_where_the_model_says_so(database: Database) -> None:
    company = starting(database, ' zx:case="new"')
    case = company.open_case()
    company.start(case=case)
    (held,) = lease.take(company.database, company.now, 10)
    worker = Worker(company.store)
    assert [worker._do(held), worker._do(held)] == [True, True]
    worker.run()
    (stream,) = begun(company)
    opened = company.instance(stream).case
    assert opened not in (None, case)
    assert company.jobs() == 0
    assert verification.verify(company.store).findings == []


def test_a_message_kept_for_later_begins_what_a_new_version_brings(company: Company) -> None:
    company.start()
    assert (Worker(company.store).run(), buffered(company)) == (0, 1)
    files = {**company.procedure.files, "processes/q.bpmn": process(STARTED, lanes=STARTER, key="q")}
    company.procedure = company.store.procedures.keep(files)
    company.publish("B/0")
    assert Worker(company.store).run() == 1
    assert len(begun(company)) == 1


def test_a_message_kept_for_later_begins_what_a_version_brings_at_its_moment(company: Company) -> None:
    company.start()
    assert (Worker(company.store).run(), buffered(company)) == (0, 1)
    files = {**company.procedure.files, "processes/q.bpmn": process(STARTED, lanes=STARTER, key="q")}
    company.procedure = company.store.procedures.keep(files)
    company.publish("B/0", company.now + timedelta(hours=1))
    clock.tick(company.store)
    assert (Worker(company.store).run(), buffered(company)) == (0, 1)
    company.later(hours=1)
    clock.tick(company.store)
    assert Worker(company.store).run() == 1
    assert len(begun(company)) == 1


def test_a_version_that_comes_into_force_just_before_a_message_is_put_to_sleep_is_not_missed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.start()
    files = {**company.procedure.files, "processes/q.bpmn": process(STARTED, lanes=STARTER, key="q")}
    company.procedure = company.store.procedures.keep(files)
    worker = Worker(company.store)
    look, asked = worker.delivery._start, list[Start | None]()

    def published_meanwhile(connection: Connection, job: lease.Job, case: int | None) -> Start | None:
        asked.append(look(connection, job, case))
        if len(asked) == 1:
            company.publish("B/0")
        return asked[-1]

    monkeypatch.setattr(worker.delivery, "_start", published_meanwhile)
    worker.run()
    assert asked[0] is None
    assert len(begun(company)) == 1
    assert buffered(company) == 0


def test_a_version_comes_into_force_before_or_after_a_message_is_put_to_sleep(database: Database) -> None:
    """Whoever puts one to sleep shares a lock that a publication has alone."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    alone = select(func.pg_try_advisory_xact_lock(correlation._PUBLISHING, 0))
    with database.write() as sleeping:
        correlation.meet(sleeping, "called", "somebody")
        with database.write() as publishing:
            assert publishing.execute(alone).scalar_one() is False
        with database.write() as another:
            correlation.meet(another, "called", "somebody else")  # those who meet do not wait for each other
    with database.write() as publishing:
        assert publishing.execute(alone).scalar_one() is True


# ------------------------------------------------------------------ from outside


def send(company: Company, stream: int, key: str = "m1", who: str | None = None, **fields: Value) -> Receipt:
    actor = None if who is None else company.people[who]
    envelope = Envelope(id=key, stream=stream, at=company.now, actor=actor)
    given: dict[str, Any] = {"name": "called", "correlation": number(1), "payload": Context(), **fields}
    return company.store.submit(SendMessage(envelope=envelope, procedure="trial", **given))


def test_a_message_from_outside_reaches_its_case_once_however_often_it_comes(company: Company) -> None:
    case = company.open_case()
    receiver = company.start("q", case)
    first, again = send(company, case), send(company, case)
    assert (first.revision, first.repeated, again.revision, again.repeated) == (
        again.revision,
        False,
        first.revision,
        True,
    )
    assert Worker(company.store).run() == 1
    assert company.instance(receiver).status is Status.COMPLETED
    assert send(company, case).repeated
    assert Worker(company.store).run() == 0
    assert verification.verify(company.store).findings == []


def test_a_message_from_outside_that_comes_early_is_kept(company: Company) -> None:
    case = company.open_case()
    send(company, case)
    assert (Worker(company.store).run(), standings(company)) == (0, ["awaited"])
    receiver = company.start("q", case)
    assert Worker(company.store).run() == 1
    assert causes(company, receiver) == [case]


def test_a_message_without_a_case_begins_one(database: Database) -> None:
    company = starting(database)
    send(company, ORGANISATION, correlation=None, payload=Context({"until": None}))
    assert Worker(company.store).run() == 2
    (stream,) = begun(company)
    assert company.instance(stream).case is not None
    assert send(company, ORGANISATION, correlation=None).repeated
    assert Worker(company.store).run() == 0
    assert verification.verify(company.store).findings == []


def test_a_message_of_an_unknown_name_or_from_somebody_else_is_refused(company: Company) -> None:
    case = company.open_case()
    with pytest.raises(Refused, match="called_off is none"):
        send(company, case, name="called_off")
    with pytest.raises(Refused, match="expected a holder of SALES, SMO to send"):
        send(company, case, "m2", "guest")
    assert send(company, case, "m3", "wang").revision == 2
    assert company.jobs() == 1


@pytest.mark.parametrize("where", ["payload", "correlation"])
def test_a_message_from_outside_has_a_largest_size(company: Company, where: str) -> None:
    case = company.open_case()
    room = LARGEST - len(encoding.encode((Context({"text": ""}), Context({"text": ""}))))
    given = {"payload": Context({"text": ""}), "correlation": Context({"text": ""})}
    with pytest.raises(Refused, match=f"expected a message of at most {LARGEST} bytes, but found {LARGEST + 1}"):
        send(company, case, "m1", **given | {where: Context({"text": "x" * (room + 1)})})
    assert send(company, case, "m2", **given | {where: Context({"text": "x" * room})}).revision == 2
