"""The inbox: who sees which open task, in which order, page by page."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert

from engine.commands import AssignCaseRole, Envelope, OpenCase
from engine.value import Context
from engine.words import StreamKind
from jobs.worker import Worker
from storage import inbox, schema, staffing, verification
from storage.database import Database
from storage.rebuild import rebuild
from tests.storage.company import NOW, Company


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


def seen(company: Company, who: str, roles: tuple[str, ...] = ()) -> list[str]:
    with company.database.read() as connection:
        return [item.element for item in inbox.page(connection, [company.people[who].id], roles)]


def in_a_case(company: Company) -> int:
    envelope = {"id": "open", "at": NOW, "actor": company.people["wang"]}
    receipt = company.store.open_stream(
        StreamKind.CASE,
        "open",
        lambda number: OpenCase(
            envelope=Envelope(stream=number, **envelope),  # type: ignore[arg-type]  # fields of an envelope
            procedure="trial",
            version=company.procedure.digest,
            data=Context(),
            process="p",
            input=Context(),
        ),
    )
    Worker(company.store).run()
    return receipt.stream


def test_a_task_of_a_role_is_seen_by_those_who_hold_it_in_the_company(company: Company) -> None:
    company.start()
    assert seen(company, "wang", ("SALES",)) == ["write"]
    assert seen(company, "chen", ("SMO",)) == []


def test_where_the_team_of_a_case_names_a_role_only_the_team_sees_its_tasks(company: Company) -> None:
    case = in_a_case(company)
    assert seen(company, "guest") == []
    for number, team in enumerate([("guest",), ()]):
        envelope = Envelope(id=f"team{number}", stream=case, at=NOW)
        persons = tuple(company.people[who] for who in team)
        company.store.submit(AssignCaseRole(envelope=envelope, role="SALES", persons=persons))
        assert seen(company, "guest") == ["write"] * bool(team)
        assert seen(company, "wang", ("SALES",)) == ["write"] * (not team)
        assert rebuild(company.store).differences == []


def test_whoever_joins_a_team_while_a_step_offers_its_task_finds_it(company: Company) -> None:
    case = in_a_case(company)
    stream = company.start(case=case)
    assigned, offered = threading.Event(), threading.Event()

    def step() -> None:
        assert assigned.wait(30)
        company.complete(stream, company.task(stream, "write"), "wang")
        offered.set()

    def hold(_connection: object, _receipt: object) -> None:
        assigned.set()
        assert not offered.wait(0.5), "the step waits for the change of the team"

    other = threading.Thread(target=step)
    other.start()
    envelope = Envelope(id="team", stream=case, at=NOW)
    company.store.submit(AssignCaseRole(envelope=envelope, role="SMO", persons=(company.people["guest"],)), also=hold)
    other.join(30)
    assert seen(company, "guest") == ["review"]
    assert seen(company, "chen", ("SMO",)) == []
    assert verification.verify(company.store).findings == []


def test_a_place_in_a_team_that_nobody_gave_is_found(company: Company) -> None:
    case = in_a_case(company)
    assert verification.verify(company.store).findings == []
    with company.database.write() as connection:
        row = {"case_no": case, "role": "SALES", "person": company.people["guest"].id}
        connection.execute(insert(schema.case_role).values(**row))
        staffing.settle(connection, case)
    assert seen(company, "guest") == ["write"]
    found = [finding.en for finding in verification.verify(company.store).findings]
    assert any(f"stream {case}: its rows in table case_role are not what its entries make" in one for one in found)


def test_pages_follow_each_other_without_gap_or_double(company: Company) -> None:
    rows = [(f"9.1.{n}", 1_000 + n // 3) for n in range(40)]
    common = {"stream_no": 9, "process": "p", "element": "write", "stage": "offered", "offered_at": 0, "opened": False}
    with company.database.write() as connection:
        connection.execute(insert(schema.task), [{"task": task, "due": due, **common} for task, due in rows])
        for key in ("SALES", "SMO", "PM"):
            kept = [{"task": task, "kind": "role", "key": key, "role": key, "due": due} for task, due in rows]
            connection.execute(insert(schema.inbox), kept)
    found: list[str] = []
    after: inbox.Place | None = None
    with company.database.read() as connection:
        while page := inbox.page(connection, ["nobody"], ("SALES", "SMO", "PM"), after, size=7):
            found += [item.task for item in page]
            after = (page[-1].due, page[-1].task)
    assert found == [task for task, _ in sorted(rows, key=lambda row: (row[1], row[0]))]
