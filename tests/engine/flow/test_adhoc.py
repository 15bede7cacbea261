"""The ad-hoc sub-process: people start what is in it, as often as they see fit, until its condition holds. BPMN 2.0.2 §13.3.5."""

import pytest

from engine.errors import Refused
from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, escape, model, node, path, script, several, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.remedies import booked, throw
from tests.engine.flow.test_compensation import clear, scopes_left

PARTS = user("a") + user("b") + script("c", "{n: n + 1}")


def ad_hoc(inner: str = PARTS, until: str = 'a = "enough"', **attributes: str) -> str:
    """An ad-hoc sub-process ah between start and a task n."""
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>"
    return S + node("adHocSubProcess", "ah", inner + condition, **attributes) + user("n") + path("s", "ah", "n")


def test_what_is_inside_is_enabled_and_not_started() -> None:
    run = Recorder(model(ad_hoc()))
    assert (run.open, run.done, run.log[2:]) == ([], False, ["enter ah", "open sub-process", "enable a b c"])
    assert clear(run)


def test_each_activity_is_started_any_number_of_times_and_beside_the_others() -> None:
    run = Recorder(model(ad_hoc()), n=number(0))
    for element in ("a", "b", "a", "c", "c"):
        run.begin(element)
        assert clear(run)
    assert (run.open, run.values["n"]) == (["a", "b", "a"], number(2))
    run.finish("a", "more")
    run.begin("a")
    assert run.open == ["b", "a", "a"]


def test_when_the_condition_holds_what_is_left_is_cancelled_and_it_goes_on() -> None:
    run = Recorder(model(ad_hoc()))
    run.begin("a")
    run.begin("b")
    run.finish("a", "enough")
    assert (run.open, "cancel b" in run.log, scopes_left(run)) == (["n"], True, 0)
    run.finish("n")
    assert run.done


def test_or_what_is_left_is_waited_for_and_nothing_more_is_started() -> None:
    run = Recorder(model(ad_hoc(cancelRemainingInstances="false")))
    run.begin("a")
    run.begin("b")
    run.finish("a", "enough")
    assert (run.open, run.log[-1]) == (["b"], "enable ")
    run.enabled = {key: ("a", "b") for key in run.enabled}
    with pytest.raises(Refused, match="completion condition"):
        run.begin("a")
    run.finish("b")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_the_condition_is_asked_when_an_activity_is_done_and_not_before() -> None:
    run = Recorder(model(ad_hoc(until="k")), k=False)
    run.begin("a")
    run.values["k"] = True
    run.begin("b")
    assert run.open == ["a", "b"]
    run.finish("b")
    assert run.open == ["n"]


def test_nothing_under_way_is_no_end_while_the_condition_does_not_hold() -> None:
    run = Recorder(model(ad_hoc()))
    run.begin("a")
    run.finish("a", "more")
    assert (run.open, run.done, clear(run)) == ([], False, True)
    run.begin("a")
    run.finish("a", "enough")
    assert run.open == ["n"]


def test_in_sequential_order_one_is_started_after_the_other() -> None:
    run = Recorder(model(ad_hoc(ordering="Sequential")))
    run.begin("a")
    with pytest.raises(Refused, match="one activity at a time"):
        run.begin("b")
    run.finish("a", "more")
    run.begin("b")
    assert run.open == ["b"]


def test_a_flow_inside_leads_on_and_only_its_beginning_can_be_started() -> None:
    run = Recorder(model(ad_hoc(PARTS + user("d") + path("a", "d"), until="d = 1")), d=None)
    assert run.log[-1] == "enable a b c"
    run.begin("a")
    run.finish("a")
    assert run.open == ["d"]
    run.finish("d", number(1))
    assert run.open == ["n"]


def test_what_is_not_inside_or_not_to_be_started_is_refused() -> None:
    run = Recorder(model(ad_hoc()))
    run.enabled = {key: ("n",) for key in run.enabled}
    with pytest.raises(Refused, match="no activity to be started that is named n"):
        run.begin("n")
    other = Recorder(model(S + user("u") + E + path("s", "u", "e")))
    other.enabled = {next(iter(other.waiting)): ("u",)}
    with pytest.raises(Refused, match="expected an ad-hoc sub-process"):
        other.begin("u")


def test_sub_processes_multi_instances_and_loops_inside_count_as_one_activity() -> None:
    sub = node("subProcess", "sp", node("startEvent", "s2") + user("x") + user("y") + path("s2", "x", "y"))
    run = Recorder(model(ad_hoc(sub + user("m", several(times="2")), until="k")), k=False)
    run.begin("sp")
    run.begin("m")
    run.values["k"] = True
    run.finish("x")
    assert run.open == ["m", "m", "y"]
    run.finish("m")
    assert run.open == ["m", "y"]
    run.finish("m")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_condition_that_fails_is_an_incident_and_is_asked_again() -> None:
    run = Recorder(model(ad_hoc(until="k")), k=number(3))
    run.begin("a")
    run.begin("b")
    run.finish("a")
    assert ([run.places[key].id for key in run.failed], run.open) == (["ah"], ["b"])
    run.values["k"] = True
    run.retry("ah")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_a_condition_that_is_false_on_retry_leaves_it_open() -> None:
    run = Recorder(model(ad_hoc(until="k")), k=number(3))
    run.begin("a")
    run.finish("a")
    run.values["k"] = False
    run.retry("ah")
    assert (run.failed, run.open) == ({}, [])
    run.begin("b")
    run.values["k"] = True
    run.finish("b")
    assert run.open == ["n"]


def test_a_person_may_decide_that_it_is_over() -> None:
    run = Recorder(model(ad_hoc(until="k")), k=number(3))
    run.begin("a")
    run.begin("b")
    run.finish("a")
    run.retry("ah", done=True)
    assert (run.open, scopes_left(run), "cancel b" in run.log) == (["n"], 0, True)


def test_an_interrupting_boundary_event_cancels_it_with_what_is_under_way() -> None:
    body = ad_hoc() + boundary("t", "ah") + user("h") + path("t", "h")
    run = Recorder(model(body))
    run.begin("a")
    run.finish("t")
    assert (run.open, scopes_left(run), "cancel a" in run.log) == (["h"], 0, True)


def test_several_of_it_run_beside_each_other() -> None:
    body = ad_hoc(several(times="2") + PARTS)
    run = Recorder(model(body))
    run.begin("a", nth=1)
    run.begin("b", nth=0)
    run.finish("a", "enough")
    assert run.open == ["b"]
    run.begin("a", nth=0)
    run.finish("a", "enough")
    assert (run.open, scopes_left(run)) == (["n"], 0)


def test_what_was_done_in_it_can_be_undone() -> None:
    body = S + node(
        "adHocSubProcess", "ah", booked("a", "b") + "<bpmn:completionCondition>k</bpmn:completionCondition>"
    )
    run = Recorder(model(body + throw("t") + E + path("s", "ah", "t", "e")), k=False)
    run.begin("a")
    run.finish("a")
    run.begin("b")
    run.values["k"] = True
    run.finish("b")
    for key in ("b_undo", "a_undo"):
        assert (run.open, clear(run)) == ([key], True)
        run.finish(key)
    assert (run.done, scopes_left(run)) == (True, 0)
