"""Gateways, and flows that split without one: which way a token goes on, and what a join waits for."""

import pytest

from engine.value import number
from tests.engine.flow.drawing import (
    E,
    S,
    boundary,
    flow,
    gateway,
    model,
    node,
    path,
    user,
)
from tests.engine.flow.recorder import Recorder

CHOICE = (
    S
    + gateway("exclusive", "g", default="g_c")
    + user("a")
    + user("b")
    + user("c")
    + path("s", "g")
    + flow("g", "a", "k > 5")
    + flow("g", "b", "k > 3")
    + flow("g", "c")
)


@pytest.mark.parametrize(("k", "open_now"), [(9, "a"), (4, "b"), (1, "c")])
def test_an_exclusive_gateway_takes_the_first_condition_that_holds_or_the_default(k: int, open_now: str) -> None:
    assert Recorder(model(CHOICE), k=number(k)).open == [open_now]


def test_a_gateway_without_a_way_fails_keeps_its_token_and_can_be_decided() -> None:
    body = (
        S
        + gateway("exclusive", "g")
        + user("a")
        + user("b")
        + path("s", "g")
        + flow("g", "a", "k > 5")
        + flow("g", "b", "k > 3")
    )
    run = Recorder(model(body), k=number(1))
    assert (run.open, [t.en[:38] for t in run.failed.values()]) == ([], ["expected one condition after g to hold"])
    run.values["k"] = number(9)
    run.retry("g")
    assert run.open == ["a"]
    again = Recorder(model(body), k=number(1))
    again.retry("g", ("g_b",))
    assert again.open == ["b"]


BLOCK = S + gateway("parallel", "f") + user("a") + user("b") + gateway("parallel", "j") + E


def test_a_parallel_join_waits_for_every_branch_and_fires_once() -> None:
    run = Recorder(model(BLOCK + path("s", "f", "a", "j", "e") + path("f", "b", "j")))
    run.finish("a")
    assert (run.done, run.log.count("enter j")) == (False, 0)
    run.finish("b")
    assert (run.done, run.log.count("enter j"), run.log.count("enter e")) == (True, 1, 1)


def test_a_second_token_on_one_flow_waits_for_the_next_round_of_the_join() -> None:
    body = (
        S
        + gateway("parallel", "f")
        + user("a")
        + user("b")
        + user("c")
        + gateway("exclusive", "m")
        + gateway("parallel", "j")
        + E
    )
    body += path("s", "f", "a", "m", "j", "e") + path("f", "b", "m") + path("f", "c", "j")
    run = Recorder(model(body))
    run.finish("a")
    run.finish("b")
    run.finish("c")
    assert (run.log.count("leave j"), run.done) == (1, False)
    assert [run.places[key].id for key in run.failed] == ["j"]  # no next round can come: that is told


@pytest.mark.parametrize(("k", "branches"), [(0, ["c"]), (1, ["a"]), (3, ["a", "b"])])
def test_an_inclusive_gateway_takes_every_condition_that_holds_and_joins_what_came(k: int, branches: list[str]) -> None:
    body = (
        S + gateway("inclusive", "f", default="f_c") + user("a") + user("b") + user("c") + gateway("inclusive", "j") + E
    )
    body += path("s", "f") + flow("f", "a", "k > 0") + flow("f", "b", "k > 2") + flow("f", "c")
    body += path("a", "j") + path("b", "j") + path("c", "j") + path("j", "e")
    run = Recorder(model(body), k=number(k))
    assert run.open == branches
    for branch in branches:
        assert not run.done
        run.finish(branch)
    assert (run.done, run.log.count("enter j")) == (True, 1)


def test_an_inclusive_join_waits_for_a_token_that_may_still_come_by_a_boundary_event() -> None:
    body = (
        S
        + gateway("inclusive", "f")
        + user("a")
        + user("b")
        + user("h")
        + boundary("t", "b")
        + gateway("inclusive", "j")
        + node("endEvent", "x")
        + E
    )
    body += (
        path("s", "f")
        + flow("f", "a", "true")
        + flow("f", "b", "true")
        + path("a", "j", "e")
        + path("b", "x")
        + path("t", "h", "j")
    )
    run = Recorder(model(body))
    run.finish("a")
    assert "enter j" not in run.log
    run.finish("t")
    assert "enter j" not in run.log
    run.finish("h")
    assert run.log.count("enter j") == 1
    assert run.done


def test_several_outgoing_flows_split_and_conditions_on_them_choose() -> None:
    body = (
        S
        + user("u")
        + user("a")
        + user("b")
        + user("c")
        + path("s", "u")
        + flow("u", "a")
        + flow("u", "b", "k > 1")
        + flow("u", "c", "k > 5")
    )
    run = Recorder(model(body), k=number(3))
    run.finish("u")
    assert run.open == ["a", "b"]


def test_a_token_without_a_way_on_ends() -> None:
    run = Recorder(model(S + user("u") + path("s", "u")))
    run.finish("u")
    assert run.done
