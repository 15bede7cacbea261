"""Connectors: what each does, and that none of them does it twice, waits without end, or reaches what it must not."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engine import connector as declared
from engine.check import check
from engine.connector import CONNECTORS, Declaration, Parameter
from engine.errors import Text
from engine.value import Context, Date, Person, Value, number
from engine.words import Status
from jobs import calling, lease, reach
from jobs.connector import Call, Connector, ConnectorFailed, Target
from jobs.connectors import connectors
from jobs.connectors.notify import Notify
from jobs.connectors.webhook import MOST_READ, MOST_SENT, Webhook
from jobs.service import LARGEST
from jobs.worker import Worker
from storage import verification
from storage.database import Database
from tests.engine.flow.drawing import node
from tests.engine.world import MANIFEST, chain, lane
from tests.jobs.receiver import Receiver, receiver
from tests.storage.company import Company

NOTHING = Database("sqlite:///nowhere.db")
"""For connectors that only work outside."""


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def parameters(**values: str) -> str:
    rows = "".join(f'<zx:parameter name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<bpmn:extensionElements>{rows}</bpmn:extensionElements>"


def company(database: Database, connector: str, more: Mapping[str, bytes] | None = None, **values: str) -> Company:
    """A company whose process calls a connector, then has a task."""
    body = (
        '<bpmn:startEvent id="s"/>'
        + node("serviceTask", "call", parameters(**values), **{"zx:connector": connector})
        + node("userTask", "after")
        + '<bpmn:endEvent id="e"/>'
        + chain("s", "call", "after", "e")
    )
    return Company(
        database, body, f'<bpmn:laneSet id="ls">{lane("SALES", "s", "call", "after", "e")}</bpmn:laneSet>', more
    )


def webhook(other: Receiver, key: str = "7.2.3", secret: str = "s3cret", **given: Value) -> Value:
    target = Target(name="erp", url=other.url, secret=secret, private=True)
    call = Call(key=key, parameters=Context({"target": "erp", **given}), targets={"erp": target})
    return Webhook(clock=lambda: 1_772_000_000.9).run(call, NOTHING)


# ------------------------------------------------------------------ the folder


def test_every_connector_is_declared_and_every_declaration_has_its_module() -> None:
    assert connectors().keys() == CONNECTORS.keys()
    assert all(name == connector.name for name, connector in connectors().items())


def test_every_connector_has_its_place_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text(encoding="utf-8")
    table = page.partition("## When it fails")[0]
    named = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert named == CONNECTORS.keys()


def test_no_call_may_last_longer_than_its_lease() -> None:
    limits = [timedelta(seconds=found.limit) for found in CONNECTORS.values() if found.limit is not None]
    assert max(limits) <= lease.LEASE / 2


def test_what_reaches_outside_has_a_time_limit() -> None:
    assert {name for name, found in CONNECTORS.items() if "target" in found.parameters} == {
        name for name, found in CONNECTORS.items() if found.limit is not None
    }


# ------------------------------------------------------------------ webhook


def test_a_webhook_is_signed_over_its_time_its_key_and_its_bytes(other: Receiver) -> None:
    other.body = b'{"order": "A-7", "total": 12.50, "lines": [1, null, true]}'
    result = webhook(other, event="signed", data=Context({"amount": number("12.5"), "day": Date(2026, 3, 9)}))
    ((headers, body),) = other.sent
    assert json.loads(body) == {"key": "7.2.3", "event": "signed", "data": {"amount": 12.5, "day": "2026-03-09"}}
    assert (headers["Idempotency-Key"], headers["X-Zhixing-Timestamp"]) == ("zhixing-7.2.3", "1772000000")
    expected = hmac.new(b"s3cret", b"1772000000.zhixing-7.2.3." + body, hashlib.sha256).hexdigest()
    assert headers["X-Zhixing-Signature"] == f"sha256={expected}"
    answer = Context({"order": "A-7", "total": number("12.5"), "lines": (number(1), None, True)})
    assert result == Context({"status": number(200), "answer": answer})


def test_the_same_request_carries_the_same_key_whenever_it_is_tried(other: Receiver) -> None:
    for _ in range(2):
        webhook(other)
    assert [headers["Idempotency-Key"] for headers, _ in other.sent] == ["zhixing-7.2.3"] * 2


@pytest.mark.parametrize(
    ("status", "permanent", "code"),
    [(500, False, "unavailable"), (429, False, "unavailable"), (400, True, "rejected"), (302, True, "rejected")],
)
def test_an_answer_says_whether_a_later_try_makes_sense(
    other: Receiver, status: int, permanent: bool, code: str
) -> None:
    other.status, other.headers = status, {"Location": other.url}
    with pytest.raises(ConnectorFailed) as caught:
        webhook(other)
    assert (caught.value.permanent, caught.value.code, len(other.sent)) == (permanent, code, 1)


@pytest.mark.parametrize(
    "body",
    [b'{"n": NaN}', b'{"a": ', b"\xff", b"[" * 100_000, b'{"n": 1e99999}', b'"' + b"x" * MOST_READ + b'"'],
    ids=["NaN", "cut off", "no text", "nested", "too large a number", "too long"],
)
def test_rubbish_is_no_answer(other: Receiver, body: bytes) -> None:
    other.body = body
    with pytest.raises(ConnectorFailed) as caught:
        webhook(other)
    assert (caught.value.permanent, caught.value.code) == (True, "rubbish")


def test_an_answer_that_comes_in_drop_by_drop_is_none(other: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.connectors.webhook.SLOWEST", -1.0)
    with pytest.raises(ConnectorFailed) as caught:
        webhook(other)
    assert (caught.value.permanent, caught.value.code) == (False, "timeout")


def test_what_is_no_json_is_of_no_interest(other: Receiver) -> None:
    other.kind, other.body = "text/html", b"<h1>thank you</h1>"
    assert webhook(other) == Context({"status": number(200), "answer": None})


def test_what_is_sent_has_a_largest_size(other: Receiver) -> None:
    with pytest.raises(ConnectorFailed, match="bytes to send"):
        webhook(other, data="x" * MOST_SENT)
    assert other.sent == []


def test_a_target_that_the_operator_did_not_name_is_not_reached(other: Receiver) -> None:
    call = Call(key="1.1.1", parameters=Context({"target": other.url}), targets={})
    with pytest.raises(ConnectorFailed, match="a target of the operator's settings"):
        Webhook().run(call, NOTHING)
    assert other.sent == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://0.0.0.0:{port}/",
        "http://user:password@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "http://:80/",
        "http://127.0.0.1:port/",
    ],
)
def test_an_address_of_this_network_is_not_reached_unless_it_is_marked(other: Receiver, url: str) -> None:
    target = Target(name="erp", url=url.format(port=other.port))
    call = Call(key="1.1.1", parameters=Context({"target": "erp"}), targets={"erp": target})
    with pytest.raises(ConnectorFailed) as caught:
        Webhook().run(call, NOTHING)
    assert caught.value.code in ("target", "unreachable")
    assert other.sent == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2001:4860:4860::8888", True),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert reach.is_public(address) is public


def test_the_address_that_was_looked_at_is_the_one_that_is_called(other: Receiver) -> None:
    place = urlsplit(f"http://localhost:{other.port}/")
    connection = reach.opened(Target(name="erp", url=other.url, private=True), place)
    assert (connection.address, connection.host) in {("127.0.0.1", "localhost"), ("::1", "localhost")}


def test_nobody_there_is_tried_again_later(other: Receiver) -> None:
    target = Target(name="erp", url="http://127.0.0.1:1/", private=True)
    call = Call(key="1.1.1", parameters=Context({"target": "erp"}), targets={"erp": target})
    with pytest.raises(ConnectorFailed) as caught:
        Webhook().run(call, NOTHING)
    assert (caught.value.permanent, caught.value.code) == (False, "unreachable")


# ------------------------------------------------------------------ notify


def test_a_note_reaches_its_target_with_its_key_under_it(other: Receiver) -> None:
    target = Target(name="sales", url=f"json://127.0.0.1:{other.port}/")
    given = Context({"target": "sales", "subject": "合同已签订", "text": "请安排立项。"})
    assert Notify().run(Call(key="7.2.3", parameters=given, targets={"sales": target}), NOTHING) == Context(
        {"sent": True}
    )
    ((_, body),) = other.sent
    found = json.loads(body)
    assert (found["title"], found["message"]) == ("合同已签订", "请安排立项。\n\n[zhixing 7.2.3]")


def test_a_note_that_is_not_taken_is_tried_again_and_one_to_nowhere_is_not(other: Receiver) -> None:
    other.status = 500
    given = Context({"target": "sales", "subject": "s", "text": "t"})
    for url, permanent in ((f"json://127.0.0.1:{other.port}/", False), ("nonsense", True)):
        call = Call(key="1.1.1", parameters=given, targets={"sales": Target(name="sales", url=url)})
        with pytest.raises(ConnectorFailed) as caught:
            Notify().run(call, NOTHING)
        assert caught.value.permanent is permanent


# ------------------------------------------------------------------ numbers


def test_each_company_project_kind_and_year_has_a_sequence_of_its_own(database: Database) -> None:
    pattern = "{company}-{doctype}-{project}-{yyyy}{seq3}"
    sequence, given = connectors()["number-sequence"], list[Value]()
    for key, doctype, year in (("1", "SLA", "2026"), ("2", "SLA", "2026"), ("3", "OLA", "2026"), ("4", "SLA", "2027")):
        fields = {"company": "ZX", "doctype": doctype, "project": "FW20260001", "year": year}
        found = sequence.run(Call(key=key, parameters=Context({"pattern": pattern, **fields})), database)
        given.append(found["number"] if isinstance(found, Context) else None)
    assert given == [
        "ZX-SLA-FW20260001-2026001",
        "ZX-SLA-FW20260001-2026002",
        "ZX-OLA-FW20260001-2026001",
        "ZX-SLA-FW20260001-2027001",
    ]


# ------------------------------------------------------------------ record to case

CASE = '[case]\nproject_no = { type = "text", zh = "项目编号", en = "Project number" }\nlevel = { type = "text", zh = "级别", en = "Level" }\n'
RECORDING = {"procedure.toml": (MANIFEST + CASE).encode()}


def test_values_become_data_of_the_case_before_the_token_goes_on(database: Database) -> None:
    made = company(database, "record-to-case", RECORDING, project_no="&quot;FW20260001&quot;", level="&quot;A&quot;")
    case = made.open_case()
    stream = made.start(case=case)
    assert Worker(made.store).run() == 1
    assert made.case(case).data == Context({"project_no": "FW20260001", "level": "A"})
    assert made.task(stream, "after")
    assert verification.verify(made.store).findings == []


def test_a_second_try_records_nothing_twice(database: Database) -> None:
    made = company(database, "record-to-case", RECORDING, project_no="&quot;FW20260001&quot;")
    case = made.open_case()
    made.start(case=case)
    (held,) = lease.take(made.database, made.now, 10)
    worker = Worker(made.store)
    command = worker.services.answer(held)  # the worker is killed before it can hand in the answer
    revision = made.case(case).revision
    assert worker.services.answer(held).result == command.result
    assert made.case(case).revision == revision


def test_what_the_case_refuses_is_an_incident(database: Database) -> None:
    made = company(database, "record-to-case", RECORDING, level="5")
    stream = made.start(case=made.open_case())
    assert Worker(made.store).run() == 1
    (incident,) = made.instance(stream).incidents.values()
    assert "the case refused: expected a value of type text for level" in incident.message_en


def test_an_instance_without_a_case_has_nowhere_to_record(database: Database) -> None:
    made = company(database, "record-to-case", RECORDING, level="&quot;A&quot;")
    stream = made.start()
    Worker(made.store).run()
    (incident,) = made.instance(stream).incidents.values()
    assert "expected an instance in a case" in incident.message_en


@pytest.mark.parametrize(
    ("connector", "values", "said"),
    [
        ("record-to-case", {"levels": "1"}, "the name of a field in [case]"),
        ("record-to-case", {}, "expected a parameter"),
        ("webhook", {"data": "1"}, "expected a parameter target"),
        ("webhook", {"target": "5"}, "expected text as the parameter target"),
        ("webhook", {"target": "&quot;erp&quot;", "url": "&quot;http://x&quot;"}, "expected no parameter url"),
    ],
)
def test_a_model_that_asks_for_what_a_connector_cannot_do_is_not_published(
    database: Database, connector: str, values: dict[str, str], said: str
) -> None:
    made = company(database, "number-sequence", RECORDING, pattern="&quot;N-{seq4}&quot;")
    model = made.procedure.files["processes/p.bpmn"].decode()
    before = parameters(pattern="&quot;N-{seq4}&quot;")
    after = model.replace("number-sequence", connector).replace(before, parameters(**values) if values else "")
    findings = check({**made.procedure.files, "processes/p.bpmn": after.encode()})
    assert any(said in finding.text.en for finding in findings), [finding.text.en for finding in findings]


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
