"""A completed task taken back by whoever completed it, while nothing has come of it that cannot be."""

import pytest

from engine.commands import AnswerService, ClaimTask, CompleteTask, OpenTask, ReturnTask, WithdrawTask
from engine.errors import Reason, Refused
from engine.events import TaskClaimed, TaskOffered, TaskWithdrawn
from engine.value import Context
from engine.words import ReturnMode, Stage
from tests.engine.world import World, chain, lane, process, trial

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="编写"/><bpmn:parallelGateway id="f"/>'
    '<bpmn:userTask id="budget" name="核算"/><bpmn:userTask id="plan" name="排期"/><bpmn:parallelGateway id="j"/>'
    '<bpmn:userTask id="review" name="审核"/><bpmn:userTask id="send" name="准备发送"/>'
    '<bpmn:serviceTask id="number" name="编号" zx:connector="number-sequence"/>'
    '<bpmn:userTask id="tell" name="通知"/><bpmn:sendTask id="throw" messageRef="called"/>'
    '<bpmn:userTask id="last" name="归档"/><bpmn:endEvent id="e"/>'
    + chain("s", "write", "f", "budget", "j", "review", "send", "number", "tell", "throw", "last", "e")
    + chain("f", "plan", "j")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "budget", "plan", "send", "tell")}{lane("SMO", "review", "last", "e")}</bpmn:laneSet>'


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("zhao", "SALES")
    found.hire("chen", "SMO")
    found.hire("guest")
    return found


def done(world: World, stream: int, *steps: tuple[str, str]) -> str:
    """Complete tasks, each by somebody; the id of the last."""
    key = ""
    for element, who in steps:
        key = world.task(stream, element).id
        world.do(CompleteTask, who, stream, task=key, data=Context())
    return key


def withdraw(world: World, stream: int, who: str, task: str, reason: str = "漏填") -> None:
    """Take a completed task back."""
    world.do(WithdrawTask, who, stream, task=task, reason=reason)


def refused(world: World, stream: int, who: str, task: str) -> Refused:
    """The refusal of a withdrawal, which leaves everything as it is."""
    before = world.journal.state(stream)
    with pytest.raises(Refused) as refusal:
        withdraw(world, stream, who, task)
    assert world.journal.state(stream) == before
    return refusal.value


def open_now(world: World, stream: int) -> list[str]:
    """The elements whose tasks are open."""
    return sorted(task.element for task in world.instance(stream).tasks.values())


def test_what_nobody_opened_is_taken_back_and_is_with_who_took_it(world: World) -> None:
    stream = world.start("wang")
    key = done(world, stream, ("write", "wang"))
    withdraw(world, stream, "wang", key)
    events = list(world.journal.entries(stream))[-1].events
    assert events[0] == TaskWithdrawn(
        task=key, person=world.people["wang"], process="p", element="write", reason="漏填"
    )
    assert [type(event) for event in events if isinstance(event, TaskOffered | TaskClaimed)] == [
        TaskOffered,
        TaskClaimed,
    ]
    task = world.task(stream, "write")
    assert (open_now(world, stream), task.stage, task.holder) == (["write"], Stage.CLAIMED, world.people["wang"])


def test_it_may_be_completed_and_withdrawn_again_and_again(world: World) -> None:
    stream = world.start("wang")
    for _ in range(20):
        withdraw(world, stream, "wang", done(world, stream, ("write", "wang")))
    done(world, stream, ("write", "wang"))
    assert open_now(world, stream) == ["budget", "plan"]


@pytest.mark.parametrize("touch", [OpenTask, ClaimTask], ids=["opened", "claimed"])
def test_what_follows_must_be_untouched(world: World, touch: type) -> None:
    stream = world.start("wang")
    key = done(world, stream, ("write", "wang"))
    world.do(touch, "zhao", stream, task=world.task(stream, "plan").id)
    found = refused(world, stream, "wang", key)
    assert (found.reason, found.text.zh) == (Reason.WRONG_STATE, "下一步 排期 已被打开,不能撤回")


def test_what_waits_at_a_join_is_taken_back_out_of_it(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    key = done(world, stream, ("budget", "wang"))
    withdraw(world, stream, "wang", key)
    assert open_now(world, stream) == ["budget", "plan"]
    done(world, stream, ("plan", "zhao"), ("budget", "wang"))
    assert open_now(world, stream) == ["review"]


def test_the_last_to_arrive_at_a_join_may_the_first_may_not(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    first = done(world, stream, ("budget", "wang"))
    last = done(world, stream, ("plan", "zhao"))
    assert refused(world, stream, "wang", first).text.zh == "不能撤回:核算 完成之后的工作已有进展,不能撤回"
    withdraw(world, stream, "zhao", last)
    assert open_now(world, stream) == ["plan"]
    done(world, stream, ("plan", "zhao"))
    assert open_now(world, stream) == ["review"]


def test_another_persons_completion_lies_between(world: World) -> None:
    stream = world.start("wang")
    key = done(world, stream, ("write", "wang"))
    done(world, stream, ("plan", "zhao"))
    assert refused(world, stream, "wang", key).reason is Reason.WRONG_STATE


def test_a_service_that_has_begun_is_not_taken_back_nor_when_it_has_answered(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"), ("budget", "wang"), ("plan", "zhao"), ("review", "chen"))
    key = done(world, stream, ("send", "wang"))
    assert refused(world, stream, "wang", key).text.zh == "自动任务 编号 已经开始,不能撤回"
    (request,) = world.instance(stream).requests
    world.do(AnswerService, None, stream, request=request, result="7")
    assert refused(world, stream, "wang", key).reason is Reason.WRONG_STATE


def test_a_message_that_has_left_is_not_taken_back(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"), ("budget", "wang"), ("plan", "zhao"), ("review", "chen"), ("send", "wang"))
    (request,) = world.instance(stream).requests
    world.do(AnswerService, None, stream, request=request, result="7")
    key = done(world, stream, ("tell", "wang"))
    assert refused(world, stream, "wang", key).text.en.startswith("cannot be withdrawn: a message or record has left")


def test_only_who_completed_it_or_had_it_completed_may(world: World) -> None:
    world.deputise("wang", "guest")
    stream = world.start("wang")
    key = done(world, stream, ("write", "guest"))
    assert refused(world, stream, "zhao", key).reason is Reason.NOT_ALLOWED
    withdraw(world, stream, "wang", key)
    task = world.task(stream, "write")
    assert (task.holder, task.on_behalf_of) == (world.people["guest"], world.people["wang"])


@pytest.mark.parametrize("reason", ["", " "])
def test_a_reason_is_mandatory(world: World, reason: str) -> None:
    stream = world.start("wang")
    key = done(world, stream, ("write", "wang"))
    with pytest.raises(Refused) as refusal:
        withdraw(world, stream, "wang", key, reason)
    assert refusal.value.reason is Reason.INVALID_DATA


def test_what_is_open_or_unknown_is_refused(world: World) -> None:
    stream = world.start("wang")
    assert refused(world, stream, "wang", world.task(stream, "write").id).reason is Reason.WRONG_STATE
    assert refused(world, stream, "wang", "9.9.9").reason is Reason.NOT_FOUND


def test_a_visit_is_taken_back_as_a_visit(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    task = world.task(stream, "budget").id
    mode = ReturnMode.STRAIGHT
    world.do(ReturnTask, "wang", stream, task=task, target="write", mode=mode, reason="补充")
    key = done(world, stream, ("write", "wang"))
    assert open_now(world, stream) == ["budget", "plan"]
    withdraw(world, stream, "wang", key)
    assert open_now(world, stream) == ["plan", "write"]
    done(world, stream, ("write", "wang"))
    assert open_now(world, stream) == ["budget", "plan"]


def test_who_is_no_longer_entitled_takes_it_back_to_its_role(world: World) -> None:
    world.deputise("wang", "guest")
    stream = world.start("wang")
    key = done(world, stream, ("write", "guest"))
    world.now = world.now.replace(year=2027)
    withdraw(world, stream, "guest", key)
    assert world.task(stream, "write").stage is Stage.OFFERED
