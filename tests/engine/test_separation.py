"""Separation of duties and the ways people find around it: deputies, waivers, transfers, helpers, lost roles, floods."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import stream as streams
from engine.commands import (
    AnswerService,
    AssignCaseRole,
    ClaimTask,
    Command,
    CompleteTask,
    CopyTask,
    DecideIncident,
    DelegateTask,
    DeliverMessage,
    Envelope,
    FailService,
    FireTimer,
    OpenCase,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    RevokeRole,
    StartInstance,
    TerminateInstance,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
)
from engine.errors import Reason, Refused
from engine.events import SeparationWaived, TaskClaimed, TaskCopied
from engine.organisation import Organisation
from engine.role import Surroundings
from engine.stream import ORGANISATION
from engine.value import Context, Person
from engine.words import Channel, Stage, Status, StreamKind
from tests.engine.test_work import BODY, LANES
from tests.engine.world import World, process, trial


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    for name, roles in {
        "author": ("SALES", "SMO"),
        "li": ("SMO",),
        "chen": ("SMO",),
        "mr": ("MR", "SMO"),
        "guest": (),
        "other": (),
    }.items():
        found.hire(name, *roles)
    return found


def written(world: World, who: str = "author") -> tuple[int, str]:
    """An instance whose first task was done; and its open review."""
    stream = world.start("author")
    world.do(CompleteTask, who, stream, task=world.task(stream, "write").id, data=Context())
    return stream, world.task(stream, "review").id


def refused(world: World, command: type[Command], who: str | None, stream: int, **fields: object) -> Reason:
    before = world.journal.states[stream]
    with pytest.raises(Refused) as refusal:
        world.do(command, who, stream, **fields)
    assert world.journal.states[stream] == before
    return refusal.value.reason


# ------------------------------------------------------------------ deputies


def test_a_deputy_claims_for_the_principal_who_is_not_barred(world: World) -> None:
    world.deputise("author", "guest")
    world.deputise("li", "guest")
    stream, task = written(world)
    (claimed,) = world.do(ClaimTask, "guest", stream, task=task).events
    assert isinstance(claimed, TaskClaimed)
    assert claimed.on_behalf_of == world.people["li"]


def test_an_author_does_not_review_as_the_deputy_of_somebody_else(world: World) -> None:
    world.deputise("chen", "author")
    stream, task = written(world)
    assert refused(world, ClaimTask, "author", stream, task=task) is Reason.SEPARATION_OF_DUTIES


def test_a_deputyship_that_ends_before_completion_is_no_right_any_more(world: World) -> None:
    world.deputise("li", "guest")
    stream, task = written(world)
    world.do(ClaimTask, "guest", stream, task=task)
    world.now += timedelta(days=400)
    assert refused(world, CompleteTask, "guest", stream, task=task, data=Context()) is Reason.NOT_ALLOWED
    world.do(ReleaseTask, "li", stream, task=task)
    world.do(CompleteTask, "li", stream, task=task, data=Context())
    assert world.instance(stream).status is Status.COMPLETED


# ------------------------------------------------------------------ roles


def test_a_person_who_lost_the_role_completes_nothing_but_may_release(world: World) -> None:
    stream, task = written(world)
    world.do(ClaimTask, "li", stream, task=task)
    world.do(RevokeRole, None, ORGANISATION, person=world.people["li"], role="SMO")
    assert refused(world, CompleteTask, "li", stream, task=task, data=Context()) is Reason.NOT_ALLOWED
    world.do(ReleaseTask, "li", stream, task=task)
    assert refused(world, ClaimTask, "li", stream, task=task) is Reason.NOT_ALLOWED
    assert world.task(stream, "review").stage is Stage.OFFERED


def test_whoever_may_reassign_sets_free_what_a_person_left_behind(world: World) -> None:
    stream, task = written(world)
    world.do(ClaimTask, "li", stream, task=task)
    world.do(RevokeRole, None, ORGANISATION, person=world.people["li"], role="SMO")
    world.do(TransferTask, "chen", stream, task=task, to=world.people["mr"], reason="李强已离职")
    world.do(CompleteTask, "mr", stream, task=task, data=Context())
    assert world.instance(stream).status is Status.COMPLETED


def test_the_team_of_a_case_takes_the_place_of_the_company_wide_holders() -> None:
    world = World(trial(process(BODY, lanes=LANES)))
    for name, roles in {"boss": ("SMO",), "far": ("SALES",), "near": ()}.items():
        world.hire(name, *roles)
    case = world.journal.new_stream(StreamKind.CASE)
    world.do(
        OpenCase,
        "boss",
        case,
        procedure="trial",
        version=world.procedure.digest,
        data=Context(),
        process=None,
        input=Context(),
    )
    world.do(AssignCaseRole, "boss", case, role="SALES", persons=(world.people["near"],), reason="调岗")
    stream = world.journal.new_stream(StreamKind.INSTANCE)
    world.do(StartInstance, None, stream, case=case, version=world.procedure.digest, process="p", input=Context())
    task = world.task(stream, "write").id
    assert refused(world, ClaimTask, "far", stream, task=task) is Reason.NOT_ALLOWED
    assert len(world.do(ClaimTask, "near", stream, task=task).events) == 1


# ------------------------------------------------------------------ waivers


def test_a_waiver_is_no_use_to_another_person(world: World) -> None:
    world.deputise("author", "guest")
    stream, task = written(world)
    world.do(WaiveSeparation, "mr", stream, task=task, person=world.people["author"], reason="小公司")
    assert refused(world, ClaimTask, "guest", stream, task=task) is Reason.SEPARATION_OF_DUTIES
    assert len(world.do(ClaimTask, "author", stream, task=task).events) == 1


def test_a_waiver_for_one_task_is_none_for_the_next(world: World) -> None:
    first, task = written(world)
    world.do(WaiveSeparation, "mr", first, task=task, person=world.people["author"], reason="小公司")
    second, other = written(world)
    assert refused(world, ClaimTask, "author", second, task=other) is Reason.SEPARATION_OF_DUTIES


def test_nobody_waives_for_themselves_nor_for_whom_they_deputise(world: World) -> None:
    world.deputise("mr", "guest")
    stream = world.start("author")
    world.do(CompleteTask, "author", stream, task=world.task(stream, "write").id, data=Context())
    task = world.task(stream, "review").id
    fields = {"task": task, "reason": "小公司"}
    own, principal = world.people["mr"], world.people["guest"]
    assert refused(world, WaiveSeparation, "mr", stream, person=own, **fields) is Reason.SEPARATION_OF_DUTIES
    assert refused(world, WaiveSeparation, "guest", stream, person=own, **fields) is Reason.SEPARATION_OF_DUTIES
    assert refused(world, WaiveSeparation, "guest", stream, person=principal, **fields) is Reason.SEPARATION_OF_DUTIES


def test_a_waiver_is_for_somebody_who_exists_and_for_a_task_that_needs_one(world: World) -> None:
    stream = world.start("author")
    write = world.task(stream, "write").id
    person = world.people["author"]
    assert refused(world, WaiveSeparation, "mr", stream, task=write, person=person, reason="x") is Reason.INVALID_DATA
    stream, review = written(world)
    nobody = Person("9.9.9")
    assert refused(world, WaiveSeparation, "mr", stream, task=review, person=nobody, reason="x") is Reason.NOT_FOUND


def test_the_same_waiver_twice_is_one(world: World) -> None:
    stream, task = written(world)
    fields = {"task": task, "person": world.people["author"], "reason": "小公司"}
    assert [type(event) for event in world.do(WaiveSeparation, "mr", stream, **fields).events] == [SeparationWaived]
    assert world.do(WaiveSeparation, "mr", stream, **fields).events == ()


# ------------------------------------------------------------------ transfer and delegation


@pytest.mark.parametrize("command", [TransferTask, DelegateTask])
def test_a_barred_person_does_not_choose_who_reviews(world: World, command: type[Command]) -> None:
    stream, task = written(world)
    assert "SMO" in world.procedure.may("reassign")
    fields = {"task": task, "to": world.people["li"], "reason": "请你审核"}
    assert refused(world, command, "author", stream, **fields) is Reason.SEPARATION_OF_DUTIES
    world.do(ClaimTask, "chen", stream, task=task)
    assert refused(world, command, "author", stream, **fields) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("command", [TransferTask, DelegateTask])
def test_nobody_hands_a_review_to_its_author(world: World, command: type[Command]) -> None:
    stream, task = written(world)
    world.do(ClaimTask, "li", stream, task=task)
    fields = {"task": task, "to": world.people["author"], "reason": "请帮忙"}
    assert refused(world, command, "li", stream, **fields) is Reason.SEPARATION_OF_DUTIES


def test_a_receiver_holds_a_role_that_the_task_was_offered_to_also_the_second_time(world: World) -> None:
    stream, task = written(world)
    world.do(ClaimTask, "li", stream, task=task)
    stranger = {"task": task, "to": world.people["guest"], "reason": "出差"}
    assert refused(world, TransferTask, "li", stream, **stranger) is Reason.NOT_ALLOWED
    world.do(TransferTask, "li", stream, task=task, to=world.people["chen"], reason="出差")
    assert refused(world, TransferTask, "chen", stream, **stranger) is Reason.NOT_ALLOWED
    world.do(TransferTask, "chen", stream, task=task, to=world.people["mr"], reason="出差")
    assert world.task(stream, "review").holder == world.people["mr"]


def test_a_released_transferred_task_waits_for_its_receiver_only(world: World) -> None:
    stream, task = written(world)
    world.do(TransferTask, "li", stream, task=task, to=world.people["chen"], reason="出差")
    world.do(ReleaseTask, "chen", stream, task=task)
    assert refused(world, ClaimTask, "li", stream, task=task) is Reason.NOT_ALLOWED
    assert len(world.do(ClaimTask, "chen", stream, task=task).events) == 1


def test_a_task_goes_to_somebody_else_who_exists(world: World) -> None:
    stream, task = written(world)
    world.do(ClaimTask, "li", stream, task=task)
    itself = {"task": task, "to": world.people["li"], "reason": "x"}
    nobody = {"task": task, "to": Person("9.9.9"), "reason": "x"}
    for command in (TransferTask, DelegateTask):
        assert refused(world, command, "li", stream, **itself) is Reason.INVALID_DATA
        assert refused(world, command, "li", stream, **nobody) is Reason.NOT_FOUND
    assert refused(world, TransferTask, "chen", stream, **itself) is Reason.INVALID_DATA


def test_the_owner_calls_a_delegated_task_back_and_nobody_else_does(world: World) -> None:
    stream, task = written(world)
    world.do(DelegateTask, "li", stream, task=task, to=world.people["guest"], reason="请提意见")
    assert refused(world, ResolveTask, "chen", stream, task=task, opinion="可以") is Reason.NOT_ALLOWED
    world.do(ResolveTask, "li", stream, task=task, opinion="不等了")
    found = world.task(stream, "review")
    assert (found.stage, found.holder, found.owner) == (Stage.CLAIMED, world.people["li"], None)


def test_a_delegated_task_whose_owner_left_is_reassigned(world: World) -> None:
    stream, task = written(world)
    world.do(DelegateTask, "li", stream, task=task, to=world.people["guest"], reason="请提意见")
    world.do(TransferTask, "chen", stream, task=task, to=world.people["mr"], reason="李强离职")
    found = world.task(stream, "review")
    assert (found.stage, found.holder, found.owner) == (Stage.CLAIMED, world.people["mr"], None)


# ------------------------------------------------------------------ what nobody may do


def test_what_was_completed_is_never_overwritten(world: World) -> None:
    stream, review = written(world)
    world.do(CompleteTask, "li", stream, task=review, data=Context())
    for who in ("author", "li", "mr"):
        for command, fields in (
            (CompleteTask, {"data": Context({"decision": "通过"})}),
            (ReleaseTask, {}),
            (OpenTask, {}),
            (TransferTask, {"to": world.people["chen"], "reason": "x"}),
        ):
            assert refused(world, command, who, stream, task=review, **fields) is Reason.WRONG_STATE


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (FireTimer, {"timer": "2.1.1"}),
        (DeliverMessage, {"subscription": "2.1.1", "payload": Context()}),
        (AnswerService, {"request": "2.1.1", "result": None}),
        (FailService, {"request": "2.1.1", "message": "x"}),
    ],
)
def test_no_person_says_what_the_clock_or_the_worker_says(
    world: World, command: type[Command], fields: dict[str, object]
) -> None:
    stream = world.start("author")
    assert refused(world, command, "mr", stream, **fields) is Reason.NOT_ALLOWED
    assert refused(world, command, None, stream, **fields) is Reason.NOT_FOUND


@pytest.mark.parametrize("name", ["settings", "case", "now", "instance", "task", "organisation"])
def test_nobody_starts_a_process_with_a_variable_that_hides_what_is_reserved(world: World, name: str) -> None:
    with pytest.raises(Refused, match="reserved") as refusal:
        world.start("author", **{name: Context({"review_days": "0"})})
    assert refusal.value.reason is Reason.INVALID_DATA


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API, Channel.LINK])
def test_nobody_does_anything_over_the_network_without_signing_in(world: World, channel: Channel) -> None:
    stream, task = written(world)
    envelope = Envelope(id="anonymous", stream=stream, at=world.now, channel=channel)
    for command in (
        FireTimer(envelope=envelope, timer=task),
        UrgeTask(envelope=envelope, task=task, message=""),
        StartInstance(envelope=envelope, case=None, version=world.procedure.digest, process="p", input=Context()),
    ):
        with pytest.raises(Refused, match="signed in") as refusal:
            world.journal.submit(command)
        assert refusal.value.reason is Reason.NOT_ALLOWED


def test_an_author_does_not_decide_the_review_that_became_an_incident() -> None:
    broken = BODY.replace('<bpmn:userTask id="review"', '<bpmn:userTask id="review" zx:due="1"')
    world = World(trial(process(broken, lanes=LANES)))
    world.hire("author", "SALES", "SMO")
    world.hire("chen", "SMO")
    stream = world.start("author")
    world.do(CompleteTask, "author", stream, task=world.task(stream, "write").id, data=Context())
    (incident,) = world.instance(stream).incidents
    fields = {"incident": incident, "flows": (), "result": Context(), "reason": "期限算不出"}
    assert refused(world, DecideIncident, "author", stream, **fields) is Reason.SEPARATION_OF_DUTIES
    world.do(DecideIncident, "chen", stream, **fields)
    assert world.instance(stream).status is Status.COMPLETED


def test_what_was_done_in_other_instances_of_the_case_bars_the_decision_too() -> None:
    broken = BODY.replace('<bpmn:userTask id="review"', '<bpmn:userTask id="review" zx:due="1"')
    world = World(trial(process(broken, lanes=LANES)))
    world.hire("author", "SALES")
    world.hire("chen", "SMO")
    stream = world.start("author")
    world.do(CompleteTask, "author", stream, task=world.task(stream, "write").id, data=Context())
    instance, window = world.journal.state(stream)
    (incident,) = world.instance(stream).incidents
    envelope = world.envelope(stream, "chen")
    decision = DecideIncident(envelope=envelope, incident=incident, flows=(), result=Context(), reason="期限算不出")
    assert streams.consults(world.procedure, instance, decision) == ("p:write", "p:write+")
    assert streams.consults(world.procedure, instance, replace(decision, incident="9.9.9")) == ()
    organisation = world.journal.states[ORGANISATION]
    assert isinstance(organisation, Organisation)
    elsewhere = {"p:write": (world.people["chen"],)}
    around = Surroundings(organisation=organisation, case=None, performers=elsewhere)
    with pytest.raises(Refused) as refusal:
        streams.execute(world.procedure, instance, window, decision, around)
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def in_a_case(world: World, team: dict[str, str]) -> int:
    """An open review in a case whose team was assigned by the boss."""
    case = world.journal.new_stream(StreamKind.CASE)
    given = {"procedure": "trial", "version": world.procedure.digest, "process": None}
    world.do(OpenCase, "li", case, data=Context(), input=Context(), **given)
    for role, person in team.items():
        world.do(AssignCaseRole, "li", case, role=role, persons=(world.people[person],), reason="调岗")
    stream = world.journal.new_stream(StreamKind.INSTANCE)
    world.do(StartInstance, None, stream, case=case, version=world.procedure.digest, process="p", input=Context())
    world.do(CompleteTask, "author", stream, task=world.task(stream, "write").id, data=Context())
    return stream


def test_the_team_of_a_case_is_given_no_right_of_the_procedure(world: World) -> None:
    stream = in_a_case(world, {"MR": "guest"})
    task = world.task(stream, "review").id
    fields = {"task": task, "person": world.people["author"], "reason": "小公司"}
    assert refused(world, WaiveSeparation, "guest", stream, **fields) is Reason.NOT_ALLOWED
    assert len(world.do(WaiveSeparation, "mr", stream, **fields).events) == 1


def test_whoever_starts_a_process_gives_only_what_it_asks_for(world: World) -> None:
    asking = World(trial(process(BODY.replace('id="s"', 'id="s" zx:inputs="entry"'), lanes=LANES)))
    asking.hire("author", "SALES")
    assert asking.instance(asking.start("author", entry="新")).status is Status.RUNNING
    for names in ({"review": Context({"decision": "通过"})}, {"entry": "新", "write": None}):
        with pytest.raises(Refused, match="expected only entry") as refusal:
            asking.start("author", **names)
        assert refusal.value.reason is Reason.INVALID_DATA
    with pytest.raises(Refused, match="expected only no variables"):
        world.start("author", review=Context({"decision": "通过"}))


# ------------------------------------------------------------------ words and floods


LONG = "长" * 2_001


@pytest.mark.parametrize(
    "text", [LONG, "a\x00b", "\ud800"], ids=["too long", "a control character", "half a character"]
)
def test_reasons_and_messages_are_short_and_legible(world: World, text: str) -> None:
    stream, task = written(world)
    world.do(DelegateTask, "li", stream, task=task, to=world.people["guest"], reason="请提意见")
    chen, author = world.people["chen"], world.people["author"]
    for who, command, fields in (
        ("chen", TransferTask, {"to": chen, "reason": text}),
        ("guest", ResolveTask, {"opinion": text}),
        ("chen", UrgeTask, {"message": text}),
        ("chen", CopyTask, {"to": (chen,), "message": text}),
        ("mr", WaiveSeparation, {"person": author, "reason": text}),
    ):
        assert refused(world, command, who, stream, task=task, **fields) is Reason.INVALID_DATA
    assert refused(world, TerminateInstance, "li", stream, reason=text) is Reason.INVALID_DATA


def test_a_task_is_urged_once_an_hour(world: World) -> None:
    stream, task = written(world)
    world.do(UrgeTask, "author", stream, task=task, message="请尽快")
    assert refused(world, UrgeTask, "mr", stream, task=task, message="请尽快") is Reason.WRONG_STATE
    world.now += timedelta(hours=1)
    assert len(world.do(UrgeTask, "mr", stream, task=task, message="请尽快").events) == 1


def test_a_copy_goes_to_each_person_once_and_to_at_most_fifty(world: World) -> None:
    stream, task = written(world)
    guest, other = world.people["guest"], world.people["other"]
    (copied,) = world.do(CopyTask, "li", stream, task=task, to=(guest, other, guest), message="").events
    assert isinstance(copied, TaskCopied)
    assert copied.to == (guest, other)
    many = tuple(Person(f"1.{place}.1") for place in range(51))
    assert refused(world, CopyTask, "li", stream, task=task, to=many, message="") is Reason.INVALID_DATA
    unknown = (Person("9.9.9"),)
    assert refused(world, CopyTask, "li", stream, task=task, to=unknown, message="") is Reason.NOT_FOUND
