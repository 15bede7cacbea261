"""Work put elsewhere against the drawing: who may, where to, and that nobody gains a right by it."""

import pytest

from engine.commands import AnswerService, CompleteTask, MoveToken
from engine.errors import Reason, Refused
from engine.events import ServiceCancelled, TokenMoved
from engine.target import destinations
from engine.value import Context
from engine.words import Status
from tests.engine.world import MANIFEST, World, chain, lane, process, trial

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="编写"/>'
    '<bpmn:serviceTask id="number" name="编号" zx:connector="number-sequence"/>'
    '<bpmn:userTask id="review" name="审核" zx:separateFrom="write"/>'
    '<bpmn:parallelGateway id="f" name="分头办理"/><bpmn:userTask id="budget" name="核算"/>'
    '<bpmn:userTask id="plan" name="排期"/><bpmn:parallelGateway id="j" name="汇合"/>'
    '<bpmn:userTask id="close" name="归档" zx:separateFrom="review"/><bpmn:endEvent id="e" name="结束"/>'
    + chain("s", "write", "number", "review", "f", "budget", "j", "close", "e")
    + chain("f", "plan", "j")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "budget", "plan")}{lane("SMO", "review", "close", "e")}</bpmn:laneSet>'
RIGHTS = MANIFEST.replace("[rights]", '[rights]\nmove = ["MR"]')


def company(manifest: str = RIGHTS) -> World:
    """A small company."""
    found = World(trial(process(BODY, lanes=LANES), manifest))
    found.hire("wang", "SALES")
    found.hire("li", "SALES", "SMO", "MR")
    found.hire("chen", "SMO")
    found.hire("mr", "MR")
    found.hire("guest")
    return found


@pytest.fixture
def world() -> World:
    return company()


def activity(world: World, stream: int, element: str) -> str:
    """The one activity of an element."""
    (found,) = [key for key, one in world.instance(stream).activities.items() if one.element == element]
    return found


def move(world: World, stream: int, who: str, element: str, target: str, reason: str = "客户要求") -> None:
    """Move the work of an element."""
    world.do(MoveToken, who, stream, activity=activity(world, stream, element), target=target, reason=reason)


def done(world: World, stream: int, element: str, who: str) -> None:
    """Complete the one open task of an element."""
    world.do(CompleteTask, who, stream, task=world.task(stream, element).id, data=Context())


def at_number(world: World, who: str = "wang") -> int:
    """An instance whose service is under way."""
    stream = world.start("wang")
    done(world, stream, "write", who)
    return stream


def at_review(world: World, who: str = "wang") -> int:
    """An instance whose review waits."""
    stream = at_number(world, who)
    (request,) = world.instance(stream).requests
    world.do(AnswerService, None, stream, request=request, result="7")
    return stream


def test_a_service_that_hangs_is_passed_over_and_the_record_names_both_ends(world: World) -> None:
    stream = at_number(world)
    key = activity(world, stream, "number")
    (request,) = world.instance(stream).requests
    move(world, stream, "mr", "number", "review")
    events = list(world.journal.entries(stream))[-1].events
    assert events[0] == TokenMoved(
        activity=key, person=world.people["mr"], process="p", element="review", reason="客户要求"
    )
    assert ServiceCancelled(request=request) in events
    assert world.task(stream, "review").roles == ("SMO",)


def test_out_of_a_branch_its_siblings_end_and_into_one_the_others_count_as_delivered(world: World) -> None:
    stream = at_review(world)
    done(world, stream, "review", "chen")
    move(world, stream, "mr", "budget", "close")
    assert [task.element for task in world.instance(stream).tasks.values()] == ["close"]
    move(world, stream, "mr", "close", "plan")
    done(world, stream, "plan", "wang")
    assert [task.element for task in world.instance(stream).tasks.values()] == ["close"]


def test_to_an_end_the_process_ends(world: World) -> None:
    stream = at_review(world)
    done(world, stream, "review", "chen")
    move(world, stream, "mr", "plan", "e")
    assert (world.instance(stream).status, world.instance(stream).ends) == (Status.COMPLETED, ("e",))


def test_to_a_split_all_its_branches_begin(world: World) -> None:
    stream = at_review(world)
    move(world, stream, "mr", "review", "f")
    assert sorted(task.element for task in world.instance(stream).tasks.values()) == ["budget", "plan"]


@pytest.mark.parametrize("who", ["wang", "chen", "guest"])
def test_it_is_a_right_of_its_own(world: World, who: str) -> None:
    stream = at_review(world)
    with pytest.raises(Refused) as refusal:
        move(world, stream, who, "review", "write")
    assert refusal.value.reason is Reason.NOT_ALLOWED


def test_the_owner_has_it_unless_said_otherwise() -> None:
    world = company(MANIFEST)
    stream = at_review(world)
    move(world, stream, "chen", "review", "write")
    assert [task.element for task in world.instance(stream).tasks.values()] == ["write"]


def test_who_may_not_do_a_task_may_not_move_past_it(world: World) -> None:
    stream = at_review(world, "li")
    with pytest.raises(Refused) as refusal:
        move(world, stream, "li", "review", "close")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_nor_may_a_deputy_of_theirs(world: World) -> None:
    world.deputise("li", "guest")
    stream = at_review(world, "li")
    with pytest.raises(Refused) as refusal:
        move(world, stream, "guest", "review", "close")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_move_forgets_nobody_who_did_something_before(world: World) -> None:
    stream = at_review(world)
    done(world, stream, "review", "chen")
    move(world, stream, "mr", "budget", "close")
    with pytest.raises(Refused) as refusal:
        done(world, stream, "close", "chen")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


@pytest.mark.parametrize(
    ("target", "zh"),
    [
        ("j", "不能移动:汇合 是汇合,只能由其各分支到达"),
        ("plan", "不能移动:排期 在与 核算 并行的分支上"),
        ("budget", "不能移动:核算 就是当前步骤"),
        ("s", "不能移动:s 不是流程中途可到达的步骤"),
    ],
    ids=["a join", "a branch beside", "itself", "a start"],
)
def test_where_it_cannot_go_is_refused_in_names(world: World, target: str, zh: str) -> None:
    stream = at_review(world)
    done(world, stream, "review", "chen")
    before = world.journal.state(stream)
    with pytest.raises(Refused) as refusal:
        move(world, stream, "mr", "budget", target)
    assert (refusal.value.reason, refusal.value.text.zh) == (Reason.WRONG_STATE, zh)
    assert world.journal.state(stream) == before


def test_destinations_are_computed_and_named(world: World) -> None:
    stream = at_review(world)
    done(world, stream, "review", "chen")
    instance, window = world.journal.state(stream)
    found = destinations(world.procedure, instance, window, activity(world, stream, "budget"))
    legal = [one.label.zh for one in found if one.refusal is None]
    assert legal == ["编写", "编号", "审核", "分头办理", "归档", "结束"]
    for one in found:
        if one.refusal is None:
            assert one.element in {"write", "number", "review", "f", "close", "e"}


@pytest.mark.parametrize("reason", ["", "\t"])
def test_a_reason_is_mandatory(world: World, reason: str) -> None:
    stream = at_review(world)
    with pytest.raises(Refused) as refusal:
        move(world, stream, "mr", "review", "write", reason)
    assert refusal.value.reason is Reason.INVALID_DATA


def test_what_is_not_under_way_is_not_moved(world: World) -> None:
    stream = at_review(world)
    with pytest.raises(Refused) as refusal:
        world.do(MoveToken, "mr", stream, activity="9.9.9", target="write", reason="客户要求")
    assert refusal.value.reason is Reason.NOT_FOUND
