"""Messages: kept until somebody waits, delivered once, in the order they were thrown; on both databases."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from engine.errors import Refused
from engine.events import MessageReceived
from engine.words import Status
from jobs import lease
from jobs.worker import Worker
from storage import journal, schema, verification
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
