"""A task done by a link: who may give it, what ends it, who counts as the performer, and everything that is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from engine import temporal
from engine.check import check
from engine.commands import (
    AnswerInvitation,
    ClaimTask,
    CompleteTask,
    DelegateTask,
    Envelope,
    InviteContact,
    ResolveTask,
    RevokeInvitation,
    TransferTask,
)
from engine.errors import Reason, Refused
from engine.events import ContactInvited, InvitationAnswered, InvitationRevoked, TaskCompleted
from engine.instance import Instance
from engine.journal import Entry
from engine.replay import at as state_at
from engine.value import Context, Person, Personal
from engine.words import Channel, Status, StreamKind
from tests.engine import approval
from tests.engine.world import World, chain, lane, process, trial

FORM = {
    "type": "default",
    "id": "confirm",
    "components": [
        {
            "type": "radio",
            "key": "result",
            "label": "结果",
            "values": [{"label": name, "value": name} for name in ("同意", "不同意", "未回复")],
            "validate": {"required": True},
            "properties": {"innerOptions": "未回复"},
        },
        {"type": "textfield", "key": "by", "label": "确认人", "properties": {"personal": "true", "external": "name"}},
    ],
}
BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write"/>'
    '<bpmn:userTask id="confirm" zx:external="true" zx:form="forms/confirm.form" zx:separateFrom="write"/>'
    '<bpmn:userTask id="file" zx:separateFrom="confirm"/><bpmn:endEvent id="e"/>'
    + chain("s", "write", "confirm", "file", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "confirm", "file")}</bpmn:laneSet>'
SECRET = "what-the-link-holds"
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
CONTACT = Personal(reference="contact", present=True, digest="1" * 64)
EVIDENCE = Personal(reference="evidence", present=True, digest="2" * 64)
YES = Context({"result": "同意"})


@pytest.fixture
def world() -> World:
    """Two of sales, one of the management; a task that waits for a contact."""
    made = World(trial(process(BODY, lanes=LANES), confirm=json.dumps(FORM).encode()))
    made.hire("wang", "SALES")
    made.hire("liu", "SALES")
    made.hire("chen", "SMO")
    return made


def waiting(world: World) -> tuple[int, str]:
    """The stream of an instance whose second task waits, and that task; Wang did the first."""
    stream = world.start("wang")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    return stream, world.task(stream, "confirm").id


def invite(world: World, who: str, stream: int, task: str, digest: str = DIGEST, days: float = 14) -> Entry:
    until = temporal.from_datetime(world.now + timedelta(days=days, minutes=1))
    more = {"contact": CONTACT, "digest": digest, "until": until, "message": "请确认", "mailed": False}
    return world.do(InviteContact, who, stream, task=task, **more)


def answer(
    world: World, stream: int, task: str, digest: str = DIGEST, data: Context = YES, **envelope: object
) -> Entry:
    made = world.envelope(stream, None)
    fields = {"id": made.id, "stream": stream, "at": made.at, "channel": Channel.LINK, **envelope}
    command = AnswerInvitation(
        envelope=Envelope(**fields),  # type: ignore[arg-type]  # fields of an envelope
        task=task,
        digest=digest,
        data=data,
        evidence=EVIDENCE,
    )
    return world.journal.submit(command)


def refused(reason: Reason, english: str):
    class Check:
        def __enter__(self) -> None: ...

        def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
            assert isinstance(error, Refused), "expected a refusal"
            assert (error.reason, english in error.text.en) == (reason, True), error.text.en
            return True

    return Check()


def test_a_contact_does_the_task_once_and_is_its_performer(world: World):
    stream, task = waiting(world)
    made = invite(world, "liu", stream, task)
    (event,) = made.events
    assert isinstance(event, ContactInvited)
    assert (event.invitation, event.person) == (f"{stream}.{made.revision}.1", world.people["liu"])
    assert world.instance(stream).tasks[task].stage == "offered"
    done = answer(world, stream, task)
    contact = Person(event.invitation)
    kinds = [type(one) for one in done.events[:2]]
    assert kinds == [InvitationAnswered, TaskCompleted]
    assert done.events[1] == TaskCompleted(task=task, person=contact, role=None, on_behalf_of=None)
    assert done.command.envelope.actor is None
    assert world.instance(stream).performers["p:confirm"] == (contact,)
    scope = next(iter(world.instance(stream).scopes.values()))
    assert scope.variables["confirm"] == YES


def test_whoever_gave_the_link_is_not_the_performer_and_may_be_one_who_is_barred_from_the_task(world: World):
    stream, task = waiting(world)
    with refused(Reason.SEPARATION_OF_DUTIES, "separation of duties"):
        world.do(CompleteTask, "wang", stream, task=task, data=YES)
    invite(world, "wang", stream, task)
    answer(world, stream, task)
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "file").id, data=Context())
    assert world.instance(stream).status is Status.COMPLETED


def test_a_link_works_once_and_the_second_is_told_that_the_task_is_done(world: World):
    stream, task = waiting(world)
    invite(world, "liu", stream, task)
    answer(world, stream, task)
    with refused(Reason.WRONG_STATE, "already completed"):
        answer(world, stream, task)


def test_a_new_link_ends_the_one_before(world: World):
    stream, task = waiting(world)
    other = hashlib.sha256(b"other").hexdigest()
    invite(world, "liu", stream, task)
    invite(world, "wang", stream, task, other)
    with refused(Reason.NOT_ALLOWED, "no longer works"):
        answer(world, stream, task)
    answer(world, stream, task, other)


def test_a_forged_link_one_that_ended_and_one_that_was_revoked_get_the_same_answer(world: World):
    stream, task = waiting(world)
    told = []
    with pytest.raises(Refused) as none:
        answer(world, stream, task)
    invite(world, "liu", stream, task, days=1)
    with pytest.raises(Refused) as forged:
        answer(world, stream, task, "0" * 64)
    world.now += timedelta(days=2)
    with pytest.raises(Refused) as late:
        answer(world, stream, task)
    invite(world, "liu", stream, task)
    entry = world.do(RevokeInvitation, "liu", stream, task=task)
    assert [type(event) for event in entry.events] == [InvitationRevoked]
    with pytest.raises(Refused) as revoked:
        answer(world, stream, task)
    told = [(one.value.reason, one.value.text) for one in (none, forged, late, revoked)]
    assert len(set(told)) == 1


def test_only_whoever_has_or_may_take_the_task_gives_a_link(world: World):
    stream, task = waiting(world)
    with refused(Reason.NOT_ALLOWED, "offered to SALES only"):
        invite(world, "chen", stream, task)
    world.do(ClaimTask, "liu", stream, task=task)
    with refused(Reason.NOT_ALLOWED, "held by"):
        invite(world, "wang", stream, task)
    invite(world, "liu", stream, task)
    with refused(Reason.NOT_ALLOWED, "held by"):
        world.do(RevokeInvitation, "wang", stream, task=task)


def test_a_deputy_gives_it_for_their_principal(world: World):
    world.hire("zhou")
    world.deputise("liu", "zhou")
    stream, task = waiting(world)
    (event,) = invite(world, "zhou", stream, task).events
    assert isinstance(event, ContactInvited)
    assert event.on_behalf_of == world.people["liu"]


@pytest.mark.parametrize("days", [-1, 61])
def test_a_link_ends_after_now_and_within_sixty_days(world: World, days: float):
    stream, task = waiting(world)
    with refused(Reason.INVALID_DATA, "within 60 days"):
        invite(world, "liu", stream, task, days=days)


def test_a_digest_that_is_none_is_refused(world: World):
    stream, task = waiting(world)
    with refused(Reason.INVALID_DATA, "64 hexadecimal"):
        invite(world, "liu", stream, task, SECRET)


def test_a_task_that_is_not_declared_external_gets_no_link(world: World):
    stream = world.start("wang")
    with refused(Reason.INVALID_DATA, "zx:external"):
        invite(world, "wang", stream, world.task(stream, "write").id)


def test_nobody_signed_in_and_no_other_channel_answers_and_a_link_is_good_for_nothing_else(world: World):
    stream, task = waiting(world)
    invite(world, "liu", stream, task)
    with refused(Reason.NOT_ALLOWED, "whoever holds the link"):
        answer(world, stream, task, actor=world.people["liu"])
    for channel in (Channel.WEB, Channel.API, Channel.CLI, Channel.WORKER):
        with refused(Reason.NOT_ALLOWED, "whoever holds the link"):
            answer(world, stream, task, channel=channel)
    envelope = Envelope(id="x", stream=stream, at=world.now, channel=Channel.LINK)
    with refused(Reason.NOT_ALLOWED, "signed in"):
        world.journal.submit(CompleteTask(envelope=envelope, task=task, data=YES))


def test_what_is_wrong_in_the_form_uses_no_link_up(world: World):
    stream, task = waiting(world)
    invite(world, "liu", stream, task)
    with refused(Reason.INVALID_DATA, "corrections"):
        answer(world, stream, task, data=Context())
    with refused(Reason.INVALID_DATA, "options shown"):
        answer(world, stream, task, data=Context({"result": "未回复"}))
    answer(world, stream, task)


def test_people_of_the_organisation_may_record_an_answer_on_behalf_and_the_link_ends_with_the_task(world: World):
    stream, task = waiting(world)
    invite(world, "liu", stream, task)
    world.do(CompleteTask, "liu", stream, task=task, data=Context({"result": "未回复"}))
    with refused(Reason.WRONG_STATE, "already completed"):
        answer(world, stream, task)


def test_a_link_goes_with_the_task_when_it_changes_hands(world: World):
    stream, task = waiting(world)
    invite(world, "liu", stream, task)
    world.do(ClaimTask, "liu", stream, task=task)
    world.hire("zhao", "SALES")
    world.do(TransferTask, "liu", stream, task=task, to=world.people["zhao"], reason="休假")
    world.do(DelegateTask, "zhao", stream, task=task, to=world.people["chen"], reason="请看一下")
    answer(world, stream, task)
    with refused(Reason.WRONG_STATE, "already completed"):
        world.do(ResolveTask, "chen", stream, task=task, opinion="好")


def test_replay_and_live_agree_and_the_link_itself_is_nowhere(world: World):
    stream, task = waiting(world)
    entry = invite(world, "liu", stream, task)
    answer(world, stream, task)
    replayed = state_at(StreamKind.INSTANCE, stream, world.journal.kept[stream], world.instance(stream).revision)
    assert isinstance(replayed, Instance)
    assert replayed == world.instance(stream)
    assert SECRET not in repr(entry)
    assert world.instance(stream).tasks.keys() == {world.task(stream, "file").id}


def faults(attributes: str, **fields: object) -> list[str]:
    """What the check says of a task with these attributes, and a field of this kind in its form."""
    files = approval.files()
    form = json.loads(files["forms/review.form"])
    if fields:
        form["components"].append({"key": "more", "label": "更多", **fields})
    files["forms/review.form"] = json.dumps(form).encode()
    model = files["processes/main.bpmn"].decode()
    old = 'zx:document="offer:review" zx:separateFrom="write" '
    assert old in model
    files["processes/main.bpmn"] = model.replace(old, f'{attributes} zx:separateFrom="write" ').encode()
    return [one.text.en for one in check(files) if one.element == "review" and one.rule == "form"]


def test_the_check_lets_an_external_task_with_a_plain_form_pass():
    assert faults('zx:external="true"') == []
    assert faults('zx:external="true"', type="filepicker", validate={"required": True}) == []
    inner = {"type": "select", "properties": {"type": "user", "external": "hidden"}}
    assert faults('zx:external="true"', **inner) == []


@pytest.mark.parametrize(
    ("attributes", "field", "said"),
    [
        ('zx:external="true" zx:document="offer:review"', {}, "zx:document"),
        ('zx:external="true" zx:countersign="all"', {}, "zx:countersign"),
        ('zx:external="true"', {"type": "select", "properties": {"type": "user"}}, "people"),
    ],
)
def test_the_check_says_what_a_contact_must_not_get(attributes: str, field: dict[str, object], said: str):
    assert any(said in one for one in faults(attributes, **field)), faults(attributes, **field)
    assert not any(said in one for one in faults(attributes.replace('"true"', '"false"'), **field))


def test_the_check_wants_a_form_on_an_external_task():
    files = approval.files()
    model = files["processes/main.bpmn"].decode()
    files["processes/main.bpmn"] = model.replace('zx:form="forms/review.form"', 'zx:external="true"').encode()
    assert any("user task with a form" in one.text.en for one in check(files))


@pytest.mark.parametrize("properties", [{"external": "date"}, {"external": "nobody"}, {"innerOptions": "无此选项"}])
def test_a_form_that_says_what_cannot_be_is_refused(properties: dict[str, str]):
    files = approval.files()
    form = json.loads(files["forms/review.form"])
    form["components"][0]["properties"] = properties
    files["forms/review.form"] = json.dumps(form).encode()
    assert any("external" in one.text.en or "innerOptions" in one.text.en for one in check(files))
