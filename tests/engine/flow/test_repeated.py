"""Activities that are done several times: over a collection, by a number, and in loops."""

import pytest

from tests.engine.flow.drawing import (
    E,
    S,
    boundary,
    flow,
    model,
    node,
    path,
    script,
    several,
    user,
)
from tests.engine.flow.recorder import Recorder


def test_a_self_loop_runs_again_until_its_condition_ends() -> None:
    body = S + user("u", default="u_e") + E + path("s", "u") + flow("u", "u", 'u = "again"') + flow("u", "e", key="u_e")
    run = Recorder(model(body))
    run.finish("u", "again")
    run.finish("u", "enough")
    assert (run.done, run.log.count("enter u")) == (True, 2)


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
