"""What people do with tasks, told as histories."""

from collections.abc import Callable

import pytest

from engine.commands import (
    ClaimTask,
    CompleteTask,
    CopyTask,
    DelegateTask,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    TerminateInstance,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
)
from engine.errors import Reason, Refused
from engine.events import TaskClaimed, TaskCompleted, TaskOpened, TaskUrged
from engine.value import Context
from engine.words import Stage, Status
from tests.engine.world import World, chain, lane, process, trial

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
    found.hire("li", "SALES", "SMO")
    found.hire("chen", "SMO")
    found.hire("mr", "MR")
    found.hire("guest")
    return found


def written(world: World, who: str) -> int:
    stream = world.start("wang")
    world.do(CompleteTask, who, stream, task=world.task(stream, "write").id, data=Context())
    return stream


def test_a_task_is_offered_to_the_role_of_its_lane(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write")
    assert (task.roles, task.stage, task.holder) == (("SALES",), Stage.OFFERED, None)


def test_who_claims_a_task_holds_it_in_that_role(world: World) -> None:
    stream = world.start("wang")
    entry = world.do(ClaimTask, "wang", stream, task=world.task(stream, "write").id)
    assert entry.events == (
        TaskClaimed(task=world.task(stream, "write").id, person=world.people["wang"], role="SALES", on_behalf_of=None),
    )


def test_a_deputy_claims_for_the_principal(world: World) -> None:
    world.deputise("wang", "guest")
    stream = world.start("wang")
    (claimed,) = world.do(ClaimTask, "guest", stream, task=world.task(stream, "write").id).events
    assert isinstance(claimed, TaskClaimed)
    assert (claimed.role, claimed.on_behalf_of) == ("SALES", world.people["wang"])


def test_completing_an_unclaimed_task_claims_it_by_that(world: World) -> None:
    stream = world.start("wang")
    entry = world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    assert [type(event) for event in entry.events[:2]] == [TaskClaimed, TaskCompleted]
    assert world.task(stream, "review").roles == ("SMO",)


@pytest.mark.parametrize(
    ("who", "command", "reason"),
    [
        ("guest", ClaimTask, Reason.NOT_ALLOWED),
        ("guest", OpenTask, Reason.NOT_ALLOWED),
        ("wang", ReleaseTask, Reason.WRONG_STATE),
    ],
    ids=["a stranger claims", "a stranger opens", "nobody holds what is released"],
)
def test_a_task_is_refused(world: World, who: str, command: type, reason: Reason) -> None:
    stream = world.start("wang")
    with pytest.raises(Refused) as refusal:
        world.do(command, who, stream, task=world.task(stream, "write").id)
    assert refusal.value.reason is reason


def test_the_second_to_complete_learns_who_was_faster(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    world.do(CompleteTask, "wang", stream, task=task, data=Context())
    with pytest.raises(Refused, match=f"completed by {world.people['wang'].id}"):
        world.do(CompleteTask, "li", stream, task=task, data=Context())


def test_the_author_may_neither_claim_nor_complete_the_review(world: World) -> None:
    stream = written(world, "li")
    review = world.task(stream, "review").id
    for command, fields in ((ClaimTask, {}), (CompleteTask, {"data": Context()})):
        with pytest.raises(Refused) as refusal:
            world.do(command, "li", stream, task=review, **fields)
        assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_deputy_of_the_author_may_not_review_for_the_author(world: World) -> None:
    stream = written(world, "li")
    world.deputise("li", "guest")
    with pytest.raises(Refused) as refusal:
        world.do(ClaimTask, "guest", stream, task=world.task(stream, "review").id)
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_who_wrote_for_another_may_not_review_and_neither_may_the_other(world: World) -> None:
    world.deputise("li", "chen")
    stream = world.start("wang")
    world.do(CompleteTask, "chen", stream, task=world.task(stream, "write").id, data=Context())
    for who in ("chen", "li"):
        with pytest.raises(Refused) as refusal:
            world.do(ClaimTask, who, stream, task=world.task(stream, "review").id)
        assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_waiver_by_another_with_a_reason_lets_the_author_review(world: World) -> None:
    stream = written(world, "li")
    review = world.task(stream, "review").id
    with pytest.raises(Refused, match="expected a reason"):
        world.do(WaiveSeparation, "mr", stream, task=review, person=world.people["li"], reason=" ")
    with pytest.raises(Refused, match="expected a holder of MR"):
        world.do(WaiveSeparation, "chen", stream, task=review, person=world.people["li"], reason="小公司")
    world.do(WaiveSeparation, "mr", stream, task=review, person=world.people["li"], reason="小公司")
    world.do(CompleteTask, "li", stream, task=review, data=Context())
    assert world.instance(stream).status is Status.COMPLETED


def test_a_task_is_not_transferred_to_its_author(world: World) -> None:
    stream = written(world, "li")
    with pytest.raises(Refused) as refusal:
        world.do(
            TransferTask,
            "chen",
            stream,
            task=world.task(stream, "review").id,
            to=world.people["li"],
            reason="出差",
        )
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_transferred_task_belongs_to_the_other(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    world.do(ClaimTask, "wang", stream, task=task)
    world.do(TransferTask, "wang", stream, task=task, to=world.people["li"], reason="出差")
    with pytest.raises(Refused):
        world.do(CompleteTask, "wang", stream, task=task, data=Context())
    world.do(CompleteTask, "li", stream, task=task, data=Context())
    assert world.task(stream, "review")


def test_a_delegated_task_comes_back_to_its_owner(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    world.do(ClaimTask, "wang", stream, task=task)
    world.do(DelegateTask, "wang", stream, task=task, to=world.people["guest"], reason="请补充")
    with pytest.raises(Refused) as refusal:
        world.do(CompleteTask, "guest", stream, task=task, data=Context())
    assert refusal.value.reason is Reason.WRONG_STATE
    world.do(ResolveTask, "guest", stream, task=task, opinion="已补充")
    assert world.task(stream, "write").holder == world.people["wang"]
    assert world.task(stream, "write").stage is Stage.CLAIMED


def test_the_first_look_is_noted_once(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    first = world.do(OpenTask, "wang", stream, task=task)
    second = world.do(OpenTask, "li", stream, task=task)
    assert [type(event) for event in first.events] == [TaskOpened]
    assert second.events == ()


def test_urging_and_informing_leave_a_record(world: World) -> None:
    stream = world.start("wang")
    task = world.task(stream, "write").id
    (urged,) = world.do(UrgeTask, "chen", stream, task=task, message="请尽快").events
    assert isinstance(urged, TaskUrged)
    assert urged.message == "请尽快"
    entry = world.do(CopyTask, "wang", stream, task=task, to=(world.people["guest"],), message="供参考")
    assert len(entry.events) == 1
    with pytest.raises(Refused, match="at least one person"):
        world.do(CopyTask, "wang", stream, task=task, to=(), message="")


def test_only_a_privileged_role_ends_an_instance_and_says_why(world: World) -> None:
    stream = world.start("wang")
    with pytest.raises(Refused, match="expected a holder of SMO"):
        world.do(TerminateInstance, "wang", stream, reason="重复")
    with pytest.raises(Refused, match="expected a reason"):
        world.do(TerminateInstance, "chen", stream, reason="")
    world.do(TerminateInstance, "chen", stream, reason="重复")
    instance = world.instance(stream)
    assert (instance.status, instance.tasks, instance.activities) == (Status.TERMINATED, {}, {})


def test_a_process_is_started_by_the_role_of_its_first_lane(world: World) -> None:
    with pytest.raises(Refused, match="expected a holder of SALES"):
        world.start("guest")


def test_a_refusal_changes_nothing(world: World) -> None:
    stream = world.start("wang")
    before: Callable[[], object] = lambda: (world.instance(stream), len(world.journal.kept[stream]))  # noqa: E731
    was = before()
    with pytest.raises(Refused):
        world.do(ClaimTask, "guest", stream, task=world.task(stream, "write").id)
    assert before() == was
