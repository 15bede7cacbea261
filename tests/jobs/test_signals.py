"""Signals between instances: whoever waits in the case has them once, and what begins with them begins."""

import json

from sqlalchemy import select

from engine.words import Status
from jobs import lease
from jobs.worker import Worker
from storage import schema, verification
from storage.database import Database
from tests.engine.world import lane, process
from tests.jobs.test_messages import CALLER, HEARER, HEARS, MESSAGE, STARTED, THROWS
from tests.storage.company import Company

BELL = b'<bpmn:signal id="called_all" name="called_all"/><bpmn:process'
SIGNAL = '<bpmn:signalEventDefinition signalRef="called_all"/>'
RINGS = THROWS.replace(MESSAGE, SIGNAL).replace(' zx:correlation="1"', "")
LISTENS = HEARS.replace(MESSAGE, SIGNAL).replace(' zx:correlation="1"', "")


def ringing(database: Database) -> Company:
    """A company where p throws a signal that q waits for, and with which r begins."""
    begins = STARTED.replace(MESSAGE, SIGNAL).replace(' zx:due="call.until"', "").replace('"s2"', '"s3"')
    begins = begins.replace('"look"', '"look3"').replace('"e2"', '"e3"')
    lanes = f'<bpmn:laneSet id="ls3">{lane("SALES", "s3", "look3", "e3")}</bpmn:laneSet>'
    models = {
        "p": process(RINGS, lanes=CALLER),
        "q": process(LISTENS, lanes=HEARER, key="q"),
        "r": process(begins, lanes=lanes, key="r"),
    }
    named = {f"processes/{key}.bpmn": model.replace(b"<bpmn:process", BELL, 1) for key, model in models.items()}
    texts = {"elements": {"lane_SALES": {"name": "SALES"}}}
    return Company(database, more=named | {"texts/en.json": json.dumps(texts).encode()})


def test_a_signal_reaches_each_that_waits_in_the_case_and_what_begins_with_it(database: Database) -> None:
    company = ringing(database)
    case, other = company.open_case(), company.open_case()
    waiting = [company.start("q", case) for _ in range(3)]
    elsewhere = company.start("q", other)
    company.start(case=case)
    assert Worker(company.store).run() == 1 + 3 + 1
    assert [company.instance(stream).status for stream in waiting] == [Status.COMPLETED] * 3
    assert company.instance(elsewhere).status is Status.RUNNING
    with company.database.read() as connection:
        query = select(schema.instance.c.case_no).where(schema.instance.c.process == "r")
        assert connection.execute(query).scalars().all() == [case]
    assert company.jobs() == 0
    assert verification.verify(company.store).findings == []


def test_a_signal_in_two_workers_hands_is_told_once(database: Database) -> None:
    company = ringing(database)
    company.start("q")
    company.start()
    (held,) = lease.take(company.database, company.now, 10)
    first, second = Worker(company.store), Worker(company.store)
    first._do(held)
    assert first.run() == 2
    company.start("q")
    second._do(held)
    assert (second.run(), company.jobs()) == (0, 0)


def test_a_signal_is_for_those_who_wait_when_it_comes(database: Database) -> None:
    company = ringing(database)
    gone, stays = company.start("q"), company.start("q")
    company.start()
    (held,) = lease.take(company.database, company.now, 10)
    Worker(company.store)._do(held)
    company.terminate(gone)
    later = company.start("q")
    Worker(company.store).run()
    assert company.instance(stays).status is Status.COMPLETED
    assert company.instance(later).status is Status.RUNNING
    assert company.jobs() == 0
