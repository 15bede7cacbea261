"""The worker: leases, connectors that fail, follow-ups in order; on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.commands import Envelope, RetryIncident
from engine.errors import Refused, Text
from engine.value import Context, Value
from engine.words import Status
from jobs import lease
from jobs.connector import Call, ConnectorFailed
from jobs.connectors.number_sequence import NumberSequence
from jobs.service import TRIES
from jobs.worker import Worker, wait
from storage import schema, verification
from storage.database import Database
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane
from tests.storage.company import Company
from tests.storage.loaded import NUMBER, company

SERVICE = (
    '<bpmn:startEvent id="s"/>'
    + node("serviceTask", "number", NUMBER, **{"zx:connector": "number-sequence"})
    + node("userTask", "after")
    + '<bpmn:endEvent id="e"/>'
    + chain("s", "number", "after", "e")
)
ALL = f'<bpmn:laneSet id="ls">{lane("SMO", "s", "number", "after", "e")}</bpmn:laneSet>'


class Scripted:
    """A connector that does what a test says, one answer after another."""

    name = "number-sequence"

    def __init__(self, *answers: Exception | Value) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []

    def run(self, call: Call, database: Database) -> Value:
        self.keys.append(call.key)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def service(database: Database) -> Company:
    return Company(database, SERVICE, ALL.replace("SMO", "SALES"))


def scripted(company: Company, *answers: Exception | Value) -> tuple[Worker, Scripted]:
    connector = Scripted(*answers)
    return Worker(company.store, {connector.name: connector}), connector


def transient(text: str = "no answer") -> ConnectorFailed:
    return ConnectorFailed(text, permanent=False)


def jobs(company: Company) -> list[tuple[str, int, str | None]]:
    with company.database.read() as connection:
        rows = connection.execute(select(schema.job).order_by(schema.job.c.job_no))
        return [(row.kind, row.tries, row.problem_en) for row in rows]


def test_a_job_is_gone_with_the_entry_that_does_it(service: Company) -> None:
    stream = service.start()
    assert Worker(service.store).run() == 1
    assert jobs(service) == []
    assert service.task(stream, "after")


def test_an_expired_lease_is_taken_over_and_the_one_before_writes_nothing(service: Company) -> None:
    stream = service.start()
    (held,) = lease.take(service.database, service.now, 10)
    assert Worker(service.store).run() == 0
    service.later(minutes=2)
    slow, fast = Worker(service.store), Worker(service.store)
    assert fast.run() == 1
    revision = service.instance(stream).revision
    slow._act(held)  # its connector answers at last
    assert service.instance(stream).revision == revision
    assert slow._do(held) is False
    with service.database.read() as connection:
        assert [row.number for row in connection.execute(select(schema.sequence_given))] == [1]


def test_a_worker_that_is_late_does_not_begin_what_another_may_have(service: Company) -> None:
    service.start()
    (held,) = lease.take(service.database, service.now, 10)
    worker, connector = scripted(service, Context())
    service.later(minutes=2)
    assert worker._do(held) is False
    assert connector.keys == []


def test_a_job_that_waits_behind_others_until_its_lease_runs_out_loses_no_try(service: Company) -> None:
    stream = service.start()
    for _ in range(TRIES + 1):
        (held,) = lease.take(service.database, service.now, 10)
        worker, connector = scripted(service, Context({"number": "N-1"}))
        service.later(minutes=2)
        assert worker._do(held) is False
        assert jobs(service) == [("connector", 0, None)]
    assert worker.run() == 1
    assert len(connector.keys) == 1
    assert service.task(stream, "after")


def test_what_another_worker_took_over_meanwhile_stays_its_own(service: Company) -> None:
    service.start()
    (held,) = lease.take(service.database, service.now, 10)
    service.later(minutes=2)
    (others,) = lease.take(service.database, service.now, 10)
    worker, _ = scripted(service)
    assert worker._do(held) is False
    assert lease.take(service.database, service.now, 10) == []
    assert jobs(service) == [("connector", 0, None)]
    assert lease.begin(service.database, others, service.now) is not None


def test_a_permanent_failure_becomes_an_incident_at_once(service: Company) -> None:
    stream = service.start()
    worker, connector = scripted(service, ConnectorFailed("no such pattern", permanent=True))
    assert worker.run() == 1
    (incident,) = service.instance(stream).incidents.values()
    assert (incident.message_en, len(connector.keys), jobs(service)) == (
        "the service task failed: no such pattern",
        1,
        [],
    )


def test_a_failure_for_a_while_is_tried_again_with_growing_waits(service: Company) -> None:
    stream = service.start()
    worker, connector = scripted(service, transient(), transient(), Context({"number": "N-7"}))
    assert worker.run() == 0
    assert jobs(service) == [("connector", 1, "failed: no answer")]
    key = connector.keys[0]
    for tries, last in ((1, False), (2, True)):
        service.now += wait(key, tries) - timedelta(milliseconds=1)
        assert worker.run() == 0
        assert len(connector.keys) == tries
        service.later(seconds=1)
        assert worker.run() == last
    assert len(set(connector.keys)) == 1
    (scope,) = service.instance(stream).scopes.values()
    assert scope.variables["number"] == Context({"number": "N-7"})


@pytest.mark.parametrize("problem", [transient, lambda: ValueError("broken")], ids=["failed", "broken"])
def test_the_last_try_raises_an_incident_that_can_be_retried(
    service: Company, problem: Callable[[], Exception]
) -> None:
    stream = service.start()
    worker, connector = scripted(service, *(problem() for _ in range(TRIES)))
    for _ in range(TRIES + 2):
        worker.run()
        service.later(hours=1)
    (incident,) = service.instance(stream).incidents.values()
    assert len(connector.keys) == TRIES
    envelope = Envelope(id="retry", stream=stream, at=service.now, actor=service.people["chen"])
    service.store.submit(RetryIncident(envelope=envelope, incident=incident.id, reason="服务已恢复"))
    Worker(service.store).run()
    assert service.task(stream, "after")
    assert verification.verify(service.store).findings == []


def test_a_job_that_kills_its_worker_each_time_becomes_an_incident(service: Company) -> None:
    stream = service.start()
    for tries in range(TRIES):
        (held,) = lease.take(service.database, service.now, 10)
        assert jobs(service) == [("connector", tries, None)]
        assert lease.begin(service.database, held, service.now) is not None
        service.later(minutes=2)
    worker, connector = scripted(service, Context())
    assert worker.run() == 1
    (incident,) = service.instance(stream).incidents.values()
    assert "interrupted" in incident.message_en
    assert connector.keys == []


def test_a_worker_that_is_killed_costs_what_waited_in_its_hands_no_try(service: Company) -> None:
    stream = service.start()
    for _ in range(TRIES + 1):
        assert len(lease.take(service.database, service.now, 10)) == 1
        service.later(minutes=2)
    assert jobs(service) == [("connector", 0, None)]
    assert Worker(service.store).run() == 1
    assert service.task(stream, "after")


def test_one_broken_connector_does_not_hold_up_the_others(service: Company) -> None:
    first, second = service.start(), service.start()
    worker, _ = scripted(service, RuntimeError("bug"), Context({"number": "N-1"}))
    worker.run()
    assert service.instance(second).tasks
    assert not service.instance(first).tasks


def test_a_service_nobody_waits_for_any_more_leaves_no_job(service: Company) -> None:
    stream = service.start()
    (held,) = lease.take(service.database, service.now, 10)
    service.terminate(stream)
    assert Worker(service.store)._do(held) is True
    assert jobs(service) == []
    assert service.instance(stream).status is Status.TERMINATED


def test_numbers_are_unique_and_without_a_gap(database: Database) -> None:
    found = company(database)
    keys = [f"k{n}" for n in range(20)]
    sequence, parameters = NumberSequence(), Context({"pattern": "N-{seq3}"})
    given = [sequence.run(Call(key=key, parameters=parameters), found.database) for key in keys]
    again = [sequence.run(Call(key=key, parameters=parameters), found.database) for key in keys]
    assert [value["number"] for value in given if isinstance(value, Context)] == [f"N-{n:03}" for n in range(1, 21)]
    assert again == given


# ------------------------------------------------------------------ follow-ups

DOCUMENT = (
    '<bpmn:startEvent id="s"/>'
    + node("userTask", "write", **{"zx:document": "plan:write"})
    + node("userTask", "check", **{"zx:document": "plan:review", "zx:approved": "true", "zx:separateFrom": "write"})
    + '<bpmn:endEvent id="e"/>'
    + chain("s", "write", "check", "e")
)
TWO = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "e")}{lane("SMO", "check")}</bpmn:laneSet>'


@pytest.fixture
def written(database: Database) -> tuple[Company, int]:
    """A company with a case whose document was written and reviewed, but the worker has not been by."""
    made = Company(database, DOCUMENT, TWO)
    case = made.open_case()
    stream = made.start(case=case)
    made.complete(stream, made.task(stream, "write"), "wang")
    made.complete(stream, made.task(stream, "check"), "chen")
    return made, case


def revision(company: Company, stream: int) -> int:
    with company.database.read() as connection:
        query = select(schema.stream.c.revision).where(schema.stream.c.stream_no == stream)
        return int(connection.execute(query).scalar_one())


def test_follow_ups_of_a_case_are_done_in_the_order_they_were_scheduled(written: tuple[Company, int]) -> None:
    made, case = written
    (first,) = lease.take(made.database, made.now, 10)
    assert first.payload["kind"] == "DraftDocument"
    assert lease.take(made.database, made.now, 10) == []
    lease.put_off(made.database, first, made.now + timedelta(seconds=5), Text("暂时失败", "fails for a moment"))
    assert Worker(made.store).run() == 0
    made.later(seconds=5)
    assert Worker(made.store).run() == 2
    assert revision(made, case) == 3


def test_a_follow_up_refused_for_good_is_parked_with_the_reason_and_holds_nobody_up(
    written: tuple[Company, int],
) -> None:
    made, case = written
    (first,) = lease.take(made.database, made.now, 10)
    lease.park(made.database, first, Text("为了测试", "for the test"))
    for _ in range(TRIES + 1):
        Worker(made.store).run()
        made.later(hours=1)
    with made.database.read() as connection:
        waiting = lease.listed(connection, made.now, 10)
    assert [job.kind for job in waiting] == ["command", "command"]
    assert [job.standing for job in waiting] == [lease.Standing.PARKED] * 2
    assert waiting[0].problem == Text("为了测试", "for the test")
    assert "no document plan" in waiting[1].problem.en
    for job in waiting:
        lease.try_again(made.database, job.key, made.now)
    assert Worker(made.store).run() == 2
    assert revision(made, case) == 3
    assert verification.verify(made.store).findings == []


def test_only_a_parked_job_is_tried_again_by_hand(service: Company) -> None:
    service.start()
    with pytest.raises(Refused, match="expected a parked job"):
        lease.try_again(service.database, "9.9.9", service.now)


def test_what_a_worker_is_refused_is_no_answer_for_ever(written: tuple[Company, int]) -> None:
    made, _ = written
    first, *_ = lease.take(made.database, made.now, 10)
    lease.park(made.database, first, Text("为了测试", "for the test"))
    Worker(made.store).run()
    with made.database.read() as connection:
        assert connection.execute(select(schema.refusal)).all() == []


def standings(company: Company) -> list[tuple[str, str]]:
    with company.database.read() as connection:
        return [(job.kind, job.standing) for job in lease.listed(connection, company.now, 10)]


def test_jobs_are_listed_with_where_they_stand_the_parked_ones_first(service: Company) -> None:
    for _ in range(3):
        service.start()
    assert standings(service) == [("connector", "due")] * 3
    first, second, _ = lease.take(service.database, service.now, 10)
    lease.park(service.database, second, Text("为了测试", "for the test"))
    lease.give_back(service.database, first)
    assert standings(service) == [("connector", "parked"), ("connector", "due"), ("connector", "leased")]
    lease.try_again(service.database, second.key, service.now)
    assert standings(service) == [("connector", "due"), ("connector", "due"), ("connector", "leased")]


@pytest.mark.parametrize("text", ["half a pair: \ud800", "nothing: \0", "endless " * 700_000])
@pytest.mark.parametrize("permanent", [True, False])
def test_whatever_a_connector_says_of_its_failure_is_kept_short_and_ends_no_pass(
    service: Company, text: str, permanent: bool
) -> None:
    streams = [service.start(), service.start()]
    worker, _ = scripted(service, ConnectorFailed(text, permanent=permanent), Context())
    worker.run()
    assert service.task(streams[1], "after")
    incidents = list(service.instance(streams[0]).incidents.values())
    said = [incident.message_en for incident in incidents] or [str(jobs(service)[0][2])]
    assert len(incidents) == permanent
    assert text[:8] in said[0]
    assert len(said[0]) < 600


@pytest.mark.parametrize("result", [0.5, "half a pair: \ud800"])
def test_a_result_that_cannot_be_kept_is_an_incident(service: Company, result: Value) -> None:
    stream = service.start()
    worker, _ = scripted(service, result)
    assert worker.run() == 1
    (incident,) = service.instance(stream).incidents.values()
    assert "the connector's result cannot be kept" in incident.message_en
    assert jobs(service) == []


def test_a_result_that_cannot_be_kept_is_caught_as_rubbish(service: Company) -> None:
    service.start()
    worker, _ = scripted(service, "half a pair: \ud800")
    (held,) = lease.take(service.database, service.now, 10)
    with pytest.raises(ConnectorFailed) as failed:
        worker.services.answer(held)
    assert (failed.value.code, failed.value.permanent) == ("rubbish", True)


def test_a_fault_of_the_worker_with_one_job_does_not_end_the_pass(
    service: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [service.start(), service.start()]
    worker, _ = scripted(service, Context())
    act, faults = worker._act, [TypeError("unforeseen")]

    def once(job: lease.Job) -> bool:
        if faults:
            raise faults.pop()
        return act(job)

    monkeypatch.setattr(worker, "_act", once)
    assert worker.run() == 1
    assert service.task(streams[1], "after")
    assert len(jobs(service)) == 1


def test_a_database_that_is_away_for_a_moment_does_not_end_the_pass(
    service: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = service.start()
    worker, _ = scripted(service, Context())

    def away(*_: object) -> bool:
        raise OperationalError("", None, Exception("database is locked"))

    with monkeypatch.context() as patched:
        patched.setattr(worker, "_act", away)
        patched.setattr(lease, "fail", away)
        assert worker.run() == 0
    service.later(minutes=2)
    assert worker.run() == 1
    assert service.task(stream, "after")
