"""People are given a role in a case: before the token goes on, in place of those before, and once."""

import pytest

from engine.words import Status
from jobs import lease
from jobs.worker import Worker
from storage import verification
from storage.database import Database
from tests.jobs.test_connectors import RECORDING, company

EVERYBODY = "persons in role(&quot;SALES&quot;)"


def test_people_hold_the_role_in_the_case_before_the_token_goes_on(database: Database) -> None:
    made = company(database, "case-role", RECORDING, role="&quot;SMO&quot;", persons=EVERYBODY)
    case = made.open_case()
    assert "SMO" not in made.case(case).roles
    stream = made.start(case=case)
    assert Worker(made.store).run() == 2, "the answer; and the instance is asked whose its tasks are"
    (person,) = made.case(case).roles["SMO"]
    assert person == made.people["wang"]
    assert made.task(stream, "after")
    assert verification.verify(made.store).findings == []


def test_a_second_try_assigns_nothing_twice(database: Database) -> None:
    made = company(database, "case-role", RECORDING, role="&quot;SMO&quot;", persons=EVERYBODY)
    case = made.open_case()
    made.start(case=case)
    (held,) = lease.take(made.database, made.now, 10)
    worker = Worker(made.store)
    first = worker.services.answer(held)  # the worker is killed before it can hand in the answer
    revision = made.case(case).revision
    assert worker.services.answer(held).result == first.result
    assert made.case(case).revision == revision


@pytest.mark.parametrize(
    ("role", "persons", "said"),
    [
        ("&quot;NOBODY&quot;", EVERYBODY, "the procedure has no role NOBODY"),
        ("&quot;SMO&quot;", "[1]", "expected persons"),
        ("&quot;SMO&quot;", "[]", "expected persons"),
    ],
)
def test_a_role_that_is_none_and_people_who_are_none_are_incidents(
    database: Database, role: str, persons: str, said: str
) -> None:
    made = company(database, "case-role", RECORDING, role=role, persons=persons)
    stream = made.start(case=made.open_case())
    Worker(made.store).run()
    (incident,) = made.instance(stream).incidents.values()
    assert said in incident.message_en
    assert made.instance(stream).status is Status.RUNNING
