"""Calls of connectors that hang, fail, answer late or strangely, and what becomes of the task."""

import threading
from collections.abc import Iterator

import pytest

from engine import connector as declared
from engine.connector import Declaration, Parameter
from engine.errors import Text
from engine.size import LARGEST
from engine.value import Context, Person, Value, number
from engine.words import Status
from jobs import calling, lease
from jobs.connector import Call, Connector, ConnectorFailed, Target
from jobs.worker import Worker
from storage import verification
from storage.database import Database
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane
from tests.jobs.receiver import Receiver, company, parameters, receiver
from tests.storage.company import Company

NOTHING = Database("sqlite:///nowhere.db")


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


# ------------------------------------------------------------------ calls that go wrong


class Scripted:
    """A connector that hangs until it is let go, then yields or raises."""

    def __init__(self, name: str, answer: Value | Exception, *, hangs: bool = False) -> None:
        self.name, self.answer, self.keys = name, answer, list[str]()
        self.let_go = threading.Event()
        if not hangs:
            self.let_go.set()

    def run(self, call: Call, database: Database) -> Value:
        self.keys.append(call.key)
        self.let_go.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def worker(made: Company, connector: Connector, *, idempotent: bool = True, limit: float = 0.05) -> Worker:
    """A worker whose connector is `webhook` with another time limit."""
    kept = Declaration(
        name=connector.name,
        title=Text("试", "trial"),
        parameters={"target": Parameter(type="text")},
        results={"status": "number"},
        idempotent=idempotent,
        limit=limit,
    )
    return Worker(made.store, {connector.name: connector}, declared={connector.name: kept})


@pytest.fixture
def calling_out(database: Database) -> Company:
    return company(database, "webhook", target="&quot;erp&quot;")


def test_a_connector_that_hangs_keeps_nobody_waiting_and_its_late_answer_changes_nothing(calling_out: Company) -> None:
    streams = [calling_out.start(), calling_out.start()]
    hanging = Scripted("webhook", Context({"status": number(200)}), hangs=True)
    assert worker(calling_out, hanging).run() == 0
    assert len(hanging.keys) == 2
    before = [calling_out.instance(stream) for stream in streams]
    hanging.let_go.set()
    settled()
    assert [calling_out.instance(stream) for stream in streams] == before
    calling_out.later(seconds=3)
    assert worker(calling_out, hanging, limit=30).run() == 2
    assert sorted(hanging.keys[:2]) == sorted(hanging.keys[2:])
    assert all(calling_out.task(stream, "after") for stream in streams)


def settled() -> None:
    """Wait until every call that was left behind has come to its end."""
    for thread in threading.enumerate():
        if thread.name.startswith("call "):
            thread.join()
    assert set(calling._left.values()) <= {0}


def test_after_many_calls_that_hang_no_more_are_begun_until_they_end(calling_out: Company) -> None:
    for _ in range(calling.MOST_LEFT + 3):
        calling_out.start()
    hanging = Scripted("webhook", Context(), hangs=True)
    assert worker(calling_out, hanging).run() == 0
    assert len(hanging.keys) == calling.MOST_LEFT
    hanging.let_go.set()
    settled()
    calling_out.later(minutes=1)
    assert worker(calling_out, hanging, limit=30).run() == calling.MOST_LEFT + 3


def test_a_target_that_hangs_keeps_no_call_from_the_others() -> None:
    hanging, quick = Scripted("webhook", Context(), hangs=True), Scripted("webhook", Context({"status": number(200)}))
    for count in range(calling.MOST_LEFT + 1):
        call = Call(key=f"1.1.{count}", parameters=Context({"target": "erp"}))
        with pytest.raises(ConnectorFailed, match="still hang" if count == calling.MOST_LEFT else "no answer within"):
            calling.within(0.01, hanging, call, NOTHING)
    other = Call(key="1.1.99", parameters=Context({"target": "crm"}))
    assert calling.within(30, quick, other, NOTHING) == Context({"status": number(200)})
    hanging.let_go.set()
    settled()


def test_what_may_have_been_done_and_must_not_be_done_twice_is_for_a_person(calling_out: Company) -> None:
    stream = calling_out.start()
    hanging = Scripted("webhook", Context(), hangs=True)
    assert worker(calling_out, hanging, idempotent=False).run() == 1
    hanging.let_go.set()
    settled()
    (incident,) = calling_out.instance(stream).incidents.values()
    assert "it may have been done all the same" in incident.message_en
    assert len(hanging.keys) == 1


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_worker_killed_during_a_call_leaves_it_to_the_next_or_to_a_person(
    calling_out: Company, idempotent: bool
) -> None:
    stream = calling_out.start()
    quick = Scripted("webhook", Context({"status": number(200)}))
    killed = worker(calling_out, quick, idempotent=idempotent)
    (held,) = lease.take(calling_out.database, calling_out.now, 10)
    assert killed.services.begin(held) is not None
    calling_out.later(minutes=3)
    assert worker(calling_out, quick, idempotent=idempotent).run() == 1
    assert len(quick.keys) == idempotent
    incidents = [incident.message_en for incident in calling_out.instance(stream).incidents.values()]
    assert [("interrupted" in said) for said in incidents] == [True] * (not idempotent)


def test_a_worker_killed_before_a_call_began_did_nothing(calling_out: Company) -> None:
    calling_out.start()
    assert len(lease.take(calling_out.database, calling_out.now, 10)) == 1
    calling_out.later(minutes=3)
    quick = Scripted("webhook", Context({"status": number(200)}))
    assert worker(calling_out, quick, idempotent=False).run() == 1
    assert len(quick.keys) == 1


def test_whoever_lost_a_job_begins_no_call(calling_out: Company) -> None:
    calling_out.start()
    (held,) = lease.take(calling_out.database, calling_out.now, 10)
    calling_out.later(minutes=2)
    quick = Scripted("webhook", Context({"status": number(200)}))
    other = worker(calling_out, quick)
    (again,) = lease.take(calling_out.database, calling_out.now, 10)
    assert other.services.begin(again) is not None
    assert other.services.begin(held) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("plain", "expected a context as its result"),
        (Context({"status": "200"}), "expected number as status"),
        (Context({"state": number(1)}), "expected no state"),
        (Context({"status": None, "x": "y" * LARGEST}), "at most"),
    ],
)
def test_a_result_that_is_not_as_declared_is_an_incident(calling_out: Company, answer: Value, said: str) -> None:
    stream = calling_out.start()
    assert worker(calling_out, Scripted("webhook", answer), limit=30).run() == 1
    (incident,) = calling_out.instance(stream).incidents.values()
    assert said in incident.message_en


def test_the_type_of_a_value_is_looked_at() -> None:
    assert declared.fits("any", Person("1"))
    assert declared.fits("text", None)
    assert not declared.fits("number", True)
    assert not declared.fits("boolean", number(1))
    assert declared.fits("list", ("a",))


# ------------------------------------------------------------------ the whole way


def test_a_service_task_calls_another_system_and_goes_on_with_its_answer(calling_out: Company, other: Receiver) -> None:
    other.body = b'{"order": "A-7"}'
    stream = calling_out.start()
    target = Target(name="erp", url=other.url, private=True)
    assert Worker(calling_out.store, targets={"erp": target}).run() == 1
    (scope,) = calling_out.instance(stream).scopes.values()
    assert scope.variables["call"] == Context({"status": number(200), "answer": Context({"order": "A-7"})})
    assert verification.verify(calling_out.store).findings == []


def test_without_a_target_of_that_name_the_task_is_an_incident(calling_out: Company) -> None:
    stream = calling_out.start()
    assert Worker(calling_out.store).run() == 1
    (incident,) = calling_out.instance(stream).incidents.values()
    assert "expected a target of the operator's settings, but found 'erp'" in incident.message_en


CAUGHT = (
    '<bpmn:startEvent id="s"/>'
    + node("serviceTask", "call", parameters(target="&quot;erp&quot;"), **{"zx:connector": "webhook"})
    + node("boundaryEvent", "failed", '<bpmn:errorEventDefinition errorRef="rejected"/>', attachedToRef="call")
    + node("userTask", "after")
    + node("userTask", "mend")
    + '<bpmn:endEvent id="e"/><bpmn:endEvent id="e2"/>'
    + chain("s", "call", "after", "e")
    + chain("failed", "mend", "e2")
)


@pytest.mark.parametrize(("status", "caught"), [(400, True), (500, False)])
def test_an_error_boundary_takes_a_failure_of_its_code_after_the_last_try(
    database: Database, other: Receiver, status: int, caught: bool
) -> None:
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "call", "failed", "after", "mend", "e", "e2")}</bpmn:laneSet>'
    error = '<bpmn:error id="rejected" errorCode="rejected"/><bpmn:process'
    made = Company(database, CAUGHT, lanes, head=error)
    other.status = status
    stream = made.start()
    target = Target(name="erp", url=other.url, private=True)
    for _ in range(6):
        Worker(made.store, targets={"erp": target}).run()
        made.later(minutes=1)
    found = made.instance(stream)
    assert (found.status, len(found.incidents)) == (Status.RUNNING, not caught)
    assert [task.element for task in found.tasks.values()] == ["mend"] * caught
