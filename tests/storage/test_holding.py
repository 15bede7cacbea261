"""Who had a task in hand while it was open, as its entries say."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from engine.commands import ClaimTask, Envelope, TransferTask
from storage import holding, people, schema
from storage.database import Database
from tests.storage.company import Company
from tests.storage.tampering import tamper


@pytest.fixture
def company(database: Database) -> Company:
    found = Company(database)
    found.people["zhou"] = people.add(found.store, "p:zhou", "zhou", "zhou", ["SALES"])
    return found


def _holders(company: Company, task: str) -> set[str]:
    with company.database.read() as connection:
        return {
            handle
            for handle, person in company.people.items()
            if holding.held(connection, company.store.recent, task, [person.id])
        }


def _given_on(company: Company, stream: int) -> str:
    """A task that one person took and gave to another."""
    task, wang = company.task(stream, "write"), company.people["wang"]
    first = Envelope(id=f"claim{stream}", stream=stream, at=company.now, actor=wang)
    second = Envelope(id=f"give{stream}", stream=stream, at=company.now, actor=wang)
    company.store.submit(ClaimTask(envelope=first, task=task))
    company.store.submit(TransferTask(envelope=second, task=task, to=company.people["zhou"], reason="请接手"))
    return task


def test_whoever_took_a_task_or_was_given_it_had_it_and_whoever_it_was_only_offered_to_did_not(
    company: Company,
) -> None:
    stream, other = company.start(), company.start()
    offered = company.task(other, "write")
    task = _given_on(company, stream)
    for number in (stream, other):
        company.terminate(number)
    assert _holders(company, task) == {"wang", "zhou"}
    assert _holders(company, offered) == set()


def test_what_happens_to_other_tasks_of_the_instance_says_nothing_of_this_one(company: Company) -> None:
    stream = company.start()
    company.complete(stream, _given_on(company, stream), "zhou")
    review = company.task(stream, "review")
    company.terminate(stream)
    assert _holders(company, review) == set()


def test_an_entry_that_cannot_be_read_is_passed_over(company: Company) -> None:
    stream = company.start()
    task, table = _given_on(company, stream), schema.entry

    def damage(connection: Connection, _stream: int) -> None:
        first = (table.c.stream_no == stream) & (table.c.revision == int(task.split(".")[1]))
        connection.execute(update(table).where(first).values(body=b"{"))

    tamper(company, damage, stream)
    assert _holders(company, task) == {"wang", "zhou"}
