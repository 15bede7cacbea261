"""Tokens moved against the drawing: what is cancelled, what counts as delivered, what is refused, in every scope."""

import pytest

from engine.flow.moving import Barred, Why
from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, flow, gateway, model, node, path, process, several, user
from tests.engine.flow.mover import Mover
from tests.engine.flow.ours import excess

BLOCK = (
    S
    + user("a")
    + gateway("parallel", "f")
    + user("b")
    + user("b2")
    + user("c")
    + gateway("parallel", "j")
    + user("d")
    + E
    + path("s", "a", "f", "b", "b2", "j", "d", "e")
    + path("f", "c", "j")
)


def cancelled(run: Mover) -> list[str]:
    """What was cancelled, in order."""
    return [line.removeprefix("cancel ") for line in run.log if line.startswith("cancel ")]


def barred(run: Mover, element: str, target: str, *, straight: bool = False, process: str = "p") -> Why:
    """Why an element cannot be returned to; nothing has changed then."""
    before = run.window
    with pytest.raises(Barred) as refusal:
        run.back(element, target, straight=straight, process=process)
    assert run.window == before
    return refusal.value.why


def finish(run: Mover, *elements: str) -> Mover:
    """Finish waiting elements, one after the other."""
    for element in elements:
        run.finish(element)
    return run


def block(*elements: str) -> Mover:
    """A run through a parallel block."""
    return finish(Mover(model(BLOCK)), *elements)


# ------------------------------------------------------------------ sequences, loops, parallel blocks


def test_in_a_sequence_the_token_goes_back_and_comes_again() -> None:
    run = finish(Mover(model(S + user("a") + user("b") + E + path("s", "a", "b", "e"))), "a")
    for _ in range(50):
        run.back("b", "a")
        assert (run.open, run.sizes[-1]) == (["a"], (1, 1))
        run.finish("a")
    finish(run, "b")
    assert (run.done, run.log.count("ended e")) == (True, 1)


def test_in_its_own_branch_the_siblings_are_left_alone() -> None:
    run = block("a", "b")
    run.back("b2", "b")
    assert (sorted(run.open), cancelled(run)) == (["b", "c"], ["b2"])
    finish(run, "b", "c", "b2")
    assert run.open == ["d"]


def test_before_the_split_what_waits_at_the_join_is_cancelled_too() -> None:
    run = block("a", "c", "b")
    run.back("b2", "a")
    assert (run.open, run.sizes[-1]) == (["a"], (1, 1))
    finish(run, "a", "b", "b2")
    assert run.open == ["c"]
    finish(run, "c")
    assert (run.open, run.log.count("enter j")) == (["d"], 1)


def test_behind_the_join_into_one_branch_the_others_count_as_delivered() -> None:
    run = block("a", "b", "b2", "c")
    run.back("d", "b")
    finish(run, "b", "b2")
    assert (run.open, run.log.count("enter j")) == (["d"], 2)


def test_a_sibling_branch_is_refused_and_may_be_visited() -> None:
    looped = BLOCK.replace(path("d", "e"), "") + gateway("exclusive", "m") + gateway("exclusive", "x", default="x_e")
    looped = looped.replace(flow("s", "a"), flow("s", "m") + flow("m", "a"))
    run = Mover(model(looped + flow("d", "x") + flow("x", "e") + flow("x", "m", "d = 1")))
    finish(run, "a", "b", "b2", "c")
    run.finish("d", number(1))
    finish(run, "a", "c")
    assert barred(run, "b", "c") is Why.BESIDE
    run.back("b", "c", straight=True)
    assert run.open == ["c"]
    finish(run, "c", "b", "b2")
    assert (run.open, excess(run)) == (["d"], [])


def test_nested_blocks_are_cut_at_the_innermost_one_that_both_share() -> None:
    inner = gateway("parallel", "g") + user("x") + user("y") + gateway("parallel", "k")
    body = S + gateway("parallel", "f") + user("a") + inner + user("c") + gateway("parallel", "j") + user("d") + E
    body += path("s", "f", "a", "g", "x", "k", "j", "d", "e") + path("g", "y", "k") + path("f", "c", "j")
    run = finish(Mover(model(body)), "a", "y")
    run.back("x", "a")
    assert (sorted(run.open), "cancel c" in run.log) == (["a", "c"], False)
    finish(run, "a", "x", "c", "y")
    assert run.open == ["d"]
    run.back("d", "x")
    finish(run, "x")
    assert (run.open, run.log.count("enter j"), run.log.count("enter k")) == (["d"], 2, 2)


def test_branches_that_end_on_their_own_are_cancelled_when_the_split_is_left() -> None:
    body = S + user("a") + gateway("parallel", "f") + user("b") + E + user("c") + node("endEvent", "e2")
    run = finish(Mover(model(body + path("s", "a", "f", "b", "e") + path("f", "c", "e2"))), "a")
    run.back("b", "a")
    assert run.open == ["a"]
    finish(run, "a", "c")
    run.back("b", "a")
    assert run.open == ["a"]


def test_inclusive_branches_are_decided_anew_before_the_split() -> None:
    body = S + user("a") + gateway("inclusive", "f", default="f_b") + user("b") + user("c") + gateway("inclusive", "j")
    body += user("d") + E + path("s", "a", "f", "b", "j", "d", "e") + flow("f", "c", "a = 1") + flow("c", "j")
    run = Mover(model(body))
    run.finish("a", number(1))
    assert run.open == ["c"]
    run.back("c", "a")
    run.finish("a", number(0))
    assert run.open == ["b"]
    finish(run, "b")
    run.back("d", "b")
    finish(run, "b")
    assert run.open == ["d"]


def test_out_of_a_block_to_behind_it_the_siblings_end() -> None:
    run = block("a", "c")
    run.move("b", "d")
    assert (run.open, run.sizes[-1]) == (["d"], (1, 1))
    finish(run, "d")
    assert run.done


def test_branches_that_begin_by_themselves_end_when_their_join_is_left() -> None:
    body = user("a") + user("b") + gateway("parallel", "j") + user("d") + E + path("a", "j", "d", "e") + path("b", "j")
    run = finish(Mover(model(body)), "a")
    run.move("b", "d")
    assert (run.open, run.sizes[-1]) == (["d"], (1, 1))


def test_beside_branches_that_end_on_their_own_no_token_changes_sides() -> None:
    body = S + gateway("parallel", "f") + user("b") + E + user("c") + node("endEvent", "e2")
    run = Mover(model(body + path("s", "f", "b", "e") + path("f", "c", "e2")))
    with pytest.raises(Barred) as refusal:
        run.move("b", "c")
    assert refusal.value.why is Why.BESIDE


def test_no_token_comes_into_a_branch_where_another_is() -> None:
    body = S + gateway("parallel", "f") + user("a") + user("b") + gateway("exclusive", "m") + gateway("parallel", "g")
    body += user("c") + user("d") + gateway("parallel", "j") + E
    body += path("s", "f", "a", "m", "g", "c", "j", "e") + path("f", "b", "m") + path("g", "d", "j")
    run = finish(Mover(model(body)), "a")
    with pytest.raises(Barred) as refusal:
        run.move("b", "c")
    assert refusal.value.why is Why.OPEN_BRANCH


# ------------------------------------------------------------------ straight back


def test_straight_only_the_target_is_done_and_the_place_is_kept() -> None:
    run = block("a", "b", "c")
    run.back("b2", "a", straight=True)
    assert (run.open, excess(run)) == (["a"], [])
    finish(run, "a")
    assert run.open == ["b2"]
    finish(run, "b2")
    assert run.open == ["d"]


def test_visits_nest_and_come_back_one_by_one() -> None:
    run = block("a", "b", "b2", "c")
    run.back("d", "b2", straight=True)
    run.back("b2", "a", straight=True)
    finish(run, "a")
    assert run.open == ["b2"]
    finish(run, "b2")
    assert run.open == ["d"]


def test_a_visitor_counts_where_it_will_go_on() -> None:
    body = S + user("a") + gateway("inclusive", "f") + user("b") + user("c") + gateway("inclusive", "j") + user("d") + E
    body += path("s", "a") + flow("a", "f") + flow("f", "b", "true") + flow("f", "c", "true")
    run = finish(Mover(model(body + path("b", "j", "d", "e") + path("c", "j"))), "a", "b")
    run.back("c", "a", straight=True)
    assert run.open == ["a"]
    finish(run, "a", "c")
    assert run.open == ["d"]


def test_a_step_back_during_a_visit_ends_the_visit() -> None:
    run = block("a", "b")
    run.back("b2", "b", straight=True)
    run.back("b", "a")
    assert run.open == ["a"]
    finish(run, "a")
    assert sorted(run.open) == ["b", "c"]


# ------------------------------------------------------------------ scopes


INNER = node("startEvent", "s2") + user("x") + user("y") + node("endEvent", "e2") + path("s2", "x", "y", "e2")


@pytest.mark.parametrize("kind", ["subProcess", "callActivity"])
def test_a_scope_is_left_as_a_whole_and_begun_as_a_whole(kind: str) -> None:
    if kind == "subProcess":
        body, more, inside = node(kind, "sp", INNER), "", "p"
    else:
        body, more, inside = node(kind, "sp", calledElement="q"), process("q", INNER), "q"
    run = Mover(model(S + user("a") + body + user("d") + E + path("s", "a", "sp", "d", "e"), more=more))
    finish(run, "a", "x")
    run.back("y", "x", process=inside)
    assert run.open == ["x"]
    finish(run, "x")
    assert barred(run, "y", "a", straight=True) is Why.LEAVES
    assert barred(run, "y", "sp") is Why.AROUND
    run.back("y", "a")
    assert (run.open, len(run.closed)) == (["a"], 1)
    finish(run, "a", "x", "y")
    assert barred(run, "d", "x", process=inside) is (Why.INSIDE if kind == "subProcess" else Why.ELSEWHERE)
    run.back("d", "sp")
    assert run.open == ["x"]
    run.move("x", "a")
    finish(run, "a", "x", "y")
    run.back("d", "sp", straight=True)
    finish(run, "x", "y", "d")
    assert (run.done, len(run.closed)) == (True, len(run.scopes) - 1)


@pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])
def test_a_multi_instance_is_left_with_all_its_items(sequential: bool) -> None:
    body = S + user("a") + user("m", several(times="3", sequential=sequential)) + E + path("s", "a", "m", "e")
    run = finish(Mover(model(body)), "a", "m")
    run.back("m", "a")
    assert (run.open, run.sizes[-1]) == (["a"], (1, 1))
    finish(run, "a", "m", "m", "m")
    assert run.done
    assert len(run.closed) == len(run.scopes) - 1


def test_within_an_item_only_that_item_goes_back() -> None:
    body = S + node("subProcess", "sp", several(times="2") + INNER) + E + path("s", "sp", "e")
    run = finish(Mover(model(body)), "x", "x")
    run.back("y", "x", nth=1)
    assert sorted(run.open) == ["x", "y"]
    finish(run, "x", "y", "y")
    assert run.done


def test_a_turn_of_a_loop_is_left_with_the_loop() -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'
    run = Mover(model(S + user("a") + user("l", loop) + E + path("s", "a", "l", "e")))
    finish(run, "a", "l")
    run.back("l", "a")
    assert (run.open, run.sizes[-1]) == (["a"], (1, 1))
    finish(run, "a", "l", "l", "l")
    assert run.done


# ------------------------------------------------------------------ boundary events


def test_deadlines_are_left_with_their_activity_and_wait_anew_on_its_return() -> None:
    body = S + user("a") + boundary("t", "a") + user("b") + boundary("u", "b") + user("h") + E
    run = finish(Mover(model(body + path("s", "a", "b", "e") + path("t", "h", "e") + path("u", "e"))), "a")
    assert sorted(run.open) == ["b", "u"]
    run.back("b", "a", straight=True)
    assert sorted(run.open) == ["a", "t"]
    finish(run, "a")
    assert sorted(run.open) == ["b", "u"]
    run.back("b", "a", straight=True)
    run.finish("t")
    assert run.open == ["h"]  # the way back has lapsed
    finish(run, "h")
    assert run.done


def test_a_visit_out_of_its_branch_has_no_deadline_of_its_own() -> None:
    body = BLOCK + boundary("t", "a") + user("h") + path("t", "h", "e")
    run = finish(Mover(model(body)), "a")
    run.back("b", "a", straight=True)
    assert sorted(run.open) == ["a", "c"]


SIDE = (
    S
    + user("z")
    + user("a")
    + boundary("t", "a", interrupting=False)
    + user("n")
    + user("n2")
    + node("endEvent", "e2")
    + user("b")
    + E
    + path("s", "z", "a", "b", "e")
    + path("t", "n", "n2", "e2")
)


def test_on_the_path_of_a_non_interrupting_event_the_main_way_is_kept_before_it_both_end() -> None:
    run = finish(Mover(model(SIDE)), "z", "t", "n")
    run.back("n2", "n")
    assert sorted(run.open) == ["a", "n"]
    finish(run, "n")
    run.back("n2", "z")
    assert run.open == ["z"]


def test_the_main_way_takes_the_path_beside_it_along_when_it_goes_before_both() -> None:
    run = finish(Mover(model(SIDE)), "z", "t", "a")
    assert sorted(run.open) == ["b", "n"]
    run.back("b", "z")
    assert run.open == ["z"]


def test_a_path_beside_a_way_that_has_ended_does_not_begin_it_again() -> None:
    run = finish(Mover(model(SIDE)), "z", "t", "a", "b")
    assert run.open == ["n"]
    assert barred(run, "n", "z") is Why.MAIN_ENDED


def test_straight_back_is_refused_while_an_events_path_of_the_activity_itself_is_open() -> None:
    run = finish(Mover(model(SIDE)), "z", "t")
    assert barred(run, "a", "z", straight=True) is Why.EVENT_OPEN


def test_the_path_of_a_non_interrupting_event_begins_by_nothing_else() -> None:
    run = finish(Mover(model(SIDE)), "z")
    with pytest.raises(Barred) as refusal:
        run.move("a", "n")
    assert refusal.value.why is Why.SIDE_PATH


# ------------------------------------------------------------------ events


def test_what_waits_behind_an_event_based_gateway_is_one_token() -> None:
    def catch(key: str) -> str:
        timer = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>'
        return node("intermediateCatchEvent", key, timer)

    body = S + user("a") + node("eventBasedGateway", "g") + catch("t1") + catch("t2") + user("b") + E
    body += path("s", "a", "g", "t1", "b", "e") + path("g", "t2", "b")
    run = finish(Mover(model(body)), "a")
    assert sorted(run.open) == ["t1", "t2"]
    run.move("t1", "a")
    assert (run.open, run.sizes[-1]) == (["a"], (1, 1))
    with pytest.raises(Barred) as refusal:
        run.move("a", "t2")
    assert refusal.value.why is Why.EVENT


@pytest.mark.parametrize("interrupting", [True, False])
def test_out_of_an_event_sub_process_only_one_that_interrupted_is_left(interrupting: bool) -> None:
    start = node(
        "startEvent",
        "es",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
        isInterrupting=str(interrupting).lower(),
    )
    inner = start + user("x") + node("endEvent", "e2") + path("es", "x", "e2")
    body = S + user("a") + user("b") + E + node("subProcess", "ev", inner, triggeredByEvent="true")
    run = finish(Mover(model(body + path("s", "a", "b", "e"))), "a", "es")
    if interrupting:
        run.move("x", "b")
        assert sorted(run.open) == ["b", "es"]
        finish(run, "b")
        assert run.done
    else:
        for element, target, why in (("x", "a", Why.BESIDE), ("b", "ev", Why.START)):
            with pytest.raises(Barred) as refusal:
                run.move(element, target)
            assert refusal.value.why is why


def test_around_a_complex_gateway_that_has_fired_early_nothing_is_moved() -> None:
    first = "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition>"
    body = S + user("a") + gateway("parallel", "f") + user("b") + user("c") + node("complexGateway", "j", first)
    body += user("d") + E + path("s", "a", "f", "b", "j", "d", "e") + path("f", "c", "j")
    run = finish(Mover(model(body)), "a", "b")
    assert sorted(run.open) == ["c", "d"]
    for target in ("b", "a"):
        assert barred(run, "d", target) is Why.RESETTING
    with pytest.raises(Barred) as refusal:
        run.withdraw("b")
    assert refusal.value.why is Why.RESETTING
    finish(run, "c")
    run.back("d", "a")
    assert run.open == ["a"]


def test_a_link_leads_back_like_a_flow() -> None:
    throw = node("intermediateThrowEvent", "l1", '<bpmn:linkEventDefinition name="on"/>')
    catch = node("intermediateCatchEvent", "l2", '<bpmn:linkEventDefinition name="on"/>')
    body = S + user("a") + throw + catch + user("b") + E + path("s", "a", "l1") + path("l2", "b", "e")
    run = finish(Mover(model(body)), "a")
    run.back("b", "a")
    assert run.open == ["a"]


# ------------------------------------------------------------------ refused


def test_what_was_not_done_in_this_run_is_refused() -> None:
    run = block("a")
    assert barred(run, "b", "c") is Why.NOT_DONE
    assert barred(run, "b", "b") is Why.ITSELF


def test_what_was_done_behind_is_refused_step_by_step() -> None:
    run = block("a", "b", "b2")
    with pytest.raises(Barred) as refusal:
        run.move("c", "j")
    assert refusal.value.why is Why.JOIN
    assert barred(run, "c", "b2") is Why.NOT_BEFORE


def test_one_open_already_is_not_visited() -> None:
    run = block("a", "b")
    run.back("b2", "a", straight=True)
    assert barred(run, "c", "a", straight=True) is Why.OPEN


# ------------------------------------------------------------------ taking back


def test_what_came_of_a_completion_is_taken_back_as_a_whole() -> None:
    run = block("a")
    run.withdraw("a")
    assert run.open == ["a"]
    finish(run, "a", "c", "b", "b2")
    run.withdraw("b2")
    assert run.open == ["b2"]
    finish(run, "b2")
    assert run.open == ["d"]


def test_what_has_moved_on_is_not_taken_back() -> None:
    run = block("a", "c")
    with pytest.raises(Barred) as refusal:
        run.withdraw("a")
    assert refusal.value.why is Why.MOVED_ON


def test_out_of_a_scope_that_its_completion_closed_nothing_is_taken_back() -> None:
    run = Mover(model(S + node("subProcess", "sp", INNER) + user("d") + E + path("s", "sp", "d", "e")))
    finish(run, "x", "y")
    with pytest.raises(Barred) as refusal:
        run.withdraw("y")
    assert refusal.value.why is Why.MOVED_ON
