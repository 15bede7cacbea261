"""Conditional events: asked when they begin to wait and whenever a variable changed; they trigger on becoming true."""

import pytest

from engine.value import number
from tests.engine.flow.drawing import E, S, gateway, model, node, path, script, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import attached, catch, condition, handler

OVER = condition("k > 3")


def begun(body: str, k: int = 1) -> Recorder:
    return Recorder(model(body), k=number(k))


BESIDE = S + gateway("parallel", "f") + catch("c", OVER) + user("x") + user("u") + script("a", "{k: u}") + E
BESIDE += path("s", "f", "c", "x") + path("f", "u", "a", "e")


def test_a_conditional_catch_event_goes_on_at_once_when_its_condition_holds() -> None:
    assert begun(S + catch("c", OVER) + E + path("s", "c", "e"), k=4).done
    assert begun(S + catch("c", OVER) + E + path("s", "c", "e"), k=3).open == ["c"]


@pytest.mark.parametrize(("value", "after"), [(4, ["x"]), (2, ["c"])])
def test_a_conditional_catch_event_goes_on_when_a_variable_changes_so_that_it_holds(
    value: int, after: list[str]
) -> None:
    run = begun(BESIDE)
    run.finish("u", number(value))
    assert run.open == after


def test_a_condition_that_held_for_a_moment_within_a_step_was_seen() -> None:
    body = S + gateway("parallel", "f") + catch("c", OVER) + user("x") + user("u") + script("a", "{k: 9}")
    body += script("b", "{k: 0}") + E + path("s", "f", "c", "x") + path("f", "u", "a", "b", "e")
    run = begun(body)
    run.finish("u")
    assert (run.open, run.values["k"]) == (["x"], number(0))


def test_an_interrupting_condition_on_a_boundary_ends_the_activity_when_it_becomes_true() -> None:
    inner = node("startEvent", "s2") + user("v") + script("a", "{k: v}") + user("w") + path("s2", "v", "a", "w")
    body = S + node("subProcess", "sp", inner) + attached("b", "sp", OVER) + user("h") + user("n")
    run = begun(body + path("s", "sp", "n") + path("b", "h"))
    run.finish("v", number(5))
    assert (run.open, "enter w" in run.log, "meet b" in run.log) == (["h"], False, True)


def test_a_condition_that_holds_already_ends_the_activity_before_its_work_begins() -> None:
    body = S + user("u") + attached("b", "u", OVER) + user("h") + path("s", "u") + path("b", "h")
    run = begun(body, k=4)
    assert run.open == ["h"]
    assert run.log == [
        *("enter s", "leave s", "enter u", "enter b", "meet b", "cancel u", "leave b", "enter h"),
    ]


def test_the_person_who_makes_a_condition_on_the_boundary_true_by_completing_the_task_has_completed_it() -> None:
    body = S + user("u") + attached("b", "u", condition('u = "yes"')) + user("h") + user("n")
    run = begun(body + path("s", "u", "n") + path("b", "h"))
    run.finish("u", "yes")
    assert run.open == ["n"]


def test_a_condition_triggers_again_only_after_it_was_false() -> None:
    body = S + user("u") + attached("b", "u", OVER, interrupting=False) + user("h") + gateway("parallel", "f")
    body += gateway("exclusive", "m") + user("w") + script("a", "{k: w}") + E
    body += path("s", "f", "u", "e") + path("f", "m", "w", "a", "m") + path("b", "h")
    run = begun(body)
    fired = []
    for value in (2, 4, 5, 1, 7):
        run.finish("w", number(value))
        fired.append(run.open.count("h"))
    assert fired == [0, 1, 1, 1, 2]


def test_an_event_sub_process_begins_when_its_condition_becomes_true() -> None:
    for interrupting, after in ((True, ["hu"]), (False, ["h_s", "hu", "w"])):
        catches = handler("h", OVER, user("hu") + path("hu", "h_e"), interrupting=interrupting, then="hu")
        run = begun(S + user("u") + script("a", "{k: u}") + user("w") + E + catches + path("s", "u", "a", "w", "e"))
        run.finish("u", number(4))
        assert sorted(run.open) == after
        for element in after[-2:]:
            run.finish(element)
        assert run.done


def test_an_event_sub_process_whose_condition_holds_at_the_start_takes_the_place_of_its_level() -> None:
    catches = handler("h", OVER, user("hu") + path("hu", "h_e"), then="hu")
    run = begun(S + user("u") + E + catches + path("s", "u", "e"), k=4)
    assert (run.open, "enter s" in run.log) == (["hu"], False)
    run.finish("hu")
    assert run.done


def test_a_condition_that_is_neither_true_nor_false_is_an_incident_and_asked_again_on_retry() -> None:
    run = begun(S + user("u") + attached("b", "u", condition("k + 1")) + user("h") + path("s", "u") + path("b", "h"))
    assert [text.en for text in run.failed.values()] == [
        "expected true or false from the condition of b, but found a number"
    ]
    assert run.open == ["u"]
    run.retry("b")
    assert [text.en[:40] for text in run.failed.values()] == ["expected true or false from the conditio"]
    run.retry("b", done=True)
    assert run.open == ["h"]


def test_asking_conditions_counts_as_work_of_the_step() -> None:
    waits = "".join(catch(f"c{n}", OVER) + path("f", f"c{n}") for n in range(20))
    spent = []
    for entered in (None, number(2)):
        run = begun(S + gateway("parallel", "f") + waits + user("u") + user("v") + path("s", "f", "u", "v"))
        before = run.spent
        run.finish("u", entered)
        spent.append(run.spent - before)
    assert spent[1] == spent[0] + 20


def test_what_a_condition_ends_at_its_beginning_waits_for_nothing_else() -> None:
    body = S + user("u") + attached("b", "u", OVER) + attached("c", "u", condition("false")) + user("h")
    run = begun(body + path("s", "u") + path("b", "h") + path("c", "h"), k=4)
    assert (run.open, "enter c" in run.log) == (["h"], False)
    inner = node("startEvent", "s2") + user("v") + path("s2", "v")
    inner += handler("g", OVER, user("gu") + path("gu", "g_e"), then="gu") + handler("i", condition("true"), "")
    run = begun(S + node("subProcess", "sp", inner) + E + path("s", "sp", "e"), k=4)
    assert (run.open, "enter s2" in run.log, "enter i_s" in run.log) == (["gu"], False, False)
    run.finish("gu")
    assert run.done
