"""What failed stays where it is; it is retried or decided in every place where an expression can fail, and cancelled with what holds it."""

import pytest

from engine.errors import Reason, Refused
from engine.value import number
from tests.engine.flow.drawing import E, S, boundary, flow, gateway, model, node, path, process, script, several, user
from tests.engine.flow.recorder import Recorder

BAD = "1 +"
"""Not an expression: it fails until a person decides."""


def timer(key: str, expression: str) -> str:
    return node(
        "intermediateCatchEvent",
        key,
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>{expression}</bpmn:timeDuration></bpmn:timerEventDefinition>",
    )


def failing(run: Recorder) -> list[str]:
    return [run.places[key].id for key in run.failed]


def test_a_condition_that_fails_after_the_work_leaves_the_work_done_and_its_boundary_events_disarmed() -> None:
    body = S + user("u") + boundary("t", "u") + user("h") + E + path("t", "h") + path("s", "u") + flow("u", "e", "k")
    run = Recorder(model(body), k=number(1))
    run.finish("u")
    assert (failing(run), run.open, run.log[-2:]) == (["u"], [], ["cancel t", "fail u"])
    run.values["k"] = True
    run.retry("u")
    assert (run.done, run.log.count("enter u")) == (True, 1)


def test_an_activity_whose_flows_are_all_conditional_fails_when_none_holds() -> None:
    body = S + user("u") + user("a") + user("b") + path("s", "u") + flow("u", "a", "k > 1") + flow("u", "b", "k > 2")
    run = Recorder(model(body), k=number(0))
    run.finish("u")
    assert failing(run) == ["u"]
    run.retry("u", ("u_a", "u_b"))
    assert run.open == ["a", "b"]


def test_a_decision_at_an_exclusive_gateway_names_exactly_one_flow() -> None:
    body = S + gateway("exclusive", "g") + user("a") + user("b") + path("s", "g")
    run = Recorder(model(body + flow("g", "a", "k > 5") + flow("g", "b", "k > 3")), k=number(1))
    window = run.window
    with pytest.raises(Refused, match="one flow out of the exclusive gateway g") as refused:
        run.retry("g", ("g_a", "g_b"))
    assert (refused.value.reason, run.window) == (Reason.INVALID_DATA, window)


def test_an_interrupting_boundary_event_takes_the_incident_of_its_activity_with_it() -> None:
    body = S + script("z", BAD) + boundary("t", "z") + user("h") + E + path("s", "z", "e") + path("t", "h")
    run = Recorder(model(body))
    assert failing(run) == ["z"]
    run.finish("t")
    assert (run.failed, run.open, "cancel z" in run.log) == ({}, ["h"], True)


def test_a_boundary_event_that_cannot_wait_is_an_incident_of_its_own_and_the_activity_goes_on() -> None:
    body = S + user("u") + boundary("t", "u", after="k") + user("h") + E + path("s", "u", "e") + path("t", "h")
    run = Recorder(model(body), k="PT1H")
    assert run.open == ["t", "u"]
    run = Recorder(model(body), k=number(1))
    assert (failing(run), run.open) == (["t"], ["u"])
    run.values["k"] = "PT1H"
    run.retry("t")
    assert (run.open, "failed" in run.window.decode()) == (["u", "t"], False)
    run = Recorder(model(body), k=number(1))
    run.finish("u")
    assert (run.done, run.failed) == (True, {})


def test_a_boundary_event_that_failed_may_be_decided_and_then_fires() -> None:
    body = S + user("u") + boundary("t", "u", after="k") + user("h") + E + path("s", "u", "e") + path("t", "h")
    run = Recorder(model(body), k=number(1))
    run.retry("t", done=True)
    assert (run.open, "cancel u" in run.log) == (["h"], True)


def test_a_catch_event_that_cannot_wait_is_retried() -> None:
    run = Recorder(model(S + timer("t", "k") + E + path("s", "t", "e")), k=number(1))
    assert failing(run) == ["t"]
    run.values["k"] = "PT1H"
    run.retry("t")
    assert run.open == ["t"]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_failing_completion_condition_is_asked_again_on_retry(sequential: bool) -> None:
    body = S + user("u", several(sequential=sequential, times="3", until="k")) + E + path("s", "u", "e")
    run = Recorder(model(body), k=number(1))
    run.finish("u")
    assert (failing(run), len(run.open)) == (["u"], 0 if sequential else 2)
    run.values["k"] = False
    run.retry("u")
    assert len(run.open) == (1 if sequential else 2)
    run.finish("u")
    run.finish("u")
    assert run.done


def test_a_decision_on_a_multi_instance_cancels_the_items_under_way() -> None:
    inner = node("startEvent", "s2") + user("v") + path("s2", "v")
    body = S + node("subProcess", "sp", several(times="3", until="k") + inner) + user("n") + path("s", "sp", "n")
    run = Recorder(model(body), k=number(1))
    run.finish("v")
    run.retry("sp", done=True)
    assert (run.open, run.log.count("cancel v"), run.log.count("close item")) == (["n"], 2, 3)
    run.finish("n")
    assert run.done


def test_items_may_finish_while_the_condition_is_an_incident() -> None:
    body = S + user("u", several(times="3", until="k")) + E + path("s", "u", "e")
    run = Recorder(model(body), k=number(1))
    for _ in range(3):
        run.finish("u", "x")
    assert (failing(run), run.done) == (["u"], False)
    run.values["k"] = None
    run.retry("u")
    assert (run.done, run.values["u"]) == (True, ("x", "x", "x"))


def test_an_item_that_failed_may_be_decided() -> None:
    body = S + node("scriptTask", "z", f"<bpmn:script>{BAD}</bpmn:script>" + several(times="2"), scriptFormat="feel")
    run = Recorder(model(body + E + path("s", "z", "e")))
    assert failing(run) == ["z", "z"]
    for key in list(run.failed):
        run.retry_activity(key, done=True)
    assert (run.done, run.values["z"]) == (True, (None, None))


def test_a_collection_that_is_no_list_is_retried() -> None:
    run = Recorder(model(S + user("u", several(collection="k")) + E + path("s", "u", "e")), k=number(1))
    assert failing(run) == ["u"]
    run.values["k"] = ("a",)
    run.retry("u")
    assert run.open == ["u"]


CALLED = process("q", node("startEvent", "qs") + user("qu") + path("qs", "qu"))


def call(inputs: str = "", outputs: str = "") -> str:
    mapped = (f'<zx:input name="n" value="{inputs}"/>' if inputs else "") + (
        f'<zx:output name="r" value="{outputs}"/>' if outputs else ""
    )
    return node("callActivity", "c", f"<bpmn:extensionElements>{mapped}</bpmn:extensionElements>", calledElement="q")


def test_a_failing_input_of_a_call_keeps_the_process_from_beginning_until_retried() -> None:
    run = Recorder(model(S + call(inputs="get value(k, 1)[") + E + path("s", "c", "e"), more=CALLED), k=number(1))
    assert (failing(run), run.open, "open call" in run.log) == (["c"], [], False)
    run.retry("c", done=True)
    assert (run.done, "enter qu" in run.log) == (True, False)


def test_a_decision_on_failing_outputs_closes_the_scope_of_the_call() -> None:
    run = Recorder(model(S + call(outputs=BAD) + E + path("s", "c", "e"), more=CALLED))
    run.finish("qu")
    run.retry("c", done=True)
    assert (run.done, run.log.count("close call")) == (True, 1)


def test_a_boundary_event_ends_a_call_whose_outputs_failed() -> None:
    body = S + call(outputs=BAD) + boundary("t", "c") + user("h") + path("s", "c") + path("t", "h")
    run = Recorder(model(body, more=CALLED))
    run.finish("qu")
    run.finish("t")
    assert (run.open, run.failed, run.log.count("close call")) == (["h"], {}, 1)


LOOP = (
    "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
)


def test_a_failing_loop_condition_is_retried_without_another_turn_or_decided() -> None:
    body = S + user("u", LOOP.format("k")) + E + path("s", "u", "e")
    run = Recorder(model(body), k=number(1))
    run.finish("u")
    assert failing(run) == ["u"]
    run.values["k"] = True
    run.retry("u")
    assert (run.open, run.log.count("enter u")) == (["u"], 3)  # the loop and two turns
    run.values["k"] = number(1)
    run.finish("u")
    run.retry("u", done=True)
    assert run.done


def test_a_turn_that_failed_goes_with_its_loop() -> None:
    body = S + node("scriptTask", "z", LOOP.format("true") + f"<bpmn:script>{BAD}</bpmn:script>", scriptFormat="feel")
    run = Recorder(model(body + boundary("t", "z") + user("h") + path("s", "z") + path("t", "h")))
    assert failing(run) == ["z"]
    run.finish("t")
    assert (run.open, run.failed, run.log.count("cancel z")) == (["h"], {}, 2)


def test_an_incident_deep_inside_goes_with_the_boundary_of_what_is_around_it() -> None:
    inner = node("startEvent", "s2") + script("z", BAD) + path("s2", "z")
    body = S + node("subProcess", "sp", several(times="2") + inner) + boundary("t", "sp") + user("h")
    run = Recorder(model(body + path("s", "sp") + path("t", "h")))
    assert failing(run) == ["z", "z"]
    run.finish("t")
    assert (run.open, run.failed) == (["h"], {})


def test_a_failing_inclusive_split_is_retried_with_all_its_conditions() -> None:
    body = S + gateway("inclusive", "f") + user("a") + user("b") + path("s", "f")
    body += flow("f", "a", "k > 0") + flow("f", "b", "k")
    run = Recorder(model(body), k=number(1))
    assert failing(run) == ["f"]
    run.retry("f", ("f_a", "f_b"))
    assert run.open == ["a", "b"]


def test_a_sub_process_without_a_start_fails_instead_of_waiting_for_ever() -> None:
    run = Recorder(model(S + node("subProcess", "sp") + E + path("s", "sp", "e")))
    assert failing(run) == ["sp"]
