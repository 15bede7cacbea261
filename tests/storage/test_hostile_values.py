"""Values that a model or a person may make and no column was made for: both databases keep them or refuse them in words."""

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError

from engine.commands import SetCaseData
from engine.errors import Reason, Refused
from engine.value import Context
from jobs import clock, lease
from jobs.worker import Worker
from storage import case_search, schema, verification
from storage.database import Database
from storage.moments import NEVER, due, moment
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane, process
from tests.storage.company import Company
from tests.storage.office import BEFORE_END, Office
from web.cli import company as companies

YEARS = [
    "999999999-03-02T14:00:00Z",
    "-999999999-03-02T14:00:00Z",
    "999999999-03-02T14:00:00",
    "9999-12-31T23:59:59Z",
    "-0001-01-01T00:00:00Z",
    "1969-12-31T00:00:00",
]


@pytest.mark.parametrize("year", YEARS)
def test_a_timer_of_any_year_is_kept_and_keeps_no_other_waiting(database: Database, year: str) -> None:
    timer = (
        f'<bpmn:timerEventDefinition><bpmn:timeDate>date and time("{year}")</bpmn:timeDate></bpmn:timerEventDefinition>'
    )
    body = '<bpmn:startEvent id="s"/>' + node("intermediateCatchEvent", "w", timer)
    body += '<bpmn:userTask id="t"/><bpmn:endEvent id="e"/>' + chain("s", "w", "t", "e")
    company = Company(database, body, f'<bpmn:laneSet id="ls">{lane("SALES", "s", "w", "t", "e")}</bpmn:laneSet>')
    stream = company.start()
    is_over = year.startswith(("-", "1"))
    assert clock.tick(company.store) == int(is_over)
    assert bool(company.instance(stream).tasks) is is_over
    assert verification.verify(company.store).findings == []


@pytest.mark.parametrize("year", YEARS)
def test_a_milestone_of_any_year_is_kept_and_keeps_no_other_waiting(database: Database, year: str) -> None:
    office = Office(database, f'date and time("{year}")', extensions='zx:per="case"')
    office.case()
    office.tick()
    assert office.tick() == 0
    assert len(office.history()) == int(year.startswith(("-", "1")))
    assert office.proven()


@pytest.mark.parametrize("ttl", ["P300Y", "P900000Y"])
def test_a_message_that_is_kept_for_centuries_sleeps_and_is_delivered(database: Database, ttl: str) -> None:
    message = '<bpmn:messageEventDefinition messageRef="called"/>'
    kept = {"zx:correlation": "1", "zx:ttl": f"duration(&quot;{ttl}&quot;)"}
    throws = '<bpmn:startEvent id="s"/>' + node("intermediateThrowEvent", "call", message, **kept)
    hears = '<bpmn:startEvent id="s2"/>' + node("intermediateCatchEvent", "hear", message, **{"zx:correlation": "1"})
    company = Company(
        database,
        throws + '<bpmn:endEvent id="e"/>' + chain("s", "call", "e"),
        f'<bpmn:laneSet id="ls">{lane("SALES", "s", "call", "e")}</bpmn:laneSet>',
        {
            "processes/q.bpmn": process(
                hears + '<bpmn:endEvent id="e2"/>' + chain("s2", "hear", "e2"),
                lanes=f'<bpmn:laneSet id="ls2">{lane("SALES", "s2", "hear", "e2")}</bpmn:laneSet>',
                key="q",
            )
        },
    )
    company.start()
    Worker(company.store).run()
    with database.read() as connection:
        (job,) = lease.listed(connection, company.now, 10)
    assert job.standing is lease.Standing.AWAITED
    heard = company.start("q")
    assert Worker(company.store).run() == 1
    assert company.instance(heard).status == "completed"
    assert company.jobs() == 0


def test_a_moment_has_its_place_in_the_tables_whatever_its_year() -> None:
    assert due(None) == NEVER
    assert moment(NEVER).year == 2255


def test_a_sign_that_no_column_of_postgresql_keeps_is_kept_in_the_journal_and_left_out_of_the_index(
    database: Database,
) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    case = office.case(level="A\0B")
    with database.read() as connection:
        assert connection.execute(select(schema.case_value.c.value)).scalars().all() == ["A B"]
    assert companies.case_at(office.store, case).data["level"] == "A\0B"
    assert office.proven()


def test_what_the_tables_cannot_keep_is_refused_in_words_and_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only PostgreSQL looks so closely; elsewhere the same is said in its stead."""
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    case = office.case(level="A")

    def unsuitable(connection: Connection, *_: object) -> None:
        raise DataError("INSERT", {}, ValueError("text fields cannot contain NUL"))

    monkeypatch.setattr(case_search, "project", unsuitable)
    with pytest.raises(Refused) as refused:
        office.ask(SetCaseData, case, None, data=Context({"level": "B"}))
    assert refused.value.reason is Reason.INVALID_DATA
    assert "INSERT" not in refused.value.text.en
    assert companies.case_at(office.store, case).data["level"] == "A"
