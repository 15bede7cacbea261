"""What whoever runs the product looks at, on both databases; the table of incidents is what the journal says."""

from __future__ import annotations

from sqlalchemy import delete, insert

from engine.commands import DecideIncident, Envelope
from storage import operation, schema, verification
from storage.database import Database
from storage.rebuild import rebuild
from tests.engine.world import chain, lane
from tests.storage.company import Company

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g" default="fb"/><bpmn:userTask id="a"/><bpmn:userTask id="b"/>'
    '<bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/>'
    '<bpmn:sequenceFlow id="fa" sourceRef="g" targetRef="a"><bpmn:conditionExpression>number("7")</bpmn:conditionExpression>'
    '</bpmn:sequenceFlow><bpmn:sequenceFlow id="fb" sourceRef="g" targetRef="b"/>'
    + chain("s", "g")
    + chain("a", "e1")
    + chain("b", "e2")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "g", "a", "b", "e1", "e2")}</bpmn:laneSet>'


def _stuck(database: Database, count: int) -> tuple[Company, list[int]]:
    company = Company(database, BODY, LANES)
    return company, [company.start() for _ in range(count)]


def test_incidents_are_listed_oldest_first_and_page_by_page_until_they_are_settled(database: Database) -> None:
    company, streams = _stuck(database, 3)
    with database.read() as connection:
        every = operation.incidents(connection)
        first = operation.incidents(connection, None, 2)
        rest = operation.incidents(connection, first[-1].place, 2)
        assert operation.counts(connection)["incidents"] == 3
    assert [one.stream for one in every] == streams
    assert [*first, *rest] == every
    envelope = Envelope(id="settled", stream=streams[0], at=company.now, actor=company.people["chen"])
    command = DecideIncident(
        envelope=envelope, incident=every[0].incident, flows=("fb",), result=None, reason="by contract"
    )
    company.store.submit(command)
    with database.read() as connection:
        assert operation.incidents(connection) == every[1:]


def test_a_row_that_the_journal_does_not_say_is_found_and_made_anew(database: Database) -> None:
    company, streams = _stuck(database, 1)
    assert rebuild(company.store).differences == []
    with database.write() as connection:
        connection.execute(delete(schema.incident))
    assert "incident" in str(verification.verify(Company.again(company).store).findings)
    assert len(rebuild(company.store).differences) == 1
    with database.write() as connection:
        row = {"incident": "9.9.9", "stream_no": streams[0], "activity": "9.9.8", "at": 1}
        connection.execute(insert(schema.incident).values(**row))
    assert not verification.verify(Company.again(company).store).proven
    rebuild(company.store)
    assert verification.verify(Company.again(company).store).proven


def test_versions_in_use_are_counted(database: Database) -> None:
    company, _streams = _stuck(database, 2)
    with database.read() as connection:
        (one,) = operation.versions(connection, company.now)
        sealed = operation.sealed(connection)
        assert operation.timers(connection) == []
        assert operation.awaited(connection) == []
        assert operation.is_there(connection, 1)
        assert not operation.is_there(connection, 999)
    assert (one.version, one.instances, one.cases, one.in_force) == (company.procedure.digest, 2, 0, True)
    assert (sealed.position, sealed.at) == (0, None)
    assert sealed.waiting > 0
