"""Drafts, erasure and disposal: what is personal goes, what was proven stays; on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from engine.commands import AssignCaseRole, ClaimTask, CloseCase, CopyTask, Envelope, GrantRole
from engine.errors import Reason, Refused
from engine.events import CaseErased, Event, PersonErased, StreamDisposed
from engine.stream import ORGANISATION
from engine.value import Context
from storage import checkpoint, drafts, erasure, journal, people, personal, refusals, schema, verification
from storage.database import Database
from storage.erasure import Erased
from storage.rebuild import rebuild
from storage.shelf import Recent, StreamShelf
from storage.submission import Store
from tests.storage import auditor
from tests.storage.company import Company
from web.cli import company as companies
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


def ask(company: Company, who: str | None = None, key: str | None = None) -> Envelope:
    """An envelope for the organisation: of the operator at the machine, or of a person."""
    actor = None if who is None else company.people[who]
    return Envelope(id=key or f"e{next(company.numbers)}", stream=ORGANISATION, at=company.now, actor=actor)


def erase_person(company: Company, handle: str, **by: str) -> Erased:
    return erasure.erase_person(company.store, ask(company, **by), handle, "依本人申请")


def erase_case(company: Company, case: int, **by: str) -> Erased:
    return erasure.erase_case(company.store, ask(company, **by), case, "依本人申请")


def dispose(company: Company, stream: int, **by: str) -> int:
    return erasure.dispose(company.store, ask(company, **by), stream, "保管期满")


def told(company: Company) -> list[Event]:
    """What the newest entry of the organisation says."""
    with company.database.read() as connection:
        return list(
            list(journal.read(connection, ORGANISATION, StreamShelf(connection, ORGANISATION, Recent())))[-1].events
        )


def entries(company: Company) -> int:
    with company.database.read() as connection:
        return len(connection.execute(select(schema.entry)).all())


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
    found = erase_person(company, "handle-to-forget")
    assert (found.values, found.drafts, found.person) == (2, 1, person.id)
    assert told(company) == [PersonErased(person=person, reason="依本人申请")]
    assert people.find(company.store, "handle-to-forget") is None
    with company.database.read() as connection:
        assert person.id not in people.names(connection)
    proven(company, erased=2)


def test_erased_bytes_stand_nowhere_in_the_file_of_the_database(company: Company) -> None:
    case, _ = case_with_secrets(company)
    people.add(company.store, "p:secret", "handle-to-forget", "张三丰", ["SALES"])
    before = files(company)
    erase_case(company, case)
    erase_person(company, "handle-to-forget")
    after = files(company)
    for secret in (*SECRETS, "handle-to-forget", "张三丰"):
        assert not company.database.is_sqlite or secret.encode() in before
        assert secret.encode() not in after


def test_a_handle_that_was_erased_may_be_given_to_somebody_else(company: Company) -> None:
    first = people.add(company.store, "p:1", "li", "李一", [])
    erase_person(company, "li")
    second = people.add(company.store, "p:2", "li", "李二", [])
    assert first != second
    proven(company, erased=2)


def test_erasing_somebody_unknown_is_refused_and_erases_nothing(company: Company) -> None:
    with pytest.raises(Refused, match="there is no person nobody"):
        erase_person(company, "nobody")
    proven(company, erased=0)


def test_all_personal_values_of_a_case_are_erased_and_everything_is_proven_as_before(company: Company) -> None:
    case, stream = case_with_secrets(company)
    checkpoint.seal(company.database, KEY, company.now)
    assert erase_case(company, case).values == 2
    assert told(company) == [CaseErased(case=case, reason="依本人申请")]
    assert erase_case(company, case).values == 0
    with company.database.read() as connection:
        scope = next(iter(company.instance(stream).scopes.values()), None)
        assert scope is None or "write" in scope.variables
        table = schema.personal
        erased = connection.execute(select(table).where(table.c.content.is_(None))).all()
    assert [row.salt for row in erased] == [None, None]
    proven(company, erased=2)


def test_an_erased_value_that_is_back_is_found(company: Company) -> None:
    """Somebody brought the table of personal values back from a copy."""
    case, _ = case_with_secrets(company)
    table = schema.personal
    with company.database.read() as connection:
        before = connection.execute(select(table)).all()
    erase_case(company, case)
    with company.database.write() as connection:
        for row in before:
            back = update(table).where(table.c.reference == row.reference)
            connection.execute(back.values(salt=row.salt, content=row.content))
    found = verification.verify(Company.again(company).store).findings
    revision = companies.organisation_of(company.store).revision
    assert len(found) == 2
    assert {text.en.partition("is still there")[2] for text in found} == {
        f", though entry {revision} of stream 1 says that it was erased"
    }
    assert all("仍在" in text.zh for text in found)
    if company.database.is_sqlite:
        assert len(auditor.audit(str(company.database.url.database)).findings) == 2


def test_only_a_case_is_erased_as_a_case(company: Company) -> None:
    stream = company.start()
    with pytest.raises(Refused, match=f"there is no case {stream}"):
        erase_case(company, stream)


def test_an_erased_person_holds_no_role_and_stays_erased(company: Company) -> None:
    wang = company.people["wang"]
    case = company.open_case()
    team = AssignCaseRole(envelope=ask_case(company, case), role="SALES", persons=(wang,))
    company.store.submit(team)
    stream, other = company.start(case=case), company.start(case=case)
    task = company.task(stream, "write")
    company.store.submit(ClaimTask(envelope=ask_case(company, stream, "wang"), task=task))
    found = erase_person(company, "wang")
    assert (found.cases, found.tasks) == ((case,), (task,))
    organisation = companies.organisation_of(company.store)
    assert not organisation.holds(wang, "SALES")
    assert (wang in organisation.persons, organisation.erased) == (False, (wang,))
    with pytest.raises(Refused, match="no longer have the right"):
        company.complete(stream, task, "wang")
    with pytest.raises(Refused, match="is offered to SALES"):
        company.complete(other, company.task(other, "write"), "wang")
    with pytest.raises(Refused, match=f"but {wang.id} was erased"):
        company.store.submit(GrantRole(envelope=ask(company), person=wang, role="SALES"))
    proven(company, erased=2)


def test_what_an_erased_person_was_told_of_stands_as_its_entry_says(company: Company) -> None:
    stream = company.start()
    task, mr = company.task(stream, "write"), company.people["mr"]
    company.store.submit(ClaimTask(envelope=ask_case(company, stream, "wang"), task=task))
    told = CopyTask(envelope=ask_case(company, stream, "wang"), task=task, to=(mr,), message="请知悉")
    company.store.submit(told)
    erase_person(company, "mr")
    assert rebuild(company.store).differences == []


def ask_case(company: Company, stream: int, who: str | None = None) -> Envelope:
    actor = None if who is None else company.people[who]
    return Envelope(id=f"q{next(company.numbers)}", stream=stream, at=company.now, actor=actor)


@pytest.mark.parametrize("remove", [erase_person, erase_case, dispose], ids=lambda found: found.__name__)
def test_a_repeat_of_what_was_removed_gets_the_first_answer_and_writes_nothing(
    company: Company, remove: Callable[..., object]
) -> None:
    case, _ = closed_case(company)
    checkpoint.seal(company.database, KEY, company.now)
    what = "guest" if remove is erase_person else case
    remove(company, what, key="once")
    before = entries(company)
    again = remove(company, what, key="once")
    assert entries(company) == before
    assert isinstance(again, int) or (isinstance(again, Erased) and again.repeated)
    assert verification.verify(Company.again(company).store).findings == []


@pytest.mark.parametrize("remove", [erase_person, erase_case, dispose], ids=lambda found: found.__name__)
def test_only_an_administrator_or_the_operator_removes_and_the_refusal_is_kept(
    company: Company, remove: Callable[..., object]
) -> None:
    case, _ = closed_case(company)
    checkpoint.seal(company.database, KEY, company.now)
    with pytest.raises(Refused, match="expected a holder of SYS"):
        remove(company, "guest" if remove is erase_person else case, who="chen")
    with company.database.read() as connection:
        (kept,) = refusals.of_streams(connection, [ORGANISATION])
        assert connection.execute(select(schema.personal).where(schema.personal.c.content.is_(None))).all() == []
    assert kept.refused.reason is Reason.NOT_ALLOWED
    people.add(company.store, "p:admin", "admin", "管理员", ["SYS"])
    company.people["admin"] = people.known(company.store, "admin")
    remove(company, "guest" if remove is erase_person else case, who="admin")
    assert verification.verify(Company.again(company).store).findings == []


def test_a_case_that_is_not_there_leaves_no_entry(company: Company) -> None:
    before = entries(company)
    for remove in (erase_case, dispose):
        with pytest.raises(Refused, match="there is no"):
            remove(company, 4711)
    assert entries(company) == before


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
    gone = dispose(company, case)
    assert gone == sum(revision for _, revision, _ in ends)
    said = [event for event in told(company) if isinstance(event, StreamDisposed)]
    assert {(event.disposed, event.revision, bytes.fromhex(event.digest)) for event in said} == ends
    assert {event.reason for event in said} == {"保管期满"}
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
    dispose(company, case)
    for store in (company, Company.again(company)):
        with pytest.raises(Refused):
            store.complete(stream, f"{stream}.1.4", "wang")
    assert verification.verify(company.store).findings == []


def test_what_was_disposed_of_is_not_disposed_of_again(company: Company) -> None:
    case, stream = closed_case(company)
    checkpoint.seal(company.database, KEY, company.now)
    dispose(company, case)
    for number in (case, stream):
        with pytest.raises(Refused, match=f"stream {number} was disposed of already"):
            dispose(company, number)
    assert verification.verify(company.store).findings == []


def test_only_cases_and_instances_are_disposed_of(company: Company) -> None:
    for number in (ORGANISATION, 2):
        with pytest.raises(Refused, match=f"there is no case {number}"):
            dispose(company, number)
    proven(company, erased=0)


def test_an_instance_without_a_case_is_disposed_of_alone(company: Company) -> None:
    stream = company.start()
    company.terminate(stream)
    checkpoint.seal(company.database, KEY, company.now)
    assert dispose(company, stream) == 2
    report = verification.verify(Company.again(company).store)
    assert (report.findings, report.disposed) == ([], [stream])


def test_what_runs_or_is_not_sealed_is_not_disposed_of(company: Company) -> None:
    case, stream = case_with_secrets(company)
    with pytest.raises(Refused, match="has not ended"):
        dispose(company, case)
    envelope = Envelope(id="close", stream=case, at=company.now, actor=company.people["chen"])
    company.store.submit(CloseCase(envelope=envelope, outcome="已完成"))
    with pytest.raises(Refused, match="is not sealed yet"):
        dispose(company, case)
    with pytest.raises(Refused, match=f"expected case {case}"):
        dispose(company, stream)
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
