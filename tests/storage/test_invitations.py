"""Links in the database: used once however many come at once, erased and rebuilt like everything else; on both databases."""

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import temporal
from engine.commands import AnswerInvitation, Envelope, InviteContact, RevokeInvitation
from engine.errors import Reason, Refused
from engine.events import InvitationAnswered
from engine.stream import ORGANISATION
from engine.value import Context, Person, Personal
from engine.words import Channel
from storage import erasure, invitations, people, personal, schema, verification
from storage.attempt import Receipt
from storage.database import Database
from storage.invitations import Ending, WithContacts
from storage.rebuild import rebuild
from storage.submission import Store
from tests.engine.world import chain, lane
from tests.storage.company import Company

BODY = (
    '<bpmn:startEvent id="s"/>'
    '<bpmn:userTask id="confirm" zx:external="true" zx:form="forms/confirm.form"/>'
    '<bpmn:endEvent id="e"/>' + chain("s", "confirm", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "confirm", "e")}</bpmn:laneSet>'
FORM = {
    "type": "default",
    "id": "confirm",
    "components": [
        {"type": "textfield", "id": "f", "key": "phone", "label": "电话", "properties": {"personal": "true"}},
    ],
}
SECRET = "kept-nowhere"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
NAME = "李想 lixiang@example.com"


@pytest.fixture
def company(database: Database) -> Company:
    english = {
        "elements": {"lane_SALES": {"name": "Sales"}},
        "forms": {"confirm": {"title": "Confirm", "fields": {"phone": {"label": "Phone"}}}},
    }
    more = {"forms/confirm.form": json.dumps(FORM).encode(), "texts/en.json": json.dumps(english).encode()}
    return Company(database, BODY, LANES, more)


def invite(company: Company, task: str, digest: str = DIGEST, key: str = "i1") -> Receipt:
    row = personal.separate(Context({"name": "李想", "organisation": "华东轨道", "mail": "lixiang@example.com"}))
    stream = int(task.split(".")[0])
    command = InviteContact(
        envelope=Envelope(id=key, stream=stream, at=company.now, actor=company.people["wang"], channel=Channel.WEB),
        task=task,
        contact=row.personal,
        digest=digest,
        until=temporal.from_datetime(company.now + timedelta(days=14)),
        message="",
        mailed=True,
    )
    return company.store.submit(command, [row])


def answer(store: Store, task: str, key: str, digest: str = DIGEST, phone: str = "13800010001") -> Receipt:
    rows = [personal.separate(phone), personal.separate(Context({"name": NAME, "address": "10.0.0.9"}))]
    envelope = Envelope(id=key, stream=int(task.split(".")[0]), at=store.now(), channel=Channel.LINK)
    data = Context({"phone": rows[0].personal})
    command = AnswerInvitation(envelope=envelope, task=task, digest=digest, data=data, evidence=rows[1].personal)
    return store.submit(command, rows)


def found(company: Company, digest: str = DIGEST) -> invitations.Given:
    with company.database.read() as connection:
        given = invitations.by_digest(connection, digest)
    assert given is not None
    return given


def test_of_many_at_once_one_is_taken_and_the_others_are_told(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "confirm")
    invite(company, task)
    stores, told = [Store(company.database, company.store.now) for _ in range(4)], []
    start = threading.Barrier(8)

    def use(number: int) -> None:
        start.wait()
        try:
            answer(stores[number % 4], task, f"link:{number}")
            told.append("")
        except Refused as refused:
            told.append(refused.reason)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["", *[Reason.WRONG_STATE] * 7]
    assert found(company).ending is Ending.ANSWERED
    assert verification.verify(Company.again(company).store).findings == []


def test_the_same_answer_sent_twice_is_one(company: Company) -> None:
    task = company.task(company.start(), "confirm")
    invite(company, task)
    first, again = answer(company.store, task, "link:1"), answer(company.store, task, "link:1")
    assert (first.revision, first.repeated, again.revision, again.repeated) == (
        first.revision,
        False,
        first.revision,
        True,
    )
    assert sum(isinstance(event, InvitationAnswered) for event in first.events) == 1


def test_a_link_and_its_answer_are_written_together_or_not_at_all(company: Company) -> None:
    task = company.task(company.start(), "confirm")
    invite(company, task)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    rows = [personal.separate("1"), personal.separate(Context({"name": NAME}))]
    envelope = Envelope(id="link:1", stream=int(task.split(".")[0]), at=company.now, channel=Channel.LINK)
    data = Context({"phone": rows[0].personal})
    command = AnswerInvitation(envelope=envelope, task=task, digest=DIGEST, data=data, evidence=rows[1].personal)
    with pytest.raises(KeyboardInterrupt):
        company.store.submit(command, rows, die)
    assert found(company).ended is None
    assert company.task(int(task.split(".")[0]), "confirm") == task
    with company.database.read() as connection:
        assert personal.read(connection, rows[1].personal) is None
    answer(company.store, task, "link:2")
    assert found(company).ending is Ending.ANSWERED


def test_what_the_table_says_is_what_the_journal_says(company: Company) -> None:
    answered, replaced, revoked, done = (company.start() for _ in range(4))
    other = hashlib.sha256(b"other").hexdigest()
    invite(company, company.task(answered, "confirm"), key="a")
    answer(company.store, company.task(answered, "confirm"), "link:a")
    invite(company, company.task(replaced, "confirm"), hashlib.sha256(b"b").hexdigest(), "b")
    invite(company, company.task(replaced, "confirm"), other, "b2")
    task = company.task(revoked, "confirm")
    invite(company, task, hashlib.sha256(b"c").hexdigest(), "c")
    envelope = Envelope(id="r", stream=revoked, at=company.now, actor=company.people["wang"])
    company.store.submit(RevokeInvitation(envelope=envelope, task=task))
    invite(company, company.task(done, "confirm"), hashlib.sha256(b"d").hexdigest(), "d")
    company.complete(done, company.task(done, "confirm"), "wang", {})
    with company.database.read() as connection:
        rows = connection.execute(select(schema.invitation.c.ending).order_by(schema.invitation.c.stream_no)).scalars()
        assert sorted(str(row) for row in rows) == ["None", "answered", "gone", "replaced", "revoked"]
        assert invitations.of_task(connection, company.task(replaced, "confirm")) == found(company, other)
    assert rebuild(Company.again(company).store, windows=True).differences == []


def test_the_contact_is_known_by_the_name_they_typed(company: Company) -> None:
    stream = company.start()
    receipt = invite(company, company.task(stream, "confirm"))
    key = f"{stream}.{receipt.revision}.1"
    with company.database.read() as connection:
        names = WithContacts(people.names(connection), company.database.read)
    assert names[key] == "李想(华东轨道)"
    answer(company.store, company.task(stream, "confirm"), "link:1")
    with company.database.read() as connection:
        names = WithContacts(people.names(connection), company.database.read)
    assert names.get(key) == f"{NAME}(华东轨道)"
    assert names[company.people["wang"].id] == "wang"
    assert names.get("9.9.9") is None
    assert Person(key) in company.instance(stream).performers["p:confirm"]


def test_what_is_known_of_a_contact_goes_with_the_case_and_the_rest_stays_provable(company: Company) -> None:
    case = company.open_case()
    stream = company.start(case=case)
    invite(company, company.task(stream, "confirm"))
    answer(company.store, company.task(stream, "confirm"), "link:1")
    envelope = Envelope(id="erase", stream=ORGANISATION, at=company.now)
    assert erasure.erase_case(company.store, envelope, case, "依本人申请").values == 3
    assert (found(company).name, found(company).contact.mail) == ("", "")
    with company.database.read() as connection:
        assert invitations.name_of(connection, found(company).id) is None
        assert NAME.encode() not in b"".join(
            bytes(row or b"") for row in connection.execute(select(schema.personal.c.content)).scalars()
        )
    assert verification.verify(Company.again(company).store).findings == []


def test_a_personal_value_that_does_not_come_with_the_answer_is_refused(company: Company) -> None:
    task = company.task(company.start(), "confirm")
    invite(company, task)
    evidence = personal.separate(Context({"name": NAME}))
    envelope = Envelope(id="link:1", stream=int(task.split(".")[0]), at=company.now, channel=Channel.LINK)
    for stolen in (Personal(reference="f" * 32, present=True, digest="0" * 64), "13800010001"):
        command = AnswerInvitation(
            envelope=envelope, task=task, digest=DIGEST, data=Context({"phone": stolen}), evidence=evidence.personal
        )
        with pytest.raises(Refused) as refused:
            company.store.submit(command, [evidence])
        assert refused.value.reason is Reason.INVALID_DATA
    assert found(company).ended is None


def test_what_the_link_holds_is_in_no_table(company: Company) -> None:
    task = company.task(company.start(), "confirm")
    invite(company, task)
    with company.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                assert not any(
                    SECRET in str(value) or SECRET.encode() in (value if isinstance(value, bytes) else b"")
                    for value in row
                )
