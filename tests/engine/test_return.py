"""A task sent back to an earlier one: where to, by whom, what becomes of the rest, and how the work comes forward again."""

import pytest

from engine.commands import ClaimTask, CompleteTask, OpenTask, ReturnTask, WithdrawTask
from engine.errors import Reason, Refused
from engine.events import ElementEntered, TaskCancelled, TaskClaimed, TaskReturned
from engine.target import targets
from engine.value import Context
from engine.words import ReturnMode, Stage
from tests.engine.world import World, chain, lane, process, trial

STEP, STRAIGHT = ReturnMode.STEP, ReturnMode.STRAIGHT

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="编写"/><bpmn:parallelGateway id="f"/>'
    '<bpmn:userTask id="budget" name="核算"/><bpmn:userTask id="plan" name="排期"/><bpmn:parallelGateway id="j"/>'
    '<bpmn:userTask id="review" name="审核" zx:separateFrom="write"/><bpmn:endEvent id="e"/>'
    + chain("s", "write", "f", "budget", "j", "review", "e")
    + chain("f", "plan", "j")
)
LANES = (
    f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "budget", "plan")}{lane("SMO", "review", "e")}</bpmn:laneSet>'
)


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("zhao", "SALES")
    found.hire("li", "SALES", "SMO")
    found.hire("chen", "SMO")
    found.hire("guest")
    return found


def done(world: World, stream: int, *steps: tuple[str, str]) -> None:
    """Complete tasks, each by somebody."""
    for element, who in steps:
        world.do(CompleteTask, who, stream, task=world.task(stream, element).id, data=Context())


def at_review(world: World) -> int:
    """An instance whose review waits."""
    stream = world.start("wang")
    done(world, stream, ("write", "wang"), ("budget", "wang"), ("plan", "zhao"))
    return stream


def returned(world: World, stream: int, element: str, who: str, target: str, mode: ReturnMode = STEP) -> None:
    """Return the one open task of an element."""
    task = world.task(stream, element).id
    world.do(ReturnTask, who, stream, task=task, target=target, mode=mode, reason="数字不对")


def open_now(world: World, stream: int) -> list[str]:
    """The elements whose tasks are open."""
    return sorted(task.element for task in world.instance(stream).tasks.values())


def refused(world: World, stream: int, element: str, who: str, target: str, mode: ReturnMode = STEP) -> Refused:
    """The refusal of a return, which leaves everything as it is."""
    before = world.instance(stream)
    with pytest.raises(Refused) as refusal:
        returned(world, stream, element, who, target, mode)
    assert world.instance(stream) == before
    return refusal.value


def test_step_by_step_everything_behind_the_target_is_done_again(world: World) -> None:
    stream = at_review(world)
    returned(world, stream, "review", "chen", "write")
    assert open_now(world, stream) == ["write"]
    done(world, stream, ("write", "wang"))
    assert open_now(world, stream) == ["budget", "plan"]


def test_into_one_branch_behind_the_join_the_others_count_as_delivered(world: World) -> None:
    stream = at_review(world)
    returned(world, stream, "review", "chen", "plan")
    assert open_now(world, stream) == ["plan"]
    done(world, stream, ("plan", "zhao"))
    assert open_now(world, stream) == ["review"]


def test_before_the_split_the_other_branch_is_cancelled_with_it(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    other = world.task(stream, "plan").id
    returned(world, stream, "budget", "wang", "write")
    events = list(world.journal.entries(stream))[-1].events
    assert TaskCancelled(task=other) in events
    assert open_now(world, stream) == ["write"]


def test_straight_only_the_target_is_done_again_and_its_siblings_go_on(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    returned(world, stream, "budget", "wang", "write", STRAIGHT)
    assert open_now(world, stream) == ["plan", "write"]
    done(world, stream, ("plan", "zhao"), ("write", "wang"))
    assert open_now(world, stream) == ["budget"]
    done(world, stream, ("budget", "wang"))
    assert open_now(world, stream) == ["review"]


def test_straight_back_the_task_is_with_whoever_returned_it(world: World) -> None:
    stream = at_review(world)
    returned(world, stream, "review", "chen", "write", STRAIGHT)
    done(world, stream, ("write", "wang"))
    review = world.task(stream, "review")
    assert (review.stage, review.holder, review.role) == (Stage.CLAIMED, world.people["chen"], "SMO")


def test_who_was_barred_meanwhile_does_not_have_it_again(world: World) -> None:
    stream = at_review(world)
    returned(world, stream, "review", "li", "write", STRAIGHT)
    done(world, stream, ("write", "li"))
    assert world.task(stream, "review").stage is Stage.OFFERED
    assert refused(world, stream, "review", "li", "write").reason is Reason.SEPARATION_OF_DUTIES


def test_the_record_names_who_from_where_to_where_and_why(world: World) -> None:
    stream = at_review(world)
    review = world.task(stream, "review").id
    returned(world, stream, "review", "chen", "write")
    claimed, event, *rest = list(world.journal.entries(stream))[-1].events
    assert isinstance(claimed, TaskClaimed)
    assert event == TaskReturned(
        task=review, person=world.people["chen"], process="p", element="write", straight=False, reason="数字不对"
    )
    assert [found.element for found in rest if isinstance(found, ElementEntered)] == ["write"]


@pytest.mark.parametrize(
    ("who", "reason"),
    [("wang", Reason.NOT_ALLOWED), ("guest", Reason.NOT_ALLOWED)],
    ids=["another role", "a stranger"],
)
def test_only_who_may_do_a_task_may_return_it(world: World, who: str, reason: Reason) -> None:
    assert refused(world, at_review(world), "review", who, "write").reason is reason


def test_who_is_barred_from_a_task_may_not_return_it_either(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "li"), ("budget", "wang"), ("plan", "zhao"))
    assert refused(world, stream, "review", "li", "write").reason is Reason.SEPARATION_OF_DUTIES


def test_a_deputy_returns_for_the_principal(world: World) -> None:
    world.deputise("chen", "guest")
    stream = at_review(world)
    returned(world, stream, "review", "guest", "write")
    claimed = list(world.journal.entries(stream))[-1].events[0]
    assert isinstance(claimed, TaskClaimed)
    assert (claimed.person, claimed.on_behalf_of) == (world.people["guest"], world.people["chen"])


def test_who_holds_a_task_alone_returns_it(world: World) -> None:
    stream = at_review(world)
    world.do(ClaimTask, "chen", stream, task=world.task(stream, "review").id)
    assert refused(world, stream, "review", "li", "write").reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_mandatory(world: World, reason: str) -> None:
    stream = at_review(world)
    task = world.task(stream, "review").id
    with pytest.raises(Refused) as refusal:
        world.do(ReturnTask, "chen", stream, task=task, target="write", mode=STEP, reason=reason)
    assert refusal.value.reason is Reason.INVALID_DATA


def test_targets_are_named_and_each_refused_one_says_why(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"))
    budget = world.task(stream, "budget").id
    found = {
        one.label.zh: one.refusal
        for one in targets(world.procedure, world.instance(stream), world.journal.windows[stream], budget)
    }
    assert list(found) == ["编写", "排期", "审核"]
    assert found["编写"] is None
    assert found["排期"] is not None
    assert found["审核"] is not None
    assert (found["排期"].zh, found["审核"].zh) == ("排期 在本次运行中尚未办理过", "审核 在本次运行中尚未办理过")


def test_a_sibling_branch_is_refused_in_names_and_may_be_visited_straight(world: World) -> None:
    stream = world.start("wang")
    done(world, stream, ("write", "wang"), ("plan", "zhao"))
    text = refused(world, stream, "budget", "wang", "plan").text
    assert text.zh == "不能退回:排期 不在 核算 之前"
    assert text.en == "cannot be returned: 排期 does not come before 核算"
    returned(world, stream, "budget", "wang", "plan", STRAIGHT)
    done(world, stream, ("plan", "zhao"))
    assert open_now(world, stream) == ["budget"]


def test_what_people_do_not_do_is_no_target(world: World) -> None:
    assert refused(world, at_review(world), "review", "chen", "s").reason is Reason.WRONG_STATE
    assert refused(world, at_review(world), "review", "chen", "nowhere").reason is Reason.NOT_FOUND


def test_fifty_returns_leave_the_window_as_small_as_one(world: World) -> None:
    stream = at_review(world)
    sizes = []
    for _ in range(50):
        returned(world, stream, "review", "chen", "plan")
        done(world, stream, ("plan", "zhao"))
        sizes.append(len(world.journal.windows[stream]))
    assert max(sizes) - min(sizes) <= 30  # only counted ids grow
    assert len(world.instance(stream).completions) <= 16


def test_a_returned_task_that_was_opened_is_gone_for_who_had_it(world: World) -> None:
    stream = at_review(world)
    review = world.task(stream, "review").id
    world.do(OpenTask, "chen", stream, task=review)
    returned(world, stream, "review", "chen", "write")
    with pytest.raises(Refused) as refusal:
        world.do(CompleteTask, "chen", stream, task=review, data=Context())
    assert refusal.value.reason is Reason.WRONG_STATE


# ------------------------------------------------------------------ items of a multi-instance


def several(*, sequential: bool) -> World:
    """Three people who each do one item."""
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    body = '<bpmn:startEvent id="s"/><bpmn:userTask id="part" name="分项">' + loop + "</bpmn:userTask>"
    body += '<bpmn:endEvent id="e"/>' + chain("s", "part", "e")
    found = World(trial(process(body, lanes=f'<bpmn:laneSet id="ls">{lane("SALES", "s", "part", "e")}</bpmn:laneSet>')))
    found.hire("wang", "SALES")
    return found


def item(world: World, stream: int, place: int) -> str:
    """The open task of an item."""
    scopes = world.instance(stream).scopes
    return next(key for key, task in world.instance(stream).tasks.items() if scopes[task.scope].index == place)


def do_item(world: World, stream: int, place: int, value: str) -> str:
    """Complete an item."""
    key = item(world, stream, place)
    world.do(CompleteTask, "wang", stream, task=key, data=Context({"value": value}))
    return key


def again(world: World, stream: int, place: int, target: str, mode: ReturnMode = STEP) -> None:
    """From one item, have another done again."""
    task = item(world, stream, place)
    world.do(ReturnTask, "wang", stream, task=task, target=target, mode=mode, reason="有误")


def values(world: World, stream: int) -> tuple[object, ...]:
    """What the items yielded in the end."""
    (done,) = [
        e
        for entry in world.journal.entries(stream)
        for e in entry.events
        if getattr(e, "name", "") == "part" and isinstance(getattr(e, "value", None), tuple)
    ]
    return tuple(value["value"] for value in done.value)


def test_of_parallel_items_a_finished_one_is_done_again_with_what_was_entered() -> None:
    world = several(sequential=False)
    stream = world.start("wang")
    do_item(world, stream, 0, "a")
    do_item(world, stream, 1, "b")
    again(world, stream, 2, "part[1]")
    scope = world.instance(stream).scopes[world.instance(stream).tasks[item(world, stream, 0)].scope]
    assert (len(world.instance(stream).tasks), scope.variables["part"]) == (2, Context({"value": "a"}))
    do_item(world, stream, 2, "c")
    assert world.instance(stream).status == "running"
    do_item(world, stream, 0, "A")
    assert (world.instance(stream).status, values(world, stream)) == ("completed", ("A", "b", "c"))


def test_of_a_sequence_everything_from_that_item_on_is_done_again() -> None:
    world = several(sequential=True)
    stream = world.start("wang")
    do_item(world, stream, 0, "a")
    do_item(world, stream, 1, "b")
    again(world, stream, 2, "part[1]")
    assert [world.instance(stream).scopes[t.scope].index for t in world.instance(stream).tasks.values()] == [0]
    for place, value in enumerate(("A", "B", "C")):
        do_item(world, stream, place, value)
    assert (world.instance(stream).status, values(world, stream)) == ("completed", ("A", "B", "C"))


@pytest.mark.parametrize("target", ["part[3]", "part[2]", "part[9]", "other[1]"])
def test_only_a_finished_item_beside_the_task_is_done_again(target: str) -> None:
    world = several(sequential=False)
    stream = world.start("wang")
    do_item(world, stream, 0, "a")
    with pytest.raises(Refused) as refusal:
        again(world, stream, 2, target)
    assert refusal.value.reason is Reason.WRONG_STATE


def test_an_item_done_again_does_not_come_straight_back() -> None:
    world = several(sequential=False)
    stream = world.start("wang")
    do_item(world, stream, 0, "a")
    with pytest.raises(Refused):
        again(world, stream, 2, "part[1]", STRAIGHT)
    task = item(world, stream, 2)
    named = [one.name for one in targets(world.procedure, *world.journal.state(stream), task)]
    assert named == ["part[1]"]


@pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])
def test_an_item_is_withdrawn_while_the_others_are_under_way(sequential: bool) -> None:
    world = several(sequential=sequential)
    stream = world.start("wang")
    key = do_item(world, stream, 0, "a")
    world.do(WithdrawTask, "wang", stream, task=key, reason="漏填")
    assert world.instance(stream).tasks[item(world, stream, 0)].holder == world.people["wang"]
    for place, value in enumerate(("A", "B", "C")):
        do_item(world, stream, place, value)
    assert values(world, stream) == ("A", "B", "C")


def test_of_a_sequence_an_item_is_not_withdrawn_when_the_next_was_opened_or_done() -> None:
    world = several(sequential=True)
    stream = world.start("wang")
    key = do_item(world, stream, 0, "a")
    world.do(OpenTask, "wang", stream, task=item(world, stream, 1))
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            world.do(WithdrawTask, "wang", stream, task=key, reason="漏填")
        assert refusal.value.reason is Reason.WRONG_STATE
        do_item(world, stream, 1 if _ == 0 else 2, "b")
