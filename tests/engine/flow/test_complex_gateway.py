"""The complex gateway: activated by its condition, reset when what is left has come or can come no more. BPMN 2.0.2 §13.4.5."""

import pytest

from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, escape, flow, gateway, model, node, path, user
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder


def join(condition: str, key: str = "j", **attributes: str) -> str:
    """A complex gateway with its activation condition."""
    inner = f"<bpmn:activationCondition>{escape(condition)}</bpmn:activationCondition>"
    return node("complexGateway", key, inner, **attributes)


def three(condition: str, after: str = "") -> str:
    """Three branches that the complex gateway j joins, a user task n behind it."""
    body = S + gateway("parallel", "f") + "".join(user(key) for key in "abc") + join(condition) + E
    body += path("s", "f", "a", "j") + path("f", "b", "j") + path("f", "c", "j")
    return body + (after or user("n") + path("j", "n", "e"))


def test_it_goes_on_when_the_condition_on_the_count_of_tokens_holds_and_the_rest_is_consumed_at_the_reset() -> None:
    run = Recorder(model(three("activationCount >= 2")))
    run.finish("b")
    assert (run.open, "enter j" in run.log) == (["a", "c"], False)
    run.finish("c")
    assert run.open == ["a", "n"]
    run.finish("n")
    assert (run.done, run.log.count("enter e")) == (False, 1)
    run.finish("a")
    assert (run.done, run.log.count("enter j"), run.log.count("enter n")) == (True, 2, 1)


@pytest.mark.parametrize(("first", "second"), [("a", "c"), ("c", "a")])
def test_the_condition_may_ask_for_the_tokens_of_each_flow(first: str, second: str) -> None:
    run = Recorder(model(three("activationCounts.a_j = 1 and activationCounts.c_j = 1")))
    run.finish(first)
    run.finish("b")
    assert run.open == [second]
    run.finish(second)
    assert run.open == ["n"]
    run.finish("n")
    assert (run.done, excess(run)) == (True, [])


def test_a_condition_sees_the_variables_at_the_time_of_each_arrival() -> None:
    run = Recorder(model(three("activationCount >= k")), k=number(1))
    run.values["k"] = number(3)
    run.finish("a")
    run.values["k"] = number(2)
    assert run.open == ["b", "c"]
    run.finish("b")
    assert run.open == ["c", "n"]


def test_the_conditions_behind_it_are_asked_again_at_the_reset() -> None:
    after = user("n") + user("late") + flow("j", "n", "waitingForStart") + flow("j", "late", "not(waitingForStart)")
    run = Recorder(model(three("activationCount >= 1", after)))
    run.finish("a")
    run.finish("b")
    assert run.open == ["c", "n"]
    run.finish("c")
    assert run.open == ["n", "late"]


def test_the_default_flow_is_taken_at_the_start_only() -> None:
    after = user("n") + user("late") + flow("j", "n") + flow("j", "late", "not(waitingForStart) and k")
    body = three("activationCount >= 2", after).replace('id="j"', 'id="j" default="j_n"')
    run = Recorder(model(body), k=False)
    for key in "abc":
        run.finish(key)
    assert (run.open, run.log.count("enter j")) == (["n"], 2)


def test_no_way_at_the_start_is_an_incident() -> None:
    after = (
        user("n") + user("o") + flow("j", "n", "waitingForStart and k") + flow("j", "o", "waitingForStart and not(k)")
    )
    run = Recorder(model(three("activationCount >= 2", after)), k=None)
    run.finish("a")
    run.finish("b")
    assert [run.places[key].id for key in run.failed] == ["j"]
    run.values["k"] = True
    run.retry("j")
    assert run.open == ["c", "n"]


def test_the_reset_does_not_wait_for_a_flow_that_no_token_can_reach_any_more() -> None:
    body = three("activationCount >= 1").replace('sourceRef="c" targetRef="j"', 'sourceRef="h" targetRef="j"')
    body += user("h") + gateway("exclusive", "x", default="x_e") + path("c", "x") + flow("x", "h", "k") + path("x", "e")
    run = Recorder(model(body), k=False)
    run.finish("a")
    run.finish("b")
    assert "consumed" in run.window.decode()
    run.finish("c")
    assert ("consumed" in run.window.decode(), run.open, run.log.count("enter j")) == (False, ["n"], 2)


def test_in_a_loop_each_round_begins_anew() -> None:
    body = (
        S + gateway("exclusive", "m") + gateway("parallel", "f") + user("a") + user("b") + join("activationCount >= 1")
    )
    body += user("n", default="n_e") + E + path("s", "m", "f", "a", "j", "n") + path("f", "b", "j")
    body += flow("n", "m", 'n = "again"') + flow("n", "e")
    run = Recorder(model(body))
    for _ in range(3):
        run.finish("a")
        assert run.open == ["b", "n"]
        run.finish("b")
        run.finish("n", "again")
        assert (sorted(run.open), excess(run)) == (["a", "b"], [])
    run.finish("b")
    run.finish("n", "enough")
    assert not run.done
    run.finish("a")
    assert (run.done, run.log.count("enter n")) == (True, 4)


def test_a_token_of_the_next_round_waits_until_the_gateway_is_reset() -> None:
    body = (
        S + gateway("exclusive", "m") + gateway("parallel", "f") + user("a") + user("b") + join("activationCount >= 1")
    )
    body += user("n", default="n_e") + E + path("s", "m", "f", "a", "j", "n") + path("f", "b", "j")
    body += flow("n", "m", 'n = "again"') + flow("n", "e")
    run = Recorder(model(body))
    run.finish("a")
    run.finish("n", "again")
    run.finish("a")
    assert (run.open, run.log.count("enter n")) == (["b", "b"], 1)
    run.finish("b")
    assert (run.open, run.log.count("enter n")) == (["b", "n"], 2)


def test_diverging_it_takes_every_flow_whose_condition_holds_or_the_default() -> None:
    body = S + node("complexGateway", "g", default="g_c") + user("a") + user("b") + user("c")
    body += path("s", "g") + flow("g", "a", "k > 0") + flow("g", "b", "k > 2") + flow("g", "c")
    assert Recorder(model(body), k=number(3)).open == ["a", "b"]
    assert Recorder(model(body), k=number(0)).open == ["c"]


def test_an_activation_condition_that_fails_is_an_incident_and_is_asked_again_on_retry_or_decided() -> None:
    run = Recorder(model(three("k")), k=number(1))
    run.finish("a")
    assert ([run.places[key].id for key in run.failed], run.open) == (["j"], ["b", "c"])
    run.values["k"] = None
    run.retry("j")
    assert (run.failed, run.open) == ({}, ["b", "c"])
    run = Recorder(model(three("activationCount + 1")))
    run.finish("a")
    run.retry("j", done=True)
    assert (run.failed, run.open, run.log.count("enter j")) == ({}, ["b", "c", "n"], 1)


def test_two_arrivals_whose_condition_failed_go_on_as_one_and_leave_nothing_open() -> None:
    run = Recorder(model(three("k")), k="yes")
    run.finish("a")
    run.finish("b")
    first, second = run.failed
    run.values["k"] = True
    run.retry_activity(first)
    assert (run.open, run.failed, second in run.left) == (["c", "n"], {}, True)
    run.finish("n")
    run.finish("c")
    assert run.done


def test_waiting_for_its_reset_it_is_cancelled_with_its_scope() -> None:
    inner = three("activationCount >= 1").replace('id="s"', 'id="s2"').replace('sourceRef="s"', 'sourceRef="s2"')
    inner = inner.replace('id="e"', 'id="e2"').replace('targetRef="e"', 'targetRef="e2"')
    body = (
        S
        + node("subProcess", "sp", inner)
        + boundary("t", "sp")
        + user("h")
        + E
        + path("s", "sp", "e")
        + path("t", "h")
    )
    run = Recorder(model(body))
    run.finish("a")
    run.finish("t")
    assert run.open == ["h"]
    run.finish("h")
    assert run.done


def test_a_scope_is_over_when_all_that_is_left_in_it_is_a_gateway_that_can_be_reset() -> None:
    inner = node("startEvent", "s2") + gateway("parallel", "f") + user("a") + user("b") + join("activationCount >= 1")
    inner += gateway("exclusive", "x", default="x_z") + node("endEvent", "e2") + node("endEvent", "z")
    inner += path("s2", "f", "a", "j", "e2") + path("f", "b", "x", "z") + flow("x", "j", "k")
    run = Recorder(model(S + node("subProcess", "sp", inner) + user("n") + path("s", "sp", "n")), k=False)
    run.finish("a")
    assert run.open == ["b"]
    run.finish("b")
    assert (run.open, run.log.count("leave sp")) == (["n"], 1)
