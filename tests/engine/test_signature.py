"""Signed tasks: whoever hands in proves themselves anew for that command, alone, in a vote or as an added signer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.changed import replace
from engine.check import Finding, check
from engine.commands import (
    AddSigner,
    ClaimTask,
    Command,
    CompleteTask,
    DelegateTask,
    ResolveTask,
    ReturnTask,
    TransferTask,
    WithdrawTask,
)
from engine.errors import Reason, Refused
from engine.events import TaskCompleted, TaskSigned, TaskSubmitted
from engine.journal import Entry
from engine.signature import signs
from engine.value import Context
from engine.words import Proof, ReturnMode, SignPlace
from tests.engine.approval import files
from tests.engine.world import World, chain, lane, process, trial

MODEL = "processes/main.bpmn"
BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="编写"/>'
    '<bpmn:userTask id="approve" name="批准" zx:sign="L1"/>'
    '<bpmn:userTask id="vote" name="会签" zx:sign="L1" zx:countersign="all" zx:approved="vote.ok" zx:assignee="who">'
    '<bpmn:multiInstanceLoopCharacteristics zx:collection="persons in role(&quot;MR&quot;)" zx:item="who"/>'
    '</bpmn:userTask><bpmn:endEvent id="e"/>' + chain("s", "write", "approve", "vote", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write")}{lane("SMO", "approve", "vote", "e")}</bpmn:laneSet>'


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    for name in ("chen", "sun"):
        found.hire(name, "SMO")
    for name in ("mei", "gu"):
        found.hire(name, "MR")
    found.hire("zhou")
    return found


def begun(world: World) -> tuple[int, str]:
    """An instance, and its approval that waits."""
    stream = world.start("wang")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    return stream, world.task(stream, "approve").id


def signed(world: World, command: type[Command], who: str, stream: int, proof: Proof, **fields: object) -> Entry:
    """A command whose actor has proven themselves for it."""
    envelope = replace(world.envelope(stream, who), proof=proof)
    return world.journal.submit(command(envelope=envelope, **fields))  # type: ignore[call-arg]  # fields of the command


def unproven(world: World, stream: int, do: Callable[[], object]) -> None:
    """It is refused for want of a proof, in both languages, and nothing has changed."""
    before = world.instance(stream), len(world.journal.kept[stream])
    with pytest.raises(Refused) as refusal:
        do()
    assert refusal.value.reason is Reason.NOT_PROVEN
    assert "签名" in refusal.value.text.zh
    assert "browser" in refusal.value.text.en
    assert (world.instance(stream), len(world.journal.kept[stream])) == before


@pytest.mark.parametrize("claimed", [False, True], ids=["offered", "claimed"])
@pytest.mark.parametrize("proof", Proof)
def test_it_is_handed_in_with_a_proof_and_refused_without(world: World, proof: Proof, claimed: bool) -> None:
    stream, task = begun(world)
    if claimed:
        world.do(ClaimTask, "chen", stream, task=task)
    unproven(world, stream, lambda: world.do(CompleteTask, "chen", stream, task=task, data=Context()))
    entry = signed(world, CompleteTask, "chen", stream, proof, task=task, data=Context())
    assert entry.command.envelope.proof is proof
    assert [event.task for event in entry.events if signs(entry.command, event)] == [task]


def test_who_may_not_do_it_is_told_that_first_and_no_proof_helps(world: World) -> None:
    stream, task = begun(world)
    with pytest.raises(Refused) as refusal:
        signed(world, CompleteTask, "wang", stream, Proof.PASSWORD, task=task, data=Context())
    assert refusal.value.reason is Reason.NOT_ALLOWED


def test_each_vote_is_signed(world: World) -> None:
    stream, task = begun(world)
    signed(world, CompleteTask, "chen", stream, Proof.PASSWORD, task=task, data=Context())
    votes = {world.people[name]: name for name in ("mei", "gu")}
    for vote in list(world.instance(stream).tasks.values()):
        who, data = votes[vote.persons[0]], Context({"ok": True})
        unproven(
            world,
            stream,
            lambda w=who, v=vote: world.do(CompleteTask, w, stream, task=v.id, data=Context({"ok": True})),
        )
        signed(world, CompleteTask, who, stream, Proof.CODE, task=vote.id, data=data)
    assert world.instance(stream).tasks == {}


@pytest.mark.parametrize("place", SignPlace)
def test_an_opinion_that_was_asked_for_is_signed(world: World, place: SignPlace) -> None:
    stream, task = begun(world)
    world.do(AddSigner, "chen", stream, task=task, persons=(world.people["zhou"],), place=place, reason="专业意见")
    if place is SignPlace.AFTER:
        unproven(world, stream, lambda: world.do(CompleteTask, "chen", stream, task=task, data=Context()))
        entry = signed(world, CompleteTask, "chen", stream, Proof.PASSWORD, task=task, data=Context())
        assert [type(event) for event in entry.events if signs(entry.command, event)] == [TaskSubmitted]
    unproven(world, stream, lambda: world.do(ResolveTask, "zhou", stream, task=task, opinion="可以"))
    entry = signed(world, ResolveTask, "zhou", stream, Proof.PASSWORD, task=task, opinion="可以")
    assert [type(event) for event in entry.events if signs(entry.command, event)] == [TaskSigned]
    assert any(isinstance(event, TaskCompleted) for event in entry.events) is (place is SignPlace.AFTER)


def test_what_hands_nothing_in_needs_no_proof(world: World) -> None:
    stream, task = begun(world)
    world.do(DelegateTask, "chen", stream, task=task, to=world.people["zhou"], reason="请协助")
    world.do(ResolveTask, "zhou", stream, task=task, opinion="看过")
    world.do(TransferTask, "chen", stream, task=task, to=world.people["sun"], reason="转办")
    world.do(ReturnTask, "sun", stream, task=task, target="write", mode=ReturnMode.STEP, reason="更正")
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    again = world.task(stream, "approve").id
    signed(world, CompleteTask, "chen", stream, Proof.PASSWORD, task=again, data=Context())
    withdrawn = world.do(WithdrawTask, "chen", stream, task=again, reason="补充")
    unsigned = [entry.command for entry in world.journal.kept[stream] if entry.command.envelope.proof is None]
    done = (DelegateTask, ResolveTask, TransferTask, ReturnTask, WithdrawTask)
    assert [type(command) for command in unsigned if isinstance(command, done)] == list(done)
    assert not any(signs(withdrawn.command, event) for event in withdrawn.events)
    unproven(
        world,
        stream,
        lambda: world.do(CompleteTask, "chen", stream, task=world.task(stream, "approve").id, data=Context()),
    )


def test_a_proof_where_none_is_asked_for_changes_nothing(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    with_proof = signed(world, CompleteTask, "wang", stream, Proof.PASSWORD, task=task, data=Context())
    other = world.start("wang")
    without = world.do(CompleteTask, "wang", other, task=world.task(other, "write").id, data=Context())
    assert [type(event) for event in with_proof.events] == [type(event) for event in without.events]


def told(attributes: str) -> list[Finding]:
    """What is said of a procedure without findings whose review has these attributes."""
    draft = files()
    review = b'<bpmn:userTask id="review"'
    assert review in draft[MODEL]
    return check({**draft, MODEL: draft[MODEL].replace(review, review + b" " + attributes.encode())})


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('zx:sign="L0"', "leave zx:sign out"),
        ('zx:sign="L2"', "L2 (certificates"),
        ('zx:sign="L3"', "L3 (certificates"),
        ('zx:sign="1"', "but found 1"),
        ('zx:sign="L1" zx:bulk="true"', "no zx:bulk on a task with zx:sign"),
        ('zx:sign="L1" zx:external="true"', "no zx:external on a task with zx:sign"),
    ],
)
def test_a_level_or_a_mark_that_cannot_be_is_told(attributes: str, said: str) -> None:
    (found,) = [one.text for one in told(attributes) if one.element == "review" and "zx:sign" in one.text.en]
    assert said in found.en
    assert "zx:sign" in found.zh


def test_the_level_that_is_executed_has_no_finding() -> None:
    assert told('zx:sign="L1"') == []
