"""Drafts, erasure and disposal: what is personal goes, what was proven stays; on both databases."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from engine.commands import CloseCase, Envelope
from engine.errors import Refused
from engine.value import Context
from storage import checkpoint, drafts, erasure, people, personal, schema, verification
from storage.database import Database
from storage.rebuild import rebuild
from storage.submission import Store
from tests.storage import auditor
from tests.storage.company import Company
from web.cli.play import SimulatedClock, play, publish, scenarios
from web.cli.timetable import begin

SECRETS = ("刘建国 13800010001", "王小明的地址")
PROCEDURE = Path(__file__).parents[2] / "bpmn" / "service-planning"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


def proven(company: Company, *, erased: int) -> None:
    """Everything verifies, rebuilds and re-executes, and the auditor agrees."""
    fresh = Company.again(company)
    report = verification.verify(fresh.store)
    assert (report.findings, report.erased) == ([], erased)
    assert rebuild(fresh.store, windows=True).differences == []
    if company.database.is_sqlite:
        assert auditor.audit(str(company.database.url.database)).findings == []


def files(company: Company) -> bytes:
    """The bytes of a SQLite database with its log; nothing for PostgreSQL."""
    path = company.database.url.database
    found = Path(str(path)).parent.glob("zhixing.db*") if company.database.is_sqlite else ()
    return b"".join(file.read_bytes() for file in sorted(found))


def case_with_secrets(company: Company) -> tuple[int, int]:
    """A case with an instance that holds one personal value in an entry and one in a large value."""
    case = company.open_case()
    stream = company.start(case=case)
    rows = [personal.separate(secret) for secret in SECRETS]
    company.complete(stream, company.task(stream, "write"), "wang", {"who": rows[0].personal}, rows[:1])
    large = Context({"long": "汉" * 2_000, "who": rows[1].personal})
    company.complete(stream, company.task(stream, "review"), "chen", large, rows[1:])
    return case, stream


# ------------------------------------------------------------------ drafts


def test_a_draft_is_one_row_for_each_task_and_person(company: Company) -> None:
    task = company.task(company.start(), "write")
    wang, chen = company.people["wang"], company.people["chen"]
    for text in ("a", "b"):
        drafts.save(company.database, task, wang, Context({"text": text}), company.now)
    drafts.save(company.database, task, chen, Context({"text": "c"}), company.now)
    assert drafts.read(company.database, task, wang) == Context({"text": "b"})
    assert drafts.discard(company.database, task, wang)
    assert not drafts.discard(company.database, task, wang)
    assert drafts.read(company.database, task, wang) is None
    assert drafts.read(company.database, task, chen) == Context({"text": "c"})


def test_drafts_end_with_their_task_completed_or_cancelled(company: Company) -> None:
    first, second = company.start(), company.start()
    tasks = [company.task(stream, "write") for stream in (first, second)]
    for task in tasks:
        drafts.save(company.database, task, company.people["wang"], Context({"text": "x"}), company.now)
    company.complete(first, tasks[0], "wang")
    company.terminate(second)
    with company.database.read() as connection:
        assert connection.execute(select(schema.draft)).all() == []


def test_a_draft_for_a_task_that_is_not_open_is_refused(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "write")
    company.complete(stream, task, "wang")
    with pytest.raises(Refused, match="expected an open task"):
        drafts.save(company.database, task, company.people["wang"], Context(), company.now)


def test_a_draft_has_a_limit(company: Company) -> None:
    task = company.task(company.start(), "write")
    with pytest.raises(Refused, match="at most 1048576 bytes"):
        drafts.save(company.database, task, company.people["wang"], Context({"text": "x" * 1_048_576}), company.now)
    assert drafts.read(company.database, task, company.people["wang"]) is None


def test_a_rebuild_leaves_drafts_alone(company: Company) -> None:
    stream = company.start()
    company.complete(stream, company.task(stream, "write"), "wang")
    task = company.task(stream, "review")
    drafts.save(company.database, task, company.people["chen"], Context({"text": "x"}), company.now)
    rebuild(company.store)
    assert drafts.read(company.database, task, company.people["chen"]) == Context({"text": "x"})


# ------------------------------------------------------------------ erasure


def test_an_erased_person_has_no_name_and_everything_is_proven_as_before(company: Company) -> None:
    person = people.add(company.store, "p:secret", "handle-to-forget", "张三丰", ["SALES"])
    task = company.task(company.start(), "write")
    drafts.save(company.database, task, person, Context({"text": "x"}), company.now)
    checkpoint.seal(company.database, KEY, company.now)
    found = erasure.erase_person(company.store, "handle-to-forget")
    assert (found.values, found.drafts, found.person) == (2, 1, person.id)
    assert people.find(company.store, "handle-to-forget") is None
    with company.database.read() as connection:
        assert person.id not in people.names(connection)
    proven(company, erased=2)


def test_erased_bytes_stand_nowhere_in_the_file_of_the_database(company: Company) -> None:
    case, _ = case_with_secrets(company)
    people.add(company.store, "p:secret", "handle-to-forget", "张三丰", ["SALES"])
    before = files(company)
    erasure.erase_case(company.store, case)
    erasure.erase_person(company.store, "handle-to-forget")
    after = files(company)
    for secret in (*SECRETS, "handle-to-forget", "张三丰"):
        assert not company.database.is_sqlite or secret.encode() in before
        assert secret.encode() not in after


def test_a_handle_that_was_erased_may_be_given_to_somebody_else(company: Company) -> None:
    first = people.add(company.store, "p:1", "li", "李一", [])
    erasure.erase_person(company.store, "li")
    second = people.add(company.store, "p:2", "li", "李二", [])
    assert first != second
    proven(company, erased=2)


def test_erasing_somebody_unknown_is_refused_and_erases_nothing(company: Company) -> None:
    with pytest.raises(Refused, match="there is no person nobody"):
        erasure.erase_person(company.store, "nobody")
    proven(company, erased=0)


def test_all_personal_values_of_a_case_are_erased_and_everything_is_proven_as_before(company: Company) -> None:
    case, stream = case_with_secrets(company)
    checkpoint.seal(company.database, KEY, company.now)
    assert erasure.erase_case(company.store, case).values == 2
    assert erasure.erase_case(company.store, case).values == 0
    with company.database.read() as connection:
        scope = next(iter(company.instance(stream).scopes.values()), None)
        assert scope is None or "write" in scope.variables
        table = schema.personal
        erased = connection.execute(select(table).where(table.c.content.is_(None))).all()
    assert [row.salt for row in erased] == [None, None]
    proven(company, erased=2)


def test_only_a_case_is_erased_as_a_case(company: Company) -> None:
    stream = company.start()
    with pytest.raises(Refused, match=f"there is no case {stream}"):
        erasure.erase_case(company.store, stream)


# ------------------------------------------------------------------ people


def test_two_people_cannot_have_one_handle(company: Company) -> None:
    again = people.add(company.store, "p:another-command", "wang", "另一个人", [])
    assert again == company.people["wang"]


# ------------------------------------------------------------------ disposal


def closed_case(company: Company) -> tuple[int, int]:
    case, stream = case_with_secrets(company)
    envelope = Envelope(id="close", stream=case, at=company.now, actor=company.people["chen"])
    company.store.submit(CloseCase(envelope=envelope, outcome="已完成"))
    return case, stream


def test_disposal_keeps_the_last_digests_and_everything_else_is_proven_as_before(company: Company) -> None:
    case, stream = closed_case(company)
    other = company.start()
    checkpoint.seal(company.database, KEY, company.now)
    with company.database.read() as connection:
        table = schema.stream.c
        query = select(table.stream_no, table.revision, table.digest).where(table.stream_no.in_([case, stream]))
        ends = {tuple(row) for row in connection.execute(query)}
    gone = erasure.dispose(company.store, case, company.now)
    assert gone == sum(revision for _, revision, _ in ends)
    with company.database.read() as connection:
        kept = schema.disposed.c
        assert {tuple(r) for r in connection.execute(select(kept.stream_no, kept.revision, kept.digest))} == ends
        assert connection.execute(select(schema.entry).where(schema.entry.c.stream_no.in_([case, stream]))).all() == []
    assert not any(secret.encode() in files(company) for secret in SECRETS)
    fresh = Company.again(company)
    report = verification.verify(fresh.store)
    assert (report.findings, report.disposed) == ([], [case, stream])
    assert rebuild(fresh.store, windows=True).differences == []
    if company.database.is_sqlite:
        assert auditor.audit(str(company.database.url.database)).findings == []
    fresh.complete(other, fresh.task(other, "write"), "wang")


def test_nothing_is_written_to_a_stream_that_was_disposed_of(company: Company) -> None:
    case, stream = closed_case(company)
    checkpoint.seal(company.database, KEY, company.now)
    erasure.dispose(company.store, case, company.now)
    for store in (company, Company.again(company)):
        with pytest.raises(Refused):
            store.complete(stream, f"{stream}.1.4", "wang")
    assert verification.verify(company.store).findings == []


def test_what_runs_or_is_not_sealed_is_not_disposed_of(company: Company) -> None:
    case, stream = case_with_secrets(company)
    with pytest.raises(Refused, match="has not ended"):
        erasure.dispose(company.store, case, company.now)
    envelope = Envelope(id="close", stream=case, at=company.now, actor=company.people["chen"])
    company.store.submit(CloseCase(envelope=envelope, outcome="已完成"))
    with pytest.raises(Refused, match="is not sealed yet"):
        erasure.dispose(company.store, case, company.now)
    with pytest.raises(Refused, match=f"expected case {case}"):
        erasure.dispose(company.store, stream, company.now)
    proven(company, erased=0)


def test_two_who_add_the_same_handle_at_once_make_one_person(company: Company) -> None:
    found: list[object] = []

    def attempt(number: int) -> None:
        found.append(people.add(company.store, f"p:race{number}", "racer", "赛跑者", ["SALES"]))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    proven(company, erased=0)


def test_no_command_id_of_a_played_scenario_holds_a_handle(database: Database) -> None:
    """Command ids are kept for ever."""
    (scenario,) = [found for found in scenarios(PROCEDURE) if found["key"] == "straight-through"]
    clock = SimulatedClock(begin(scenario, NOW))
    store = Store(database, clock)
    play(store, clock, scenario, publish(store, PROCEDURE, "publish"), lambda _: None)
    with database.read() as connection:
        keys = [set(key.split(":")) for key in connection.execute(select(schema.received.c.key)).scalars()]
        handles = set(connection.execute(select(schema.handle.c.handle)).scalars())
    assert len(handles) > 3
    assert [key for key in keys if key & handles] == []
