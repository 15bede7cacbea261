"""The journal keeps, refuses, repeats and proves; on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import DatabaseError

from engine.commands import ClaimTask, CompleteTask, Envelope, StartInstance
from engine.errors import Refused
from engine.instance import Instance
from engine.value import Context, Person
from engine.words import Status, StreamKind
from storage import people, schema, verification
from storage.database import Database
from storage.moments import moment
from storage.rebuild import rebuild
from tests.storage.company import Company

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


def test_completing_a_task_takes_at_most_twelve_statements_and_one_commit(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "write")
    statements: list[str] = []
    commits: list[object] = []
    event.listen(company.database.writer, "before_cursor_execute", lambda *args: statements.append(args[2]))
    event.listen(company.database.writer, "commit", commits.append)
    company.complete(stream, task, "wang")
    assert len([s for s in statements if not s.startswith("BEGIN")]) <= 12
    assert len(commits) == 1


def test_a_repeat_gets_the_first_answer_and_writes_nothing(company: Company) -> None:
    stream = company.start()
    command = CompleteTask(
        envelope=Envelope(id="once", stream=stream, at=NOW, actor=company.people["wang"]),
        task=company.task(stream, "write"),
        data=Context(),
    )
    first = company.store.submit(command)
    second = company.store.submit(command)
    assert (second.revision, second.events, second.repeated) == (first.revision, first.events, True)
    assert company.instance(stream).revision == first.revision


def test_a_repeated_refusal_is_the_same_refusal(company: Company) -> None:
    stream = company.start()
    command = ClaimTask(
        envelope=Envelope(id="no", stream=stream, at=NOW, actor=company.people["guest"]),
        task=company.task(stream, "write"),
    )
    told = []
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            company.store.submit(command)
        told.append((refusal.value.reason, refusal.value.text))
    assert told[0] == told[1]
    with company.database.read() as connection:
        assert len(connection.execute(select(schema.refusal)).all()) == 1


def test_the_id_of_another_command_is_refused_and_nothing_is_told_of_that_command(company: Company) -> None:
    first, second = company.start(), company.start()
    envelope = Envelope(id="mine", stream=first, at=NOW, actor=company.people["wang"])
    company.store.submit(CompleteTask(envelope=envelope, task=company.task(first, "write"), data=Context()))
    other = Envelope(id="mine", stream=second, at=NOW, actor=company.people["wang"])
    with pytest.raises(Refused, match="mine belongs to another command"):
        company.store.submit(CompleteTask(envelope=other, task=company.task(second, "write"), data=Context()))
    assert company.instance(second).revision == 1


@pytest.mark.parametrize("key", ["", "x" * 201], ids=["empty", "too long"])
def test_a_command_id_has_1_to_200_characters(company: Company, key: str) -> None:
    stream = company.start()
    envelope = Envelope(id=key, stream=stream, at=NOW, actor=company.people["wang"])
    with pytest.raises(Refused, match="1 to 200 characters"):
        company.store.submit(ClaimTask(envelope=envelope, task=company.task(stream, "write")))


@pytest.mark.parametrize("table", [schema.entry, schema.refusal, schema.received], ids=lambda table: table.name)
def test_the_database_forbids_change_and_deletion(company: Company, table: object) -> None:
    stream = company.start()
    with pytest.raises(Refused):
        company.complete(stream, company.task(stream, "write"), "guest")
    for statement in (update(table).values({list(table.c)[-1]: None}), delete(table)):  # type: ignore[attr-defined]  # a table
        with pytest.raises(DatabaseError), company.database.write() as connection:
            connection.execute(statement)


def test_eight_threads_complete_one_task_and_one_wins(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "write")
    racers = [people.add(company.store, f"r{n}", f"r{n}", f"r{n}", ["SALES"]) for n in range(8)]
    outcomes: list[str] = []
    winners: list[str] = []

    def attempt(number: int) -> None:
        envelope = Envelope(id=f"t{number}", stream=stream, at=NOW, actor=racers[number])
        try:
            company.store.submit(CompleteTask(envelope=envelope, task=task, data=Context()))
            outcomes.append("won")
            winners.append(racers[number].id)
        except Refused as refused:
            outcomes.append(refused.text.en)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = winners
    assert sorted(outcomes) == sorted(["won"] + [f"task {task} was already completed by {winner}"] * 7)
    company.complete(stream, company.task(stream, "review"), "chen")
    assert company.instance(stream).status is Status.COMPLETED


def test_a_large_value_is_stored_once_and_comes_back(company: Company) -> None:
    stream = company.start()
    big = "汉" * 350_000
    company.complete(stream, company.task(stream, "write"), "wang", {"text": big})
    with company.database.read() as connection:
        contents = connection.execute(select(schema.large_value.c.content)).scalars().all()
        state = connection.execute(
            select(schema.stream.c.state).where(schema.stream.c.stream_no == stream)
        ).scalar_one()
    assert len(contents) == 1
    assert len(state) < 4_000
    fresh = Company.again(company)
    (scope,) = fresh.instance(stream).scopes.values()
    assert scope.variables["write"] == Context({"text": big})
    fresh.complete(stream, fresh.task(stream, "review"), "chen")
    assert verification.verify(fresh.store).findings == []
    assert rebuild(fresh.store, windows=True).differences == []


def test_projections_equal_a_rebuild(company: Company) -> None:
    for _ in range(3):
        stream = company.start()
        company.complete(stream, company.task(stream, "write"), "wang")
    assert rebuild(company.store).differences == []


def test_a_rebuild_mends_and_names_what_was_wrong(company: Company) -> None:
    stream = company.start()
    with company.database.write() as connection:
        connection.execute(update(schema.task).values(stage="completed"))
        connection.execute(delete(schema.inbox))
    found = rebuild(company.store)
    assert {line.en.split(":")[0] for line in found.differences} == {"table task", "table inbox"}
    assert rebuild(company.store).differences == []
    assert isinstance(company.instance(stream), Instance)


def test_a_person_is_an_opaque_id(company: Company) -> None:
    assert company.people["wang"] == Person("1.1.1")


def at_once(attempt: Callable[[], object], times: int = 8) -> list[object]:
    """What so many threads get that do the same at once."""
    found: list[object] = []

    def tell() -> None:
        try:
            found.append(attempt())
        except Refused as refused:
            found.append(refused.text.en)

    threads = [threading.Thread(target=tell) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_repeat_beside_the_first_gets_the_same_answer(company: Company) -> None:
    for number in range(6):
        stream = company.start()
        envelope = Envelope(id=f"click{number}", stream=stream, at=NOW, actor=company.people["wang"])
        command = CompleteTask(envelope=envelope, task=company.task(stream, "write"), data=Context())
        assert at_once(lambda command=command: company.store.submit(command).revision) == [2] * 8  # type: ignore[misc]


def test_a_stream_is_opened_once_by_repeats_at_once(company: Company) -> None:
    for number in range(6):

        def build(stream: int, key: str = f"open{number}") -> StartInstance:
            envelope = Envelope(id=key, stream=stream, at=NOW, actor=company.people["wang"])
            version = company.procedure.digest
            return StartInstance(envelope=envelope, case=None, version=version, process="p", input=Context())

        key = f"open{number}"
        found = at_once(lambda key=key, build=build: company.store.open_stream(StreamKind.INSTANCE, key, build).stream)  # type: ignore[misc]
        assert len(set(found)) == 1, found
        assert isinstance(found[0], int)


def test_the_id_of_somebody_elses_command_tells_nothing(company: Company) -> None:
    stream = company.start()
    mine = Envelope(id="mine", stream=stream, at=NOW, actor=company.people["wang"])
    task = company.task(stream, "write")
    company.store.submit(CompleteTask(envelope=mine, task=task, data=Context()))
    for actor, wanted in (("guest", task), ("wang", "9.9.9")):
        theirs = Envelope(id="mine", stream=stream, at=NOW, actor=company.people[actor])
        with pytest.raises(Refused, match="belongs to another command"):
            company.store.submit(CompleteTask(envelope=theirs, task=wanted, data=Context()))


@pytest.mark.parametrize(
    ("key", "stream", "task"), [("\ud800", 0, "x"), ("nul\x00", 0, "x"), ("k", 2**70, "x"), ("k2", 0, "\ud800")]
)
def test_what_cannot_be_stored_is_refused(company: Company, key: str, stream: int, task: str) -> None:
    there = company.start()
    envelope = Envelope(id=key, stream=stream or there, at=NOW, actor=company.people["wang"])
    with pytest.raises(Refused):
        company.store.submit(ClaimTask(envelope=envelope, task=task))
    assert company.instance(there).revision == 1


def test_a_refusal_stays_short_whatever_was_asked_for(company: Company) -> None:
    stream = company.start()
    with pytest.raises(Refused):
        company.complete(stream, "A" * 1_000_000, "wang")
    with company.database.read() as connection:
        assert len(connection.execute(select(schema.refusal.c.body)).scalar_one()) < 10_000


def test_an_entry_is_never_of_a_moment_to_come(company: Company) -> None:
    stream = company.start()
    envelope = Envelope(id="late", stream=stream, at=NOW.replace(year=9000), actor=company.people["wang"])
    company.store.submit(ClaimTask(envelope=envelope, task=company.task(stream, "write")))
    with company.database.read() as connection:
        at = connection.execute(select(schema.stream.c.at).where(schema.stream.c.stream_no == stream)).scalar_one()
    assert moment(at) <= company.store.now()


@pytest.mark.parametrize("case", [1, 999, "itself"])
def test_an_instance_starts_in_a_case_that_is_there(company: Company, case: int | str) -> None:
    other = company.start()
    number = other if case == "itself" else int(case)
    envelope = {"id": "lost", "at": NOW, "actor": company.people["wang"]}
    with pytest.raises(Refused, match="there is no case"):
        company.store.open_stream(
            StreamKind.INSTANCE,
            "lost",
            lambda stream: StartInstance(
                envelope=Envelope(stream=stream, **envelope),  # type: ignore[arg-type]  # fields of an envelope
                case=number,
                version=company.procedure.digest,
                process="p",
                input=Context(),
            ),
        )
    assert company.instance(other).revision == 1
