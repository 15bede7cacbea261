"""People of a case who change: its instances are asked again by the worker, once, and the inbox follows; on both databases."""

import threading

import pytest

from engine.commands import AssignCaseRole, ClaimTask, Envelope, SetCaseData, StartInstance
from engine.events import TaskReassigned
from engine.value import Context
from engine.words import StreamKind
from jobs.worker import Worker
from storage import drafts, inbox, journal, verification
from storage.attempt import Also
from storage.database import Database
from storage.rebuild import rebuild
from storage.shelf import StreamShelf
from storage.submission import Store
from tests.engine.world import MANIFEST, chain, lane
from tests.storage.company import Company

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" zx:assignee="persons in role(&quot;MR&quot;)[1]"/>'
    '<bpmn:endEvent id="e"/>' + chain("s", "write", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "e")}</bpmn:laneSet>'


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database, BODY, LANES)


def assign(company: Company, case: int, who: str, key: str) -> None:
    envelope = Envelope(id=key, stream=case, at=company.now, actor=company.people["chen"])
    company.store.submit(AssignCaseRole(envelope=envelope, role="MR", persons=(company.people[who],), reason="调岗"))


def seen(company: Company, who: str) -> list[int]:
    """The instances of the tasks in the person's inbox."""
    with company.database.read() as connection:
        return [item.stream for item in inbox.page(connection, [company.people[who].id], [])]


def test_every_running_instance_of_the_case_is_asked_again_and_no_other(company: Company) -> None:
    case, other = company.open_case(), company.open_case()
    streams = [company.start(case=case) for _ in range(2)]
    elsewhere, ended = company.start(case=other), company.start(case=case)
    company.terminate(ended)
    assert seen(company, "mr") == [*streams, elsewhere]
    company.store.submit(claim(company, streams[0], "mr"))
    drafts.save(
        company.database, company.task(streams[0], "write"), company.people["mr"], Context({"a": "半"}), company.now
    )
    assign(company, case, "wang", "a1")
    assert company.jobs() == 2
    Worker(company.store).run()
    assert (company.jobs(), seen(company, "mr"), sorted(seen(company, "wang"))) == (0, [elsewhere], streams)
    assign(company, case, "wang", "a2")  # the same again: nothing to ask
    assert company.jobs() == 0
    # what the former holder had begun to enter is theirs alone
    task = company.task(streams[0], "write")
    assert drafts.read(company.database, task, company.people["mr"]) == Context({"a": "半"})
    assert drafts.read(company.database, task, company.people["wang"]) is None
    for stream in streams:
        company.complete(stream, company.task(stream, "write"), "wang")
    fresh = Company.again(company)
    assert verification.verify(fresh.store).findings == []
    assert rebuild(fresh.store, windows=True).differences == []


def test_the_entry_names_what_caused_it(company: Company) -> None:
    case = company.open_case()
    stream = company.start(case=case)
    assign(company, case, "wang", "a1")
    Worker(company.store).run()
    with company.database.read() as connection:
        *_, entry = journal.read(connection, stream, StreamShelf(connection, stream, company.store.recent))
    (event,) = entry.events
    assert isinstance(event, TaskReassigned)
    cause = entry.command.envelope.cause
    assert cause is not None
    assert (cause.stream, cause.n, entry.consulted[case]) == (case, 1, cause.revision)


@pytest.mark.parametrize("change_first", [True, False], ids=["the change is first", "the start is first"])
def test_what_starts_while_people_change_is_for_who_has_come(database: Database, change_first: bool) -> None:
    """Neither has committed when the other begins: one waits for the other, so nothing is left to who has gone."""
    company = Company(database, BODY, LANES)
    case, started = company.open_case(), list[int]()

    def change(store: Store, also: Also | None = None) -> None:
        envelope = Envelope(id="change", stream=case, at=company.now, actor=company.people["chen"])
        store.submit(
            AssignCaseRole(envelope=envelope, role="MR", persons=(company.people["wang"],), reason="调岗"), also=also
        )

    def start(store: Store, also: Also | None = None) -> None:
        version = company.procedure.digest
        receipt = store.open_stream(
            StreamKind.INSTANCE,
            "start",
            lambda number: StartInstance(
                envelope=Envelope(id="start", stream=number, at=company.now),
                case=case,
                version=version,
                process="p",
                input=Context(),
            ),
            also=also,
        )
        started.append(receipt.stream)

    first, second = (change, start) if change_first else (start, change)
    other = threading.Thread(target=second, args=(Store(Database(database.url.render_as_string(hide_password=False))),))

    def just_before_the_commit(_connection: object, _receipt: object) -> None:
        other.start()
        other.join(0.3)  # it gets as far as it may: to the end, were there no lock

    first(company.store, just_before_the_commit)
    other.join()
    Worker(company.store).run()
    assert (seen(company, "mr"), seen(company, "wang")) == ([], started)
    assert verification.verify(company.store).findings == []


def test_an_instance_that_ended_before_it_was_asked_leaves_no_job(company: Company) -> None:
    case = company.open_case()
    stream = company.start(case=case)
    assign(company, case, "wang", "a1")
    company.terminate(stream)
    Worker(company.store).run()
    assert company.jobs() == 0


def lead(company: Company, case: int, who: str | None, key: str) -> None:
    envelope = Envelope(id=key, stream=case, at=company.now, actor=company.people["chen"])
    person = None if who is None else company.people[who]
    company.store.submit(SetCaseData(envelope=envelope, data=Context({"lead": person}), reason="调岗"))


@pytest.mark.parametrize("at_once", [True, False], ids=["one after the other is asked", "all are asked at the end"])
def test_whose_the_task_is_does_not_depend_on_when_it_was_asked(database: Database, at_once: bool) -> None:
    """Nobody may be named between one person and the next."""
    named = BODY.replace('persons in role(&quot;MR&quot;)[1]"', 'case.lead"')
    manifest = MANIFEST + '[case.lead]\ntype = "user"\nzh = "负责人"\nen = "Lead"\n'
    company = Company(database, named, LANES, {"procedure.toml": manifest.encode()})
    case = company.open_case()
    stream = company.start(case=case)
    for place, who in enumerate(("mr", None, "guest")):
        lead(company, case, who, f"l{place}")
        if at_once:
            Worker(company.store).run()
    lead(company, case, "guest", "again")  # the same again: nothing to ask
    assert company.jobs() == (0 if at_once else 3)
    Worker(company.store).run()
    assert (seen(company, "mr"), seen(company, "guest")) == ([], [stream])
    assert verification.verify(company.store).findings == []
    assert rebuild(company.store, windows=True).differences == []


def claim(company: Company, stream: int, who: str) -> ClaimTask:
    envelope = Envelope(id="claim", stream=stream, at=company.now, actor=company.people[who])
    return ClaimTask(envelope=envelope, task=company.task(stream, "write"))
