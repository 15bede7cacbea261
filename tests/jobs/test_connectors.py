"""Connectors: what each does, and that none of them does it twice, waits without end, or reaches what it must not."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from engine.check import check
from engine.connector import CONNECTORS
from engine.value import Context, Date, Value, number
from jobs import lease, reach
from jobs.connector import Call, ConnectorFailed, Target
from jobs.connectors import connectors
from jobs.connectors.notify import Notify
from jobs.connectors.webhook import MOST_READ, MOST_SENT, Webhook
from jobs.worker import Worker
from storage import verification
from storage.database import Database
from tests.engine.world import MANIFEST
from tests.jobs.receiver import Receiver, company, parameters, receiver

NOTHING = Database("sqlite:///nowhere.db")
"""For connectors that only work outside."""


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


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
        ("::ffff:8.8.8.8", True),
        ("::7f00:1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b:1::127.0.0.1", False),
        ("2002:a00:1::", False),
        ("2002:808:808::", True),
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
