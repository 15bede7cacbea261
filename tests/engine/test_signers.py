"""Signers added to a task: whose turn it is, what they say, and that nobody gains a right by it."""

import pytest

from engine.commands import (
    AddSigner,
    ClaimTask,
    CompleteTask,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    ReturnTask,
    TransferTask,
    WithdrawTask,
)
from engine.errors import Reason, Refused
from engine.events import TaskCompleted, TaskSigned, TaskSubmitted
from engine.value import Context
from engine.words import ReturnMode, SignPlace, Stage
from tests.engine.world import World, chain, lane, process, trial

BEFORE, AFTER = SignPlace.BEFORE, SignPlace.AFTER
BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="编写"/>'
    '<bpmn:userTask id="review" name="审核" zx:separateFrom="write"/><bpmn:endEvent id="e"/>'
    + chain("s", "write", "review", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write")}{lane("SMO", "review", "e")}</bpmn:laneSet>'


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("zhao", "SALES")
    for name in ("chen", "sun"):
        found.hire(name, "SMO")
    for name in ("zhou", "wu", "guest"):
        found.hire(name)
    return found


def reviewed(world: World) -> tuple[int, str]:
    """An instance and its review, claimed by chen."""
    stream = world.start("wang")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    key = world.task(stream, "review").id
    world.do(ClaimTask, "chen", stream, task=key)
    return stream, key


def add(world: World, stream: int, who: str, place: SignPlace, *signers: str, element: str = "review") -> None:
    """Add signers to the open task."""
    persons = tuple(world.people[name] for name in signers)
    task = world.task(stream, element).id
    world.do(AddSigner, who, stream, task=task, persons=persons, place=place, reason="专业意见")


def sign(world: World, stream: int, who: str, opinion: str = "同意") -> None:
    """Sign the review."""
    world.do(ResolveTask, who, stream, task=world.task(stream, "review").id, opinion=opinion)


def complete(world: World, stream: int, who: str) -> None:
    """Hand in the review's form."""
    world.do(CompleteTask, who, stream, task=world.task(stream, "review").id, data=Context({"ok": True}))


def has(world: World, stream: int) -> tuple[str, Stage]:
    """Who has the review, and how."""
    task = world.task(stream, "review")
    names = {person: name for name, person in world.people.items()}
    return names[task.holder] if task.holder is not None else "", task.stage


def test_signers_before_have_it_one_after_the_other_and_it_comes_back(world: World) -> None:
    stream, _ = reviewed(world)
    add(world, stream, "chen", BEFORE, "zhou", "wu")
    assert has(world, stream) == ("zhou", Stage.SIGNING)
    sign(world, stream, "zhou")
    assert has(world, stream) == ("wu", Stage.SIGNING)
    sign(world, stream, "wu")
    task = world.task(stream, "review")
    assert (has(world, stream), task.role) == (("chen", Stage.CLAIMED), "SMO")
    complete(world, stream, "chen")
    assert world.instance(stream).status == "completed"


def test_signers_after_have_it_when_it_is_done_and_then_it_goes_on(world: World) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    complete(world, stream, "chen")
    assert has(world, stream) == ("zhou", Stage.SIGNING)
    assert world.instance(stream).scopes[world.task(stream, "review").scope].variables["review"] == Context(
        {"ok": True}
    )
    sign(world, stream, "zhou", "没有问题")
    events = list(world.journal.entries(stream))[-1].events
    assert events[:2] == (
        TaskSigned(task=key, person=world.people["zhou"], on_behalf_of=None, opinion="没有问题"),
        TaskCompleted(task=key, person=world.people["chen"], role="SMO", on_behalf_of=None),
    )
    assert world.instance(stream).status == "completed"


def test_who_did_it_is_a_performer_as_soon_as_it_is_handed_in(world: World) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    complete(world, stream, "chen")
    assert (
        TaskSubmitted(task=key, person=world.people["chen"], role="SMO", on_behalf_of=None)
        in list(world.journal.entries(stream))[-1].events
    )
    assert world.instance(stream).performers["p:review"] == (world.people["chen"],)


def test_signers_nest_before_and_after_each_other(world: World) -> None:
    stream, _ = reviewed(world)
    add(world, stream, "chen", AFTER, "sun")
    add(world, stream, "chen", BEFORE, "zhou")
    add(world, stream, "zhou", BEFORE, "wu")
    add(world, stream, "wu", AFTER, "guest")
    order = []
    for _ in range(4):
        who, _stage = has(world, stream)
        order.append(who)
        if who == "chen":
            complete(world, stream, "chen")
        else:
            sign(world, stream, who)
    assert order == ["wu", "guest", "zhou", "chen"]
    assert has(world, stream) == ("sun", Stage.SIGNING)
    sign(world, stream, "sun")
    assert world.instance(stream).status == "completed"


def test_the_same_person_does_not_sign_twice_nor_whoever_has_the_task(world: World) -> None:
    stream, _ = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    for signers in (("zhou",), ("chen",), ("wu", "wu"), ()):
        with pytest.raises(Refused) as refusal:
            add(world, stream, "chen", BEFORE, *signers)
        assert refusal.value.reason is Reason.INVALID_DATA


def test_separation_holds_for_signers_and_for_their_deputies(world: World) -> None:
    stream, _ = reviewed(world)
    with pytest.raises(Refused) as refusal:
        add(world, stream, "chen", BEFORE, "wang")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES
    add(world, stream, "chen", BEFORE, "zhou")
    world.deputise("zhou", "wang")
    with pytest.raises(Refused) as refusal:
        sign(world, stream, "wang")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_deputy_signs_for_a_signer(world: World) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", BEFORE, "zhou")
    world.deputise("zhou", "guest")
    sign(world, stream, "guest", "代签")
    (event,) = list(world.journal.entries(stream))[-1].events
    assert event == TaskSigned(
        task=key, person=world.people["guest"], on_behalf_of=world.people["zhou"], opinion="代签"
    )
    assert has(world, stream) == ("chen", Stage.CLAIMED)


def test_who_signed_a_text_is_kept_apart_like_who_wrote_it(world: World) -> None:
    stream = world.start("wang")
    add(world, stream, "wang", AFTER, "sun", element="write")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    world.do(ResolveTask, "sun", stream, task=world.task(stream, "write").id, opinion="可")
    with pytest.raises(Refused) as refusal:
        complete(world, stream, "sun")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES
    complete(world, stream, "chen")


@pytest.mark.parametrize("who", ["chen", "sun", "guest"])
def test_only_whose_turn_it_is_signs(world: World, who: str) -> None:
    stream, _ = reviewed(world)
    add(world, stream, "chen", BEFORE, "zhou")
    with pytest.raises(Refused) as refusal:
        sign(world, stream, who)
    assert refusal.value.reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize("command", [CompleteTask, ReleaseTask, ClaimTask], ids=lambda kind: kind.__name__)
def test_a_signer_gives_an_opinion_and_does_nothing_else(world: World, command: type) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", BEFORE, "zhou")
    fields = {"data": Context()} if command is CompleteTask else {}
    with pytest.raises(Refused) as refusal:
        world.do(command, "zhou", stream, task=key, **fields)
    assert refusal.value.reason is Reason.WRONG_STATE


def test_an_opinion_is_mandatory_and_so_is_the_reason_to_ask_for_it(world: World) -> None:
    stream, key = reviewed(world)
    signers = (world.people["zhou"],)
    with pytest.raises(Refused) as refusal:
        world.do(AddSigner, "chen", stream, task=key, persons=signers, place=BEFORE, reason=" ")
    assert refusal.value.reason is Reason.INVALID_DATA
    add(world, stream, "chen", BEFORE, "zhou")
    with pytest.raises(Refused) as refusal:
        sign(world, stream, "zhou", " ")
    assert refusal.value.reason is Reason.INVALID_DATA


def test_only_who_has_the_task_adds_signers_and_an_unclaimed_one_is_taken_by_that(world: World) -> None:
    stream, _ = reviewed(world)
    with pytest.raises(Refused) as refusal:
        add(world, stream, "sun", BEFORE, "zhou")
    assert refusal.value.reason is Reason.NOT_ALLOWED
    other = world.start("wang")
    add(world, other, "wang", BEFORE, "zhou", element="write")
    world.do(ResolveTask, "zhou", other, task=world.task(other, "write").id, opinion="可")
    assert world.task(other, "write").holder == world.people["wang"]


def test_signers_opened_or_not_go_with_a_cancelled_task(world: World) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    reason = "需要重写"
    world.do(ReturnTask, "chen", stream, task=key, target="write", mode=ReturnMode.STEP, reason=reason)
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    assert (has(world, stream), world.task(stream, "review").turns) == (("", Stage.OFFERED), ())
    with pytest.raises(Refused) as refusal:
        world.do(OpenTask, "zhou", stream, task=key)
    assert refusal.value.reason is Reason.WRONG_STATE


def test_a_new_holder_does_not_get_rid_of_signers_after(world: World) -> None:
    stream, key = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    world.do(TransferTask, "chen", stream, task=key, to=world.people["sun"], reason="出差")
    complete(world, stream, "sun")
    assert has(world, stream) == ("zhou", Stage.SIGNING)


def test_who_may_reassign_ends_the_signing_before_but_not_the_one_after(world: World) -> None:
    world.hire("qian", "SMO")  # the owner, who may reassign
    stream, key = reviewed(world)
    add(world, stream, "chen", AFTER, "zhou")
    add(world, stream, "chen", BEFORE, "wu")
    world.do(TransferTask, "qian", stream, task=key, to=world.people["sun"], reason="无人加签")
    assert has(world, stream) == ("sun", Stage.CLAIMED)
    complete(world, stream, "sun")
    assert has(world, stream) == ("zhou", Stage.SIGNING)


def test_it_is_withdrawn_by_who_handed_it_in_after_the_last_signature(world: World) -> None:
    stream = world.start("wang")
    add(world, stream, "wang", AFTER, "zhou", element="write")
    key = world.task(stream, "write").id
    world.do(CompleteTask, "wang", stream, task=key, data=Context())
    world.do(ResolveTask, "zhou", stream, task=key, opinion="可")
    world.do(WithdrawTask, "wang", stream, task=key, reason="漏填")
    assert (world.task(stream, "write").holder, world.task(stream, "write").turns) == (world.people["wang"], ())
