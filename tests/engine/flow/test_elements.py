"""Each element of BPMN does what the standard says: the order of entering and leaving, the data, the end."""

import pytest

from engine.flow.elements import Kind
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
    process,
    script,
    several,
    user,
)
from tests.engine.flow.recorder import Recorder


def test_a_user_task_waits_and_goes_on() -> None:
    run = Recorder(model(S + user("u") + E + path("s", "u", "e")))
    assert run.open == ["u"]
    run.finish("u", "done")
    assert run.log == ["enter s", "leave s", "enter u", "leave u", "enter e", "leave e", "ended e"]
    assert (run.done, run.values) == (True, {"u": "done"})


@pytest.mark.parametrize("kind", [Kind.MANUAL_TASK, Kind.SERVICE_TASK, Kind.RECEIVE_TASK])
def test_manual_service_and_receive_tasks_wait(kind: Kind) -> None:
    run = Recorder(model(S + node(kind, "t") + E + path("s", "t", "e")))
    assert run.open == ["t"]
    run.finish("t")
    assert run.done


def test_a_task_without_type_is_done_at_once() -> None:
    assert Recorder(model(S + node("task", "t") + E + path("s", "t", "e"))).done


def test_the_entries_of_a_script_become_variables() -> None:
    run = Recorder(model(S + script("a", "{x: k + 1, y: x * 2}") + E + path("s", "a", "e")), k=number(2))
    assert (run.values["x"], run.values["y"]) == (number(3), number(6))


def test_a_business_rule_task_sets_its_result_to_what_was_decided() -> None:
    task = '<bpmn:businessRuleTask id="t" zx:decision="k + 1" zx:result="level"/>'
    run = Recorder(model(S + task + E + path("s", "t", "e")), k=number(2))
    assert run.log[2:5] == ["enter t", "decide k + 1", "leave t"]
    assert (run.done, run.values["level"]) == (True, number(3))


def test_a_send_task_throws_its_message() -> None:
    message = '<bpmn:message id="m" name="M01"/>'
    run = Recorder(model(S + node("sendTask", "t", messageRef="m") + E + path("s", "t", "e"), more=message))
    assert "throw M01" in run.log


def test_timer_and_message_catch_events_wait_to_be_told() -> None:
    timer = node(
        "intermediateCatchEvent",
        "t",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
    )
    message = node("intermediateCatchEvent", "m", '<bpmn:messageEventDefinition messageRef="x"/>')
    run = Recorder(model(S + timer + message + E + path("s", "t", "m", "e")))
    run.finish("t")
    assert run.open == ["m"]
    run.finish("m", "payload")
    assert (run.done, run.values) == (True, {"m": "payload"})


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


def test_a_level_without_start_event_begins_at_everything_that_nothing_leads_to() -> None:
    inner = user("x") + user("y") + user("z") + path("x", "z")
    run = Recorder(model(user("a") + user("b") + node("subProcess", "sp", inner) + path("a", "sp")))
    assert run.open == ["a", "b"]
    run.finish("a")
    assert run.open == ["b", "x", "y"]
    for key in ("b", "x", "y", "z"):
        run.finish(key)
    assert run.done


@pytest.mark.parametrize("key", ["Start", "End", "Root"])
def test_ids_that_spiffworkflow_keeps_for_itself_are_ids_like_others(key: str) -> None:
    run = Recorder(model(S + user(key) + E + path("s", key, "e")))
    run.finish(key)
    assert run.log[-3:] == ["enter e", "leave e", "ended e"]


def test_a_self_loop_runs_again_until_its_condition_ends() -> None:
    body = S + user("u", default="u_e") + E + path("s", "u") + flow("u", "u", 'u = "again"') + flow("u", "e", key="u_e")
    run = Recorder(model(body))
    run.finish("u", "again")
    run.finish("u", "enough")
    assert (run.done, run.log.count("enter u")) == (True, 2)


SUB = node(
    "subProcess",
    "sp",
    node("startEvent", "s2")
    + user("u")
    + script("z", "{k: k + 1, inner: 5}")
    + node("endEvent", "e2")
    + path("s2", "u", "z", "e2"),
)


def test_an_embedded_sub_process_sees_and_sets_outer_variables_and_keeps_its_own() -> None:
    run = Recorder(model(S + SUB + E + path("s", "sp", "e")), k=number(1))
    run.finish("u", "x")
    assert run.done
    assert run.values == {"k": number(2)}
    assert run.log[2:6] == ["enter sp", "open sub-process", "enter s2", "leave s2"]


def test_a_terminate_end_ends_only_its_own_scope() -> None:
    stop = node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    inner = (
        node("startEvent", "s2")
        + gateway("parallel", "f")
        + user("a")
        + user("b")
        + stop
        + path("s2", "f", "a", "stop")
        + path("f", "b")
    )
    run = Recorder(model(S + node("subProcess", "sp", inner) + user("u") + E + path("s", "sp", "u", "e")))
    run.finish("a")
    assert "cancel b" in run.log
    assert run.open == ["u"]


def test_a_call_activity_sees_its_inputs_only_and_gives_back_its_outputs() -> None:
    mapping = '<bpmn:extensionElements><zx:input name="n" value="k + 1"/><zx:output name="r" value="out * 2"/></bpmn:extensionElements>'
    called = process(
        "q",
        node("startEvent", "qs")
        + script("z", "{out: n, seen: get or else(n, 0)}")
        + user("qu")
        + node("endEvent", "qe")
        + path("qs", "z", "qu", "qe"),
    )
    run = Recorder(
        model(S + node("callActivity", "c", mapping, calledElement="q") + E + path("s", "c", "e"), more=called),
        k=number(4),
    )
    assert run.open == ["qu"]
    run.finish("qu")
    assert (run.done, run.values) == (True, {"k": number(4), "r": number(10)})


def test_a_process_may_call_itself() -> None:
    mapping = '<bpmn:extensionElements><zx:input name="n" value="n - 1"/></bpmn:extensionElements>'
    body = (
        S
        + gateway("exclusive", "g", default="g_e")
        + node("callActivity", "c", mapping, calledElement="p")
        + gateway("exclusive", "m")
        + E
    )
    body += path("s", "g") + flow("g", "c", "n > 0") + flow("g", "m", key="g_e") + path("c", "m", "e")
    run = Recorder(model(body), n=number(5))
    assert (run.done, run.log.count("enter c")) == (True, 5)


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


@pytest.mark.parametrize("sequential", [False, True])
def test_a_multi_instance_runs_over_a_collection_and_yields_a_list_in_item_order(sequential: bool) -> None:
    run = Recorder(
        model(
            S
            + script("i", '{xs: ["a", "b", "c"]}')
            + user("u", several(sequential=sequential, collection="xs"))
            + E
            + path("s", "i", "u", "e")
        )
    )
    assert len(run.open) == (1 if sequential else 3)
    for turn in range(3):
        nth = 0 if sequential else len(run.open) - 1
        run.finish("u", f"r{turn}", nth=nth)
    expected = ("r0", "r1", "r2") if sequential else ("r2", "r1", "r0")
    assert (run.done, run.values["u"]) == (True, expected)


def test_a_collection_and_its_item_may_be_named_in_the_words_of_the_standard() -> None:
    over = '<bpmn:loopDataInputRef>xs</bpmn:loopDataInputRef><bpmn:inputDataItem id="i1" name="one"/>'
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{over}</bpmn:multiInstanceLoopCharacteristics>"
    inner = node("startEvent", "s2") + script("z", '{u: one + "!"}') + node("endEvent", "e2") + path("s2", "z", "e2")
    body = S + script("i", '{xs: ["a", "b"]}') + node("subProcess", "sp", loop + inner, zx_result="u") + E
    run = Recorder(model(body + path("s", "i", "sp", "e")))
    assert (run.done, run.values["u"], "one" in run.values) == (True, ("a!", "b!"), False)


def test_each_item_has_its_own_scope_with_the_item() -> None:
    inner = node("startEvent", "s2") + script("z", '{u: x + "!"}') + node("endEvent", "e2") + path("s2", "z", "e2")
    body = (
        S
        + script("i", '{xs: ["a", "b"]}')
        + node("subProcess", "sp", several(collection="xs") + inner, zx_result="u")
        + E
    )
    run = Recorder(model(body + path("s", "i", "sp", "e")))
    assert (run.done, run.values["u"]) == (True, ("a!", "b!"))


def test_a_multi_instance_counts_when_given_a_number() -> None:
    run = Recorder(model(S + user("u", several(times="3")) + E + path("s", "u", "e")))
    assert run.open == ["u", "u", "u"]


def test_a_multi_instance_over_nothing_is_done_at_once() -> None:
    run = Recorder(model(S + user("u", several(collection="[]")) + E + path("s", "u", "e")))
    assert (run.done, run.values["u"]) == (True, ())


def test_a_completion_condition_cancels_the_rest_and_leaves_null_for_them() -> None:
    until = "numberOfCompletedInstances >= 2"
    run = Recorder(model(S + user("u", several(times="4", until=until)) + E + path("s", "u", "e")))
    run.finish("u", "first", nth=2)
    run.finish("u", "second", nth=0)
    assert (run.done, run.values["u"]) == (True, ("second", None, "first", None))


def test_a_boundary_event_on_a_multi_instance_cancels_all_items() -> None:
    run = Recorder(
        model(
            S
            + user("u", several(times="3"))
            + boundary("t", "u")
            + user("h")
            + E
            + path("s", "u", "e")
            + path("t", "h")
        )
    )
    run.finish("u", nth=1)
    run.finish("t")
    assert (run.open, run.log.count("cancel u")) == (["h"], 3)


LOOP = '<bpmn:standardLoopCharacteristics testBefore="{before}"{most}><bpmn:loopCondition>{condition}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>'


@pytest.mark.parametrize(
    ("before", "condition", "most", "turns"),
    [
        ("false", 'u = "again"', "", 3),
        ("true", "loopCounter &lt; 2", "", 2),
        ("false", "true", ' loopMaximum="4"', 4),
        ("true", "false", "", 0),
    ],
)
def test_a_standard_loop_runs_while_its_condition_holds(before: str, condition: str, most: str, turns: int) -> None:
    loop = LOOP.format(before=before, condition=condition, most=most)
    run = Recorder(model(S + user("u", loop) + E + path("s", "u", "e")))
    done = 0
    while run.open:
        done += 1
        run.finish("u", "again" if done < 3 else "enough")
    assert (run.done, done) == (True, turns)


def test_a_boundary_event_on_a_loop_cancels_the_turn() -> None:
    loop = LOOP.format(before="false", condition="true", most="")
    run = Recorder(
        model(S + user("u", loop) + boundary("t", "u") + user("h") + E + path("s", "u", "e") + path("t", "h"))
    )
    run.finish("u")
    run.finish("t")
    assert run.open == ["h"]
    run.finish("h")
    assert run.done


def test_a_failing_script_is_retried_or_decided() -> None:
    body = S + script("z", "k") + user("u") + path("s", "z", "u")
    run = Recorder(model(body), k=number(1))
    assert [t.en for t in run.failed.values()] == [
        "expected a context such as {a: 1} from script z, but found a number"
    ]
    run.retry("z", done=True)
    assert run.open == ["u"]


def test_a_failing_output_of_a_call_is_asked_again_without_running_the_process_twice() -> None:
    mapping = '<bpmn:extensionElements><zx:output name="r" value="1 +"/></bpmn:extensionElements>'
    called = process("q", node("startEvent", "qs") + user("qu") + path("qs", "qu"))
    run = Recorder(
        model(S + node("callActivity", "c", mapping, calledElement="q") + E + path("s", "c", "e"), more=called)
    )
    run.finish("qu")
    assert len(run.failed) == 1
    run.retry("c")
    assert (len(run.failed), run.log.count("enter qu"), run.done) == (1, 1, False)


def test_ending_an_instance_cancels_from_the_inside_out() -> None:
    run = Recorder(model(S + SUB + boundary("t", "sp") + E + path("s", "sp", "e") + path("t", "e")), k=number(1))
    run.cancel()
    assert run.done
    assert run.log[-4:] == ["cancel t", "cancel u", "close sub-process", "cancel sp"]
