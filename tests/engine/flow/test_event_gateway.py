"""The event-based gateway: the first event that comes cancels the others; as a start, it begins the process."""

import pytest

from engine.value import Context, number
from tests.engine.flow.drawing import E, S, flow, gateway, model, node, path, script, user
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import HOUR, MESSAGE, ROOT, SIGNAL, attached, catch, condition, throw

GIVEN = Context({"n": number(1)})
GATEWAY = node("eventBasedGateway", "g")
RACE = GATEWAY + catch("m", MESSAGE) + catch("t", HOUR) + catch("c", SIGNAL) + catch("d", condition("k > 3"))
RACE += user("um") + user("ut") + user("uc") + user("ud")
RACE += path("g", "m", "um") + path("g", "t", "ut") + path("g", "c", "uc") + path("g", "d", "ud")


def begun(body: str, k: int = 1, **more: object) -> Recorder:
    return Recorder(model(body, more=ROOT), k=number(k), **more)  # type: ignore[arg-type]  # the start and its payload


@pytest.mark.parametrize(("event", "after"), [("m", "um"), ("t", "ut"), ("c", "uc")])
def test_the_first_event_that_comes_cancels_the_others(event: str, after: str) -> None:
    run = begun(S + RACE + path("s", "g"))
    assert run.open == ["m", "t", "c", "d"]
    assert excess(run) == []
    run.log.clear()
    run.finish(event) if event == "t" else run.receive(event, GIVEN)
    assert run.open == [after]
    others = [f"cancel {key}" for key in ("d", "c", "t", "m") if key != event]
    assert run.log == [*others, f"leave {event}", f"enter {after}"]


def test_a_condition_that_becomes_true_decides_the_way_and_one_that_holds_already_does_so_at_once() -> None:
    body = S + gateway("parallel", "f") + user("u") + script("a", "{k: 9}") + E + RACE
    run = begun(body + path("s", "f", "u", "a", "e") + path("f", "g"))
    run.finish("u")
    assert run.open == ["ud"]
    run = begun(S + RACE + path("s", "g"), k=4)
    assert run.open == ["ud"]


def test_a_signal_thrown_in_the_instance_decides_the_way() -> None:
    body = S + gateway("parallel", "f") + user("u") + throw("x", SIGNAL) + E + RACE
    run = begun(body + path("s", "f", "g") + path("f", "u", "x", "e"))
    run.finish("u")
    assert run.open == ["uc"]


def test_receive_tasks_may_stand_behind_the_gateway() -> None:
    body = S + GATEWAY + node("receiveTask", "r", messageRef="ms") + catch("t", HOUR) + user("n") + user("o")
    run = begun(body + path("s", "g", "r", "n") + path("g", "t", "o"))
    run.receive("r", GIVEN)
    assert (run.open, run.values["r"]) == (["n"], GIVEN)


def test_an_event_that_cannot_be_waited_for_is_an_incident_until_another_comes() -> None:
    broken = HOUR.replace('"PT1H"', "k")
    body = S + GATEWAY + catch("m", MESSAGE) + catch("t", broken) + user("um") + user("ut")
    run = begun(body + path("s", "g", "m", "um") + path("g", "t", "ut"))
    assert ([run.places[key].id for key in run.failed], run.open) == (["t"], ["m"])
    run.receive("m", GIVEN)
    assert (run.failed, run.open) == ({}, ["um"])


def test_a_loop_comes_back_to_the_gateway() -> None:
    body = S + gateway("exclusive", "x") + GATEWAY + catch("m", MESSAGE) + catch("t", HOUR) + E
    run = begun(body + path("s", "x", "g", "t", "e") + flow("g", "m") + path("m", "x"))
    for _ in range(3):
        run.receive("m", GIVEN)
        assert run.open == ["t", "m"]
    run.finish("t")
    assert run.done


def test_what_waits_behind_the_gateway_goes_with_the_activity_around_it() -> None:
    inner = node("startEvent", "s2") + RACE + path("s2", "g")
    body = S + node("subProcess", "sp", inner) + attached("b", "sp", HOUR) + user("h")
    run = begun(body + path("s", "sp") + path("b", "h"))
    run.finish("b")
    assert run.open == ["h"]


def test_an_instantiating_gateway_begins_the_process_with_the_event_that_came() -> None:
    race = RACE.replace('id="g"', 'id="g" instantiate="true"')
    run = begun(race, begun="c", payload=GIVEN)
    assert (run.open, run.values["c"]) == (["uc"], GIVEN)
    assert run.log == ["enter g", "leave g", "enter c", "leave c", "enter uc"]
