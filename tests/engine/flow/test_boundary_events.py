"""Events on the boundary of an activity: which cancel it, which go on beside it, and when they are armed."""

from engine.value import number
from tests.engine.flow.drawing import (
    E,
    S,
    boundary,
    model,
    path,
    user,
)
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.test_levels import SUB


def test_an_interrupting_boundary_event_cancels_its_activity() -> None:
    run = Recorder(
        model(S + user("u") + boundary("t", "u") + user("h") + E + path("s", "u", "e") + path("t", "h", "e"))
    )
    assert run.open == ["t", "u"]
    run.finish("t")
    assert run.open == ["h"]
    assert "cancel u" in run.log
    run.finish("h")
    assert run.done


def test_a_finished_activity_disarms_its_boundary_events() -> None:
    run = Recorder(
        model(S + user("u") + boundary("t", "u") + user("h") + E + path("s", "u", "e") + path("t", "h", "e"))
    )
    run.finish("u")
    assert (run.done, "cancel t" in run.log) == (True, True)


def test_a_non_interrupting_boundary_event_goes_on_beside_its_activity_once() -> None:
    run = Recorder(
        model(
            S
            + user("u")
            + boundary("t", "u", interrupting=False)
            + user("h")
            + E
            + path("s", "u", "e")
            + path("t", "h")
        )
    )
    run.finish("t")
    assert run.open == ["u", "h"]
    run.finish("u")
    run.finish("h")
    assert run.done


def test_a_cycle_on_a_boundary_waits_again_after_each_firing() -> None:
    run = Recorder(
        model(
            S
            + user("u")
            + boundary("t", "u", interrupting=False, cycle=True)
            + user("h")
            + E
            + path("s", "u", "e")
            + path("t", "h")
        )
    )
    for _ in range(3):
        run.finish("t")
    assert sorted(run.open) == ["h", "h", "h", "t", "u"]


def test_a_boundary_event_on_a_sub_process_cancels_what_is_inside_first() -> None:
    run = Recorder(
        model(S + SUB + boundary("t", "sp") + user("h") + E + path("s", "sp", "e") + path("t", "h")), k=number(1)
    )
    run.finish("t")
    assert run.log[-5:] == ["cancel u", "close sub-process", "cancel sp", "leave t", "enter h"]
    assert run.open == ["h"]
