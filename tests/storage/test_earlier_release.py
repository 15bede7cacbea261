"""A database that an earlier release wrote is brought up to date, and proven like any; on both databases."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from engine import organisation
from engine.absence import Absence
from engine.commands import AssignCaseRole, ClaimTask, Command, CompleteTask, DelegateTask, Envelope, UrgeTask
from engine.errors import Reason, Refused
from engine.events import AbsenceEnded
from engine.organisation import Organisation
from engine.stream import ORGANISATION
from engine.value import Context, Date, Person
from engine.words import Proof
from storage import attempt, codec, journal, schema, staffing, verification
from storage.database import Database
from storage.files import Files
from storage.migrations import upgrade
from storage.moments import micros
from storage.rebuild import rebuild
from storage.shelf import StreamShelf
from storage.submission import Store
from tests.engine.test_determinism import NoShelf
from tests.storage.company import BODY, NOW, Company
from tests.storage.test_files import OTHER, attach, handed_in, upload

FIRST, SECOND = "a" * 64, "b" * 64


def entry(revision: int, version: str) -> dict[str, object]:
    """What a release before publications with a moment of their own wrote."""
    fields = {"label": "A/0", "procedure": "trial", "reason": "随产品提供", "version": version}
    body = {"command": ["PublishVersion", 1, fields], "events": [["VersionPublished", 1, {**fields, "normaliser": 1}]]}
    envelope = {"at": str(micros(NOW) + revision), "kind": "PublishVersion", "revision": str(revision), "stream": "2"}
    return {
        "stream_no": 2,
        "revision": revision,
        "envelope": json.dumps(envelope).encode(),
        "body": json.dumps(body).encode(),
        "digest": b"",
    }


def findings(company: Company) -> list[str]:
    fresh = Store(company.database, lambda: company.now, company.store.files)
    return [finding.en for finding in verification.verify(fresh).findings]


def missing(company: Company, release: str, monkeypatch: pytest.MonkeyPatch) -> verification.Report:
    """A file is handed in under a release, and its bytes are not there."""
    monkeypatch.setattr(attempt, "SEMANTICS", release)
    file, stream = upload(company, "wang"), company.start()
    company.complete(stream, company.task(stream, "write"), "wang", {"proof": file})
    assert company.store.files.remove(file.digest)
    return verification.verify(company.store, execute=False)


def respell(company: Company, stream: int, *without: str) -> None:
    """Write a stream's state as a release would that did not know these fields, with its keys in another order."""
    row = schema.stream.c
    with company.database.write() as connection:
        data = connection.execute(select(row.state).where(row.stream_no == stream)).scalar_one()
        document = {key: value for key, value in reversed(json.loads(bytes(data)).items()) if key not in without}
        change = update(schema.stream).where(row.stream_no == stream)
        connection.execute(change.values(state=json.dumps(document, ensure_ascii=False).encode()))


def test_every_version_that_was_published_is_known_after_the_step(database_url: str) -> None:
    old = Database(database_url)
    upgrade(old, "0004")
    with old.write() as connection:
        values = {"no": 2, "kind": "procedure", "revision": 2, "at": micros(NOW) + 2, "empty": b"", "version": SECOND}
        stream = 'INSERT INTO stream (stream_no, kind, revision, digest, at, state, "window") '
        connection.execute(text(f"{stream} VALUES (:no, :kind, :revision, :empty, :at, :empty, :empty)"), values)
        connection.execute(text("INSERT INTO publication VALUES ('trial', :no, :version)"), values)
        connection.execute(insert(schema.entry), [entry(1, FIRST), entry(2, SECOND)])
    upgrade(old)
    with old.read() as connection:
        found = connection.execute(select(schema.published).order_by(schema.published.c.revision)).all()
    old.close()
    assert [tuple(row) for row in found] == [
        ("trial", 1, FIRST, micros(NOW) + 1),
        ("trial", 2, SECOND, micros(NOW) + 2),
    ]


def test_an_absence_ended_before_version_2_is_each_of_that_person() -> None:
    stored = ["AbsenceEnded", 1, {"person": {"$person": "1.2.1"}}]
    ended = codec.read_event(stored, {}, NoShelf())
    assert ended == AbsenceEnded(person=Person("1.2.1"), first=None)
    days = [(Date(2026, 3, 1), Date(2026, 3, 2)), (Date(2026, 4, 1), Date(2026, 4, 2))]
    known = tuple(
        Absence(person=Person(who), first=first, last=last) for who in ("1.2.1", "1.3.1") for first, last in days
    )
    left = organisation.apply(Organisation(stream=ORGANISATION, absences=known), ended)
    assert [one.person.id for one in left.absences] == ["1.3.1", "1.3.1"]


def test_a_team_that_was_changed_before_reasons_were_asked_for_is_proven(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(database)
    case = company.open_case()
    monkeypatch.setattr(attempt, "SEMANTICS", "4.1/python-3.11")
    envelope = Envelope(id="team", stream=case, at=company.now)
    change = AssignCaseRole(envelope=envelope, role="SALES", persons=(company.people["wang"],))
    company.store.submit(change)
    with database.read() as connection:
        rows = select(schema.entry.c.body).where(schema.entry.c.stream_no == case)
        assert all(b"reason" not in bytes(body) for body in connection.execute(rows).scalars())
    assert findings(company) == []
    assert rebuild(company.store).differences == []


def test_what_is_handed_in_without_a_proof_has_the_bytes_of_before_and_one_with_it_is_proven(
    database: Database,
) -> None:
    body = BODY.replace('id="review"', 'id="review" zx:sign="L1"')
    company = Company(database, body=body)
    stream = company.start()
    company.complete(stream, company.task(stream, "write"), "wang")
    with pytest.raises(Refused) as refusal:
        company.complete(stream, company.task(stream, "review"), "chen")
    assert refusal.value.reason is Reason.NOT_PROVEN
    envelope = Envelope(id="signed", stream=stream, at=company.now, actor=company.people["chen"], proof=Proof.PASSWORD)
    company.store.submit(CompleteTask(envelope=envelope, task=company.task(stream, "review"), data=Context()))
    with database.read() as connection:
        rows = select(schema.entry.c.envelope).where(schema.entry.c.stream_no == stream)
        kept = [json.loads(bytes(found)) for found in connection.execute(rows.order_by("revision")).scalars()]
        (*before, last) = journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent))
    assert [found.get("proof") for found in kept] == [None, None, "password"]
    assert all("proof" not in found for found in kept[:-1])
    assert [entry.command.envelope.proof for entry in (*before, last)] == [None, None, Proof.PASSWORD]
    assert findings(company) == []
    assert rebuild(company.store).differences == []


def test_who_used_a_file_is_known_after_the_step(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    upgrade(database)
    company = Company(database)
    company.store.files = Files(str(tmp_path / "bytes"))
    case = company.open_case()
    attach(company, case, upload(company, "chen"))
    attach(company, case, upload(company, "mr", OTHER), who="mr")
    handed_in(company, upload(company, "wang"))
    query = select(schema.file_use.c.stream_no, schema.file_use.c.digest, schema.file_use.c.person)
    with database.write() as connection:
        expected = sorted(map(tuple, connection.execute(query)))
        connection.execute(text("ALTER TABLE file_use DROP COLUMN person"))
        connection.execute(text("ALTER TABLE inbox DROP COLUMN role"))
        connection.execute(text("ALTER TABLE task DROP COLUMN given"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    upgrade(database)
    with database.read() as connection:
        assert sorted(map(tuple, connection.execute(query))) == expected
    assert {person for _, _, person in expected} == {company.people[who].id for who in ("chen", "mr", "wang")}
    assert rebuild(company.store).differences == []
    database.close()


def test_the_tasks_of_teams_are_found_by_their_people_after_the_step(database_url: str) -> None:
    old = Database(database_url)
    upgrade(old, "0006")
    team, offered = (
        [(10, "PM", "1.2.1"), (10, "QA", "1.2.1"), (10, "QA", "1.3.1")],
        [("PM", 10), ("QA", 10), ("QA", 11)],
    )
    with old.write() as connection:
        for case, role, person in team:
            connection.execute(insert(schema.case_role).values(case_no=case, role=role, person=person))
        for role, case in offered:
            row = {"task": f"7.{case}.1", "case": case, "role": role}
            connection.execute(text("INSERT INTO inbox VALUES (:task, :case, 'role', :role, 5)"), row)
        connection.execute(text("INSERT INTO inbox VALUES ('7.9.1', 10, 'holder', '1.2.1', 5)"))
    upgrade(old)
    with old.read() as connection:
        found = {(row.task, row.kind, row.key, row.role) for row in connection.execute(select(schema.inbox))}
        again = staffing.kept(connection, 10)
    old.close()
    made = [
        *staffing.rows({"task": "7.10.1"}, ["PM", "QA"], again),
        *staffing.rows({"task": "7.11.1"}, ["QA"], {}),
        {"task": "7.9.1", "kind": "holder", "key": "1.2.1", "role": ""},
    ]
    assert found == {(row["task"], row["kind"], row["key"], row["role"]) for row in made}
    assert len(found) == 6


def test_who_gave_a_task_on_is_known_after_the_step(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    company = Company(database)
    stream, other = company.start(), company.start()
    task, untouched = company.task(stream, "write"), company.task(other, "write")
    asked: list[tuple[type[Command], dict[str, object]]] = [
        (ClaimTask, {}),
        (DelegateTask, {"to": company.people["guest"], "reason": "休假"}),
        (UrgeTask, {"message": "TransferTask"}),
    ]
    for command, fields in asked:
        envelope = Envelope(id=command.__name__, stream=stream, at=company.now, actor=company.people["wang"])
        company.store.submit(command(envelope=envelope, task=task, **fields))  # type: ignore[call-arg]  # fields of each
    query = select(schema.task.c.task, schema.task.c.given)
    with database.write() as connection:
        expected = dict(map(tuple, connection.execute(query)))
        connection.execute(text("ALTER TABLE task DROP COLUMN given"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    assert (expected[task], expected[untouched]) == (3, None)
    upgrade(database)
    with database.read() as connection:
        assert dict(map(tuple, connection.execute(query))) == expected
    assert rebuild(company.store).differences == []
    database.close()


def test_a_state_in_the_spelling_of_an_earlier_release_is_still_that_state(database: Database) -> None:
    company = Company(database)
    case = company.open_case()
    respell(company, case, "attachments")
    assert findings(company) == []
    assert rebuild(company.store).differences == []
    with database.read() as connection:
        rebuilt = connection.execute(select(schema.stream.c.state).where(schema.stream.c.stream_no == case))
        assert "attachments" in json.loads(bytes(rebuilt.scalar_one()))


@pytest.mark.parametrize("field", ["procedure", "status"])
def test_a_state_that_lacks_what_its_entries_say_is_found(database: Database, field: str) -> None:
    company = Company(database)
    case = company.open_case()
    respell(company, case, field)
    assert findings(company) == [f"stream {case}: its state is not what its entries make"]


def test_a_release_that_kept_no_bytes_of_files_lacks_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(database)
    company.store.files = Files(str(tmp_path / "bytes"))
    old = missing(company, "3.1/python-3.11", monkeypatch)
    assert (old.findings, old.files, old.never_kept) == ([], 0, 1)


def test_a_file_that_a_later_entry_names_again_must_be_there(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(database)
    company.store.files = Files(str(tmp_path / "bytes"))
    missing(company, "3.1/python-3.11", monkeypatch)
    new = missing(company, "4.1/python-3.11", monkeypatch)
    assert ["is missing, and not by erasure" in finding.en for finding in new.findings] == [True]
    assert (new.files, new.never_kept) == (1, 0)
